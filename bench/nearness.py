"""Are questions answered better that are near to what the models learned, or to dev?

    python -m bench nearness RUN [RUN ...]

Of the free test questions of finished runs (`eval run --mode open_book`) it prints the shares that
were handled right, by how near the nearest question of `tuning/own_notes` comes (cosine of the
shipped encoder); then the same without those that have a twin in dev, in whatever bank, or an
earlier one in test. A figure that falls with the distance is worth less for a stranger's questions
than its mean says.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bench.output import save
from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES, load_bank, own_banks
from eval.leakage import TWINS
from eval.runs import Record, RunFolder
from eval.statistics import wilson
from ragbot.embedding import Embedder, open_embedder
from ragbot.settings import load_settings
from tuning.own_notes import read_texts

_ABOUT = (__doc__ or "").split("\n")[0]
BANDS = ((0.85, 2.0), (0.75, 0.85), (-1.0, 0.75))

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Asked:
    """A test question as it was answered; `learned` is the cosine to the nearest question that the
    models learned, `is_twin` whether dev, or test before it, asks the same."""

    record: Record
    learned: float
    is_twin: bool


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench nearness", description=_ABOUT)
    parser.add_argument("runs", nargs="+", type=Path)
    options = parser.parse_args(arguments)
    records = [
        record
        for folder in options.runs
        for record in RunFolder(folder).records()
        if record.mode == "open_book" and record.split == "test" and not record.options
    ]
    asked = placed(records, open_embedder(load_settings().models_dir))
    alone = [each for each in asked if not each.is_twin]
    rows = _shares("all", asked) + _shares("without twins", alone)
    for least, most in BANDS:
        inside = [each for each in alone if least <= each.learned < most]
        name = f"nearest learned {max(least, 0):.2f}-{min(most, 1):.2f}"
        rows += _shares(name, inside)
    for row in rows:
        low, high = row["interval"]
        print(f"{row['of']:>28}  {row['what']:<24} {row['share']:.3f} ", end="")
        print(f"({row['count']}/{row['n']}, {low:.3f}-{high:.3f})")
    save("nearness", rows)
    return 0


def placed(records: Sequence[Record], embedder: Embedder) -> list[Asked]:
    """Each with its nearest question among those that were learned, in dev, and before it."""
    vectors = embedder.encode([record.question for record in records])
    learned = [text.text for text in read_texts() if text.is_question]
    dev = [
        question.question
        for name in own_banks()
        for question in load_bank(name).questions
        if question.split == "dev" and not question.is_choice
    ]
    nearest = (vectors @ embedder.encode(learned).T).max(axis=1)
    in_dev = (vectors @ embedder.encode(dev).T).max(axis=1)
    before = np.tril(vectors @ vectors.T, k=-1).max(axis=1)
    return [
        Asked(record, float(near), bool(max(other, earlier) >= TWINS))
        for record, near, other, earlier in zip(records, nearest, in_dev, before, strict=True)
    ]


def _shares(of: str, asked: Iterable[Asked]) -> list[Row]:
    records = [each.record for each in asked]
    answerable = [r for r in records if r.kind not in (*NOT_IN_THE_NOTES, FALSE_PREMISE)]
    gaps = [r for r in records if r.kind in NOT_IN_THE_NOTES]
    premises = [r for r in records if r.kind == FALSE_PREMISE]
    told: tuple[tuple[str, Sequence[Record], Callable[[Record], bool]], ...] = (
        ("handled right", records, lambda r: r.score >= 1),
        ("answerable right", answerable, lambda r: bool(r.verdicts.get("correct"))),
        ("answerable refused", answerable, lambda r: bool(r.verdicts.get("abstained"))),
        ("unanswerable refused", gaps, lambda r: bool(r.verdicts.get("abstained"))),
        ("false premise corrected", premises, lambda r: bool(r.verdicts.get("corrected"))),
    )
    return [_row(of, what, [holds(r) for r in part]) for what, part, holds in told if part]


def _row(of: str, what: str, held: Sequence[bool]) -> Row:
    count, n = sum(held), len(held)
    interval = wilson(count, n)
    return {
        "of": of,
        "what": what,
        "count": count,
        "n": n,
        "share": count / n,
        "interval": interval,
    }
