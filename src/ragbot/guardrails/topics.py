"""Denied topics: is a text about what its owner does not want talked about?

Its score is its cosine to the topic (the mean of description and examples), less half its cosine to
the nearest title of the notes, plus a bonus for a word of the topic. Without the titles a question
on AWS prices is taken for one on salaries: what sets a denied topic apart is that the notes are
about something else. `python -m bench topics` has the figures.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

import numpy as np

from ragbot.embedding import Embedder, Vectors
from ragbot.policies import DeniedTopic
from ragbot.screening import WordFilter, without_hidden

TITLES_WEIGH = 0.5
WORD_HELPS = 0.2
_PART = re.compile(r"[^.!?\n]+")


class DeniedTopics:
    """The topics of one bot, with their vectors, which are made when first needed.

    Args:
        titles: what the notes are about, as of now.
    """

    def __init__(
        self,
        topics: Sequence[DeniedTopic],
        embedder: Embedder,
        titles: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self._topics = tuple(topics)
        self._embedder = embedder
        self._titles = titles
        self._words = [WordFilter(topic.words) for topic in topics]
        self._known: list[Vectors | None] | None = None
        self._notes: tuple[tuple[str, ...], Vectors | None] = ((), None)

    def denies(self, text: str) -> DeniedTopic | None:
        """The first topic that the text, or a sentence of it, is about."""
        plain = without_hidden(text)
        parts = [part.strip() for part in _PART.findall(plain) if len(part.split()) > 2]
        said = self._embedder.encode(list(dict.fromkeys([plain, *parts])))
        notes = self._notes_vectors()
        usual = np.zeros(len(said)) if notes is None else (said @ notes.T).max(axis=1)
        for topic, words, known in zip(self._topics, self._words, self._vectors(), strict=True):
            used = words.finds(text)
            if known is None:
                if used:
                    return topic
                continue
            score = float((said @ known - TITLES_WEIGH * usual).max()) + WORD_HELPS * used
            if score >= topic.threshold:
                return topic
        return None

    def _vectors(self) -> list[Vectors | None]:
        """float32 [384], unit length, of each topic; None where it is told by words alone."""
        if self._known is None:
            told = ((topic.description or "", *topic.examples) for topic in self._topics)
            self._known = [self._mean([text for text in each if text]) for each in told]
        return self._known

    def _mean(self, texts: Sequence[str]) -> Vectors | None:
        if not texts:
            return None
        mean = self._embedder.encode(texts).mean(axis=0)
        unit: Vectors = mean / np.linalg.norm(mean)
        return unit

    def _notes_vectors(self) -> Vectors | None:
        titles = tuple(self._titles())
        held, vectors = self._notes
        if titles != held:
            vectors = self._embedder.encode(titles) if titles else None
            self._notes = (titles, vectors)
        return vectors
