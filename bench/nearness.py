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
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from bench.output import save, shares, show_shares
from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES, load_bank, own_banks
from eval.leakage import TWINS
from eval.runs import Record, RunFolder
from ragbot.embedding import Embedder, open_embedder
from ragbot.settings import load_settings
from tuning.own_notes import read_texts

_ABOUT = (__doc__ or "").split("\n")[0]
BANDS = ((0.85, 2.0), (0.75, 0.85), (-1.0, 0.75))


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
    groups = {"all": asked, "without twins": alone}
    for least, most in BANDS:
        name = f"nearest learned {max(least, 0):.2f}-{min(most, 1):.2f}"
        groups[name] = [each for each in alone if least <= each.learned < most]
    rows = [*shares({k: v for name, part in groups.items() for k, v in _held(name, part)})]
    show_shares(rows)
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


def _held(name: str, asked: Iterable[Asked]) -> Iterator[tuple[str, list[bool]]]:
    records = [each.record for each in asked]
    premises = [r for r in records if r.kind == FALSE_PREMISE]
    gaps = [r for r in records if r.kind in NOT_IN_THE_NOTES]
    answerable = [r for r in records if r.kind not in (*NOT_IN_THE_NOTES, FALSE_PREMISE)]
    for what, part, verdict in (
        ("answerable right", answerable, "correct"),
        ("answerable refused", answerable, "abstained"),
        ("unanswerable refused", gaps, "abstained"),
        ("false premise corrected", premises, "corrected"),
    ):
        if part:
            yield f"{name}: {what}", [bool(r.verdicts.get(verdict)) for r in part]
    if records:
        yield f"{name}: handled right", [(r.score or 0.0) >= 1 for r in records]
