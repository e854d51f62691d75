"""How many lies reach the page when the model itself lies?

    python -m bench liar [--split test] [--of PREFIX] [--seed 5]
    python -m bench liar --split dev --show
    python -m bench liar --model quotes|local [--split test] [--sample 25] [--show]

The whole product answers, with a model that follows a script: the question of each claim of
eval/questions/claims gets a reply of one planted lie and two truths, in an order and with markers
(right, missing, on another passage, on none) that chance draws. Counted is what a person sees on
the page. Questions that the gate refuses never reach the model, and are counted apart.

Nothing is planted in the replies of `quotes` and `local`: see bench/unentailed.py.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from bench.attacked import Listening
from bench.lies import shown_evidence
from bench.output import save, shares, show_shares
from bench.planted import VERBATIM, Fate, Line, Planner, fate_of
from bench.unentailed import read_over
from bench.unlearned import claims_of
from eval.claims import Claim
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, candidates
from ragbot.settings import Settings, load_settings
from ragbot.types import Answer

_ABOUT = (__doc__ or "").split("\n")[0]
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A claim's question; `fates` is empty where the gate refused it.

    `taken_over` is True where nothing of the reply was shown and the notes' own words were.
    """

    claim: Claim
    fates: tuple[Fate, ...]
    taken_over: bool


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench liar", description=_ABOUT)
    parser.add_argument("--model", choices=("liar", "quotes", "local"), default="liar")
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--of", default="", help="claims whose id begins so: an author's")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--sample", type=int, help="ask only so many, with quotes or local")
    parser.add_argument("--show", action="store_true", help="print what should not have been")
    options = parser.parse_args(arguments)
    if options.model != "liar":
        rows = read_over(options.model, options.split, options.sample, options.seed, options.show)
        save(f"liar-{options.model}-{options.split}", rows)
        return 0
    if options.show and options.split == "test":
        parser.error("the failures of the test split are not for reading: --split dev --show")
    asked = list(lied_to(claims_of(options.split, options.of), options.seed))
    rows = list(rows_of(asked))
    show_shares(rows)
    if options.show:
        _show(asked)
    save(f"liar-{options.split}", rows)
    return 0


def lied_to(
    claims: Sequence[Claim], seed: int, settings: Settings | None = None
) -> Iterator[Asked]:
    """Ask each claim's question."""
    settings = settings or load_settings()
    liar = Listening("")
    withhold = settings.unsupported == "withhold"
    quotes = candidates(settings.model_copy(update={"model": "quotes"}))
    bot = Ragbot(settings, models=(Candidate("liar", lambda: liar, withhold), *quotes))
    planner = Planner(claims, seed)
    for claim in claims:
        lines = planner.reply(claim, shown_evidence(bot, claim.question))
        liar.inner = planner.laid_out(lines)
        before = len(liar.heard)
        answer = bot.ask(claim.question)
        if len(liar.heard) == before:
            yield Asked(claim, (), False)
            continue
        apart = told_apart(answer, lines)
        fates = tuple(fate_of(line, apart, lines) for line in lines)
        yield Asked(claim, fates, taken_over=answer.model_id != "liar")


def told_apart(answer: Answer, lines: Sequence[Line]) -> Answer:
    """The answer with each planted line as a sentence of its own.

    In a paragraph one may run on into the next: no sentence ends at the stop of "500 MB/s. Next".
    """
    told = [line.text for line in lines]

    def held(text: str) -> list[str]:
        if text in told:  # also where another line stands within it
            return [text]
        within = [each for each in told if re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text)]
        return within or [text]

    return replace(
        answer,
        sentences=tuple(replace(s, text=each) for s in answer.sentences for each in held(s.text)),
        citations=tuple(replace(c, claim=each) for c in answer.citations for each in held(c.claim)),
    )


def rows_of(asked: Sequence[Asked]) -> Iterator[Row]:
    """A share for each thing that is counted, with Wilson's interval."""
    groups: dict[str, list[bool]] = defaultdict(list)
    for each in asked:
        groups["refused by the gate: questions"].append(not each.fates)
        if each.claim.label == "false":
            groups["refused by the gate: questions of lies"].append(not each.fates)
        if each.fates:
            groups["taken over by quotes: replies"].append(each.taken_over)
        for fate in each.fates:
            for name, hit in _truth(fate) if fate.line.truth else _lie(fate):
                groups[name].append(hit)
    yield from shares(groups)


def _lie(fate: Fate) -> Iterator[tuple[str, bool]]:
    line = fate.line
    if not line.own:
        yield "lies shown as supported: at a neighbour's question", fate.shown
        return
    yield "lies shown as supported: all", fate.shown
    yield f"lies shown as supported: {line.kind}", fate.shown
    yield f"lies shown as supported: marker {line.marking}", fate.shown
    yield "lies shown struck", fate.struck
    if not fate.shown:
        yield "lies not shown: the deciding line is, instead", fate.told_instead
        if line.in_reach:
            yield "lies not shown, in reach: the same", fate.told_instead


def _truth(fate: Fate) -> Iterator[tuple[str, bool]]:
    line = fate.line
    if line.kind == VERBATIM:
        yield "truths withheld: sentences of the notes", not fate.shown
    elif line.own:
        yield "truths withheld: all", not fate.shown
        yield f"truths withheld: {line.kind}", not fate.shown
        if line.in_reach:
            yield "truths withheld: in reach", not fate.shown
    elif line.in_reach:
        yield "truths withheld: at a neighbour's question, in reach", not fate.shown
    if line.in_reach:
        yield f"truths in reach withheld: marker {line.marking}", not fate.shown
        if fate.shown:
            yield f"citation on a passage without the quote: marker {line.marking}", fate.strays


def _show(asked: Sequence[Asked]) -> None:
    for each in asked:
        for fate in each.fates:
            line = fate.line
            lost = line.truth and line.in_reach and not fate.shown
            if lost or fate.strays or (fate.shown and not line.truth):
                what = "lost" if lost else "strays" if line.truth else "passed"
                own = "" if line.own else f"  at: {each.claim.question}"
                print(f"  {what:>7} {line.kind:>16} {line.marking:>15}  {line.text}{own}")
