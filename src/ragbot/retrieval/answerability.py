"""Is there evidence enough to answer at all? Decided here, before any model is asked."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.evidence import Evidence
from ragbot.reranker import Similarity
from ragbot.retrieval.queries import pasted_choices
from ragbot.retrieval.regression import answerability
from ragbot.retrieval.signals import Words, weigh

# A practice question tells a story and brings its own answers: nearness is all that is asked of
# the notes. Without the cross-encoder the same has to do for every question.
CHOICE_COSINE = 0.22
COSINE = 0.35
_TOLD = {
    "count": "number of what you ask for",
    "duration": "duration",
    "size": "size",
    "money": "price",
    "port": "port",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """Whether the evidence is enough; `reason` says what is missing, and `definite` whether it
    names it: a thing that the notes do not speak of, a quantity that they do not give."""

    enough: bool
    reason: str | None = None
    definite: bool = False


def judge_evidence(
    question: str,
    evidence: Sequence[Evidence],
    words: Words,
    similarity: Similarity | None = None,
) -> Finding:
    """Weigh what was found: where there is a cross-encoder by a regression that was fitted
    on dev questions, that for what the entailment model read or that which does without it."""
    if not evidence:
        return Finding(False, "nothing in the notes is near this question")
    known = [held for _, held in words.known_words(question)]
    mostly_known = bool(known) and sum(known) >= len(known) / 2
    is_choice = pasted_choices(question) is not None
    if is_choice or similarity is None:
        cosine = max(item.retrieved.why.cosine for item in evidence)
        if mostly_known and cosine >= (CHOICE_COSINE if is_choice else COSINE):
            return Finding(True)
    else:
        weighed = weigh(question, evidence, words, similarity)
        fitted = answerability(any(item.answers for item in evidence))
        if fitted.probability(weighed.signals.values()) >= fitted.threshold:
            return Finding(True)
        if weighed.absent_name is not None:
            return Finding(False, f"the notes do not speak of {weighed.absent_name!r}", True)
        if weighed.wanted is not None:
            told = f"the notes tell of it, but no {_TOLD[weighed.wanted.kind]}"
            return Finding(False, told, True)
    if not mostly_known:
        return Finding(False, "most words of the question are not in the notes; try their words")
    return Finding(False, "no passage of the notes answers this")
