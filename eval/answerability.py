"""Fits the gate that decides whether the notes answer: dev questions in, a regression out.

`false_premise` questions count among the answerable: the notes hold their correction. The threshold
is set without them. As in the product a question that asks several things is refused only where
each of its parts is, too, and one that asks the same of two things is answered where both are told.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ragbot.retrieval
from eval.banks import FALSE_PREMISE, Question, load_bank
from ragbot.partial import asked_one_by_one, same_of_each
from ragbot.reranker import Similarity
from ragbot.retrieval import Retriever
from ragbot.retrieval.signals import Signals, weigh

FILE = Path(ragbot.retrieval.__file__).parent / "answerability.json"
BANKS = ("natural", "unanswerable", "strangers", "newcomers", "visitors")
OVER_REFUSAL = 0.05  # of the answerable dev questions, each told by other authors' weights
AUTHOR = re.compile(r"stranger|(?:newcomer|visitor)-[a-z]")

# Ways in which the notes may answer one question: each float64 [questions, signals], all of whose
# questions they must answer. The first is the question as a whole.
Ways = list[NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class Asked:
    """The signals of one dev question, with what the entailment model has read and without."""

    read: Ways
    unread: Ways


@dataclass(frozen=True, slots=True)
class Fitted:
    """`refused` is that at `threshold`, of questions whose author it had not seen. `over_refused`
    is what the threshold was set to on the same questions: `OVER_REFUSAL`, and no measurement."""

    content: dict[str, Any]
    threshold: float
    refused: float
    over_refused: float


@dataclass(frozen=True, slots=True)
class FittedGate:
    """For evidence that the entailment model has `read`, and for such as it has not."""

    read: Fitted
    unread: Fitted
    n: int


def dev_questions() -> list[Question]:
    return [
        question
        for bank in BANKS
        for question in load_bank(bank).questions
        if question.split == "dev"
    ]


def fit_gate(retriever: Retriever, k: int) -> FittedGate:
    """Raises ValueError where one of the models is missing that the signals are taken from."""
    similarity = retriever.similarity
    readers = retriever.readers
    if similarity is None or readers.selection is None or readers.entailment is None:
        raise ValueError("the gate is fitted on the signals of three models, and one is missing")
    questions = dev_questions()
    asked = [asked_of(q.question, retriever, similarity, k) for q in questions]
    answerable = np.array([q.answerable for q in questions])
    premise = np.array([q.kind == FALSE_PREMISE for q in questions])
    authors = np.array([authored(q.id) for q in questions])
    return FittedGate(
        _fitted([each.read for each in asked], answerable, premise, authors),
        _fitted([each.unread for each in asked], answerable, premise, authors),
        len(questions),
    )


def _fitted(
    asked: Sequence[Ways],
    answerable: NDArray[Any],
    premise: NDArray[Any],
    authors: NDArray[Any],
) -> Fitted:
    held = answerable | premise
    told = _cross_validated(asked, held, authors)
    threshold = float(np.quantile(told[answerable], OVER_REFUSAL))
    weights, bias = _weights(_whole(asked), held)
    content = {
        "signals": list(Signals.names()),
        "weights": [round(float(weight), 5) for weight in weights],
        "bias": round(bias, 5),
        "threshold": round(threshold, 4),
    }
    return Fitted(
        content,
        threshold,
        float(np.mean(told[~held] < threshold)),
        float(np.mean(told[answerable] < threshold)),
    )


def asked_of(question: str, retriever: Retriever, similarity: Similarity, k: int) -> Asked:
    """Of the question as a whole, then of what else it asks, or of both things that it asks of."""
    query = retriever.query_for(question)
    parts = [asked for _, asked in asked_one_by_one(query, retriever)]
    ways: list[tuple[str, ...]] = [(each,) for each in (query, *parts)]
    if both := same_of_each(query):
        ways.append(both)

    def signals(query: str) -> tuple[tuple[float, ...], tuple[float, ...]]:
        evidence = retriever.evidence(query, retriever.search(query, k))
        unread = [replace(item, answers=()) for item in evidence]
        read, without = (
            weigh(query, each, retriever.index, similarity).signals.values()
            for each in (evidence, unread)
        )
        return read, without

    found = [[signals(query) for query in way] for way in ways]
    return Asked(
        [np.array([read for read, _ in way]) for way in found],
        [np.array([unread for _, unread in way]) for way in found],
    )


def save_gate(fitted: FittedGate, file: Path = FILE) -> None:
    content = {
        "fitted": date.today().isoformat(),
        "fitted_on": {name: load_bank(name).sha256 for name in BANKS},
        "n": fitted.n,
        "read": fitted.read.content,
        "unread": fitted.unread.content,
    }
    file.write_text(json.dumps(content) + "\n", encoding="utf-8")


def authored(question_id: str) -> str:
    """By whom: "" of the banks that were written with the product."""
    found = AUTHOR.match(question_id)
    return found[0] if found else ""


def _whole(asked: Sequence[Ways]) -> NDArray[np.float64]:
    return np.array([ways[0][0] for ways in asked])


def _cross_validated(
    asked: Sequence[Ways],
    answerable: NDArray[np.bool_],
    authors: NDArray[np.str_],
) -> NDArray[np.float64]:
    """Probability of each question by the likeliest of its ways, by a regression that saw none of
    its author's."""
    whole = _whole(asked)
    told = np.zeros(len(asked))
    for author in set(authors.tolist()):
        out = authors == author
        weights, bias = _weights(whole[~out], answerable[~out])
        for i in np.flatnonzero(out).tolist():
            odds = max((way @ weights + bias).min() for way in asked[i])
            told[i] = 1 / (1 + np.exp(-odds))
    return told


def _weights(
    values: NDArray[np.float64], answerable: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], float]:
    """float64 [signals] and the bias, of the values as they are."""
    from sklearn.linear_model import LogisticRegression

    mean, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread == 0] = 1.0
    fitted = LogisticRegression(max_iter=1000).fit((values - mean) / spread, answerable)
    weights: NDArray[np.float64] = fitted.coef_[0] / spread
    return weights, float(fitted.intercept_[0] - weights @ mean)
