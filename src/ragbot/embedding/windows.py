"""What every encoder of the model shares: windows, batches, averages."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragbot.embedding.package import weights_folder

DIMENSION = 384
BATCH = 32
MAX_TOKENS = 256  # the model silently drops what lies behind; we average windows instead

Vectors = NDArray[np.float32]
Span = tuple[int, int]  # characters of a text, from and up to
Progress = Callable[[int, int], None]  # (done, total)


class Embedder(Protocol):
    """What the store and the retriever ask of an embedder."""

    fingerprint: str

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), 384], unit length."""
        ...

    def encode_with_parts(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[Vectors]:
        """For each text float32 [1 + len(parts), 384]: the whole, then each of its parts."""
        ...

    def knows(self, word: str) -> bool:
        """Whether the model has a token for this whole word."""
        ...


class PassageEmbedder(Protocol):
    """An embedder by which passages are found, where that is not the one of their sentences."""

    fingerprint: str
    dimension: int

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), dimension], unit length."""
        ...

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same, of what is searched for: some models tell the two apart."""
        ...


@dataclass(frozen=True, slots=True)
class EncodedWindow:
    """The model's last layer over one window: a vector for each token."""

    tokens: Vectors  # float32 [tokens, 384]
    spans: NDArray[np.int64]  # [tokens, 2]: characters of the window; (0, 0) of [CLS] and [SEP]


@dataclass(frozen=True, slots=True)
class _Window:
    text: str
    start: int  # characters of the whole text before it
    tokens: int  # how much it counts in the average; of an only window the number is nothing


class WindowedEmbedder(ABC):
    """Loaded on first use; safe to use from several threads, one batch at a time."""

    fingerprint: str

    def __init__(self) -> None:
        self._loaded = False
        self._lock = threading.Lock()
        self._tokenizer: Any = None

    @abstractmethod
    def _load(self) -> None:
        """Read the weights."""

    @abstractmethod
    def _forward(self, windows: Sequence[str]) -> Vectors:
        """float32 [len(windows), 384], unit length; every window fits the model."""

    @abstractmethod
    def _forward_tokens(self, windows: Sequence[str]) -> list[EncodedWindow]:
        """The same, before the average over the tokens is taken."""

    def load(self) -> None:
        """Read tokenizer and weights, once.

        Raises:
            ModelUnavailableError: the package or its weight file is not what it should be.
        """
        with self._lock:
            if not self._loaded:
                from tokenizers import Tokenizer

                self._tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
                self._tokenizer.no_truncation()
                self._tokenizer.no_padding()
                self._load()
                self._loaded = True

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), 384], unit length.

        A text longer than the model's window is cut into windows whose vectors are averaged,
        each by its number of tokens, so that no part of it is invisible to the search.
        """
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        for owners, windows in self._batches(texts, progress):
            with self._lock:
                encoded = self._forward([window.text for window in windows])
            for owner, window, vector in zip(owners, windows, encoded, strict=True):
                vectors[owner] += window.tokens * vector
        return _unit(vectors)

    def encode_with_parts(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[Vectors]:
        """For each text float32 [1 + len(parts), 384]: the whole as `encode` has it, then its
        parts, each the mean of its own tokens as the model read them amid the whole text.

        One pass over the text gives all of them: "late chunking" (Guenther et al. 2024).
        """
        sums = [np.zeros((1 + len(spans), DIMENSION), dtype=np.float32) for spans in parts]
        for owners, windows in self._batches(texts, progress):
            with self._lock:
                encoded = self._forward_tokens([window.text for window in windows])
            for owner, window, read in zip(owners, windows, encoded, strict=True):
                sums[owner][0] += window.tokens * _unit(read.tokens.sum(axis=0))
                is_text = read.spans[:, 1] > read.spans[:, 0]
                first, last = (read.spans + window.start).T
                for row, (start, end) in enumerate(parts[owner], start=1):
                    inside = is_text & (first < end) & (last > start)
                    sums[owner][row] += read.tokens[inside].sum(axis=0)
        return [_unit(each) for each in sums]

    def knows(self, word: str) -> bool:
        """Whether the model has a token for this whole word: then it is no slip of the keys."""
        self.load()
        return self._tokenizer.token_to_id(word.lower()) is not None

    def first_window(self, text: str) -> str:
        """What the bare model would see of the text."""
        self.load()
        return self._windows(text)[0].text

    def _batches(
        self, texts: Sequence[str], progress: Progress | None
    ) -> Iterator[tuple[list[int], list[_Window]]]:
        """(index of each window's text, windows), of like length: no time goes to padding."""
        self.load()
        owned = [(i, window) for i, text in enumerate(texts) for window in self._windows(text)]
        owned.sort(key=lambda pair: len(pair[1].text))
        for first in range(0, len(owned), BATCH):
            batch = owned[first : first + BATCH]
            yield [index for index, _ in batch], [window for _, window in batch]
            if progress is not None:
                progress(first + len(batch), len(owned))

    def _windows(self, text: str) -> list[_Window]:
        if len(text) < MAX_TOKENS:  # fewer characters than tokens allowed: surely fits
            return [_Window(text, 0, 1)]
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        size = MAX_TOKENS - 2  # room for [CLS] and [SEP]
        return [
            _Window(text[window[0][0] : window[-1][1]], window[0][0], len(window))
            for first in range(0, len(offsets), size)
            if (window := offsets[first : first + size])
        ] or [_Window(text, 0, 1)]


def _unit(vectors: Vectors) -> Vectors:
    """The same directions at length one; nothing stays nothing."""
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(norms == 0, 1, norms)).astype(np.float32)
