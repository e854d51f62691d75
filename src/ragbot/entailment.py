"""(note, sentence) -> does the one bear out, or answer, the other? A small DeBERTa (int8, ONNX).

The cross-encoder of `reranker` tells whether two texts are on one matter. This model tells whether
the second follows from the first, so that it hears a turned sentence ("free metrics are the custom
ones") that has all the right words; and of a question, whether the note answers it, not just speaks
of what is asked about. It was trained on for these two tasks, on sheets of other products and
fields and then on the notes of the project (`tuning/`), and comes as a published model and a patch.
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

WINDOW = 160  # tokens of both texts together; the rest is cut off
NOT_READ = -4.0  # the margin of a text that was not read: that of one that surely does not answer
# Margins, chosen on the development claims (python -m bench lies --split dev): below
# REFUTED a sentence that the rules believe is not shown; above SURE one is that has too few words
# of the notes, above NO_DOUBT one that the rules find another fault with.
REFUTED, SURE, NO_DOUBT = 0.0, 1.0, 2.0


class Entailment(PairEncoder):
    """The model, as a judge of what the rules left open."""

    rereads = True

    def _cut(self, tokenizer: Any) -> None:
        tokenizer.enable_truncation(WINDOW)

    def knows(self, word: str) -> bool:
        """Whether the model has a token for this whole word."""
        self.load()
        return self._tokenizer.token_to_id(f"▁{word.lower()}") is not None

    def margins(self, said: str, notes: Sequence[str]) -> NDArray[np.float32]:
        """float32 [len(notes)]: above 0 the claim rather follows from the note, or the question
        is rather answered by it, than not; logits, about -4 to 4."""
        logits = self._logits([(note, said) for note in notes])
        return np.array([follows - does_not for follows, does_not, *_ in logits], dtype=np.float32)

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        """Whether the notes bear out what the rules left open; None where the model is not sure.
        Of the opposite it knows nothing."""
        bare = " ".join(note.text for note in notes)
        placed = " ".join(note.in_context for note in notes)
        margin = self.margins(claim, [bare, placed]).max()
        if margin < REFUTED:
            return "unsupported"
        return "supported" if margin > (NO_DOUBT if surely else SURE) else None


def open_entailment(models_dir: Path) -> Entailment | None:
    """The model where its weights were fetched, else None (`ragbot models pull entailment`)."""
    folder = weights.find("entailment", models_dir)
    return None if folder is None else Entailment(folder)
