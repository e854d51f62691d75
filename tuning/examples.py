"""Sheets -> (premise, hypothesis, label): what one pass of training reads.

Of each line the premise is written anew in every pass: with or without its headings, alone or
among other lines of its sheet, as the checker and the gate will show notes to the model. What is
said of one line is a false thing to say of another. A question is held against those others that
are nearest to it, where a search has told which: what a model must not take for an answer is what
a search brings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

from ragbot.embedding import Embedder
from tuning.sheets import Line, Sheet

BARE, HEADED = 0.35, 0.55  # shares of lines alone, and of those with the heading alone below it
AMONG = 0.3  # of premises hold other lines, too
ASTRAY = {"claim": 0.35, "question": 0.7}  # how often a true one is also held against others
MISLED = 0.5  # share of what is not so that is held against a line that is not its own, too
MOST_WORDS = 110  # of a premise; the rest would not fit the window
NEAREST = 3  # lines of its sheet that do not answer a question, one of which it is held against
SAME = 0.6  # cosine of two lines from which one may say what the other does

# A question -> the lines of its sheet that do not answer it, the nearest first.
Near = Mapping[str, Sequence[Line]]


@dataclass(frozen=True, slots=True)
class Example:
    """`follows` is True where the premise bears the sentence out, or answers the question."""

    premise: str
    hypothesis: str
    follows: bool


def examples(sheets: Sequence[Sheet], seed: int, near: Near | None = None) -> list[Example]:
    """Those of one pass, shuffled; the same for the same seed."""
    random = Random(seed)
    found = [example for sheet in sheets for example in _of_sheet(sheet, random, near or {})]
    random.shuffle(found)
    return found


def nearest_lines(sheets: Sequence[Sheet], embedder: Embedder) -> dict[str, list[Line]]:
    """Of each question of a line those others of the sheet that a search would bring."""
    found: dict[str, list[Line]] = {}
    for sheet in sheets:
        vectors = embedder.encode([f"{line.heading}: {line.line}" for line in sheet.lines])
        like = vectors @ vectors.T
        for place, line in enumerate(sheet.lines):
            asked = (*line.asks, *line.near)
            if not asked:
                continue
            for question, nearness in zip(asked, embedder.encode(asked) @ vectors.T, strict=True):
                others = [at for at in (-nearness).argsort().tolist() if at != place]
                if question in line.asks:  # what is too like its own line may say the same
                    others = [at for at in others if like[place, at] < SAME]
                found[question] = [sheet.lines[at] for at in others[:NEAREST]]
    return found


def _of_sheet(sheet: Sheet, random: Random, near: Near) -> Iterator[Example]:
    for line in sheet.lines:
        others = [other for other in sheet.lines if other is not line]
        yield from _of_line(line, others, random)
        yield from _asked_of(line, others, random, near)
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


def _asked_of(line: Line, others: Sequence[Line], random: Random, near: Near) -> Iterator[Example]:
    for question in line.asks:
        yield Example(_premise([line], others, random), question, True)
        if random.random() < ASTRAY["question"]:
            yield Example(_astray(question, others, random, near), question, False)
    for question in line.near:
        yield Example(_premise([line], others, random), question, False)
        if near.get(question) and random.random() < MISLED:
            yield Example(_astray(question, others, random, near), question, False)


def _astray(question: str, others: Sequence[Line], random: Random, near: Near) -> str:
    nearest = near.get(question)
    if not nearest:
        return _elsewhere(others, random)
    return _written([random.choice(nearest)], random)


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
