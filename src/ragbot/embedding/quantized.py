"""The same model in 8 bits, by ONNX Runtime: no torch to import, and faster.

The file is made on this machine from the published weights, once (`embedding.building`).
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from ragbot.embedding.package import FINGERPRINT, weights_folder
from ragbot.embedding.windows import MAX_TOKENS, EncodedWindow, Vectors, WindowedEmbedder
from ragbot.onnx_session import one_by_one, open_session

RECIPE = "int8-4"  # changes with the graph, its quantization or the session


class QuantizedMiniLM(WindowedEmbedder):
    """all-MiniLM-L6-v2 with 8-bit weights, from a file that `built_file` has found."""

    fingerprint = f"{FINGERPRINT}/{RECIPE}"

    def __init__(self, file: Path) -> None:
        super().__init__()
        self._file = file
        self._session: Any = None
        self._words: Any = None

    def _load(self) -> None:
        self._session, self._words = open_session(self._file), windows_tokenizer()

    def _forward(self, windows: Sequence[str]) -> Vectors:
        return forward(self._session, self._words, windows)

    def _forward_tokens(self, windows: Sequence[str]) -> list[EncodedWindow]:
        def read(window: str) -> EncodedWindow:
            encoded = self._words.encode(window)
            return EncodedWindow(_run(self._session, "tokens", encoded), np.array(encoded.offsets))

        return one_by_one(read, windows)


def windows_tokenizer() -> Any:
    """The model's, which cuts a text to the window."""
    from tokenizers import Tokenizer

    tokenizer = Tokenizer.from_file(str(weights_folder() / "tokenizer.json"))
    tokenizer.enable_truncation(MAX_TOKENS)
    tokenizer.no_padding()
    return tokenizer


def forward(session: Any, tokenizer: Any, windows: Sequence[str]) -> Vectors:
    """float32 [len(windows), 384], unit length."""
    read = one_by_one(lambda each: _run(session, "vector", tokenizer.encode(each)), windows)
    return np.stack(read)


def _run(session: Any, output: str, encoded: Any) -> Vectors:
    """Of one window: float32 [384] of its vector, [tokens, 384] of its tokens."""
    (values,) = session.run(
        [output],
        {
            "input_ids": np.array([encoded.ids], dtype=np.int64),
            "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
        },
    )
    return np.asarray(values[0], dtype=np.float32)
