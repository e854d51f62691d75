"""Cells of a table row as a sentence, and the cells of a sentence."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.citations.checker import CitationChecker
from ragbot.citations.drafts import DraftSentence
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.rows import cells_in, row_as_sentence
from ragbot.types import Fact, Passage


def row(
    *cells: str, subjects: bool = True, heads: tuple[str, ...] = ("Aero 14", "Brick 16")
) -> Passage:
    """A row whose first cell is a feature of what the columns are on, or itself the subject."""
    first, *values = cells
    facts = tuple(
        Fact(head, first, value) if subjects else Fact(first, head, value)
        for head, value in zip(heads, values, strict=True)
    )
    return passage(f"| {' | '.join(cells)} |", kind="table_row", facts=facts)


def cells(found: Passage) -> tuple[EvidenceSentence, ...]:
    return evidence_sentences(found)


ROWS = [
    (row("Battery life", "13 h", "6 h 45 min"), [0], "Aero 14's battery life: 13 h."),
    (row("Battery life", "13 h", "6 h"), [0, 1], "Battery life: Aero 14 13 h; Brick 16 6 h."),
    (row("DataSync agent", "no", "no"), [1], "Brick 16's DataSync agent: no."),
    (
        row("Delta Pro", "3", "0", subjects=False, heads=("USB-C", "USB-A")),
        [0, 1],
        "Delta Pro - USB-C: 3; USB-A: 0.",
    ),
    (
        row("Escalates to", "Ann", "Ben", subjects=False, heads=("Platform rota", "Data rota")),
        [1],
        "Escalates to - Data rota: Ben.",
    ),
    (row("Tables at once", "8", subjects=False, heads=("Fact",)), [0], "Tables at once: 8."),
]


@pytest.mark.parametrize(("found", "told", "said"), ROWS)
def test_cells_are_put_as_a_sentence_and_found_again(
    found: Passage, told: list[int], said: str
) -> None:
    chosen = tuple(cells(found)[place] for place in told)
    assert row_as_sentence(chosen) == said
    assert cells_in(said, cells(found)) == chosen


@pytest.mark.parametrize("said", ["Aero 14's battery life: 6 h.", "Brick 16's battery life: 1 h."])
def test_what_no_cells_say_is_none_of_them(said: str) -> None:
    assert cells_in(said, cells(row("Battery life", "13 h", "6 h"))) == ()


@pytest.mark.parametrize(
    "said",
    [
        "Touch screen: Aero 14 no; Brick 16 yes.",
        "Aero 14's touch screen: no.",
        "The Brick 16 has a touch screen.",
    ],
)
def test_a_number_that_is_part_of_a_name_is_no_figure_of_something_else(said: str) -> None:
    found = evidence(row("Touch screen", "no", "yes"), row("Battery life", "13 h", "6 h 45 min"))
    checker = CitationChecker(found, withhold=True)
    (checked, *_) = checker.sentences(DraftSentence(said, (1,), ""))
    assert checked.sentence.verdict == "supported"
