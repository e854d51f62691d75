"""What is asked, what is told of it as it comes, and the answer."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Literal

from ragbot.types.notes import HeadingPath, RetrievedPassage

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
