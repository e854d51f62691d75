"""Since when, until when, and whether it still is so."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.citations import CitationChecker, DraftSentence

NOTES = passage(
    "- Since May 2024 the parking fee is 45 euros a month.\n"
    "- Until 2022 boxes were sold in Paris as well.\n"
    "- The red hall was closed from March 2020 to June 2021.\n"
    "- Update (June 2025): labels are kept for 90 days.\n"
    "- The blue hall seats 60 people."
)


@pytest.mark.parametrize(
    ("claim", "is_so"),
    [
        ("Since May 2024 the parking fee is 45 euros a month.", True),
        ("As of May 2024, the parking fee is 45 euros a month.", True),
        ("Until May 2024 the parking fee was 45 euros a month.", False),
        ("The parking fee of 45 euros a month ended in May 2024.", False),
        ("Up to May 2024 the parking fee is 45 euros a month.", False),
        ("Boxes were sold in Paris until 2022.", True),
        ("Boxes are sold in Paris.", False),
        ("The red hall was closed from March 2020 to June 2021.", True),
        ("The red hall is closed.", False),
        ("The red hall has been closed since June 2021.", False),
        ("Since June 2025 labels are kept for 90 days.", True),
        ("Until June 2025 labels were kept for 90 days.", False),
        ("Labels are kept for 90 days.", True),
        ("The blue hall seats 60 people.", True),
    ],
)
def test_a_time_has_two_ends(claim: str, is_so: bool) -> None:
    checked = CitationChecker(evidence(NOTES), withhold=True).check(DraftSentence(claim, (1,), ""))
    assert (checked.sentence.verdict == "supported") is is_so


@pytest.mark.parametrize(
    ("claim", "is_so"),
    [
        ("The fee was raised from 30 to 90 euros.", True),
        ("The fee was lowered from 90 to 30 euros.", True),
        ("The fee was raised from 90 to 30 euros.", False),
        ("The fee fell from 30 euros to $90.", False),
    ],
)
def test_what_is_raised_is_more(claim: str, is_so: bool) -> None:
    note = passage("- The fee was changed, raised or lowered: 30 euros, 90 euros; it fell.")
    checked = CitationChecker(evidence(note), withhold=True).check(DraftSentence(claim, (1,), ""))
    assert (checked.sentence.reason != "it says the opposite of itself") is is_so


def test_what_is_told_instead_comes_with_what_has_changed_since() -> None:
    note = passage(
        "- The parking fee is 30 euros a month.\n"
        "  - As of May 2024: the parking fee is 45 euros a month."
    )
    checker = CitationChecker(evidence(note), withhold=True)
    told = checker.sentences(DraftSentence("The parking fee is not 30 euros a month.", (1,), ""))
    assert [each.sentence.text for each in told][1:] == [
        "The parking fee is 30 euros a month.",
        "As of May 2024: the parking fee is 45 euros a month.",
    ]
