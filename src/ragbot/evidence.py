"""Passages -> evidence sentences: the smallest pieces that can be quoted and cited alone.

A bullet's line, a sentence of a paragraph, a cell of a table. Each knows its characters
in the document, so that a citation highlights exactly what supports the claim.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal, Protocol

from ragbot.cells import heads_rows, placed_cells
from ragbot.dated_notes import UPDATE, changes, is_dated, tells_the_end
from ragbot.plain_text import as_sentence, without_markup, without_struck
from ragbot.types import Fact, Passage, RetrievedPassage, Turn
from ragbot.whole_lines import (
    ANSWER,
    ASKED,
    QUESTION,
    TERM,
    Line,
    ends_shortened,
    is_asked_of,
    whole_lines,
)

# What an author set aside: shown where it is found, and no evidence.
_COMMENT = re.compile(r"\s*(?:<!--(?:(?!-->).)*-->|%%(?:(?!%%).)*%%)\s*", re.DOTALL)
_BARRED = re.compile(r"\s*\|")
_DEFINED = re.compile(r"[^\n]{2,60}\n[ \t]*:(?=[ \t])")  # a term on the line above
_Q = re.compile(r"^(?:Q|Question)\s?\d*\s?[:.]\s*")  # without its marks
_BOX = re.compile(r"\[([ xX])\](?= )")
_BRIEF = re.compile(r"(?:yes|no|none|never|always)\b|(?:\S+\s*){1,3}$", re.IGNORECASE)
# The IT department leans on nothing.
_LEANS = re.compile(
    r"(?:(?-i:[Ii]t)|its|they|their|theirs|this|these|those|such|also (?:called|known as)|was|were"
    r"|formerly|previously)\b",
    re.IGNORECASE,
)
_WORDS = re.compile(r"\S")
# What opens the next one is a capital, a digit, a price, an arrow, or a name written small ("io2",
# "gp3", "iSCSI", "work_mem", "spec.gateIP"), or set as code.
_END = re.compile(
    r"[.!?][\"'”’)\]]*(?:\[\^?(?:\d{1,3}|note \d+|citation needed)\])*"
    r"(?=\s+(?:[\"'“‘(\[*_`]*(?:[A-Z0-9À-ÖØ-ÞΑ-ΩА-Я$€£→☐☑]|[a-z]{1,3}\d|[a-z][A-Z]"
    r"|[a-z]{2,}(?:[A-Z]|[._][a-z]{2}))|`[a-z]))"
)


BARELY = -6.0  # logit below which the reranker has no opinion
FAR = -11.0  # that of a sentence that has nothing to do with the question
TELLING = 6  # sentences that a slow model reads
BEHIND = 7.0  # logits behind the best sentence at which another tells nothing more
# Logit below which the best sentence is no better judged than the others, unless those models that
# tell what answers believe one so much.
JUDGED, ANSWERED = -1.0, 1.0
UNJUDGED = 12  # sentences that a slow model reads then; twenty hold the answer no more often


@dataclass(frozen=True, slots=True)
class EvidenceSentence:
    """A quotable piece of a passage; `start` and `end` are characters into the document.

    `text` reads on its own (bullet sign removed; a table cell as "Product - Feature: value");
    `parent` is what it is read with: the line that a nested bullet stands under, the sentence that
    one leans on which begins with "its", the question that it answers, or the term it explains.
    """

    passage: Passage
    start: int
    end: int
    text: str
    parent: str | None = None
    fact: Fact | None = None
    is_code: bool = False

    @property
    def quoted(self) -> str:
        """The sentence as an answer quotes it; a line of code is left as it is, and a bare answer
        told with its question: "Are dogs allowed? - No."."""
        if self.is_code:
            return " ".join(self.text.split())
        asked = self.parent is not None and self.parent.rstrip("*_ ").endswith("?")
        if asked and _BRIEF.match(self.text):
            question = _Q.sub("", without_markup(self.parent or ""))
            return f"{' '.join(question.split())} – {as_sentence(self.text)}"
        told = as_sentence(self.text)
        box = _BOX.match(told) if self.passage.kind == "bullets" else None
        return f"{'☐' if box[1] == ' ' else '☑'}{told[3:]}" if box else told

    @property
    def in_context(self) -> str:
        """The sentence with the headings and the parent line that it means."""
        context = " > ".join(self.passage.heading_path)
        said = f"{self.parent} {self.text}" if self.parent else self.text
        return f"{context}: {without_markup(said)}"


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
        if ends_shortened(text, start, match.start() + 1):
            continue
        spans.append((start, match.end()))
        following = _WORDS.search(text, match.end())
        start = following.start() if following else len(text)
    if text[start:].strip():
        spans.append((start, len(text.rstrip())))
    return spans


def sentence_starts(text: str) -> list[int]:
    """Where the sentences of a paragraph begin, lines of their own among them."""
    lines = whole_lines(text)
    return [line.start + first for line in lines for first, _ in split_sentences(line.text)]


def evidence_sentences(passage: Passage) -> tuple[EvidenceSentence, ...]:
    """The passage's sentences in their order; none is empty, none overlaps another."""
    if _COMMENT.fullmatch(passage.text):
        return ()
    # Tabbed lines without a head are no row but a text.
    is_row = passage.facts or passage.table_header or _BARRED.match(passage.text)
    if passage.kind == "table_row" and is_row:
        return _cells(passage)
    found: list[EvidenceSentence] = []
    parents: list[tuple[int, str]] = []  # (indent, text) of the bullets that a line is nested in
    asked: str | None = None  # "Q: ...?", which the lines below it answer
    term: str | None = None  # which the line explains
    lines = whole_lines(passage.text, passage.kind)
    for number, line in enumerate(lines, start=1):
        if line.has_sign:
            while parents and parents[-1][0] >= line.indent:
                parents.pop()
            if is_asked_of(line, lines[number : number + 1]):
                parents.append((line.indent, line.text))
                continue
        if QUESTION.fullmatch(line.text) and number < len(lines):
            asked = line.text
            continue
        inline = None if line.is_code else ASKED.match(line.text)
        answers = inline[0] if inline else asked
        if not line.has_sign:  # what an item asks is not asked of the next one
            asked = answers
        begin = _behind(line.text, inline.end()) if inline else 0
        lead = ANSWER.match(line.text, begin) if answers else None
        parent = parents[-1][1] if parents and not inline else answers
        sign = passage.text[max(0, line.start - 4) : line.start].rstrip(" \t")
        if not line.is_code and sign.endswith(":"):  # a further meaning of the same
            parent = parent or term
        else:
            term = None if line.is_code or parent else _term(line.text)
        for first, last in _spans(line, lead.end() if lead else begin):
            start = passage.start + line.start + first
            text = without_struck(line.text[first:last])
            if not text:
                continue
            on = _antecedent(text, found[-1], opens=first == 0) if found else None
            on = on or parent or (term if first else None)
            end = passage.start + line.start + last
            found.append(EvidenceSentence(passage, start, end, text, on, is_code=line.is_code))
        if line.has_sign:
            parents.append((line.indent, line.text))
        elif line.text.endswith(":") and number < len(lines) and lines[number].has_sign:
            parents = [(-1, line.text)]  # "Sizes of a box:", over all bullets that follow
    return tuple(found)


def _behind(text: str, at: int) -> int:
    """Where the next word begins."""
    return at + len(text[at:]) - len(text[at:].lstrip())


def _spans(line: Line, begin: int) -> list[tuple[int, int]]:
    if line.is_code:
        return [(0, len(line.text))]
    return [(begin + a, begin + b) for a, b in split_sentences(line.text[begin:])]


def _term(text: str) -> str | None:
    """What a line of a glossary explains; its later sentences seldom name it again."""
    match = TERM.match(text) or _DEFINED.match(text)
    return "".join(match[0].splitlines()).strip() if match and not UPDATE.match(text) else None


def _antecedent(text: str, before: EvidenceSentence, *, opens: bool) -> str | None:
    """The sentence that one leans on: what a dated note changes, what "its" means. That of a line's
    first sentence (`opens`) can only be the line before it where it is a dated note."""
    if changes(text, before.text, beside=True):
        return before.text
    if opens or not _LEANS.match(text):
        return None
    return before.parent if _LEANS.match(before.text) and before.parent else before.text


def indexed_spans(passage: Passage) -> list[tuple[int, int]]:
    """Where each of the evidence sentences stands in the passage's `indexed_text`."""
    text = passage.indexed_text
    at = len(text) - len(passage.body)
    spans = []
    for sentence in evidence_sentences(passage):
        told = passage.text[sentence.start - passage.start : sentence.end - passage.start]
        told = sentence.text if sentence.text in text else told  # that of a cell is made of its row
        # They stand in their order, so each is looked for behind the last.
        start = text.index(told, at)
        at = start + len(told)
        spans.append((start, at))
    return spans


def _cells(passage: Passage) -> tuple[EvidenceSentence, ...]:
    if passage.facts:
        placed = placed_cells(passage)
        return tuple(EvidenceSentence(passage, a, b, str(f), fact=f) for f, a, b in placed)
    if heads_rows(passage):
        return ()
    return (EvidenceSentence(passage, passage.start, passage.end, passage.body),)


@dataclass(frozen=True, slots=True)
class Evidence:
    """A retrieved passage as the model is shown it, under its number.

    Of each sentence `relevance` holds the reranker's logit, that it is on the matter of the
    question; that it answers it, `selected` the logit of answer selection and `answers` the
    entailment model's margin. Empty where there is no such model. `changed` are facts of the
    passage, each with a dated note on it that stands in another.
    """

    number: int  # from 1; what the model puts in its markers
    retrieved: RetrievedPassage
    sentences: tuple[EvidenceSentence, ...]
    relevance: tuple[float, ...] = ()
    selected: tuple[float, ...] = ()
    answers: tuple[float, ...] = ()
    changed: tuple[tuple[EvidenceSentence, EvidenceSentence], ...] = ()

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

    def antecedent_of(self, sentence: EvidenceSentence) -> EvidenceSentence | None:
        """The sentence of this passage that one leans on: what "it" is, or what is defined."""
        meant = sentence.parent
        if meant is None:
            return None
        leans = _LEANS.match(sentence.text) is not None
        before = (each for each in self.sentences if each.start < sentence.start)
        # Of a term's definition only the beginning is meant.
        found = (e for e in before if e.text.startswith(meant) and (leans or e.text != meant))
        return next(found, None)

    def updates_of(self, sentence: EvidenceSentence) -> tuple[EvidenceSentence, ...]:
        """The dated notes on a sentence of this passage: those that stand under it, speak of the
        same, or tell the end of what the heading names."""
        if UPDATE.match(sentence.text):
            return ()
        *_, heading = ("", *self.passage.heading_path)
        above = {note: before for before, note in pairwise(self.sentences)}
        own = (
            note
            for note in self.sentences
            if (
                UPDATE.match(note.text)
                and (
                    (note.parent or "").startswith(sentence.text)
                    or tells_the_end(note.text, heading)
                )
            )
            or changes(note.text, _told(sentence), beside=above.get(note) == sentence)
        )
        elsewhere = (note for fact, note in self.changed if fact == sentence)
        return tuple(each for each in (*own, *elsewhere) if each != sentence)


def linked(evidence: Sequence[Evidence]) -> list[Evidence]:
    """Each passage with the dated notes on its facts that stand in others of its document."""
    notes = [(item, each) for item in evidence for each in item.sentences if is_dated(each.text)]
    return [
        replace(
            item,
            changed=tuple(
                (fact, note)
                for other, note in notes
                if other is not item and other.passage.doc_id == item.passage.doc_id
                for fact in facts_changed(item.sentences, note)
            ),
        )
        for item in evidence
    ]


def facts_changed(
    sentences: Sequence[EvidenceSentence], note: EvidenceSentence
) -> list[EvidenceSentence]:
    """Those that a dated note tells of from afar."""
    return [each for each in sentences if changes(note.text, _told(each))]


def _told(sentence: EvidenceSentence) -> str:
    return f"{sentence.parent} {sentence.text}" if sentence.parent else sentence.text


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

    `begun` is what another model has answered, until it broke off or, where `whole` is True, to
    its end; `forgets` is True once the conversation is longer than `history`.
    """

    question: str
    history: tuple[Turn, ...]
    evidence: tuple[Evidence, ...]
    begun: str = ""
    whole: bool = False
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
            told |= {s for s in item.sentences if sentence.parent and s.text in sentence.parent}
        return frozenset(told)
