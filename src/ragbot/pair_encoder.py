"""(text, other) -> logits: a model in ONNX that reads two texts together, loaded on first use."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot.onnx_session import open_session


class PairEncoder:
    """The session and the tokenizer of one folder of weights; safe to use from several threads."""

    file = "model.onnx"

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read the weights (less than a second), once."""
        with self._lock:
            if self._session is not None:
                return
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            self._cut(tokenizer)
            self._session = open_session(self._folder / self.file)
            self._tokenizer = tokenizer

    def _cut(self, tokenizer: Any) -> None:
        """Sets what becomes of texts that are longer, and shorter, than the window."""
        raise NotImplementedError

    def _logits(self, pairs: list[tuple[str, str]]) -> NDArray[np.float32]:
        """float32 [len(pairs), classes]; the pairs go through the model together."""
        self.load()
        encoded = self._tokenizer.encode_batch(pairs)
        inputs = {
            "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
            "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
            "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
        }
        wanted = {each.name for each in self._session.get_inputs()}
        (logits,) = self._session.run(
            None, {name: value for name, value in inputs.items() if name in wanted}
        )
        return np.asarray(logits, dtype=np.float32).reshape(len(pairs), -1)
