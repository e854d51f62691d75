"""(question, note) -> does the note answer it? The cross-encoder, trained on for that.

What the published one gives is nearness: a note that speaks of the very thing and says nothing of
what is asked about it is rated as high as one that answers. This one learned the difference from
what is asked of the notes, and of others (`tuning/`). Selecting the sentence that answers is a
task of its own in the field (AS2); here its logit is heard beside the entailment model's margin:
two models of different families seldom err on the same question.
"""

from __future__ import annotations

from pathlib import Path

from ragbot import weights
from ragbot.reranker import Reranker

NOT_SELECTED = -3.0  # the logit of a text that was not read: that of one that answers nothing


class AnswerSelection(Reranker):
    """Its scores tell what answers, not what is near."""

    file = "selection.onnx"


def open_answer_selection(models_dir: Path) -> AnswerSelection | None:
    """The model where its weights were fetched, with those of the cross-encoder, else None."""
    folder = weights.find("reranker", models_dir)
    return None if folder is None else AnswerSelection(folder)
