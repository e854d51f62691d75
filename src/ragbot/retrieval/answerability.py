"""Is there evidence enough to answer at all? Decided here, before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.evidence import Evidence
from ragbot.retrieval.answer_types import holds, wanted_answer
from ragbot.retrieval.fusion import ANSWERS
from ragbot.store import Index

# The threshold ANSWERS is the best sentence's logit; on 45 answerable and 32 unanswerable
# development questions -1 refused 84% of the unanswerable and 9% of the answerable.
# Where every word of the question is in the notes and the vectors agree, a little less will do:
# one more of the answerable, none of the unanswerable.
FAMILIAR_ANSWERS, FAMILIAR_COSINE = -3.0, 0.5
# Longer questions tell a story, on which the cross-encoder is a poor judge: of the 49 practice
# scenarios 40 lie below -2. Their cosine does better.
SCENARIO_WORDS = 17
SCENARIO_COSINE = 0.22
COSINE = 0.35  # for short questions, without the cross-encoder
LIKELY = 5  # best sentences among which an answer of the wanted kind must be
_TOLD = {
    "count": "number of what you ask for",
    "duration": "duration",
    "size": "size",
    "money": "price",
    "port": "port",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the evidence is enough; `reason` says what is missing."""

    enough: bool
    reason: str | None = None


def judge_evidence(question: str, evidence: Sequence[Evidence], index: Index) -> Finding:
    """Weigh the best evidence sentence, by the reranker where there is one."""
    if not evidence:
        return Finding(False, "nothing in the notes is near this question")
    cosine = max(item.retrieved.why.dense_score or 0.0 for item in evidence)
    known = [held for _, held in index.known_words(question)]
    mostly_known = bool(known) and sum(known) >= len(known) / 2
    if len(question.split()) >= SCENARIO_WORDS:
        enough = mostly_known and cosine >= SCENARIO_COSINE
    elif relevance := [score for item in evidence for score in item.relevance]:
        best = max(relevance)
        familiar = all(known) and cosine >= FAMILIAR_COSINE
        enough = best >= ANSWERS or (familiar and best >= FAMILIAR_ANSWERS)
    else:
        enough = mostly_known and cosine >= COSINE
    wanted = wanted_answer(question)
    if enough and wanted is not None and not holds(wanted, _best_sentences(evidence)):
        return Finding(False, f"the notes tell of it, but no {_TOLD[wanted.kind]}")
    if enough:
        return Finding(True)
    if not mostly_known:
        return Finding(False, "most words of the question are not in the notes; try their language")
    return Finding(False, "no passage of the notes answers this")


def _best_sentences(evidence: Sequence[Evidence]) -> list[str]:
    """What an answer would most likely be made of, best first."""
    weighed = [
        (score, sentence.in_context)
        for item in evidence
        for score, sentence in zip(item.relevance, item.sentences, strict=False)
    ]
    if not weighed:  # without a reranker every sentence may be the one
        return [sentence.in_context for item in evidence for sentence in item.sentences]
    return [text for _, text in sorted(weighed, reverse=True)[:LIKELY]]
