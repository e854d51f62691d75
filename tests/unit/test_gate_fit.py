"""The gate's weights: of the banks as they are, and promised by authors that they had not seen."""

from __future__ import annotations

import json

import numpy as np
import pytest

from eval.answerability import BANKS, FILE, _cross_validated, _weights, authored
from eval.banks import load_bank
from ragbot.retrieval.regression import Regression, answerability
from ragbot.retrieval.signals import Signals


def test_the_shipped_weights_are_fitted_on_the_banks_as_they_are() -> None:
    fitted_on = json.loads(FILE.read_text(encoding="utf-8"))["fitted_on"]
    assert fitted_on == {name: load_bank(name).sha256 for name in BANKS}
    assert answerability(True).signals == Signals.names()
    assert answerability(False).signals == tuple(n for n in Signals.names() if n != "answers")


def test_a_question_is_told_by_weights_that_saw_none_of_its_author() -> None:
    chance = np.random.default_rng(0)
    values = chance.normal(size=(200, 2))
    authors = np.array(["one"] * 100 + ["other"] * 100)
    # What speaks for an answer in one author's questions speaks against it in the other's.
    answerable = (values[:, 0] > 0) ^ (authors == "other")
    told = _cross_validated(values[:, None], answerable, authors)
    assert np.mean((told > 0.5) == answerable) < 0.1


def test_a_question_is_as_likely_answered_as_the_likeliest_of_its_parts() -> None:
    values = np.array([[float(n), 1.0] for n in range(-20, 20)])
    authors = np.array(["one", "other"] * 20)
    whole = _cross_validated(values[:, None], values[:, 0] > 0, authors)
    asked = [row[None] for row in values]
    asked[0] = np.array([values[0], values[-1], values[5]])
    with_parts = _cross_validated(asked, values[:, 0] > 0, authors)
    assert whole[0] < 0.1 < 0.9 < with_parts[0]
    assert with_parts[1:].tolist() == whole[1:].tolist()


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
