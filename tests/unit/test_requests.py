"""Courtesy and examples are taken off a question; what it asks for stays."""

from __future__ import annotations

import pytest

from ragbot.retrieval.requests import asked_what_it_is, plainly_asked


@pytest.mark.parametrize(
    ("question", "asked"),
    [
        ("Give me an overview of Boxes.", "Tell me about Boxes."),
        (
            "could you please give me a quick summary of the box types?",
            "Tell me about the box types.",
        ),
        ("Can you explain the kinds of Boxes, such as A and B?", "Explain the kinds of Boxes."),
        ("Would you list the limits of Boxes, please?", "List the limits of Boxes."),
        ("Can you explain to me how Boxes work?", "Explain how Boxes work."),
    ],
)
def test_a_wide_question_comes_down_to_what_it_is_about(question: str, asked: str) -> None:
    assert plainly_asked(question) == asked


@pytest.mark.parametrize(
    "question",
    [
        "Can you stack Boxes?",
        "Give me the limit of Boxes.",
        "What are limits such as weight and size for?",
        "How do I give an overview of Boxes to others?",
        "",
    ],
)
def test_any_other_question_stays_as_it_is(question: str) -> None:
    assert plainly_asked(question) == question


def test_who_asks_about_a_known_thing_asks_what_it_is() -> None:
    def knows(name: str) -> bool:
        return name == "Boxes"

    assert asked_what_it_is("Tell me about Boxes.", knows) == "What is Boxes?"
    assert asked_what_it_is("explain Boxes", knows) == "What is Boxes?"
    for question in ("Explain how Boxes work.", "Tell me about Crates.", "Are Boxes told about?"):
        assert asked_what_it_is(question, knows) == question
