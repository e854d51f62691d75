"""Fitted decision trees as plain data (`python -m eval fit` writes them).

Boosted trees (Friedman 2001) in the few lines that asking them takes, so that a question need not
import the library that fitted them.
"""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

# A leaf, or (signal, threshold, tree for values up to it, tree for values above)
Tree = float | tuple[int, float, "Tree", "Tree"]


@dataclass(frozen=True, slots=True)
class Trees:
    """`threshold` is the probability from which a question counts as answerable."""

    signals: tuple[str, ...]
    base: float
    trees: tuple[Tree, ...]
    threshold: float

    def probability(self, values: Sequence[float]) -> float:
        """That the notes answer, in [0, 1]."""
        odds = self.base + sum(_leaf(tree, values) for tree in self.trees)
        return 1 / (1 + math.exp(-odds))


def _leaf(tree: Tree, values: Sequence[float]) -> float:
    while not isinstance(tree, float):
        signal, threshold, below, above = tree
        tree = below if values[signal] <= threshold else above
    return tree


@cache
def answerability_trees(read: bool) -> Trees:
    """Those for evidence that the entailment model has read, or those that ask nothing of it."""
    text = files("ragbot.retrieval").joinpath("answerability.json").read_text(encoding="utf-8")
    plain = json.loads(text)["read" if read else "unread"]
    return Trees(
        tuple(plain["signals"]),
        plain["base"],
        tuple(_tree(tree) for tree in plain["trees"]),
        plain["threshold"],
    )


def _tree(plain: Any) -> Tree:
    if isinstance(plain, list):
        signal, threshold, below, above = plain
        return int(signal), float(threshold), _tree(below), _tree(above)
    return float(plain)
