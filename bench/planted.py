"""Replies with a planted lie, and what becomes of each of their sentences on the page.

A reply is one lie and two truths, in an order and with markers that chance draws. Besides the claim
whose own question is asked, a reply tells a claim of the same heading, if the bank has one, and a
sentence of the notes as it stands. `own` tells the former from the rest: the same claim may be told
again at a neighbour's question, and counting it with the others would make an interval too narrow.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from eval.claims import Claim
from ragbot.citations import SentenceStream
from ragbot.evidence import Evidence, EvidenceSentence
from ragbot.types import Answer, Citation, Passage, Sentence

Marking = Literal["right", "missing", "another passage", "no passage"]
VERBATIM = "verbatim"
NOWHERE = 99  # a marker that no passage has


@dataclass(frozen=True, slots=True)
class Line:
    """A sentence of a reply as it is planted.

    Attributes:
        own: it is told in answer to its own question.
        quotes: the lines of the notes that decide it.
        in_reach: all of them stand in what the model was shown.
    """

    text: str
    truth: bool
    kind: str
    own: bool
    quotes: tuple[str, ...]
    in_reach: bool
    marking: Marking
    markers: tuple[int, ...]

    @property
    def written(self) -> str:
        marks = "".join(f"[{number}]" for number in self.markers)
        return f"{self.text} {marks}".strip()


@dataclass(frozen=True, slots=True)
class Fate:
    """What a person sees of a line.

    Attributes:
        shown: it stands on the page as supported.
        struck: it stands there marked as unsupported.
        strays: a citation of it stands on a passage that holds none of its quotes.
        told_instead: another sentence on the page cites the line of the notes that decides it.
    """

    line: Line
    shown: bool
    struck: bool
    strays: bool
    told_instead: bool


class Planner:
    """Makes the reply to each claim's question; `bank` is where its neighbours come from."""

    def __init__(self, bank: Sequence[Claim], seed: int) -> None:
        self._bank = bank
        self._chance = random.Random(seed)
        self._told: Counter[str] = Counter()

    def reply(self, claim: Claim, evidence: Sequence[Evidence]) -> list[Line]:
        """The lines in their order: one lie, two truths."""
        told = [claim, *self._neighbour(claim)]
        lines = [self._claimed(each, evidence, own=each is claim) for each in told]
        decided_by = [quote for each in told for quote in each.quotes]
        # What decides the lie is not told beside it: the checker shall bring it.
        notes = [s for s in _quotable(evidence) if not any(q in s.text for q in decided_by)]
        self._chance.shuffle(notes)
        lines += [
            self._line(note.quoted, True, VERBATIM, False, (note.text,), evidence)
            for note in notes[: 3 - len(lines)]
        ]
        self._chance.shuffle(lines)
        return lines

    def laid_out(self, lines: Sequence[Line]) -> str:
        """As a list or as a paragraph: models write both."""
        if self._chance.random() < 0.5:
            return "\n".join(f"- {line.written}" for line in lines)
        return " ".join(line.written for line in lines)

    def _neighbour(self, claim: Claim) -> list[Claim]:
        """A claim of the other label under the same heading, the least told first. A truth gets
        one of its topic at the worst: each reply has its lie."""
        others = [each for each in self._bank if each.label != claim.label]
        near = [o for o in others if (o.doc_id, o.heading) == (claim.doc_id, claim.heading)]
        if not near and claim.label == "true":
            near = [other for other in others if other.topic == claim.topic]
        if not near:
            return []
        self._chance.shuffle(near)
        chosen = min(near, key=lambda each: self._told[each.id])
        self._told[chosen.id] += 1
        return [chosen]

    def _claimed(self, claim: Claim, evidence: Sequence[Evidence], *, own: bool) -> Line:
        truth = claim.label == "true"
        return self._line(claim.claim, truth, claim.kind, own, claim.quotes, evidence)

    def _line(
        self,
        text: str,
        truth: bool,
        kind: str,
        own: bool,
        quotes: tuple[str, ...],
        evidence: Sequence[Evidence],
    ) -> Line:
        holders = [[e.number for e in evidence if q in e.passage.text] for q in quotes]
        right = tuple(sorted({number for numbers in holders for number in numbers}))
        others = [item.number for item in evidence if item.number not in right]
        choice: dict[Marking, tuple[int, ...]] = {"missing": (), "no passage": (NOWHERE,)}
        if right:
            choice["right"] = right
        if others:
            choice["another passage"] = (self._chance.choice(others),)
        marking = self._chance.choice(sorted(choice))
        return Line(text, truth, kind, own, quotes, all(holders), marking, choice[marking])


def fate_of(line: Line, answer: Answer, lines: Sequence[Line]) -> Fate:
    """What became of a line; `lines` is the whole reply that it stood in."""
    seen = [s for s in answer.sentences if s.text == line.text and not s.withheld]
    passages = {item.passage.passage_id: item.passage for item in answer.passages}
    told = {each.text for each in lines}
    own = [c for c in answer.citations if c.claim == line.text]
    shown = any(sentence.verdict == "supported" for sentence in seen)
    return Fate(
        line,
        shown=shown,
        struck=bool(seen) and not shown,
        strays=shown and any(not _holds(passages[c.passage_id], line.quotes) for c in own),
        told_instead=any(
            _stands_on(citation, passages[citation.passage_id], quote)
            for citation in answer.citations
            if citation.claim not in told and _is_shown(citation.claim, answer.sentences)
            for quote in line.quotes
        ),
    )


def _holds(passage: Passage, quotes: Sequence[str]) -> bool:
    return any(quote in passage.text for quote in quotes)


def _quotable(evidence: Sequence[Evidence]) -> list[EvidenceSentence]:
    """What of the notes reads as one sentence of a reply, as it stands."""
    return [
        sentence
        for item in evidence
        for sentence in item.sentences
        if sentence.fact is None
        and 8 <= len(sentence.text.split()) <= 40
        and _is_one(sentence.quoted)
    ]


def _is_one(text: str) -> bool:
    stream = SentenceStream()
    drafts = [*stream.feed(text), *stream.finish()]
    return [draft.text for draft in drafts] == [text] and not text.endswith(":")


def _stands_on(citation: Citation, passage: Passage, quote: str) -> bool:
    at = passage.text.find(quote)
    if at < 0:
        return False
    start = passage.start + at
    return citation.start < start + len(quote) and start < citation.end


def _is_shown(text: str, sentences: Sequence[Sentence]) -> bool:
    return any(s.text == text and not s.withheld for s in sentences)
