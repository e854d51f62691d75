"""The models that read two texts together: found passages -> evidence, each sentence weighed."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ragbot.answer_selection import AnswerSelection, open_answer_selection
from ragbot.entailment import NOT_READ, Entailment, open_entailment
from ragbot.evidence import Evidence, EvidenceSentence, evidence_sentences
from ragbot.order_reading import Hears, OrderReader, open_order_reader
from ragbot.plain_text import without_markup
from ragbot.reranker import Reranker, Similarity, open_reranker
from ragbot.types import Fact, RetrievedPassage

READ = 8  # sentences, the likeliest by answer selection, that the entailment model reads


@dataclass(frozen=True, slots=True)
class Readers:
    """The models, where their weights are there (`ragbot models pull reranker entailment`).

    The cross-encoder tells what is on the matter of a question; what answers it, answer selection
    and the entailment model tell together, the last of the likeliest sentences only. They are not
    asked without the first. What gives orders is read for itself.
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

    def know(self, word: str) -> bool:
        """Whether the one with the largest vocabulary has a token for this whole word."""
        return self.entailment is not None and self.entailment.knows(word)

    def load(self) -> None:
        """Read the weights, so that the first question does not wait for them."""
        for reader in (self.reranker, self.selection, self.entailment, self.orders):
            if reader is not None:
                reader.load()

    def answering(self, question: str, found: Sequence[RetrievedPassage]) -> dict[int, float]:
        """Of each passage, by its place, the logit of its sentence that answers best; empty where
        no model tells, or no sentence stands in it."""
        if self.selection is None:
            return {}
        sentences = [
            (place, _as_asked(sentence, question))
            for place, item in enumerate(found)
            for sentence in evidence_sentences(item.passage)
        ]
        logits = self.selection.scores(question, [text for _, text in sentences]).tolist()
        best: dict[int, float] = {}
        for (place, _), logit in zip(sentences, logits, strict=True):
            best[place] = max(logit, best.get(place, logit))
        return best

    def weighed(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages, numbered from 1; without a cross-encoder no sentence is weighed."""
        found = unweighed(retrieved)
        if self.reranker is None:
            return found
        flat = [_as_asked(sentence, question) for item in found for sentence in item.sentences]
        likely = relevance = self.reranker.scores(question, flat).tolist()
        selected: list[float] = []
        answers: list[float] = []
        if self.selection is not None:
            likely = selected = self.selection.scores(question, flat).tolist()
        if self.entailment is not None:
            read = sorted(range(len(flat)), key=lambda place: -likely[place])[:READ]
            answers = [NOT_READ] * len(flat)
            margins = self.entailment.margins(question, [flat[place] for place in read])
            for place, margin in zip(read, margins.tolist(), strict=True):
                answers[place] = margin
        weighed: list[Evidence] = []
        start = 0
        for item in found:
            own = slice(start, start := start + len(item.sentences))
            told = (tuple(each[own]) for each in (relevance, selected, answers))
            weighed.append(Evidence(item.number, item.retrieved, item.sentences, *told))
        return weighed


def _as_asked(sentence: EvidenceSentence, question: str) -> str:
    """A cell that is asked for by another of its row ("the AWS counterpart of Azure Files") is read
    with that one."""
    fact = sentence.fact
    if fact is None:
        return sentence.in_context
    of_columns = len({each.subject for each in sentence.passage.facts}) > 1

    def column(of: Fact) -> str:
        return of.subject if of_columns else of.feature

    for by in sentence.passage.facts if _names(question, column(fact)) else ():
        if by != fact and _names(question, without_markup(by.value)):
            row = fact.feature if of_columns else fact.subject
            told = f"{column(by)}: {by.value}; {column(fact)}: {fact.value}"
            return replace(sentence, text=f"{row} - {told}").in_context
    return sentence.in_context


def _names(question: str, name: str) -> bool:
    """Whether the question has the name, written as one."""
    if not any(c.isupper() for c in name):
        return False
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", question) is not None


def unweighed(retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
    """The passages, numbered from 1, with their sentences."""
    return [
        Evidence(number, item, evidence_sentences(item.passage))
        for number, item in enumerate(retrieved, start=1)
    ]


def open_readers(models_dir: Path) -> Readers:
    """Those whose weights were fetched; they are loaded when they first read."""
    return Readers(
        open_reranker(models_dir),
        open_answer_selection(models_dir),
        open_entailment(models_dir),
        open_order_reader(models_dir),
    )
