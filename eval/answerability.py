"""Fits the gate that decides whether the notes answer: dev questions in, a regression out.

Beside those on the ten sheets, which the reading models have learned by heart, there are some on
notes that they have never seen (`other_notes/`): what tells an answer there, too, tells it better
of a stranger's question on the former. The threshold is set by the former.

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
from ragbot.retrieval import Retriever
from ragbot.retrieval.signals import Signals, weigh

FILE = Path(ragbot.retrieval.__file__).parent / "answerability.json"
BANKS = ("natural", "unanswerable", "strangers", "newcomers", "visitors")
OVER_REFUSAL = 0.05  # of the answerable dev questions, each told by other authors' weights
OTHER_NOTES = Path(__file__).resolve().parent / "other_notes"
OTHER_QUESTIONS = OTHER_NOTES / "other_notes.jsonl"
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
class Beside:
    """Questions that are fitted to and not promised for: float64 [questions, signals], and bool
    [questions], whether the notes answer them."""

    values: NDArray[np.float64]
    answerable: NDArray[np.bool_]

    def added_to(
        self, values: NDArray[np.float64], answerable: NDArray[np.bool_]
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        return (
            np.concatenate([values, self.values]),
            np.concatenate([answerable, self.answerable]),
        )


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
    n_others: int


def dev_questions() -> list[Question]:
    return [
        question
        for bank in BANKS
        for question in load_bank(bank).questions
        if question.split == "dev"
    ]


def fit_gate(retriever: Retriever, others: Retriever, k: int) -> FittedGate:
    """Of the dev questions, and of those on `OTHER_NOTES`, in which `others` searches.

    Raises:
        ValueError: one of the models is missing that the signals are taken from.
    """
    readers = retriever.readers
    if readers.reranker is None or readers.selection is None or readers.entailment is None:
        raise ValueError("the gate is fitted on the signals of three models, and one is missing")
    questions = dev_questions()
    asked = [asked_of(q.question, retriever, k) for q in questions]
    answerable = np.array([q.answerable for q in questions])
    premise = np.array([q.kind == FALSE_PREMISE for q in questions])
    authors = np.array([authored(q.id) for q in questions])
    on_others = load_bank(OTHER_QUESTIONS).questions
    beside = [asked_of(q.question, others, k) for q in on_others]
    told = np.array([q.answerable for q in on_others])
    read, unread = (
        _fitted(
            [getattr(each, kind) for each in asked],
            answerable,
            premise,
            authors,
            Beside(_whole([getattr(each, kind) for each in beside]), told),
        )
        for kind in ("read", "unread")
    )
    return FittedGate(read, unread, len(questions), len(on_others))


def _fitted(
    asked: Sequence[Ways],
    answerable: NDArray[Any],
    premise: NDArray[Any],
    authors: NDArray[Any],
    beside: Beside,
) -> Fitted:
    held = answerable | premise
    told = _cross_validated(asked, held, authors, beside)
    threshold = float(np.quantile(told[answerable], OVER_REFUSAL))
    weights, bias = _weights(*beside.added_to(_whole(asked), held))
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


def asked_of(question: str, retriever: Retriever, k: int) -> Asked:
    """Of the question as a whole, then of what else it asks, or of both things that it asks of.

    Raises:
        ValueError: there is no cross-encoder.
    """
    similarity = retriever.similarity
    if similarity is None:
        raise ValueError("without a cross-encoder there are no signals")
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
        "fitted_on": fitted_on(),
        "n": fitted.n,
        "n_others": fitted.n_others,
        "read": fitted.read.content,
        "unread": fitted.unread.content,
    }
    file.write_text(json.dumps(content) + "\n", encoding="utf-8")


def fitted_on() -> dict[str, str]:
    """The sha256 of each bank."""
    names: tuple[str | Path, ...] = (*BANKS, OTHER_QUESTIONS)
    return {bank.name: bank.sha256 for bank in (load_bank(name) for name in names)}


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
    beside: Beside,
) -> NDArray[np.float64]:
    """Probability of each question by the likeliest of its ways, by a regression that saw none of
    its author's, and all that is `beside`."""
    whole = _whole(asked)
    told = np.zeros(len(asked))
    for author in set(authors.tolist()):
        out = authors == author
        weights, bias = _weights(*beside.added_to(whole[~out], answerable[~out]))
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
