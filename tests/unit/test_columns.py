"""A figure of one column told of another."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.citations import Checks, CitationChecker, DraftSentence
from ragbot.types import Fact

ROW = passage(
    "| max_boats | 100 | 200 | yes |",
    "Limits",
    kind="table_row",
    facts=(
        Fact("max_boats", "Default", "100"),
        Fact("max_boats", "Ours", "200"),
        Fact("max_boats", "Restart", "yes"),
    ),
)


@pytest.mark.parametrize(
    ("claim", "is_so"),
    [
        ("The default of max_boats is 100.", True),
        ("The default of max_boats is 200.", False),
        ("Ours of max_boats is 100.", False),
        ("Ours of max_boats is 200.", True),
    ],
)
def test_a_figure_belongs_to_its_column(claim: str, is_so: bool) -> None:
    checker = CitationChecker(
        evidence(ROW), Checks(similarity=lambda _, texts: [9.0] * len(texts)), withhold=True
    )
    checked = checker.check(DraftSentence(claim, (1,), ""))
    assert (checked.sentence.verdict == "supported") is is_so


@pytest.mark.parametrize(
    ("claim", "is_so"),
    [
        ("Queue Lite has best effort ordering.", True),
        ("Queue Pro has strict ordering.", True),
        ("Queue Lite has strict ordering.", False),
        ("Queue Pro has best effort ordering.", False),
    ],
)
def test_words_of_a_cell_belong_to_what_it_is_on(claim: str, is_so: bool) -> None:
    row = passage(
        "| Ordering | best effort | strict |",
        "Queues",
        kind="table_row",
        facts=(
            Fact("Queue Lite", "Ordering", "best effort"),
            Fact("Queue Pro", "Ordering", "strict"),
        ),
    )
    checked = CitationChecker(evidence(row), withhold=True).check(DraftSentence(claim, (1,), ""))
    assert (checked.sentence.verdict == "supported") is is_so
