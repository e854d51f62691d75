"""An embedder that a reader can check by eye: a text is the lengths of its words."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from ragbot.embedding import DIMENSION, Span, Vectors


class WordLengths:
    fingerprint = "word-lengths/1"

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

    def encode_with_parts(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[Span]],
        progress: Callable[[int, int], None] | None = None,
    ) -> list[Vectors]:
        wholes = self.encode(texts, progress)
        heard = self.encoded
        vectors = []
        for text, spans, whole in zip(texts, parts, wholes, strict=True):
            self.encoded = []  # a part is no further text
            pieces = [whole[None], *(self.encode([text[a:b]]) for a, b in spans)]
            vectors.append(np.concatenate(pieces))
        self.encoded = heard
        return vectors

    def knows(self, word: str) -> bool:
        return False
