"""What speaks for and against the notes holding an answer, as numbers.

One threshold on one of them does not do: the cross-encoder is a good judge of short factual
questions and a poor one of stories, which have to be told by their length.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import astuple, dataclass, fields
from typing import Protocol

from ragbot.answer_selection import NOT_SELECTED
from ragbot.evidence import BARELY, FAR, Evidence, split_sentences
from ragbot.reranker import Similarity
from ragbot.retrieval.answer_types import Wanted, holds, wanted_answer
from ragbot.store.lexical import words_of

LONG = 12  # words from which the sentences of a question are judged one by one, too
DEEPER = 0.6  # logits that an answer must be surer of, each time it is found e times as deep
LIKELY = 5  # best sentences among which an answer of the wanted kind must be
_NAME = re.compile(r"\b(?:[A-Z][\w-]*|\d+(?:[.,]\d+)*)(?:\s+(?:[A-Z][\w/-]*|\d+(?:[.,]\d+)*))*")


class Words(Protocol):
    """What the gate asks about the words of the notes."""

    def known_words(self, query: str) -> list[tuple[str, bool]]:
        """Each content word of the query (stemmed) and whether the notes hold it anywhere."""
        ...

    def holds(self, name: str) -> bool:
        """Whether some passage has all words of the name."""
        ...


@dataclass(frozen=True, slots=True)
class Signals:
    """Of one question and what was retrieved for it; the order is that of the fitted weights."""

    # Best logit of a sentence, for the question or one of its sentences; no less than BARELY.
    relevance: float
    sentence: float  # best cosine of a sentence
    lacking: float  # 1 where a quantity is asked for and no likely sentence has one
    length: float  # natural logarithm of the question's words
    relevance_by_length: float  # product of the two, the first as it is
    wants_quantity: float
    # Best `Evidence.answering` of a sentence, less the deeper it was found; NOT_SELECTED where no
    # model tells.
    answers: float

    def values(self) -> tuple[float, ...]:
        return astuple(self)

    @classmethod
    def names(cls) -> tuple[str, ...]:
        return tuple(field.name for field in fields(cls))


@dataclass(frozen=True, slots=True)
class Weighed:
    """The signals, and what a refusal can be explained by."""

    signals: Signals
    absent_name: str | None
    wanted: Wanted | None


def weigh(
    question: str, evidence: Sequence[Evidence], words: Words, similarity: Similarity
) -> Weighed:
    """The signals of a question whose evidence carries the cross-encoder's relevance."""
    best = _best_relevance(question, evidence, similarity)
    length = math.log(max(1, len(question.split())))
    wanted = wanted_answer(question)
    lacks = wanted is not None and not holds(wanted, best_sentences(evidence))
    return Weighed(
        Signals(
            relevance=max(BARELY, best),
            sentence=max((e.retrieved.why.sentence_score or 0.0 for e in evidence), default=0.0),
            lacking=float(lacks),
            length=length,
            relevance_by_length=best * length,
            wants_quantity=float(wanted is not None),
            answers=max(
                (told - DEEPER * math.log(_depth(e)) for e in evidence for told in e.answering),
                default=NOT_SELECTED,
            ),
        ),
        absent_name(question, words),
        wanted if lacks else None,
    )


def _depth(item: Evidence) -> int:
    """How far down the search had found the passage, before it was read."""
    return item.retrieved.why.fused_rank or max(1, item.retrieved.rank)


def _best_relevance(question: str, evidence: Sequence[Evidence], similarity: Similarity) -> float:
    best = max((score for item in evidence for score in item.relevance), default=FAR)
    if len(question.split()) < LONG:
        return best
    texts = [sentence.in_context for item in evidence for sentence in item.sentences]
    parts = [question[start:end] for start, end in split_sentences(question)]
    if len(parts) < 2 or not texts:
        return best
    # Of a story, one sentence may ask or tell what a sentence of the notes answers.
    spoken = [part for part in parts if len(part.split()) > 2]
    return max([best, *(max(similarity(part, texts)) for part in spoken)])


def absent_name(question: str, notes: Words) -> str | None:
    """A name or number of the question whose words no passage of the notes holds together."""
    for match in _NAME.finditer(question):
        name = match[0]
        opens = (
            not question[: match.start()].strip()
            or question[: match.start()].rstrip()[-1] in ".!?:"
        )
        if opens:
            first, *rest = name.split()
            # The first word of a sentence is written like a name whatever it is.
            name = name if re.search(r"[A-Z0-9]", first[1:]) else " ".join(rest)
        if words_of(name) and not notes.holds(name):
            return name
    return None


def best_sentences(evidence: Sequence[Evidence]) -> list[str]:
    """What an answer would most likely be made of, best first."""
    weighed = [
        (score, sentence.in_context)
        for item in evidence
        for score, sentence in zip(item.relevance, item.sentences, strict=False)
    ]
    if not weighed:  # without a reranker every sentence may be the one
        return [sentence.in_context for item in evidence for sentence in item.sentences]
    return [text for _, text in sorted(weighed, reverse=True)[:LIKELY]]
