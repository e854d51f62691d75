"""The gate's weights: of the banks as they are, and promised by authors that they had not seen."""

from __future__ import annotations

import json

import numpy as np
import pytest
from numpy.typing import NDArray

from bench.other_notes import SHEETS
from eval.answerability import (
    FILE,
    OTHER_NOTES,
    Beside,
    Ways,
    _cross_validated,
    _weights,
    authored,
    fitted_on,
)
from ragbot.retrieval.regression import Regression, answerability
from ragbot.retrieval.signals import Signals


def test_the_shipped_weights_are_fitted_on_the_banks_as_they_are() -> None:
    assert json.loads(FILE.read_text(encoding="utf-8"))["fitted_on"] == fitted_on()
    assert answerability(True).signals == Signals.names()
    assert answerability(False).signals == Signals.names()


NOTHING = Beside(np.empty((0, 2)), np.empty(0, dtype=bool))


def test_what_is_beside_is_fitted_to_and_not_told() -> None:
    values = np.array([[float(n), 1.0] for n in range(-20, 20)])
    authors = np.array(["one", "other"] * 20)
    alone = _cross_validated(_each_alone(values), values[:, 0] > 0, authors, NOTHING)
    more = Beside(values - [5.0, 0.0], values[:, 0] > 0)  # of which a smaller one is an answer
    told = _cross_validated(_each_alone(values), values[:, 0] > 0, authors, more)
    assert len(told) == len(values)
    assert (told > 0.5).sum() > (alone > 0.5).sum()


def test_no_other_note_is_asked_where_other_notes_are_scored() -> None:
    scored = {file.stem for file in SHEETS.glob("*.jsonl")}
    assert scored and scored.isdisjoint(file.stem for file in OTHER_NOTES.glob("*.md"))


def test_a_question_is_told_by_weights_that_saw_none_of_its_author() -> None:
    chance = np.random.default_rng(0)
    values = chance.normal(size=(200, 2))
    authors = np.array(["one"] * 100 + ["other"] * 100)
    # What speaks for an answer in one author's questions speaks against it in the other's.
    answerable = (values[:, 0] > 0) ^ (authors == "other")
    told = _cross_validated(_each_alone(values), answerable, authors, NOTHING)
    assert np.mean((told > 0.5) == answerable) < 0.1


def test_a_question_is_as_likely_answered_as_the_likeliest_of_its_ways() -> None:
    values = np.array([[float(n), 1.0] for n in range(-20, 20)])
    authors = np.array(["one", "other"] * 20)
    answerable = values[:, 0] > 0
    asked = _each_alone(values)
    (whole, _, low, *_, high) = _cross_validated(asked, answerable, authors, NOTHING)
    assert whole < 0.1 < 0.9 < high
    asked[0] = [*asked[0], values[[-1]]]  # one part is answered
    with_parts = _cross_validated(asked, answerable, authors, NOTHING)
    assert with_parts[0] > 0.9
    asked[0] = [asked[0][0], values[[2, -1]]]  # of two things it is told of one alone
    of_both = _cross_validated(asked, answerable, authors, NOTHING)
    assert whole < of_both[0] < low + 0.01


def _each_alone(values: NDArray[np.float64]) -> list[Ways]:
    return [[row[None]] for row in values]


@pytest.mark.parametrize(
    ("question_id", "author"),
    [
        ("natural-bedrock-1", ""),
        ("unanswerable-near-3", ""),
        ("stranger-none-7", "stranger"),
        ("newcomer-a-12", "newcomer-a"),
    ],
)
def test_authors(question_id: str, author: str) -> None:
    assert authored(question_id) == author


def test_weights_are_of_the_values_as_they_are() -> None:
    values = np.array([[float(n), 100.0] for n in range(40)])
    weights, bias = _weights(values, values[:, 0] > 19)
    fitted = Regression(("n", "same"), tuple(weights.tolist()), bias, 0.5)
    assert fitted.probability((0.0, 100.0)) < 0.05 < 0.95 < fitted.probability((39.0, 100.0))
    assert fitted.probability((19.5, 100.0)) == pytest.approx(0.5, abs=0.01)
