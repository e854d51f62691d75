"""The model as it was published, through sentence-transformers and torch.

Slow to import (seconds) and half as fast as its int8 twin. It is what that one is held to in
the tests, and what encodes where the twin cannot be made.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import numpy as np

from ragbot.embedding.package import FINGERPRINT, verified_weights
from ragbot.embedding.windows import BATCH, EncodedWindow, Vectors, WindowedEmbedder


class ReferenceMiniLM(WindowedEmbedder):
    """all-MiniLM-L6-v2 in 32 bits, on the CPU."""

    fingerprint = FINGERPRINT

    def __init__(self) -> None:
        super().__init__()
        self._model: Any = None

    def _load(self) -> None:
        # The hub is never asked: a name lookup without a network costs a minute.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        os.environ.setdefault("HF_HUB_DISABLE_PROGRESS_BARS", "1")
        # torch and llama.cpp share one OpenMP, which reads this when it is first loaded: with
        # its long default spin, each waits for cores that the other is spinning on.
        os.environ.setdefault("GOMP_SPINCOUNT", "10000")
        folder = verified_weights().parent
        from sentence_transformers import SentenceTransformer

        self._model = SentenceTransformer(str(folder), device="cpu")

    def _forward(self, windows: Sequence[str]) -> Vectors:
        encoded = self._model.encode(
            list(windows), batch_size=BATCH, normalize_embeddings=True, show_progress_bar=False
        )
        return np.asarray(encoded, dtype=np.float32)

    def _forward_tokens(self, windows: Sequence[str]) -> list[EncodedWindow]:
        layers = self._model.encode(
            list(windows),
            batch_size=BATCH,
            output_value="token_embeddings",
            show_progress_bar=False,
        )
        read = []
        for window, vectors in zip(windows, layers, strict=True):
            tokens = vectors.cpu().numpy()
            spans = self._model.tokenizer(window, return_offsets_mapping=True)["offset_mapping"]
            read.append(EncodedWindow(tokens, np.array(spans[: len(tokens)])))
        return read
