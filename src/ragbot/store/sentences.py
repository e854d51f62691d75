"""The vectors of the evidence sentences: they say which of some passages fits best.

A passage on ten things lies near none of them; its sentence on the right one does. Only
passages that a search has found are looked at, so the cost does not grow with the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from ragbot.embedding import DIMENSION, Vectors

_VECTORS, _FIRST = "vectors.npy", "first.npy"


def write_sentences(folder: Path, vectors: Sequence[Vectors]) -> None:
    """`vectors` has, for each passage in its order, float32 [sentences, 384], unit length."""
    folder.mkdir()
    first = np.cumsum([0, *(len(each) for each in vectors)], dtype=np.int64)
    # Half precision moves a cosine by less than .001, and halves the file.
    flat = np.concatenate([np.zeros((0, DIMENSION), np.float32), *vectors]).astype(np.float16)
    np.save(folder / _FIRST, first)
    np.save(folder / _VECTORS, flat)


class SentenceVectors:
    """A sentences folder, memory-mapped."""

    def __init__(self, folder: Path) -> None:
        self._first = np.load(folder / _FIRST, mmap_mode="r")
        # An empty file cannot be mapped.
        self._vectors = np.load(folder / _VECTORS, mmap_mode="r" if self._first[-1] else None)

    def best(self, vector: Vectors, positions: Sequence[int]) -> list[float]:
        """The cosine of the best sentence of the passage at each position; -1 without any."""
        first = self._first[np.asarray(positions, dtype=np.int64)]
        last = self._first[np.asarray(positions, dtype=np.int64) + 1]
        rows = [np.arange(a, b) for a, b in zip(first, last, strict=True)]
        if not any(map(len, rows)):
            return [-1.0] * len(positions)
        cosines = self._vectors[np.concatenate(rows)].astype(np.float32) @ vector
        ends = np.cumsum([len(each) for each in rows])
        return [
            float(cosines[end - len(each) : end].max()) if len(each) else -1.0
            for each, end in zip(rows, ends, strict=True)
        ]
