"""What is taken of a model's rewriting, and what is told of a rewritten question."""

from __future__ import annotations

import pytest

from ragbot.retrieval.names import Names
from ragbot.rewriting import LONGEST, accepted, differs
from ragbot.types import Turn

NAMES = Names(["Boxes", "Crates"])
HISTORY = [Turn("How large can Boxes be?", "Boxes hold 400 KB. [1]")]


def taken(reply: str, question: str = "and how heavy are they?") -> str | None:
    return accepted(reply, question, HISTORY, NAMES)


@pytest.mark.parametrize(
    "reply",
    [
        "How heavy are Boxes?",
        '"How heavy are Boxes?"',
        "Question: How heavy are Boxes?\n",
        "Standalone question: **How heavy are Boxes?**",
        "\n\nHow heavy are Boxes?\nBoxes weigh 7 kg.",
    ],
)
def test_one_question_is_taken_without_its_wrapping(reply: str) -> None:
    assert taken(reply) == "How heavy are Boxes?"


@pytest.mark.parametrize(
    ("reply", "why"),
    [
        ("", "empty"),
        ("  \n", "empty"),
        ("Boxes weigh 7 kg.", "an answer"),
        ("Sure! Here is the question", "no question"),
        ("How heavy are Boxes " + "and so on " * (LONGEST // 9) + "?", "too long"),
        ("and how heavy are they?", "unchanged"),
        ("How heavy are Barrels?", "a name that nobody said"),
    ],
)
def test_anything_odd_is_not_taken(reply: str, why: str) -> None:
    assert taken(reply) is None, why


def test_the_names_of_the_follow_up_must_be_kept() -> None:
    assert taken("How large can Boxes be?", "and crates?") is None
    assert taken("How large can Crates be?", "and crates?") == "How large can Crates be?"
    assert taken("how large can crates be", "and crates?") == "how large can crates be"


@pytest.mark.parametrize(
    ("typed", "searched", "expected"),
    [
        ("what is it?", "what is Boxes?", True),
        ("how do stremas work", "how do streams work", True),
        ("What is  a Box", "what is a box?", False),
        ("hi", "", False),
    ],
)
def test_only_another_query_is_told(typed: str, searched: str, expected: bool) -> None:
    assert differs(typed, searched) is expected
