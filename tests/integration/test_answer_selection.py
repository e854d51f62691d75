"""The real model that selects what answers: near is not enough for it."""

import numpy as np
import pytest

from ragbot.answer_selection import AnswerSelection, open_answer_selection
from ragbot.reranker import Reranker, open_reranker
from ragbot.settings import Settings

NOTE = "AWS Lambda: A Lambda invocation lasts at most 15 minutes."
ANSWERED = "How long can one Lambda invocation run?"
NEAR = "What does one Lambda invocation cost?"


@pytest.fixture(scope="module")
def selection() -> AnswerSelection:
    model = open_answer_selection(Settings().models_dir)
    if model is None:
        pytest.skip("the reranker's weights are not here: ragbot models pull reranker")
    return model


@pytest.fixture(scope="module")
def nearness() -> Reranker:
    model = open_reranker(Settings().models_dir)
    assert model is not None
    return model


def test_what_is_only_near_is_told_from_what_answers(selection):
    (answered,) = selection.scores(ANSWERED, [NOTE])
    (near,) = selection.scores(NEAR, [NOTE])
    assert answered > 0 > near


def test_each_of_the_two_has_weights_of_its_own(selection, nearness):
    assert selection.scores(ANSWERED, [NOTE]) != nearness.scores(ANSWERED, [NOTE])


def test_what_was_read_once_is_not_read_again(selection, monkeypatch):
    first = selection.scores(ANSWERED, [NOTE, "Crates are heavy."])
    monkeypatch.setattr(Reranker, "scores", lambda *_: np.full(1, 9.0))
    again = selection.scores(ANSWERED, ["Crates are heavy.", "Boxes are red.", NOTE])
    assert again.tolist() == [first[1], 9.0, first[0]]


def test_what_is_read_beside_a_text_moves_nothing(nearness):
    others = [f"{NOTE} It is stopped after that time. " * times for times in range(1, 5)]
    among = nearness.scores(ANSWERED, [*others, NOTE])
    assert among[-1] == nearness.scores(ANSWERED, [NOTE])[0]
    assert among[::-1].tolist() == nearness.scores(ANSWERED, [NOTE, *others[::-1]]).tolist()
    assert nearness.scores(ANSWERED, []).tolist() == []


@pytest.mark.parametrize("question", ["为" * 300, "Почему лямбда не работает? " * 8, "a.b " * 100])
def test_a_question_of_many_tokens_leaves_room_for_the_text(
    nearness: Reranker, question: str
) -> None:
    assert nearness.scores(question, ["A Lambda function runs for 15 minutes."]).shape == (1,)
