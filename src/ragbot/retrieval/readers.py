"""The models that read two texts together: found passages -> evidence, each sentence weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from ragbot.answer_selection import NOT_SELECTED, AnswerSelection, open_answer_selection
from ragbot.entailment import NOT_READ, Entailment, open_entailment
from ragbot.evidence import Evidence, evidence_sentences
from ragbot.order_reading import Hears, OrderReader, open_order_reader
from ragbot.reranker import Reranker, Similarity, open_reranker
from ragbot.types import RetrievedPassage

READ = 12  # sentences, the likeliest by the cross-encoder, that are read for what answers


@dataclass(frozen=True, slots=True)
class Readers:
    """The models, where their weights are there (`ragbot models pull reranker entailment`).

    The cross-encoder tells what is on the matter of a question; what answers it, answer selection
    and the entailment model tell together. They read what the first finds near, and are not asked
    without it. What gives orders is read for itself.
    """

    reranker: Reranker | None = None
    selection: AnswerSelection | None = None
    entailment: Entailment | None = None
    orders: OrderReader | None = None

    @property
    def similarity(self) -> Similarity | None:
        """The cross-encoder, for what else it can judge; None where there is none."""
        if self.reranker is None:
            return None
        reranker = self.reranker
        return lambda text, others: reranker.scores(text, others).tolist()

    @property
    def hears(self) -> Hears | None:
        """What hears the orders that no phrase gives away; None where there is no reader."""
        return None if self.orders is None else self.orders.hears

    def load(self) -> None:
        """Read the weights, so that the first question does not wait for them."""
        for reader in (self.reranker, self.selection, self.entailment, self.orders):
            if reader is not None:
                reader.load()

    def weighed(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages, numbered from 1; without a cross-encoder no sentence is weighed."""
        found = unweighed(retrieved)
        if self.reranker is None:
            return found
        flat = [sentence.in_context for item in found for sentence in item.sentences]
        relevance = self.reranker.scores(question, flat).tolist()
        scored = iter(relevance)
        found = [replace(item, relevance=_next(scored, item)) for item in found]
        likeliest = sorted(range(len(flat)), key=lambda place: -relevance[place])[:READ]
        read = [flat[place] for place in likeliest]
        if self.selection is not None:
            logits = self.selection.scores(question, read).tolist()
            told = _spread(logits, likeliest, len(flat), NOT_SELECTED)
            found = [replace(item, selected=_next(told, item)) for item in found]
        if self.entailment is not None:
            margins = self.entailment.margins(question, read).tolist()
            told = _spread(margins, likeliest, len(flat), NOT_READ)
            found = [replace(item, answers=_next(told, item)) for item in found]
        return found


def unweighed(retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
    """The passages, numbered from 1, with their sentences."""
    return [
        Evidence(number, item, evidence_sentences(item.passage))
        for number, item in enumerate(retrieved, start=1)
    ]


def _spread(
    values: Sequence[float], places: Sequence[int], count: int, elsewhere: float
) -> Iterator[float]:
    """One value for each of `count` sentences: those that were read, at their places."""
    read = dict(zip(places, values, strict=True))
    return (read.get(place, elsewhere) for place in range(count))


def _next(told: Iterator[float], item: Evidence) -> tuple[float, ...]:
    return tuple(islice(told, len(item.sentences)))


def open_readers(models_dir: Path) -> Readers:
    """Those whose weights were fetched; they are loaded when they first read."""
    return Readers(
        open_reranker(models_dir),
        open_answer_selection(models_dir),
        open_entailment(models_dir),
        open_order_reader(models_dir),
    )
