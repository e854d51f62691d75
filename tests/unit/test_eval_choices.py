"""Multiple choice: every order, a parser that never guesses, baselines by hand."""

from __future__ import annotations

import math
from typing import Any

import pytest
from support.small_notes import passage

from eval.banks import Question
from eval.choices import (
    choice_messages,
    letter_probabilities,
    orders,
    parse_letters,
    pasted,
    read_choice,
)
from eval.shortcuts import LONGEST, OPTION_BM25, RANDOM, SHORTEST, always, shortcut_scores
from ragbot.retrieval.queries import pasted_choices, queries_of

FOUR = Question(id="q", question="Which?", options=("ab", "cd", "efg", "h"), answer=(2,))
TWO_RIGHT = FOUR.model_copy(update={"answer": (0, 2)})


@pytest.mark.parametrize("seed", [0, 1, 7])
def test_in_all_rotations_each_option_stands_once_in_each_place(seed: int) -> None:
    for column in zip(*orders(FOUR, None, seed), strict=True):
        assert sorted(column) == [0, 1, 2, 3]


def test_the_first_order_is_the_printed_one_and_a_seed_shuffles() -> None:
    assert orders(FOUR, None, 0)[0] == (0, 1, 2, 3)
    assert orders(FOUR, None, 3) == orders(FOUR, None, 3)
    assert {orders(FOUR, None, seed)[0] for seed in range(1, 9)} != {(0, 1, 2, 3)}


def test_fewer_orders_are_spread_over_the_questions() -> None:
    many = [FOUR.model_copy(update={"id": str(i)}) for i in range(200)]
    places = [orders(each, 1, 0)[0].index(2) for each in many]
    assert all(30 <= places.count(place) <= 70 for place in range(4))


@pytest.mark.parametrize(
    ("reply", "places"),
    [
        ("B", (1,)),
        ("b.", (1,)),
        (" (C) ", (2,)),
        ("**D**", (3,)),
        ("B. cd", (1,)),
        ("B) cd, because it is.", (1,)),
        ("The answer is B.", (1,)),
        ("The correct option is: C", (2,)),
        ("Answer: D", (3,)),
        ("cd", (1,)),
        ("I think that the answer is B, as A is too short.", (1,)),
        ("The answer is B because A is incorrect.", (1,)),
        ("It can't be A, so the answer is D.", (3,)),
        ("Option A is incorrect. Option C is correct.", (2,)),
        ("The correct answer is **C** cd", (2,)),
        ("The answer is B) cd", (1,)),
        ("The answer is B, not A.", (1,)),
        ("Answer: B\n\nExplanation: it holds more.", (1,)),
        ("Answer: B\nNot A, which is too short.", (1,)),
        ("The right option would be B.", (1,)),
        ("Answer: **B** is right, since A is false.", (1,)),
        ("It is not clear, but the answer is B.", (1,)),
        ("A. ab, because B is not it.", (0,)),
    ],
)
def test_a_clear_reply_is_read(reply: str, places: tuple[int, ...]) -> None:
    assert parse_letters(reply, FOUR.options, 1) == places


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "I cannot tell.",
        "A or B",
        "A, B",
        "The answer is A. The answer is B.",
        "A. ab\nB. cd",
        "E",
        "As a rule, buckets are large.",
        "It depends on the bucket",
        "All of them",
        "the answer is not given",
        "Option A is incorrect.",
        "Option A isn't right.",
        "Option A can't be right.",
        "The wrong option is D",
        "The answer can't be option B.",
        "I am not sure that the answer is B.",
        "The correct answer is A load balancer",
        "Answer: A Load Balancer",
        "The answer is A or B.",
        "The answer is either A or C",
        "A. is wrong",
        "Option A (incorrect)",
        "None of them; the answer is not A.",
    ],
)
def test_a_reply_that_is_not_clear_is_not_guessed(reply: str) -> None:
    assert parse_letters(reply, FOUR.options, 1) is None


@pytest.mark.parametrize("reply", ["A, C", "A and C", "C, A.", "A. ab\nC. efg", "Answers: A and C"])
def test_two_answers_are_read_where_two_are_wanted(reply: str) -> None:
    assert parse_letters(reply, FOUR.options, 2) == (0, 2)
    assert parse_letters("A", FOUR.options, 2) is None
    assert parse_letters("A, B, C", FOUR.options, 2) is None


def logprobs(**of: float) -> dict[str, Any]:
    tokens = [{"token": token, "logprob": math.log(p)} for token, p in of.items()]
    return {"content": [{"token": "B", "top_logprobs": tokens}]}


def test_probabilities_are_of_letters_only_and_sum_to_one() -> None:
    found = letter_probabilities(logprobs(B=0.5, A=0.25, The=0.2, b=0.05), 4)
    assert found is not None
    assert sum(found) == pytest.approx(1)
    assert found[1] == pytest.approx(0.55 / 0.8)
    assert letter_probabilities(logprobs(The=0.9), 4) is None
    assert letter_probabilities({"content": []}, 4) is None


def test_a_choice_is_told_in_the_banks_order_whatever_was_shown() -> None:
    choice = read_choice("x", logprobs(A=0.7, B=0.2, C=0.06, D=0.04), FOUR, (2, 3, 0, 1))
    assert choice.options == (2,)
    assert choice.probabilities == pytest.approx((0.06, 0.04, 0.7, 0.2))
    assert read_choice("A", None, FOUR, (2, 3, 0, 1)).options == (2,)
    both = read_choice("x", logprobs(A=0.5, C=0.4, B=0.1), TWO_RIGHT, (2, 3, 0, 1))
    assert both.options == (0, 2)


def test_shortcuts_score_what_they_would_by_lot() -> None:
    scores = shortcut_scores(FOUR, [1.0, 0.0, 1.0, 0.0])
    assert scores[RANDOM] == 0.25
    assert scores[LONGEST] == 1.0
    assert scores[SHORTEST] == 0.0
    assert scores[OPTION_BM25] == 0.5  # a tie of two, drawn by lot
    assert [scores[always(place)] for place in range(4)] == [0, 0, 1, 0]


def test_shortcuts_on_several_right_options_need_all_of_them() -> None:
    scores = shortcut_scores(TWO_RIGHT, [3.0, 1.0, 2.0, 0.0])
    assert scores[RANDOM] == pytest.approx(1 / 6)
    assert scores[OPTION_BM25] == 1.0
    assert scores[LONGEST] == 0.5  # the third is longest; the first ties with the second
    assert scores[always(0)] == 0.0


def test_a_pasted_question_is_searched_for_by_its_options_too() -> None:
    text = pasted(FOUR, (0, 1, 2, 3))
    found = pasted_choices(text)
    assert found is not None
    assert (found.stem, found.options) == ("Which?", FOUR.options)
    assert queries_of(text) == ("Which?", "Which? ab", "Which? cd", "Which? efg", "Which? h")


@pytest.mark.parametrize(
    "text", ["What is S3?", "A. one\nB. two", "Note:\nB. two\nC. three", "Why?\nA. only one"]
)
def test_what_is_no_pasted_question_is_searched_for_as_it_is(text: str) -> None:
    assert queries_of(text) == (text,)


@pytest.mark.parametrize("notes", [[], [passage("- A box holds 4 KB.")]])
def test_the_notes_are_the_same_part_of_every_order(notes: list[Any]) -> None:
    question = Question(id="q", question="Which?", options=["a", "b", "c"], answer=[1])
    last = [choice_messages(question, order, notes)[-1] for order in orders(question, None, 0)]
    parts = [each.additional_kwargs["parts"] for each in last]
    assert len({part.passages for part in parts}) == 1 and all(part.reused for part in parts)
    assert len({part.asked for part in parts}) == 3
    for message, part in zip(last, parts, strict=True):
        assert "".join((*part.passages, part.asked)) == message.content
