"""(question, note) -> does the note answer it? The cross-encoder, trained on for that.

What the published one gives is nearness: a note that speaks of the very thing and says nothing of
what is asked about it is rated as high as one that answers. This one learned the difference from
what is asked of the notes, and of others (`tuning/`). Selecting the sentence that answers is a
task of its own in the field (AS2); here its logit is heard beside the entailment model's margin:
two models of different families seldom err on the same question.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragbot import weights
from ragbot.reranker import Reranker

REMEMBERED = 2_000  # (question, text)
NOT_SELECTED = -3.0  # the logit of a text that answers nothing, where no model was there to read


class AnswerSelection(Reranker):
    """Its scores tell what answers, not what is near.

    What it has read with a question it remembers: first it tells which passages answer, then
    which of their sentences do.
    """

    file = "selection.onnx"

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        self._known: dict[tuple[str, str], float] = {}

    def scores(self, question: str, texts: Sequence[str]) -> NDArray[np.float32]:
        known = self._known if len(self._known) < REMEMBERED else {}
        unread = list(dict.fromkeys(text for text in texts if (question, text) not in known))
        read = zip(unread, super().scores(question, unread).tolist(), strict=True)
        self._known = known = known | {(question, text): logit for text, logit in read}
        return np.array([known[question, text] for text in texts], dtype=np.float32)


def open_answer_selection(models_dir: Path) -> AnswerSelection | None:
    """The model where its weights were fetched, with those of the cross-encoder, else None."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else AnswerSelection(folder)
