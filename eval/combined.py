"""Model and scorer together: two contestants that err on different questions.

Nothing is fitted: an option's probability by the model, averaged over the orders, times its
probability by the no-model scorer. No call is made; it is read off the records of the two.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

from eval.runs import Asked, Record

FLOOR = 1e-3  # no contestant alone can rule an option out


def combined_records(records: Sequence[Record]) -> list[Record]:
    """One record for each choice that was asked open book and scored without a model."""
    scored = {(r.bank, r.id): r for r in records if r.mode == "no_model"}
    found = []
    for record in records:
        other = scored.get((record.bank, record.id))
        if record.mode == "open_book" and record.options and other is not None:
            found.append(_combined(record, other))
    return found


def _combined(opened: Record, scored: Record) -> Record:
    n = len(opened.options)
    total = [0.0] * n
    for votes in (_mean(opened.asked, n), _mean(scored.asked, n)):
        total = [t + math.log(max(v, FLOOR)) for t, v in zip(total, votes, strict=True)]
    weights = [math.exp(t) for t in total]
    probabilities = [round(w / sum(weights), 4) for w in weights]
    best = sorted(range(n), key=lambda place: -total[place])[: len(opened.answer)]
    right = sorted(best) == opened.answer
    asked = Asked(chosen=sorted(best), probabilities=probabilities, right=right, cost=0.0)
    return opened.model_copy(
        update={
            "mode": "combined",
            "score": float(right),
            "error": None,
            "asked": [asked],
            "retrieved": [],
            "model_id": f"{opened.model_id} and the scorer",
            "ms": 0.0,
        }
    )


def _mean(asked: Sequence[Asked], n: int) -> list[float]:
    """The mean probability of each option; a call without any says nothing."""
    told = [each.probabilities or _vote(each, n) for each in asked] or [[1 / n] * n]
    return [sum(column) / len(told) for column in zip(*told, strict=True)]


def _vote(asked: Asked, n: int) -> list[float]:
    """A reply without probabilities: all on what it chose, or nothing said."""
    if not asked.chosen:
        return [1 / n] * n
    return [float(place in asked.chosen) / len(asked.chosen) for place in range(n)]
