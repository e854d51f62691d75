"""Fits the gate that decides whether the notes answer: dev questions in, decision trees out.

`false_premise` questions count among the answerable: the notes hold their correction. The threshold
is set without them.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import ragbot.retrieval
from eval.banks import FALSE_PREMISE, Question, load_bank
from ragbot.reranker import Similarity
from ragbot.retrieval import Retriever
from ragbot.retrieval.signals import Signals, weigh

FILE = Path(ragbot.retrieval.__file__).parent / "answerability.json"
BANKS = ("natural", "unanswerable", "strangers", "newcomers")
OVER_REFUSAL = 0.05  # of the answerable dev questions, by cross-validation
AUTHOR = re.compile(r"stranger|newcomer-[a-z]")
REPEATS = 5


@dataclass(frozen=True, slots=True)
class FittedTrees:
    """`refused` and `over_refused` are what cross-validation over the authors of dev promises at
    `threshold`."""

    content: dict[str, Any]
    threshold: float
    refused: float
    over_refused: float


@dataclass(frozen=True, slots=True)
class FittedGate:
    """The trees for evidence that the entailment model has `read`, and for such that it has not."""

    read: FittedTrees
    unread: FittedTrees
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
    if similarity is None or retriever.readers.entailment is None:
        raise ValueError("the gate is fitted on the signals of two models, and one is missing")
    questions = dev_questions()
    values = np.array([signals_of(q.question, retriever, similarity, k) for q in questions])
    answerable = np.array([q.answerable for q in questions])
    premise = np.array([q.kind == FALSE_PREMISE for q in questions])
    authors = np.array([authored(q.id) for q in questions])
    names = Signals.names()
    heard = names.index("answers")
    values_unread = np.delete(values, heard, axis=1)
    return FittedGate(
        _fitted(values, answerable, premise, authors, names),
        _fitted(values_unread, answerable, premise, authors, names[:heard] + names[heard + 1 :]),
        len(questions),
    )


def _fitted(
    values: NDArray[Any],
    answerable: NDArray[Any],
    premise: NDArray[Any],
    authors: NDArray[Any],
    signals: tuple[str, ...],
) -> FittedTrees:
    held = answerable | premise
    told = _cross_validated(values, held, authors)
    threshold = float(np.quantile(told[answerable], OVER_REFUSAL))
    model = _model(0).fit(values, held)
    prior = float(np.mean(held))
    content = {
        "signals": list(signals),
        "threshold": round(threshold, 4),
        "base": round(float(np.log(prior / (1 - prior))), 5),
        "trees": [_plain(tree.tree_, model.learning_rate) for (tree,) in model.estimators_],
    }
    return FittedTrees(
        content,
        threshold,
        float(np.mean(told[~held] < threshold)),
        float(np.mean(told[answerable] < threshold)),
    )


def signals_of(
    question: str, retriever: Retriever, similarity: Similarity, k: int
) -> tuple[float, ...]:
    query = retriever.query_for(question)
    evidence = retriever.evidence(query, retriever.search(query, k))
    return weigh(query, evidence, retriever.index, similarity).signals.values()


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


def _cross_validated(
    values: NDArray[np.float64], answerable: NDArray[np.bool_], authors: NDArray[np.str_]
) -> NDArray[np.float64]:
    """Probability of each question by trees that saw none of its author's, the mean of several."""
    told = np.zeros(len(values))
    for author in set(authors.tolist()):
        out = authors == author
        for seed in range(REPEATS):
            model = _model(seed).fit(values[~out], answerable[~out])
            told[out] += model.predict_proba(values[out])[:, 1] / REPEATS
    return told


def _model(seed: int) -> Any:
    from sklearn.ensemble import GradientBoostingClassifier

    # Small trees and large leaves: there are some 565 questions.
    return GradientBoostingClassifier(
        n_estimators=80,
        max_depth=3,
        min_samples_leaf=8,
        learning_rate=0.07,
        subsample=0.7,
        random_state=seed,
    )


def _plain(tree: Any, rate: float, node: int = 0) -> Any:
    if tree.children_left[node] < 0:
        return round(float(tree.value[node].item()) * rate, 5)
    return [
        int(tree.feature[node]),
        round(float(tree.threshold[node]), 5),
        _plain(tree, rate, int(tree.children_left[node])),
        _plain(tree, rate, int(tree.children_right[node])),
    ]
