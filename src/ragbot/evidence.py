"""Passages -> evidence sentences: the smallest pieces that can be quoted and cited alone.

A bullet's line, a sentence of a paragraph, a cell of a table. Each knows its characters
in the document, so that a citation highlights exactly what supports the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from ragbot.types import Fact, Passage, RetrievedPassage, Turn

BULLET = re.compile(r"^[ \t]*(?:[-*+•◦▪‣·●○◆■]|o(?=\s)|\d{1,3}[.)])[ \t]+")
# A dated note under a fact, which tells how it has changed.
UPDATE = re.compile(r"^As of \w+ \d{4}")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+")
# A full stop after one of these ends no sentence.
_ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|cf|ca|vol|dept|no|fig|min|max|resp|[A-Z])\.)$",
    re.IGNORECASE,
)
# What opens the next one is a capital, a digit, or a name written small ("io2", "gp3", "iSCSI").
_END = re.compile(r"[.!?][\"'”’)\]]*(?=\s+[\"'“‘(\[]?(?:[A-Z0-9]|[a-z]{1,3}\d|[a-z][A-Z]))")


BARELY = -6.0  # logit below which the reranker has no opinion
TELLING = 6  # sentences that a slow model reads
BEHIND = 7.0  # logits behind the best sentence at which another tells nothing more
# Logit below which the best sentence is no better judged than the others, unless those models that
# tell what answers believe one so much.
JUDGED, ANSWERED = -1.0, 1.0
UNJUDGED = 20  # sentences that a slow model reads then


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A quotable piece of a passage; `start` and `end` are characters into the document.

    `text` reads on its own (bullet sign removed; a table cell as "Product - Feature: value");
    `parent` is the line that a nested bullet stands under.
    """

    passage: Passage
    start: int
    end: int
    text: str
    parent: str | None = None
    fact: Fact | None = None

    @property
    def quoted(self) -> str:
        """The sentence as an answer quotes it."""
        text = " ".join(self.text.split())
        return text if re.search(r"[.!?:]$", text) else f"{text}."

    @property
    def in_context(self) -> str:
        """The sentence with the headings and the parent line that it means."""
        context = " > ".join(self.passage.heading_path)
        return f"{context}: {self.parent} {self.text}" if self.parent else f"{context}: {self.text}"


Ruling = Literal["supported", "contradicted", "unsupported"]


class Judge(Protocol):
    """(claim, what may bear it out) -> whether it does; None where that can't be told.

    One that `rereads` may overrule the rules, and is shown the sentences nearest to a claim that
    they do not believe; with `surely` it must have no doubt.
    """

    @property
    def rereads(self) -> bool: ...

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None: ...


def split_sentences(text: str) -> list[tuple[int, int]]:
    """(start, end) of each sentence of one line of prose."""
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if _ABBREVIATION.search(text[start : match.start() + 1]):
            continue
        spans.append((start, match.end()))
        start = match.end() + len(text[match.end() :]) - len(text[match.end() :].lstrip())
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return spans


def evidence_sentences(passage: Passage) -> tuple[EvidenceSentence, ...]:
    """The passage's sentences in their order; none is empty, none overlaps another."""
    if passage.kind == "table_row":
        return _cells(passage)
    found: list[EvidenceSentence] = []
    parents: list[tuple[int, str]] = []  # (indent, text) of the bullets that a line is nested in
    offset = 0
    for line in passage.text.splitlines(keepends=True):
        body = line.rstrip("\n")
        sign = BULLET.match(body) or _HEADING.match(body)
        lead = sign.end() if sign else len(body) - len(body.lstrip())
        indent = len(body) - len(body.lstrip())
        content = body[lead:].rstrip()
        if sign:
            while parents and parents[-1][0] >= indent:
                parents.pop()
        parent = parents[-1][1] if parents else None
        spans = [(0, len(content))] if passage.kind == "code" else split_sentences(content)
        for first, last in spans:
            start = passage.start + offset + lead + first
            text = content[first:last]
            found.append(EvidenceSentence(passage, start, start + len(text), text, parent=parent))
        if sign and content:
            parents.append((indent, content))
        offset += len(line)
    return tuple(found)


def indexed_spans(passage: Passage) -> list[tuple[int, int]]:
    """Where each of the evidence sentences stands in the passage's `indexed_text`."""
    text = passage.indexed_text
    at = len(text) - len(passage.body)
    spans = []
    for sentence in evidence_sentences(passage):
        # They stand in their order, so each is looked for behind the last.
        start = text.index(sentence.text, at)
        at = start + len(sentence.text)
        spans.append((start, at))
    return spans


def _cells(passage: Passage) -> tuple[EvidenceSentence, ...]:
    if not passage.facts:
        return (EvidenceSentence(passage, passage.start, passage.end, passage.body),)
    found = []
    at = passage.text.rfind("\n") + 1  # the first row's passage carries the head of its table
    for fact in passage.facts:
        # Cells stand in the order of their facts, so each is looked for behind the last.
        place = passage.text.find(fact.value, at) if fact.value else -1
        if place < 0:
            start, end = passage.start, passage.end
        else:
            start, end = passage.start + place, passage.start + place + len(fact.value)
            at = place + len(fact.value)
        found.append(EvidenceSentence(passage, start, end, str(fact), fact=fact))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A retrieved passage as the model is shown it, under its number.

    Of each sentence `relevance` holds the reranker's logit, that it is on the matter of the
    question; that it answers it, `selected` the logit of answer selection and `answers` the
    entailment model's margin. Empty where there is no such model.
    """

    number: int  # from 1; what the model puts in its markers
    retrieved: RetrievedPassage
    sentences: tuple[EvidenceSentence, ...]
    relevance: tuple[float, ...] = ()
    selected: tuple[float, ...] = ()
    answers: tuple[float, ...] = ()

    @property
    def answering(self) -> tuple[float, ...]:
        """How surely each sentence answers: the mean of the models that judge it, if any."""
        judges = [each for each in (self.selected, self.answers) if each]
        return tuple(sum(each) / len(each) for each in zip(*judges, strict=True))

    @property
    def scores(self) -> tuple[float, ...]:
        """How well each sentence answers, by all models together: the reranker's logit, and what
        those say that judge what answers; empty without a reranker."""
        answering = self.answering
        if not answering:
            return self.relevance
        pairs = zip(self.relevance, answering, strict=True)
        return tuple(max(near, BARELY) + told for near, told in pairs)

    @property
    def passage(self) -> Passage:
        return self.retrieved.passage

    def updates_of(self, sentence: EvidenceSentence) -> tuple[EvidenceSentence, ...]:
        """The dated notes under a sentence of this passage."""
        return tuple(
            each
            for each in self.sentences
            if each.parent is not None
            and each.parent.startswith(sentence.text)
            and UPDATE.match(each.text)
        )


REMEMBERED_TURNS = 3  # of a conversation, in a prompt


@dataclass(frozen=True, slots=True)
class Parts:
    """The last message taken apart, for a model that is sent its passages as blocks.

    Invariant: `"".join((*passages, asked))` is the message. `question` is the person's own words
    on lines of their own in `asked`, where an answer that stands on the passages is wanted.
    """

    passages: tuple[str, ...]
    asked: str
    question: str = ""
    reused: bool = False  # the same passages come again soon, with another question behind them


@dataclass(frozen=True, slots=True)
class Prompt:
    """All that a chat model is told: the question, what came before, and the evidence.

    `begun` is what another model had answered when it broke off; `forgets` is True once the
    conversation is longer than `history`.
    """

    question: str
    history: tuple[Turn, ...]
    evidence: tuple[Evidence, ...]
    begun: str = ""
    forgets: bool = False

    def telling(self) -> frozenset[EvidenceSentence]:
        """The sentences that tell most about the question, with the lines that they stand under
        and the dated notes below them; all of them where nothing is known of their relevance."""
        scored = [
            (score, item, sentence)
            for item in self.evidence
            for score, sentence in zip(item.scores, item.sentences, strict=False)
        ]
        if not scored:
            return frozenset(sentence for item in self.evidence for sentence in item.sentences)
        scored.sort(key=lambda each: -each[0])
        best, *_ = scored[0]
        answered = max((each for item in self.evidence for each in item.answering), default=best)
        if best < JUDGED and answered < ANSWERED:
            scored = scored[:UNJUDGED]
        else:
            scored = [each for each in scored[:TELLING] if each[0] >= best - BEHIND]
        told: set[EvidenceSentence] = set()
        for _, item, sentence in scored:
            told |= {sentence, *item.updates_of(sentence)}
            told |= {s for s in item.sentences if sentence.parent and s.text == sentence.parent}
        return frozenset(told)
