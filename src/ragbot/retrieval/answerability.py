"""Is there evidence enough to answer at all? Decided here, before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.evidence import Evidence
from ragbot.store import Index

# Logits of the cross-encoder for the best sentence, fitted on the development questions.
ANSWERS = -1.0
SCENARIO_WORDS = 25  # longer questions tell a story, on which the cross-encoder is a poor judge
SCENARIO_ANSWERS = -6.0
COSINE = 0.35  # without the cross-encoder


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the evidence is enough; `reason` says what is missing."""

    enough: bool
    reason: str | None = None


def judge_evidence(question: str, evidence: Sequence[Evidence], index: Index) -> Finding:
    """Weigh the best evidence sentence, by the reranker where there is one."""
    if not evidence:
        return Finding(False, "nothing in the notes is near this question")
    scenario = len(question.split()) > SCENARIO_WORDS
    relevance = [score for item in evidence for score in item.relevance]
    if relevance:
        needed = SCENARIO_ANSWERS if scenario else ANSWERS
        if max(relevance) >= needed:
            return Finding(True)
        return Finding(False, "no passage of the notes answers this")
    cosines = [item.retrieved.why.dense_score or 0.0 for item in evidence]
    known = [held for _, held in index.known_words(question)]
    if max(cosines) >= COSINE and known and sum(known) >= len(known) / 2:
        return Finding(True)
    return Finding(False, "no passage of the notes is close to this")
