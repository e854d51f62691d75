"""(premise, claim) -> does the one bear out the other? A small DeBERTa (int8, ONNX) as judge.

The cross-encoder of `reranker` tells whether two texts are on one matter; this model was trained
to tell whether the second follows from the first, so that it hears a turned sentence ("free
metrics are the custom ones") that has all the right words. It is small, and believed at its ends
only: what lies between is left to the rules.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ragbot import weights
from ragbot.evidence import EvidenceSentence, Ruling

WINDOW = 160  # tokens; the graph was exported for just these
# Logits for "it follows" less those for "it does not". Chosen on the development claims (n = 257,
# python -m bench lies --split dev): beyond REFUTED lie 9 of the 15 lies that the rules believed
# and none of 79 truths; above SURE the truths in other words that the cross-encoder half believes.
REFUTED, SURE = -4.4, -1.5


class Entailment:
    """The model, loaded on first use; safe to use from several threads."""

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
            import onnxruntime
            from tokenizers import Tokenizer

            tokenizer = Tokenizer.from_file(str(self._folder / "tokenizer.json"))
            tokenizer.enable_truncation(WINDOW)
            tokenizer.enable_padding(length=WINDOW)
            options = onnxruntime.SessionOptions()
            options.intra_op_num_threads = os.cpu_count() or 1
            options.log_severity_level = 3
            self._session = onnxruntime.InferenceSession(
                str(self._folder / "model.onnx"), options, providers=["CPUExecutionProvider"]
            )
            self._tokenizer = tokenizer

    def margins(self, claim: str, premises: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(premises)]: above 0 the claim rather follows from the premise than not."""
        self.load()
        margins = np.zeros(len(premises), dtype=np.float32)
        for i, encoded in enumerate(self._tokenizer.encode_batch([(p, claim) for p in premises])):
            (logits,) = self._session.run(
                None,
                {
                    "input_ids": np.array([encoded.ids], dtype=np.int64),
                    "attention_mask": np.array([encoded.attention_mask], dtype=np.int64),
                },
            )
            margins[i] = logits[0, 0] - logits[0, 1]
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
