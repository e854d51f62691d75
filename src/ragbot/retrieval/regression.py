"""A fitted logistic regression as plain data (`make fit` writes it)."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Regression:
    """`threshold` is the probability from which a question counts as answerable."""

    signals: tuple[str, ...]
    weights: tuple[float, ...]
    bias: float
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """That the notes answer, in [0, 1]."""
        odds = self.bias + sum(w * value for w, value in zip(self.weights, values, strict=True))
        return 1 / (1 + math.exp(-odds))


@cache
def answerability(read: bool) -> Regression:
    """That for evidence that the entailment model has read, or the one that asks nothing of it."""
    text = files("ragbot.retrieval").joinpath("answerability.json").read_text(encoding="utf-8")
    plain = json.loads(text)["read" if read else "unread"]
    return Regression(
        tuple(plain["signals"]), tuple(plain["weights"]), plain["bias"], plain["threshold"]
    )
