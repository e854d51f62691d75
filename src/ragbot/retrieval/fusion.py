"""Dense and lexical search, fused by reciprocal rank (Cormack, Clarke and Buettcher 2009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ragbot.embedding import Embedder
from ragbot.evidence import Evidence, evidence_sentences
from ragbot.reranker import Reranker
from ragbot.store import Index
from ragbot.types import RetrievedPassage, Why

DEPTH = 60  # how far down each list is read before fusion
ANSWERS = -1.0  # logit of the best sentence below which the reranker is no judge
NEAR = 8.0  # logits below the best passage that a further one may lie
MOST_READ = 5
RRF_K = 20  # the constant of reciprocal rank fusion; 60 in the paper, on far longer lists


class Retriever:
    """Searches one index; a passage knows its rank and score in either list."""

    def __init__(self, index: Index, embedder: Embedder, reranker: Reranker | None) -> None:
        self.index = index
        self._embedder = embedder
        self._reranker = reranker

    def search(self, query: str, k: int) -> tuple[RetrievedPassage, ...]:
        """The k best passages for the query, best first."""
        vector = self._embedder.encode([query])[0]
        dense = self.index.dense(vector, DEPTH)
        lexical = self.index.lexical(query, DEPTH)
        scores = fuse([[pid for pid, _ in dense], [pid for pid, _ in lexical]])
        best = sorted(scores, key=lambda pid: (-scores[pid], pid))[:k]
        passages = self.index.passages(best)
        whys = _whys(dense, lexical)
        return tuple(
            RetrievedPassage(passages[pid], scores[pid], rank, whys[pid])
            for rank, pid in enumerate(best, start=1)
        )

    def evidence(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages with how well each of their sentences answers the question."""
        found = [
            Evidence(number, item, evidence_sentences(item.passage))
            for number, item in enumerate(retrieved, start=1)
        ]
        if self._reranker is None:
            return found
        flat = [sentence.in_context for item in found for sentence in item.sentences]
        scores = iter(self._reranker.scores(question, flat).tolist())
        return [
            replace(item, relevance=tuple(next(scores) for _ in item.sentences)) for item in found
        ]


def worth_reading(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The passages that the model is shown, renumbered: those near the best, best first.

    Every passage costs a small model a second, and each that does not answer may mislead it.
    """
    scored = [(max(item.relevance, default=0.0), item) for item in evidence]
    best = max((score for score, _ in scored), default=0.0)
    if best < ANSWERS:  # a scenario, which the reranker cannot judge: the fusion's order stands
        return list(evidence)
    near = [item for score, item in sorted(scored, key=lambda s: -s[0]) if score >= best - NEAR]
    return [replace(item, number=number) for number, item in enumerate(near[:MOST_READ], start=1)]


def fuse(rankings: Sequence[Sequence[str]], k: int = RRF_K) -> dict[str, float]:
    """Reciprocal rank fusion: the sum of 1 / (k + rank) over the lists that hold an item."""
    scores: dict[str, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + rank)
    return scores


def _whys(
    dense: Sequence[tuple[str, float]], lexical: Sequence[tuple[str, float]]
) -> Mapping[str, Why]:
    by_dense = {pid: (rank, score) for rank, (pid, score) in enumerate(dense, start=1)}
    by_lexical = {pid: (rank, score) for rank, (pid, score) in enumerate(lexical, start=1)}
    return {
        pid: Why(*by_dense.get(pid, (None, None)), *by_lexical.get(pid, (None, None)))
        for pid in by_dense.keys() | by_lexical.keys()
    }
