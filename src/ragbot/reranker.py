"""(question, text) -> relevance, by the cross-encoder ms-marco-MiniLM-L-12-v2 (int8, ONNX).

It reads question and text together, so it is a far better judge of "does this answer that"
than the cosine of two vectors; too slow for all passages, quick enough for a few dozen.
Scores are raw logits, not sigmoids: the gate needs the resolution at both ends.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot import weights

# (text, others) -> how well each of the others answers it, or bears it out; logits
Similarity = Callable[[str, Sequence[str]], Sequence[float]]
MAX_TOKENS = 256
BATCH = 16


class Reranker:
    """The cross-encoder, loaded on first use; safe to use from several threads."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def load(self) -> None:
        """Read the weights (a fraction of a second), once."""
        with self._lock:
            if self._session is not None:
                return
            import onnxruntime
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
            tokenizer.enable_padding()
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = os.cpu_count() or 1
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(
                str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = tokenizer

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(texts)]: logits; above 0 the text is rather an answer than not."""
        self.load()
        scores = np.zeros(len(texts), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        # "only_second" fails when the question alone fills the window.
        question = " ".join(question.split()[:128])[:600]
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            encoded = self._tokenizer.encode_batch([(question, texts[i]) for i in batch])
            inputs = {
                "input_ids": np.array([e.ids for e in encoded], dtype=np.int64),
                "attention_mask": np.array([e.attention_mask for e in encoded], dtype=np.int64),
                "token_type_ids": np.array([e.type_ids for e in encoded], dtype=np.int64),
            }
            wanted = {i.name for i in self._session.get_inputs()}
            (logits,) = self._session.run(
                None, {name: value for name, value in inputs.items() if name in wanted}
            )
            scores[batch] = logits.reshape(len(batch), -1)[:, 0]
        return scores


def open_reranker(models_dir: Path) -> Reranker | None:
    """The reranker where its weights were fetched, else None (`ragbot models pull reranker`)."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else Reranker(folder)
