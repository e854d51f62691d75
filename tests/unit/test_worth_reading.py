"""Which passages a model is shown."""

from __future__ import annotations

from dataclasses import replace

from support.small_notes import evidence, passage

from ragbot.evidence import Evidence
from ragbot.retrieval import worth_reading
from ragbot.retrieval.fusion import MOST_READ
from ragbot.types import Fact, Passage


def row(number: int) -> Passage:
    fact = Fact(f"Way {number}", "Effort", "low")
    made = passage(f"| Way {number} | low |", "Ways", kind="table_row", facts=(fact,), start=number)
    return replace(made, table_header="| Way | Effort |")


def scored(*passages: Passage) -> list[Evidence]:
    return [replace(item, relevance=(5.0,) * len(item.sentences)) for item in evidence(*passages)]


def test_a_few_passages_are_shown() -> None:
    bullets = [passage(f"- Box {n} is red.", start=20 * n) for n in range(MOST_READ + 3)]
    assert len(worth_reading(scored(*bullets))) == MOST_READ


def test_all_rows_of_the_table_that_answers_best_are_shown() -> None:
    rows = [row(number) for number in range(MOST_READ + 3)]
    bullet = passage("- Box is red.", start=900)
    shown = worth_reading(scored(*rows, bullet))
    assert [item.number for item in shown] == list(range(1, MOST_READ + 4))
    assert len(worth_reading(scored(bullet, *rows))) == MOST_READ
