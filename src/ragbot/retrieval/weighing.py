"""Found passages -> evidence, each sentence with how well it answers the question."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ragbot.evidence import Evidence, evidence_sentences
from ragbot.reranker import Reranker, Similarity
from ragbot.types import RetrievedPassage


def weighed_evidence(
    question: str, retrieved: Sequence[RetrievedPassage], reranker: Reranker | None
) -> list[Evidence]:
    """The passages, numbered from 1; without a cross-encoder their sentences are not weighed."""
    found = [
        Evidence(number, item, evidence_sentences(item.passage))
        for number, item in enumerate(retrieved, start=1)
    ]
    if reranker is None:
        return found
    flat = [sentence.in_context for item in found for sentence in item.sentences]
    scores = iter(reranker.scores(question, flat).tolist())
    return [replace(item, relevance=tuple(next(scores) for _ in item.sentences)) for item in found]


def similarity_of(reranker: Reranker | None) -> Similarity | None:
    """The cross-encoder, for what else it can judge; None where there is none."""
    if reranker is None:
        return None
    return lambda text, others: reranker.scores(text, others).tolist()
