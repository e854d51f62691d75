"""What stands in the notes, and what of it is found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal, NotRequired, TypedDict

PassageKind = Literal["bullets", "paragraph", "table_row", "code"]
HeadingPath = tuple[str, ...]


class Locator(TypedDict):
    """Where a passage stands in its source file, as a person would look it up."""

    lines: list[int]  # [first, last], 1-based, inclusive; [0, 0] where nobody knows
    page: NotRequired[int]


@dataclass(frozen=True, slots=True)
class Reference:
    """A further reading that a document names."""

    name: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One sheet of notes.

    `text` is the whole source file, its HTML laid out as Markdown; `start` and `end` bound this
    document in it (a pasted file can hold several documents).
    """

    doc_id: str
    title: str
    source: str
    text: str
    start: int
    end: int
    as_of: date | None = None
    topic: str = ""
    services: tuple[str, ...] = ()
    exams: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


@dataclass(frozen=True, slots=True)
class Section:
    """A heading and all that stands under it, up to the next heading of any level.

    `start` is where its heading line begins; `heading_path` starts with the document title.
    """

    doc_id: str
    heading_path: HeadingPath
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Fact:
    """A table cell with the two names that give it its meaning."""

    subject: str
    feature: str
    value: str

    def __str__(self) -> str:
        return f"{self.subject} - {self.feature}: {self.value}"


@dataclass(frozen=True, slots=True)
class Passage:
    """What is indexed: whole bullets, a paragraph, or one table row.

    Invariant: `document.text[start:end] == text`. `indexed_text` is what the two
    indexes see: the heading path, then the text (of a table row: its facts).
    """

    passage_id: str
    doc_id: str
    source: str
    heading_path: HeadingPath
    start: int
    end: int
    text: str
    kind: PassageKind
    lines: tuple[int, int]
    facts: tuple[Fact, ...] = ()
    table_header: str | None = None  # the header line of a row that could not be split
    page: int | None = None  # of a paged file, where it is known

    @property
    def locator(self) -> Locator:
        lines = [self.lines[0], self.lines[1]]
        return {"lines": lines} if self.page is None else {"lines": lines, "page": self.page}

    @property
    def place(self) -> str:
        """Where it stands in its source, in words; empty where nobody knows."""
        if self.page is not None:
            return f"page {self.page}"
        first, last = self.lines
        if not first:
            return ""
        return f"lines {first}-{last}" if last > first else f"line {first}"

    @property
    def body(self) -> str:
        """The passage as a reader without the page around it needs it."""
        if self.facts:
            return "\n".join(str(fact) for fact in self.facts)
        if self.table_header:
            return f"{self.table_header}\n{self.text}"
        return self.text

    @property
    def indexed_text(self) -> str:
        return " > ".join(self.heading_path) + "\n" + self.body


@dataclass(frozen=True, slots=True)
class FoundQuestion:
    """A practice question that stood in a source file and was kept out of the index."""

    doc_id: str
    source: str
    lines: tuple[int, int]
    stem: str
    options: tuple[str, ...]
    answer: tuple[int, ...] | None = None  # 0-based; None where the file gives no key


@dataclass(frozen=True, slots=True)
class Why:
    """Why a passage was retrieved: its 1-based rank in each list, and the raw scores.

    `fused_rank` is the one in which it was found, before it was read for what answers.
    """

    dense_rank: int | None = None
    dense_score: float | None = None  # cosine
    lexical_rank: int | None = None
    lexical_score: float | None = None  # BM25
    sentence_rank: int | None = None
    sentence_score: float | None = None  # cosine of its best sentence
    fused_rank: int | None = None
    reranker_score: float | None = None  # logit of its sentence that answers best
    # Cosine by the shipped encoder, which the gate was measured with, where another one ranked.
    encoder_score: float | None = None

    @property
    def cosine(self) -> float:
        """How near the passage is by the shipped encoder."""
        return (self.dense_score if self.encoder_score is None else self.encoder_score) or 0.0


LOOKED_UP = 0  # the rank of a passage that was not found for the question, but for a sentence


@dataclass(frozen=True, slots=True)
class RetrievedPassage:
    passage: Passage
    score: float  # higher is better
    rank: int  # from 1; or LOOKED_UP
    why: Why
    flags: tuple[str, ...] = ()  # what in it tries to be more than text; see ragbot.screening

    def to_json(self) -> dict[str, object]:
        """The stable JSON shape of `ragbot search --json` (see docs/api.md)."""
        passage = self.passage
        return {
            "doc_id": passage.doc_id,
            "source": passage.source,
            "heading_path": list(passage.heading_path),
            "locator": passage.locator,
            "start": passage.start,
            "end": passage.end,
            "text": passage.text,
            "score": self.score,
            "rank": self.rank,
            "passage_id": passage.passage_id,
            "kind": passage.kind,
            "flags": list(self.flags),
            "why": {
                "dense_rank": self.why.dense_rank,
                "dense_score": self.why.dense_score,
                "lexical_rank": self.why.lexical_rank,
                "lexical_score": self.why.lexical_score,
                "sentence_rank": self.why.sentence_rank,
                "sentence_score": self.why.sentence_score,
                "fused_rank": self.why.fused_rank,
                "reranker_score": self.why.reranker_score,
            },
        }


@dataclass(frozen=True, slots=True)
class Filters:
    """Which passages may be found; each field holds alternatives, and without any allows all.

    Capitals don't matter, nor does a service's "Amazon" or "AWS".
    """

    topics: tuple[str, ...] = ()  # a document's topic, title or id
    services: tuple[str, ...] = ()  # named in the passage or its headings
    sources: tuple[str, ...] = ()  # a file, or a folder and all in it

    def __bool__(self) -> bool:
        return bool(self.topics or self.services or self.sources)


NO_FILTERS = Filters()
