"""The nouns of the product, in the order in which a question meets them.

    file -> Document -> Section -> Passage          (ingest)
    question -> RetrievedPassage -> Citation -> Answer   (chain)

All are frozen values. Offsets are characters into `Document.text`, half open, and
`Document.text` is the whole decoded source file with newlines as `\\n`, so that
`Path(source).read_text()[start:end] == text` holds for every passage of a text file.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Literal, NotRequired, TypedDict

PassageKind = Literal["bullets", "paragraph", "table_row", "code"]
# "contradicted": the notes say otherwise. "partly": they bear out a part of it and no more.
Verdict = Literal["supported", "partly", "contradicted", "unsupported"]
AnswerKind = Literal["answer", "small_talk"]
BlockedBy = Literal[
    "denied_topic", "word_filter", "pii", "grounding", "prompt_disclosure", "bedrock"
]
BLOCKED_BY: dict[BlockedBy, str] = {  # as a person is told
    "denied_topic": "denied topics",
    "word_filter": "word filter",
    "pii": "filter of personal data",
    "grounding": "grounding check",
    "prompt_disclosure": "guard of the instructions",
    "bedrock": "guardrail of this AWS account",
}
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

    `text` is the whole source file; `start` and `end` bound this document in it
    (a pasted file can hold several documents).
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
    """Why a passage was retrieved: its 1-based rank in each list, and the raw scores."""

    dense_rank: int | None = None
    dense_score: float | None = None  # cosine
    lexical_rank: int | None = None
    lexical_score: float | None = None  # BM25
    sentence_rank: int | None = None
    sentence_score: float | None = None  # cosine of its best sentence
    reranker_score: float | None = None  # logit
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


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of the conversation and what was answered.

    `Turn.of(answer)` also keeps what the next follow-up may lean on: `query`, the question as
    it stood on its own, and `about`, the headings that the answer cites, first cited first. On
    the line that comes nearest where nothing answers, no follow-up leans.
    """

    question: str
    answer: str
    query: str = ""
    about: tuple[HeadingPath, ...] = ()

    @classmethod
    def of(cls, answer: Answer) -> Turn:
        if answer.abstained:
            return cls(answer.question, answer.text.partition("\n")[0], answer.query)
        by_id = {item.passage.passage_id: item.passage.heading_path for item in answer.passages}
        cited = dict.fromkeys(by_id[citation.passage_id] for citation in answer.citations)
        return cls(answer.question, answer.text, answer.query, tuple(cited))


@dataclass(frozen=True, slots=True)
class Citation:
    """One marker of the answer and the span that it stands on.

    `start` and `end` are characters into the passage's document; `support` in [0, 1]
    is the share of the claim's content words that the span holds.
    """

    marker: int  # the n of `[n]`, from 1, numbered in order of first appearance
    passage_id: str
    start: int
    end: int
    claim: str
    verdict: Verdict
    support: float


@dataclass(frozen=True, slots=True)
class Sentence:
    """A checked sentence of the reply.

    `text` carries no markers; `markers` are those that hold. A `withheld` sentence
    is kept for the record and is not part of `Answer.text`.
    """

    text: str
    markers: tuple[int, ...]
    verdict: Verdict
    reason: str | None = None
    withheld: bool = False
    prefix: str = ""  # what precedes it in the layout: "", " ", "\n", "\n- ", ...


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens. `input_tokens` counts all that was read, also what came from a cache."""

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0

    def __add__(self, other: Usage) -> Usage:
        return Usage(
            self.input_tokens + other.input_tokens,
            self.output_tokens + other.output_tokens,
            self.cache_read_tokens + other.cache_read_tokens,
            self.cache_write_tokens + other.cache_write_tokens,
        )


@dataclass(frozen=True, slots=True)
class Cost:
    """US dollars at list price; `unknown` tells what is not in them, and why.

    Where nothing of it is known `usd` is None, never 0.
    """

    usd: float | None = 0.0
    unknown: tuple[str, ...] = ()

    def __add__(self, other: Cost) -> Cost:
        unknown = tuple(dict.fromkeys((*self.unknown, *other.unknown)))
        usd = (self.usd or 0.0) + (other.usd or 0.0)
        return Cost(None if unknown and not usd else usd, unknown)

    def __str__(self) -> str:
        missing = "; ".join(self.unknown)
        if self.usd is None:
            return missing
        # A question costs thousandths of a cent, a run some dollars.
        known = f"${self.usd:.2f}" if self.usd >= 0.1 else f"${self.usd:.6f}".rstrip("0")
        known = known.removesuffix(".")
        return f"{known} and more ({missing})" if missing else known


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds from the moment the question was asked."""

    retrieved: float
    first_sentence: float | None
    total: float


@dataclass(frozen=True, slots=True)
class FellBack:
    """A model that should have answered and the reason why it did not.

    `sentences` of the answer are its own where it broke off in the middle.
    """

    model_id: str
    reason: str
    sentences: int = 0


@dataclass(frozen=True, slots=True)
class Blocked:
    """What a guardrail held back. `reason` never repeats the text that was."""

    stage: Literal["input", "output"]
    policy: BlockedBy
    reason: str


@dataclass(frozen=True, slots=True)
class Answer:
    question: str
    text: str
    sentences: tuple[Sentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[RetrievedPassage, ...]
    abstained: bool
    reason: str | None  # why it abstained or stopped early
    model_id: str
    fell_back_from: tuple[FellBack, ...] = ()
    nearest_topics: tuple[HeadingPath, ...] = ()
    usage: Usage = field(default_factory=Usage)
    timings: Timings = field(default_factory=lambda: Timings(0.0, None, 0.0))
    cost: Cost = field(default_factory=Cost)
    query: str = ""  # what was searched for
    kind: AnswerKind = "answer"
    blocked: Blocked | None = None  # the first thing that a guardrail held back

    def to_json(self) -> dict[str, object]:
        """The stable JSON shape of `ragbot ask --json` (see docs/api.md)."""
        plain = asdict(self)
        plain["passages"] = [item.to_json() for item in self.passages]
        return plain


# What `bot.stream` yields, in this order: one Retrieved, Sentences, one Answer; a Waiting
# wherever a model makes the person wait.
@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence of the notes and where it stands."""

    text: str
    heading_path: HeadingPath
    source: str
    line: int


@dataclass(frozen=True, slots=True)
class Retrieved:
    """The evidence was found; the model starts to write.

    `quotes` answer the question in the notes' own words, best first, for a reader who would wait
    for a slow model; empty on abstention.
    """

    query: str
    passages: tuple[RetrievedPassage, ...]
    quotes: tuple[Quotation, ...] = ()


@dataclass(frozen=True, slots=True)
class Waiting:
    """A model or a search is not to be had right now and is asked again, after so many seconds.

    `seconds` is None where it is not known how long: other questions are being answered.
    """

    model_id: str
    reason: str
    seconds: float | None = None

    def __str__(self) -> str:
        span = "" if self.seconds is None else f" {self.seconds:.1f} s"
        return f"waiting{span} for {self.model_id}: {self.reason}"


Event = Retrieved | Waiting | Sentence | Answer
