"""What every encoder of the model shares: windows, batches, averages."""

from __future__ import annotations

import threading
from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragbot.embedding.package import weights_folder

DIMENSION = 384
BATCH = 32
MAX_TOKENS = 256  # the model silently drops what lies behind; `encode` averages windows instead

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """What the store and the retriever ask of an embedder."""

    fingerprint: str
    max_tokens: int

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """float32 [len(texts), 384], unit length; `progress` gets (done, total)."""
        ...


class WindowedEmbedder(ABC):
    """Loaded on first use; safe to use from several threads, one batch at a time."""

    fingerprint: str
    max_tokens = MAX_TOKENS

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

    def encode(
        self, texts: Sequence[str], progress: Callable[[int, int], None] | None = None
    ) -> Vectors:
        """float32 [len(texts), 384], unit length.

        A text longer than the model's window is cut into windows whose vectors are averaged,
        each by its number of tokens, so that no part of it is invisible to the search.
        """
        self.load()
        windows: list[str] = []
        owner: list[int] = []
        tokens: list[int] = []
        for index, text in enumerate(texts):
            for window, size in self._windows(text):
                windows.append(window)
                owner.append(index)
                tokens.append(size)
        vectors = np.zeros((len(texts), DIMENSION), dtype=np.float32)
        # Batches of like length waste no time on padding.
        order = sorted(range(len(windows)), key=lambda i: len(windows[i]))
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            with self._lock:
                encoded = self._forward([windows[i] for i in batch])
            for i, vector in zip(batch, encoded, strict=True):
                vectors[owner[i]] += tokens[i] * vector
            if progress is not None:
                progress(min(first + BATCH, len(order)), len(order))
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        return (vectors / np.where(norms == 0, 1, norms)).astype(np.float32)

    def first_window(self, text: str) -> str:
        """What the bare model would see of the text."""
        self.load()
        return self._windows(text)[0][0]

    def _windows(self, text: str) -> list[tuple[str, int]]:
        """(window, tokens) of a text; of one that fits the number does not matter."""
        if len(text) < MAX_TOKENS:  # fewer characters than tokens allowed: surely fits
            return [(text, 1)]
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        size = MAX_TOKENS - 2  # room for [CLS] and [SEP]
        return [
            (text[window[0][0] : window[-1][1]], len(window))
            for first in range(0, len(offsets), size)
            if (window := offsets[first : first + size])
        ] or [(text, 1)]
