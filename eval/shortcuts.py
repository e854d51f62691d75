"""What a fool could score on a multiple-choice bank: baselines for the same table."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

from eval.banks import LETTERS, Question

RANDOM = "random"
LONGEST, SHORTEST = "longest option", "shortest option"
OPTION_BM25 = "BM25 of the option over the evidence"


def always(place: int) -> str:
    return f"always {LETTERS[place]}"


def shortcut_scores(question: Question, bm25_of_options: Sequence[float]) -> dict[str, float]:
    """The expected score in [0, 1] of each shortcut on one question; ties share it.

    A question with several right answers is right when just these are picked.

    Args:
        bm25_of_options: of each option, over the notes that the question finds.
    """
    n, wanted = len(question.options), len(question.answer)
    lengths = [float(len(option)) for option in question.options]
    scores = {
        RANDOM: 1 / math.comb(n, wanted),
        LONGEST: _expected(question, lengths, max),
        SHORTEST: _expected(question, lengths, min),
        OPTION_BM25: _expected(question, list(bm25_of_options), max),
    }
    for place in range(n):
        scores[always(place)] = float(question.answer == (place,))
    return scores


def _expected(
    question: Question, values: list[float], best: Callable[[list[float]], float]
) -> float:
    """Chance of the right set when the best values are picked and ties drawn by lot."""
    left = len(question.answer)
    right = set(question.answer)
    chance = 1.0
    rest = list(range(len(values)))
    while left:
        top = best([values[i] for i in rest])
        tied = [i for i in rest if values[i] == top]
        hits = sum(i in right for i in tied)
        if len(tied) <= left:
            if hits < len(tied):
                return 0.0
            left -= len(tied)
            rest = [i for i in rest if i not in tied]
            continue
        # `left` of the tied are drawn: all of them must be right.
        return chance * (math.comb(hits, left) / math.comb(len(tied), left))
    return chance
