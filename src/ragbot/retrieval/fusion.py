"""Dense and lexical search, fused by reciprocal rank (Cormack, Clarke and Buettcher 2009)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ragbot.embedding import Embedder
from ragbot.evidence import Evidence, evidence_sentences
from ragbot.reranker import Reranker
from ragbot.store import Index
from ragbot.types import RetrievedPassage, Why

DEPTH = 60  # how far down each list is read before fusion
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
        """The passages, numbered, with how well each of their sentences answers the question."""
        sentences = [evidence_sentences(item.passage) for item in retrieved]
        if self._reranker is None:
            return [
                Evidence(number, item, parts)
                for number, (item, parts) in enumerate(zip(retrieved, sentences, strict=True), 1)
            ]
        flat = [part.in_context for parts in sentences for part in parts]
        scores = iter(self._reranker.scores(question, flat).tolist())
        return [
            Evidence(number, item, parts, tuple(next(scores) for _ in parts))
            for number, (item, parts) in enumerate(zip(retrieved, sentences, strict=True), 1)
        ]


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
