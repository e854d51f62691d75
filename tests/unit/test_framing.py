"""What a reply says of itself is no claim, and what it claims is no frame."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.citations import CheckedSentence, CitationChecker, DraftSentence

BOXES = passage("- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels automatically.")


def checked(
    text: str, question: str = "What about Boxes and stacking?", *, leads: bool = False
) -> CheckedSentence:
    checker = CitationChecker(evidence(BOXES), withhold=True, question=question)
    return checker.check(DraftSentence(text, (), "", leads=leads))


@pytest.mark.parametrize(
    "frame",
    [
        "Here's an overview:",
        "Here is a side-by-side comparison:",
        "Let's put the two kinds side by side:",
        "A few more facts on Boxes:",
        "No problem, just follow these steps:",
        "Here are the most important limits to keep in mind:",
        "Great question!",
        "Let's go through them!",
        "Happy to help!",
    ],
)
def test_a_frame_claims_nothing(frame: str) -> None:
    assert checked(frame).leads_in


@pytest.mark.parametrize(
    "claim",
    [
        "Boxes has 7 advantages:",
        "Here is an overview of the 7 limits:",
        "Boxes never rotates its labels:",
        "Boxes comes in two kinds:",
        "This is the best option.",
        "Here is why moths adore lamplight so dearly:",
    ],
)
def test_a_claim_is_no_frame(claim: str) -> None:
    assert not checked(claim).leads_in


@pytest.mark.parametrize("heading", ["Boxes", "Stacking", "Key takeaways", "The labels of Boxes"])
def test_a_heading_names_a_matter(heading: str) -> None:
    assert checked(heading, leads=True).leads_in


@pytest.mark.parametrize(
    "line",
    [
        "Boxes supports stacking",
        "No stacking",
        "At most 900 KB",
        "Boxes items can be as large as you want them",
        "Moths",
    ],
)
def test_a_bold_line_that_says_something_is_no_heading(line: str) -> None:
    assert not checked(line, leads=True).leads_in


@pytest.mark.parametrize(
    ("question", "is_courtesy"),
    [("Explain Boxes.", True), ("Does Boxes rotate its labels?", False)],
)
def test_sure_is_a_courtesy_where_nothing_was_asked_that_it_could_answer(
    question: str, is_courtesy: bool
) -> None:
    for yes in ("Sure!", "Absolutely!"):
        assert checked(yes, question).leads_in is is_courtesy


@pytest.mark.parametrize(
    ("cells", "known"),
    [
        (("Criterion", "Boxes", "How it works"), True),
        (("Aspect", "Strength", "Stacking"), True),
        (("Visit moths", "Boxes"), False),
    ],
)
def test_the_head_of_a_table_is_in_words_of_notes_question_or_answers(
    cells: tuple[str, ...], known: bool
) -> None:
    checker = CitationChecker(evidence(BOXES), withhold=True, question="Does Boxes do stacking?")
    row = DraftSentence(f"| {' | '.join(cells)} |", (), "", leads=True, columns=cells)
    assert checker.check(row).leads_in is known
