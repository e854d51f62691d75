"""Multiple choice without any language model: which option do the notes speak for?

Two ways round: the question with an option behind it is looked for in the notes, sentence by
sentence; and the sentences that speak of an option are held against the question. A logistic
regression weighs the signals. Its weights are fitted on dev questions of our own bank; a dev
question is scored by weights that were fitted without it.
"""

from __future__ import annotations

import hashlib
import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.banks import Question
from ragbot.embedding import Embedder
from ragbot.evidence import EvidenceSentence
from ragbot.store.lexical import LexicalIndex, words_of, write_lexical

WEIGHTS = Path(__file__).resolve().parent / "scorer_weights.json"
FOLDS = 5
FEATURES = (
    "question and option, cosine with the nearest sentence",
    "question and option, mean cosine with the nearest three",
    "question and option, BM25 of the best sentence",
    "option, BM25 among the sentences near the question",
    "option, cosine among the sentences near the question",
    "question, cosine among the sentences about the option",
    "question, BM25 among the sentences about the option",
    "question, mean cosine with the nearest three about the option",
)
NEAR_QUESTION = 12  # sentences
ABOUT_OPTION = 8  # sentences
NAMED = 0.5  # what the words of an option weigh against its cosine, for what is about it
WORDS_NEAR = 0.02  # what BM25 weighs against the cosine, for what is near the question

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Weights:
    """Of the features, in their order; `scale` is their standard deviation on the questions
    that they were fitted on."""

    weights: tuple[float, ...]
    scale: tuple[float, ...]

    def scores(self, features: Matrix) -> Matrix:
        """float64 [options]: log-odds that the notes speak for each option."""
        centered = features - features.mean(axis=0)
        scores: Matrix = (centered / np.asarray(self.scale)) @ np.asarray(self.weights)
        return scores


class SentenceIndex:
    """The sentences of the notes, by vector and by word."""

    def __init__(self, sentences: Sequence[EvidenceSentence], embedder: Embedder) -> None:
        texts = [sentence.in_context for sentence in sentences]
        self.sentences = tuple(sentences)
        self._embedder = embedder
        self._vectors = embedder.encode(texts)
        with tempfile.TemporaryDirectory() as folder:
            write_lexical(Path(folder) / "lexical", texts)
            self._lexical = LexicalIndex(Path(folder) / "lexical")

    def features(self, question: str, options: Sequence[str]) -> Matrix:
        """float64 [options, FEATURES]."""
        joined = [f"{question} {option}" for option in options]
        cosines = self._embedder.encode([question, *joined, *options]) @ self._vectors.T
        stem, n = cosines[0], len(options)
        stem_words = self._bm25(question)
        near = self._near(stem, question)
        rows = []
        for place, option in enumerate(options):
            together, alone = cosines[1 + place], cosines[1 + n + place]
            words = self._bm25(option)
            named = words / words.max() if words.any() else words
            about = np.argsort(-(alone + NAMED * named))[:ABOUT_OPTION]
            rows.append(
                [
                    together.max(),
                    np.sort(together)[-3:].mean(),
                    self._bm25(joined[place]).max(),
                    words[near].max() / max(1, len(words_of(option))),
                    alone[near].max(),
                    stem[about].max(),
                    stem_words[about].max(),
                    np.sort(stem[about])[-3:].mean(),
                ]
            )
        return np.asarray(rows, dtype=float)

    def bm25_of(self, question: str, options: Sequence[str]) -> list[float]:
        """BM25 of each option over the sentences near the question: a shortcut that knows which
        page to open and then only counts words."""
        near = self._near(self._embedder.encode([question])[0] @ self._vectors.T, question)
        return [float(self._bm25(option)[near].max()) for option in options]

    def _near(self, cosines: NDArray[Any], question: str) -> NDArray[np.int64]:
        """Places of the sentences near the question, the nearest first."""
        return np.argsort(-(cosines + WORDS_NEAR * self._bm25(question)))[:NEAR_QUESTION]

    def _bm25(self, query: str) -> NDArray[np.float64]:
        """float64 [sentences]."""
        scores = np.zeros(len(self.sentences))
        for place, score in self._lexical.search(query, len(self.sentences)):
            scores[place] = score
        return scores


def fit(features: Sequence[Matrix], answers: Sequence[Sequence[int]]) -> Weights:
    """Weights that tell right options from wrong ones.

    Args:
        features: of each question, [options, FEATURES].
        answers: 0-based places of each question's right options.
    """
    from sklearn.linear_model import LogisticRegression

    centered = np.concatenate([each - each.mean(axis=0) for each in features])
    right = np.concatenate(
        [
            np.isin(np.arange(len(each)), answer)
            for each, answer in zip(features, answers, strict=True)
        ]
    )
    scale = centered.std(axis=0) + 1e-9
    model = LogisticRegression(C=0.3, class_weight="balanced", max_iter=1000)
    model.fit(centered / scale, right)
    return Weights(tuple(map(float, model.coef_[0])), tuple(map(float, scale)))


def fold_of(question_id: str) -> int:
    """The part of the dev questions that this one is left out with."""
    return hashlib.sha256(b"fold" + question_id.encode()).digest()[0] % FOLDS


@dataclass(frozen=True, slots=True)
class FittedWeights:
    """`all_dev` scores what was not fitted on; `without[fold]` scores the dev questions of
    that fold."""

    all_dev: Weights
    without: tuple[Weights, ...]
    fitted_on: tuple[str, ...]

    def for_question(self, question: Question) -> Weights:
        if question.id in self.fitted_on:
            return self.without[fold_of(question.id)]
        return self.all_dev


def fit_on_dev(questions: Sequence[Question], index: SentenceIndex) -> FittedWeights:
    """Fit on the dev questions, once with all and once without each fold."""
    dev = [question for question in questions if question.is_choice and question.split == "dev"]
    features = {each.id: index.features(each.question, each.options) for each in dev}

    def fitted(chosen: Sequence[Question]) -> Weights:
        return fit([features[each.id] for each in chosen], [each.answer for each in chosen])

    return FittedWeights(
        fitted(dev),
        tuple(fitted([each for each in dev if fold_of(each.id) != f]) for f in range(FOLDS)),
        tuple(each.id for each in dev),
    )


def save_weights(fitted: FittedWeights, file: Path = WEIGHTS) -> None:
    def plain(weights: Weights) -> dict[str, list[float]]:
        return {
            "weights": [round(w, 4) for w in weights.weights],
            "scale": [round(s, 5) for s in weights.scale],
        }

    content = {
        "features": list(FEATURES),
        "all_dev": plain(fitted.all_dev),
        "without": [plain(weights) for weights in fitted.without],
        "fitted_on": list(fitted.fitted_on),
    }
    file.write_text(json.dumps(content, indent=1) + "\n", encoding="utf-8")


def load_weights(file: Path = WEIGHTS) -> FittedWeights:
    content = json.loads(file.read_text(encoding="utf-8"))

    def weights(plain: dict[str, list[float]]) -> Weights:
        return Weights(tuple(plain["weights"]), tuple(plain["scale"]))

    return FittedWeights(
        weights(content["all_dev"]),
        tuple(weights(each) for each in content["without"]),
        tuple(content["fitted_on"]),
    )
