"""(text, other) -> logits: a model in ONNX that reads two texts together, loaded on first use."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot.onnx_session import one_by_one, open_session


class PairEncoder:
    """The session and the tokenizer of one folder of weights; safe to use from several threads."""

    file = "model.onnx"

    def __init__(self, folder: Path) -> None:
        self.weights = folder / self.file
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read the weights (less than a second), once."""
        with self._lock:
            if self._session is not None:
                return
            self._tokenizer = self.tokenizer()
            self._session = open_session(self.weights)

    def tokenizer(self) -> Any:
        """A new one, which cuts a pair to the window."""
        from tokenizers import Tokenizer

        tokenizer = Tokenizer.from_file(str(self.weights.with_name("tokenizer.json")))
        tokenizer.no_padding()
        self._cut(tokenizer)
        return tokenizer

    def _cut(self, tokenizer: Any) -> None:
        """Sets what becomes of texts that are longer than the window."""
        raise NotImplementedError

    def _logits(self, pairs: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        """Of each pair float32 [classes], the same whatever stands beside it."""
        self.load()
        # The longest first, so that no core waits for one that was left to the end.
        order = sorted(range(len(pairs)), key=lambda place: -sum(map(len, pairs[place])))
        read = dict(zip(order, one_by_one(self._read, [pairs[i] for i in order]), strict=True))
        return [read[place] for place in range(len(pairs))]

    def _read(self, pair: tuple[str, str]) -> NDArray[np.float32]:
        encoded = self._tokenizer.encode(*pair)
        inputs = {
            "input_ids": encoded.ids,
            "attention_mask": encoded.attention_mask,
            "token_type_ids": encoded.type_ids,
        }
        wanted = {each.name for each in self._session.get_inputs()}
        (logits,) = self._session.run(
            None, {k: np.array([v], dtype=np.int64) for k, v in inputs.items() if k in wanted}
        )
        return np.asarray(logits, dtype=np.float32).reshape(-1)
