"""An embedder that a reader can check by eye: a text is the lengths of its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ragbot.embedding import DIMENSION, Vectors


class WordLengths:
    fingerprint = "word-lengths/1"
    max_tokens = 10_000

    def __init__(self) -> None:
        self.encoded: list[str] = []

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        self.encoded += texts
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for row, text in enumerate(texts):
            for word in text.split():
                vectors[row, min(len(word), DIMENSION - 1)] += 1
            vectors[row, 0] += 0.01  # a text without words still has a direction
        if progress is not None:
            progress(len(texts), len(texts))
        return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
