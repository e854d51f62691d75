"""A bot that has read one note, in which somebody hid what could steer a terminal."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from support.small_notes import passage

from ragbot.errors import RagbotError
from ragbot.guardrails import UNGUARDED
from ragbot.types import (
    NO_FILTERS,
    Answer,
    Blocked,
    Citation,
    Document,
    Event,
    FellBack,
    Filters,
    Retrieved,
    RetrievedPassage,
    Sentence,
    Timings,
    Turn,
    Usage,
    Why,
)

RED = "\x1b[31m"
NOTE = f"- A box holds 400\N{NO-BREAK SPACE}KB{RED}, no more."
PASSAGE = RetrievedPassage(passage(NOTE), 0.5, 1, Why(dense_rank=1, lexical_rank=2))


class TalkativeBot:
    """Gives the same answer to each question, or raises what it was told to raise.

    `reworded` says what is searched for instead of what was asked.
    """

    guardrails = UNGUARDED
    note = NOTE
    flags: tuple[str, ...] = ()
    blocked: Blocked | None = None

    @property
    def _found(self) -> RetrievedPassage:
        return replace(PASSAGE, flags=self.flags)

    def __init__(self, failure: RagbotError | type[BaseException] | None = None) -> None:
        self.failure = failure
        self.reworded: str | None = None
        self.asked: list[tuple[str, tuple[Turn, ...]]] = []

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        over: TalkativeBot | None = None,
    ) -> Iterator[Event]:
        self.asked.append((question, tuple(history)))
        query = self.reworded or question
        yield Retrieved(query, (self._found,))
        shown = Sentence(f"A box holds 400 KB{RED}.", (1,), "supported")
        doubted = Sentence("It is blue.", (), "unsupported", "no words in common", prefix=" ")
        withheld = Sentence("It weighs 7 kg.", (), "unsupported", "a number", withheld=True)
        yield shown
        if self.failure is not None:
            raise self.failure
        yield doubted
        yield withheld
        yield Answer(
            question=question,
            text="A box holds 400 KB. [1] It is blue.",
            sentences=(shown, doubted, withheld),
            citations=(Citation(1, PASSAGE.passage.passage_id, 2, 21, "...", "supported", 1.0),),
            passages=(self._found,),
            abstained=False,
            reason=None,
            model_id="talkative",
            fell_back_from=(FellBack("bedrock", "no credentials"),),
            usage=Usage(10, 5),
            timings=Timings(0.1, 0.2, 1.26),
            query=query,
            blocked=self.blocked,
        )

    def ask(
        self, question: str, history: Sequence[Turn] = (), filters: Filters = NO_FILTERS
    ) -> Answer:
        *_, answer = self.stream(question, history)
        assert isinstance(answer, Answer)
        return answer

    def search(
        self, query: str, k: int | None = None, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        self.asked.append((query, ()))
        return (self._found,) * min(k or 1, 2)

    def searcher(self) -> TalkativeBot:
        return self

    def document(self, doc_id: str) -> Document:
        assert doc_id == "boxes"
        return Document("boxes", "Boxes vs Crates", "boxes.md", self.note, 0, len(self.note))

    def titles(self) -> tuple[str, ...]:
        return ("Boxes vs Crates",)
