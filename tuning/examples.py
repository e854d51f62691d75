"""Sheets -> (premise, hypothesis, label): what one pass of training reads.

Of each line the premise is written anew in every pass: with or without its headings, alone or
among other lines of its sheet, as the checker and the gate will show notes to the model. What is
said of one line is a false thing to say of another.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from tuning.sheets import Line, Sheet

BARE, HEADED = 0.35, 0.55  # shares of lines alone, and of those with the heading alone below it
AMONG = 0.3  # of premises hold other lines, too
ASTRAY = {"claim": 0.35, "question": 0.7}  # how often a true one is also held against others
MOST_WORDS = 110  # of a premise; the rest would not fit the window


@dataclass(frozen=True, slots=True)
class Example:
    """`follows` is True where the premise bears the sentence out, or answers the question."""

    premise: str
    hypothesis: str
    follows: bool


def examples(sheets: Sequence[Sheet], seed: int) -> list[Example]:
    """Those of one pass, shuffled; the same for the same seed."""
    random = Random(seed)
    found = [example for sheet in sheets for example in _of_sheet(sheet, random)]
    random.shuffle(found)
    return found


def _of_sheet(sheet: Sheet, random: Random) -> Iterator[Example]:
    for line in sheet.lines:
        others = [other for other in sheet.lines if other is not line]
        yield from _of_line(line, others, random)
    yield from _of_several(sheet, random)


def _of_line(line: Line, others: Sequence[Line], random: Random) -> Iterator[Example]:
    for claim in line.true:
        yield Example(_premise([line], others, random), claim, True)
        if random.random() < ASTRAY["claim"]:
            yield Example(_elsewhere(others, random), claim, False)
    for claim in (*(false.claim for false in line.false), *line.beyond):
        yield Example(_premise([line], others, random), claim, False)
    if random.random() < 0.5:  # a sentence bears itself out
        yield Example(_premise([line], others, random), line.line, True)
    for question in line.asks:
        yield Example(_premise([line], others, random), question, True)
        if random.random() < ASTRAY["question"]:
            yield Example(_elsewhere(others, random), question, False)
    for question in line.near:
        yield Example(_premise([line], others, random), question, False)


def _of_several(sheet: Sheet, random: Random) -> Iterator[Example]:
    joined = sheet.joined
    every = [
        *((each.claim, each.lines, True) for each in joined.true),
        *((each.claim, each.lines, False) for each in joined.false),
        *((each.q, each.lines, True) for each in joined.asks),
    ]
    for hypothesis, numbers, follows in every:
        deciding = [sheet.lines[number - 1] for number in numbers]
        others = [line for line in sheet.lines if line not in deciding]
        yield Example(_premise(deciding, others, random), hypothesis, follows)
        if follows and not hypothesis.endswith("?") and len(deciding) > 1:
            # Half of what a claim joins does not bear it out. (Of a question it may answer half.)
            yield Example(_premise([random.choice(deciding)], others, random), hypothesis, False)
    for question in joined.near:
        yield Example(_elsewhere(sheet.lines, random), question.q, False)


def _premise(lines: Sequence[Line], others: Sequence[Line], random: Random) -> str:
    shown = list(lines)
    if others and random.random() < AMONG:
        shown += random.sample(list(others), min(len(others), random.randint(1, 2)))
    if len(shown) > 1:
        random.shuffle(shown)
    return _written(shown, random, must=lines)


def _elsewhere(others: Sequence[Line], random: Random) -> str:
    count = 1 if random.random() < 0.6 else random.randint(2, 3)
    return _written(random.sample(list(others), min(count, len(others))), random)


def _written(lines: Sequence[Line], random: Random, must: Sequence[Line] = ()) -> str:
    texts = {id(line): _form(line, random) for line in lines}
    kept = list(lines)
    while sum(len(texts[id(line)].split()) for line in kept) > MOST_WORDS:
        spare = [line for line in kept if line not in must]
        if not spare:
            break
        kept.remove(spare[-1])
    return " ".join(texts[id(line)] for line in kept)


def _form(line: Line, random: Random) -> str:
    said = line.line if line.parent is None else f"{line.parent} {line.line}"
    which = random.random()
    if which < BARE:
        return said
    if which < HEADED:
        return f"{line.heading}: {said}"
    return f"{line.sheet} > {line.heading}: {said}"
