"""(question, text) -> relevance, by the cross-encoder ms-marco-MiniLM-L-12-v2 (int8, ONNX).

It reads question and text together, so it is a far better judge of "does this answer that"
than the cosine of two vectors; too slow for all passages, quick enough for a few dozen.
Scores are raw logits, not sigmoids: the gate needs the resolution at both ends.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot import weights
from ragbot.pair_encoder import PairEncoder

# (text, others) -> how well each of the others answers it, or bears it out; logits
Similarity = Callable[[str, Sequence[str]], Sequence[float]]
MAX_TOKENS = 256


class Reranker(PairEncoder):
    """The cross-encoder."""

    def _cut(self, tokenizer: Any) -> None:
        tokenizer.enable_truncation(MAX_TOKENS)

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(texts)]: logits; above 0 the text is rather near than not."""
        # A story must leave room for the text.
        question = " ".join(question.split()[:128])[:600]
        logits = self._logits([(question, text) for text in texts])
        return np.array([near for near, *_ in logits], dtype=np.float32)


def open_reranker(models_dir: Path) -> Reranker | None:
    """The reranker where its weights were fetched, else None (`ragbot models pull reranker`)."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else Reranker(folder)
