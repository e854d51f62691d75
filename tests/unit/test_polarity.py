"""Which sentences deny what another affirms, however either puts it."""

from __future__ import annotations

import pytest

from ragbot.citations.polarity import denies_unheard, flipped, with_bounds

NOTHING: frozenset[str] = frozenset()


@pytest.mark.parametrize(
    ("claim", "note"),
    [
        ("The dose depends on volume rather than clearance.", "dose: by volume, not clearance"),
        ("The notice never exceeds 12 weeks.", "Notice: one week a year, at most 12 weeks."),
        ("It never drops below 4 KB.", "Its size: at least 4 KB."),
        ("Boxes are chosen instead of crates.", "Boxes are chosen, not crates."),
        (
            "The tags of a blob can be read, although the blob is not readable.",
            "A blob can't be read or changed, but its tags stay readable.",
        ),
    ],
)
def test_the_same_denied_in_other_words_is_no_contradiction(claim: str, note: str) -> None:
    assert not flipped(claim, note, frozenset())


@pytest.mark.parametrize(
    ("claim", "note"),
    [
        ("The dose depends on clearance rather than volume.", "dose: by volume, not clearance"),
        ("Tasks run on servers instead of barges.", "Tasks run on barges."),
        ("The tags are not readable.", "The tags can be read."),
    ],
)
def test_what_is_turned_round_is_heard(claim: str, note: str) -> None:
    assert flipped(claim, note, frozenset())


@pytest.mark.parametrize(
    "claim",
    ["It cannot be larger than 400 KB.", "It can't hold more than 400 KB.", "No box goes over 4."],
)
def test_what_cannot_be_more_is_at_most(claim: str) -> None:
    assert "at most" in with_bounds(claim)


def test_what_can_be_more_is_at_least() -> None:
    assert "at least 400 KB" in with_bounds("A box can hold more than 400 KB.")
    refused = "Boxes of more than 400 KB are refused."
    assert with_bounds(refused) == refused


def test_larger_than_another_thing_is_no_bound() -> None:
    assert flipped("Boxes are larger than crates.", "Boxes are not larger than crates.", NOTHING)
    assert not flipped("It holds no more than 5.", "It holds at most 5.", NOTHING)


def test_a_myth_denies() -> None:
    assert denies_unheard("It is a myth that boxes are encrypted.", "Boxes are encrypted.")
