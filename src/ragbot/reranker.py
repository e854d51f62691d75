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
BATCH = 16


class Reranker(PairEncoder):
    """The cross-encoder."""

    def _cut(self, tokenizer: Any) -> None:
        tokenizer.enable_truncation(MAX_TOKENS, strategy="only_second")
        tokenizer.enable_padding()

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(texts)]: logits; above 0 the text is rather near than not."""
        scores = np.zeros(len(texts), dtype=np.float32)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        # "only_second" fails when the question alone fills the window.
        question = " ".join(question.split()[:128])[:600]
        for first in range(0, len(order), BATCH):
            batch = order[first : first + BATCH]
            scores[batch] = self._logits([(question, texts[i]) for i in batch])[:, 0]
        return scores


def open_reranker(models_dir: Path) -> Reranker | None:
    """The reranker where its weights were fetched, else None (`ragbot models pull reranker`)."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else Reranker(folder)
