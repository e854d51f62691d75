"""How many true and how many false lines of whole replies reach the page as facts?

    python -m bench marked [--split dev] [--show]

The whole product answers each question of eval/marked_replies, with a model that gives the reply
that stands there: lists under a lead-in, tables, heads, prose that goes on from the sentence
before. Told are the share of false lines that are shown as supported, and of true ones that are
not, by the shape of the reply and the kind of the line, each with Wilson's interval. Questions that
the gate refuses never reach the model, and are counted apart.
"""

from __future__ import annotations

import argparse
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bench.attacked import Listening
from bench.output import save, shares, show_shares
from eval.marked_replies import MarkedReply, Part, is_shown, marked_replies
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, candidates
from ragbot.settings import load_settings

_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench marked", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--show", action="store_true", help="print what was judged wrong, in dev")
    options = parser.parse_args(arguments)
    if options.show and options.split == "test":
        parser.error("the failures of the test split are not for reading: --split dev --show")
    outcomes: dict[str, list[bool]] = defaultdict(list)
    for reply, fates in told(marked_replies(options.split)):
        outcomes["refused by the gate: questions"].append(not fates)
        for part, shown in fates:
            truth = part.label == "true"
            what = "true lines withheld" if truth else "false lines shown"
            for group in ("all", reply.shape, part.kind):
                outcomes[f"{what}: {group}"].append(shown != truth)
            if options.show and shown != truth:
                print(f"  {what:>19} {reply.shape:>7} {part.kind:>11}  {part.text}")
    rows = list(shares(outcomes))
    show_shares(rows)
    save(f"marked-{options.split}", rows)
    return 0


def told(
    replies: Sequence[MarkedReply],
) -> Iterator[tuple[MarkedReply, list[tuple[Part, bool]]]]:
    """Each reply and which of its lines are shown as supported; none where it was not heard."""
    settings = load_settings()
    liar = Listening("")
    withhold = settings.unsupported == "withhold"
    quotes = candidates(settings.model_copy(update={"model": "quotes"}))
    bot = Ragbot(settings, models=(Candidate("liar", lambda: liar, withhold), *quotes))
    for reply in replies:
        liar.inner, before = reply.reply, len(liar.heard)
        answer = bot.ask(reply.question)
        heard = len(liar.heard) > before
        parts = reply.parts if heard else ()
        yield reply, [(part, is_shown(part, reply.reply, answer.sentences)) for part in parts]
