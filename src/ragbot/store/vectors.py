"""The vectors of passages and of their sentences, memory-mapped: they say which of some
passages fits best.

A passage on ten things lies near none of them; its sentence on the right one does. Only given
passages are looked at, so the cost does not grow with the index.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragbot.embedding import DIMENSION, Vectors

_PASSAGES, _SENTENCES, _FIRST = "passages.npy", "sentences.npy", "first.npy"
_SLICE = 4_096  # passages widened from half precision at a time


def write_vectors(folder: Path, encoded: Sequence[Vectors]) -> None:
    """`encoded` has, for each passage in its order, float32 [1 + sentences, 384], unit length."""
    folder.mkdir()
    first = np.cumsum([0, *(len(each) - 1 for each in encoded)], dtype=np.int64)
    np.save(folder / _FIRST, first)
    _save(folder / _PASSAGES, [each[:1] for each in encoded], len(encoded))
    _save(folder / _SENTENCES, [each[1:] for each in encoded], int(first[-1]))


def _save(file: Path, parts: Sequence[Vectors], rows: int) -> None:
    """Half precision moves a cosine by less than .001, and halves the file."""
    if not rows:  # an empty file cannot be mapped
        np.save(file, np.zeros((0, DIMENSION), np.float16))
        return
    held = np.lib.format.open_memmap(file, mode="w+", dtype=np.float16, shape=(rows, DIMENSION))
    at = 0
    for part in parts:
        held[at : at + len(part)] = part
        at += len(part)
    held.flush()


class VectorFiles:
    """What `write_vectors` wrote, open for reading."""

    def __init__(self, folder: Path) -> None:
        self._first = np.load(folder / _FIRST, mmap_mode="r")
        self._passages = _mapped(folder / _PASSAGES)
        self._sentences = _mapped(folder / _SENTENCES)

    @property
    def count(self) -> int:
        """Passages."""
        return len(self._passages)

    def nearest(
        self, vector: Vectors, k: int, positions: NDArray[np.int64]
    ) -> list[tuple[int, float]]:
        """(position, cosine) of the k nearest of these passages, best first; exact."""
        cosines = np.empty(len(positions), dtype=np.float32)
        for at in range(0, len(positions), _SLICE):
            rows = positions[at : at + _SLICE]
            cosines[at : at + _SLICE] = self._passages[rows].astype(np.float32) @ vector
        k = min(k, len(positions))
        best = np.argpartition(-cosines, k - 1)[:k] if k else np.zeros(0, np.int64)
        best = best[np.argsort(-cosines[best], kind="stable")]
        return [(int(positions[i]), float(cosines[i])) for i in best]

    def best_sentences(self, vector: Vectors, positions: Sequence[int]) -> list[float]:
        """The cosine of the best sentence of the passage at each position; -1 without any."""
        at = np.asarray(positions, dtype=np.int64)
        first, sizes = self._first[at], self._first[at + 1] - self._first[at]
        if not sizes.any():
            return [-1.0] * len(positions)
        ends = np.cumsum(sizes)
        # Row numbers of all sentences, passage after passage, without a loop over them.
        rows = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
        cosines = self._sentences[rows].astype(np.float32) @ vector
        best = np.full(len(at), -1.0, dtype=np.float32)
        filled = sizes > 0
        best[filled] = np.maximum.reduceat(cosines, (ends - sizes)[filled])
        return [float(cosine) for cosine in best]


def _mapped(file: Path) -> NDArray[np.float16]:
    empty = file.stat().st_size <= 128  # only the header
    held: NDArray[np.float16] = np.load(file, mmap_mode=None if empty else "r")
    return held
