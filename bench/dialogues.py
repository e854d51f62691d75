"""Do conversations of strangers go as they should?

    python -m bench dialogues [--split dev]

Each follow-up of eval/dialogues is asked of `quotes`, with the turns before it as they really went,
and then as its author says that it is meant: a question that stands on its own. Told are the share
of those that the notes answer whose line is cited, and of those that they don't answer which are
refused, each with Wilson's interval; and how much small talk is taken for that. `test` was written
by others than `dev`, and nothing was mended on it.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence

import ragbot
from bench.output import save, shares, show_shares
from eval.dialogues import Dialogue, dialogues, is_cited
from ragbot.assembly import Ragbot
from ragbot.types import Answer, Turn

_ABOUT = (__doc__ or "").split("\n")[0]
ANSWERED, REFUSED, SMALL = "line cited", "refused", "small talk"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench dialogues", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    options = parser.parse_args(arguments)
    bot = ragbot.open(model="quotes")
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for dialogue in dialogues(options.split):
        for what, went_well in _told(dialogue, bot):
            outcomes[what].append(went_well)
    rows = list(shares(outcomes))
    show_shares(rows)
    save(f"dialogues-{options.split}", rows)
    return 0


def _told(dialogue: Dialogue, bot: Ragbot) -> Iterator[tuple[str, bool]]:
    """What is told of a follow-up, by the way in which it was asked, and whether it went well."""
    history: list[Turn] = []
    for said in dialogue.turns:
        answer = bot.ask(said.says, history)
        if history and said.means is None:
            yield f"{SMALL}, as typed", answer.kind == "small_talk"
        elif history and said.means is not None:
            for way, asked in (("as typed", answer), ("as meant", bot.ask(said.means))):
                if said.line is None:
                    yield f"{REFUSED}, {way}", asked.abstained
                else:
                    yield (
                        f"{ANSWERED}, {way}",
                        not asked.abstained and _cites(asked, said.line, bot),
                    )
        history.append(Turn.of(answer))


def _cites(answer: Answer, line: str, bot: Ragbot) -> bool:
    document_of = {item.passage.passage_id: item.passage.doc_id for item in answer.passages}
    quotes = (
        bot.document(document_of[each.passage_id]).text[each.start : each.end]
        for each in answer.citations
    )
    return any(is_cited(line, quote) for quote in quotes)
