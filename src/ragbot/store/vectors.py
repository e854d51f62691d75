"""The vectors of passages and of their sentences, memory-mapped: they say which of some
passages fits best.

A passage on ten things lies near none of them; its sentence on the right one does. Only given
passages are looked at, so the cost does not grow with the index.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot.embedding import DIMENSION, Vectors

_PASSAGES, _SENTENCES, _FIRST = "passages.npy", "sentences.npy", "first.npy"
_FOUND_BY = "found_by.npy"  # where passages are found by the vectors of another embedder


def write_vectors(folder: Path, encoded: Iterable[Vectors], sentences: Sequence[int]) -> None:
    """Sentences, of which there are many, are kept in half precision: a cosine moves by less than
    .001. Passages are not: all of them may be compared, and widening takes longer than that.

    Args:
        encoded: for each passage in its order float32 [1 + sentences, 384], unit length.
        sentences: how many each has.
    """
    folder.mkdir()
    first = np.cumsum([0, *sentences], dtype=np.int64)
    np.save(folder / _FIRST, first)
    passages = _created(folder / _PASSAGES, len(sentences), np.float32)
    parts = _created(folder / _SENTENCES, int(first[-1]), np.float16)
    for position, vectors in enumerate(encoded):
        passages[position] = vectors[0]
        parts[first[position] : first[position + 1]] = vectors[1:]
    for file, held in ((_PASSAGES, passages), (_SENTENCES, parts)):
        if isinstance(held, np.memmap):
            held.flush()
        else:
            np.save(folder / file, held)


def write_found_by(folder: Path, encoded: Iterable[Vectors], passages: int, dimension: int) -> None:
    """Write the vectors that passages are found by, beside those of `write_vectors`.

    Args:
        encoded: for each passage in its order float32 [1, dimension], unit length.
    """
    held = _created(folder / _FOUND_BY, passages, np.float32, dimension)
    for position, vectors in enumerate(encoded):
        held[position] = vectors[0]
    if isinstance(held, np.memmap):
        held.flush()


def _created(
    file: Path, rows: int, dtype: type[np.floating[Any]], dimension: int = DIMENSION
) -> NDArray[Any]:
    if not rows:  # an empty file cannot be mapped
        return np.zeros((0, dimension), dtype)
    return np.lib.format.open_memmap(file, mode="w+", dtype=dtype, shape=(rows, dimension))


class VectorFiles:
    """What `write_vectors` wrote, open for reading."""

    def __init__(self, folder: Path) -> None:
        self._first = np.load(folder / _FIRST)
        self._passages = _mapped(folder / _PASSAGES)
        self._sentences = _mapped(folder / _SENTENCES)
        found_by = folder / _FOUND_BY
        self._found_by = _mapped(found_by) if found_by.is_file() else self._passages

    @property
    def count(self) -> int:
        """Passages."""
        return len(self._passages)

    def passages(self, first: int, last: int) -> Vectors:
        """float32 [last - first, d]: what the passages at these positions are found by."""
        return self._found_by[first:last]

    def nearest(
        self, vector: Vectors, k: int, positions: NDArray[np.int64] | None = None
    ) -> list[tuple[int, float]]:
        """(position, cosine) of the k nearest of these passages, or of all, best first; exact."""
        among = self._found_by if positions is None else self._found_by[positions]
        cosines = _products(among, vector)
        k = min(k, len(among))
        best = np.argpartition(-cosines, k - 1)[:k] if k else np.zeros(0, np.int64)
        best = best[np.lexsort((best, -cosines[best]))]
        places = best if positions is None else positions[best]
        return [(int(place), float(cosines[i])) for place, i in zip(places, best, strict=True)]

    def encoder_cosines(
        self, vector: Vectors, positions: Sequence[int] | None = None
    ) -> NDArray[np.float32]:
        """The cosine of these passages, or of all, by the encoder of their sentences."""
        rows = self._passages if positions is None else self._passages[np.asarray(positions, int)]
        return _products(rows, vector)

    def best_sentences(self, vector: Vectors, positions: Sequence[int]) -> list[float]:
        """The cosine of the best sentence of the passage at each position; -1 without any."""
        at = np.asarray(positions, dtype=np.int64)
        first, sizes = self._first[at], self._first[at + 1] - self._first[at]
        if not sizes.any():
            return [-1.0] * len(positions)
        ends = np.cumsum(sizes)
        # Row numbers of all sentences, passage after passage, without a loop over them.
        rows = np.arange(ends[-1]) + np.repeat(first - (ends - sizes), sizes)
        cosines = _products(self._sentences[rows].astype(np.float32), vector)
        best = np.full(len(at), -1.0, dtype=np.float32)
        filled = sizes > 0
        best[filled] = np.maximum.reduceat(cosines, (ends - sizes)[filled])
        return [float(cosine) for cosine in best]


def _products(rows: NDArray[Any], vector: Vectors) -> NDArray[np.float32]:
    """The dot product of each row, on one core.

    `@` would use all cores, for which the encoder's threads are still waiting: 3.4 ms instead of
    1.2 for 20,000 passages, and 6.3 in one question of twenty.
    """
    products: NDArray[np.float32] = np.einsum("ij,j->i", rows, vector)
    return products


def _mapped(file: Path) -> NDArray[Any]:
    empty = file.stat().st_size <= 128  # only the header
    # A plain array over the mapped file: indexing a memmap costs more than the reading.
    held: NDArray[Any] = np.asarray(np.load(file, mmap_mode=None if empty else "r"))
    return held
