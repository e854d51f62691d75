"""What is said between questions: dropped before one, and alone no question of its own."""

from __future__ import annotations

import pytest
from support.asked_before import meant

from ragbot.retrieval.remarks import asks_again, without_greeting, without_opening

ASKED = "How many replicas does Neptune take?"


@pytest.mark.parametrize(
    ("question", "rest"),
    [
        ("That is wonderful, thank you ever so much. May it end?", "May it end?"),
        ("That was quick! And Neptune?", "Neptune?"),
        ("this is great, is it free?", "is it free?"),
        ("That was exactly my question. Can it scale?", "Can it scale?"),
        ("that is clear and does it scale?", "does it scale?"),
        ("This helps a lot. and Neptune?", "Neptune?"),
        ("I am most obliged. One last thing, if I may: is it free?", "is it free?"),
        ("would you be so kind as to tell me the same for Neptune?", "Neptune?"),
        ("hello, thanks for the answer! likewise for Neptune", "Neptune"),
        ("ok cool thanks, it makes a lot of sense. quick follow-up: is it free?", "is it free?"),
        ("I was asking about Neptune", "Neptune"),
        ("never mind, actually of Neptune", "of Neptune"),
        ("and Wait?", "Wait?"),
        ("which is right for us?", "which is right for us?"),
        ("it is the limit of what?", "it is the limit of what?"),
        ("Super admins?", "Super admins?"),
        ("it helps with what?", "it helps with what?"),
        ("never mind the price, is it fast?", "never mind the price, is it fast?"),
        ("that's expensive, is it?", "that's expensive, is it?"),
    ],
)
def test_a_remark_opens_a_question_and_is_none_of_it(question: str, rest: str) -> None:
    assert without_opening(question) == rest


@pytest.mark.parametrize(
    "text",
    """that's wrong|That is not right.|you sure?|are you 100% sure?|certain?|I don't get it|wrong|
    shorter please|can you make that shorter?|in one sentence?|tl;dr|summarize that|source?|
    explain it simply|explain like I'm five|once more|say that again|which page?|who says so?|
    how do you know?|where did you get that from|can you cite that?|double check that please|
    you're wrong|what do you mean?|in short?|do you have a source?|prove it|quote it|
    that can't be right|I doubt it|seriously?|not true|as bullet points|which document?""".split(
        "|"
    ),
)
def test_who_doubts_or_wants_it_in_another_form_asks_the_same_again(text: str) -> None:
    assert meant(text.strip(), ASKED) == ASKED


@pytest.mark.parametrize(
    "text",
    """which page size|in one region|with a list of accounts|in plain text|make it public|
    in other words and figures|keep it encrypted|how do you know when it ends|wrong region|
    summary of the limits|explain the limits|where does it say hello|who says what|like a table|
    sure of what""".split("|"),
)
def test_what_asks_for_more_than_that_is_a_question(text: str) -> None:
    assert not asks_again(text.strip())


def test_a_remark_is_not_what_is_spoken_of_afterwards() -> None:
    assert meant("what does it cost?", ASKED, "that's wrong") == "what does Neptune cost?"
    assert meant("does it scale?", "What are Neptune's limits?") == "does Neptune scale?"
    assert meant("what does it cost?", "What is Neptune?", "explain like I'm five") == (
        "what does Neptune cost?"
    )
    limited = meant("is that per account?", "What is Neptune's replica limit?")
    assert limited == "is the replica limit of Neptune per account?"


@pytest.mark.parametrize(
    "part", ["that is good-x ", "thanks for the ", "this is so very ", "please can you ", "hi - "]
)
def test_a_long_remark_is_read_at_once(part: str) -> None:
    text = part * 2_000
    assert without_greeting(f"{text}?") and not asks_again(text)
    assert without_opening(text) is not None
