"""(premise, claim) -> does the one bear out the other? A small DeBERTa (int8, ONNX) as judge.

The cross-encoder of `reranker` tells whether two texts are on one matter; this model was trained
to tell whether the second follows from the first, so that it hears a turned sentence ("free
metrics are the custom ones") that has all the right words. It is small, and believed at its ends
only: what lies between is left to the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot import weights
from ragbot.evidence import EvidenceSentence, Ruling
from ragbot.pair_encoder import PairEncoder

WINDOW = 160  # tokens; the graph was exported for just these
# Logits for "it follows" less those for "it does not". Chosen on the development claims (n = 257,
# python -m bench lies --split dev): beyond REFUTED lie 9 of the 15 lies that the rules believed
# and none of 79 truths; above SURE the truths in other words that the cross-encoder half believes.
REFUTED, SURE = -4.4, -1.5


class Entailment(PairEncoder):
    """The model, as a judge of what the rules left open."""

    def _cut(self, tokenizer: Any) -> None:
        tokenizer.enable_truncation(WINDOW)
        tokenizer.enable_padding(length=WINDOW)

    def margins(self, claim: str, premises: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(premises)]: above 0 the claim rather follows from the premise than not."""
        # One by one: a window is filled up to its end in any case.
        logits = np.concatenate([self._logits([(premise, claim)]) for premise in premises])
        margins: NDArray[np.float32] = logits[:, 0] - logits[:, 1]
        return margins

    def __call__(self, claim: str, notes: Sequence[EvidenceSentence]) -> Ruling | None:
        """A ruling, a `Ruling` on what the rules left open; None where the model is not sure."""
        bare = " ".join(note.text for note in notes)
        placed = " ".join(note.in_context for note in notes)
        margins = self.margins(claim, [bare, placed])
        if margins.max() < REFUTED:
            return "unsupported"
        return "supported" if margins.min() > SURE else None


def open_entailment(models_dir: Path) -> Entailment | None:
    """The model where its weights were fetched, else None (`ragbot models pull entailment`)."""
    folder = weights.find("entailment", models_dir)
    return None if folder is None else Entailment(folder)
