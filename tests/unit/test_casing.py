"""A name typed in small letters is read in those of the notes."""

from __future__ import annotations

import pytest

from ragbot.retrieval.casing import cased

NOTES = (
    "Boxes are kept in a DepotNet shed. Lid Plus closes them; MAX is a mode of the LTB.",
    "The max is 4 (see depot:ltb and x/ltb.md). Crates are light, and R2 crates are lighter.",
    "Harbour Crane lifts, and Max closes Shed 14. A crane is not a bird.",
    "The Max is there.",
)


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        ("depotnet sheds", "DepotNet sheds"),
        ("Depotnet and r2", "DepotNet and R2"),
        ("what is ltb, and depot:ltb?", "what is LTB, and depot:ltb?"),
        ("the max", "the max"),  # which they write small, too
        ("lid plus", "Lid Plus"),
        ("lid and max", "lid and max"),
        ("shed 14 and shed 15", "Shed 14 and shed 15"),
        ("the lid", "the lid"),  # no name by itself
        ("a harbour and the Max", "a harbour and the Max"),  # "The Max" begins a line
        ("boxes", "Boxes"),  # a known name
        ("harbour crane or crane", "Harbour Crane or crane"),
        ("WHAT DOES THE LTB DO?", "what does the LTB do?"),
        ("LTB", "LTB"),
        ("", ""),
    ],
)
def test_cased(typed: str, read: str) -> None:
    assert cased(typed, ("boxes", "harbour crane"), NOTES) == read
