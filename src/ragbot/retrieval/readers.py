"""The models that read two texts together: found passages -> evidence, each sentence weighed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ragbot.entailment import NOT_READ, Entailment, open_entailment
from ragbot.evidence import Evidence, evidence_sentences
from ragbot.reranker import Reranker, Similarity, open_reranker
from ragbot.types import RetrievedPassage

READ = 12  # sentences, the likeliest by the cross-encoder, that the entailment model reads


@dataclass(frozen=True, slots=True)
class Readers:
    """Two models, where their weights are there (`ragbot models pull reranker entailment`).

    The cross-encoder tells what is on the matter of a question, the entailment model what answers
    it. The second is not asked without the first, which tells it what to read.
    """

    reranker: Reranker | None = None
    entailment: Entailment | None = None

    @property
    def similarity(self) -> Similarity | None:
        """The cross-encoder, for what else it can judge; None where there is none."""
        if self.reranker is None:
            return None
        reranker = self.reranker
        return lambda text, others: reranker.scores(text, others).tolist()

    def weighed(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages, numbered from 1; without a cross-encoder no sentence is weighed."""
        found = [
            Evidence(number, item, evidence_sentences(item.passage))
            for number, item in enumerate(retrieved, start=1)
        ]
        if self.reranker is None:
            return found
        flat = [sentence.in_context for item in found for sentence in item.sentences]
        relevance = self.reranker.scores(question, flat).tolist()
        scored = iter(relevance)
        found = [
            replace(item, relevance=tuple(next(scored) for _ in item.sentences)) for item in found
        ]
        if self.entailment is None:
            return found
        likeliest = sorted(range(len(flat)), key=lambda place: -relevance[place])[:READ]
        margins = self.entailment.margins(question, [flat[place] for place in likeliest])
        answers = [NOT_READ] * len(flat)
        for place, margin in zip(likeliest, margins.tolist(), strict=True):
            answers[place] = margin
        told = iter(answers)
        return [replace(item, answers=tuple(next(told) for _ in item.sentences)) for item in found]


def open_readers(models_dir: Path) -> Readers:
    """Those whose weights were fetched; they are loaded when they first read."""
    return Readers(open_reranker(models_dir), open_entailment(models_dir))
