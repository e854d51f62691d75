"""What the policies make of a question, of evidence and of a reply.

question -> Admitted, or Blocked              Guardrails.admitted
evidence -> what an answer may stand on       citable
reply    -> each sentence, or held back       Guardrails.over_reply
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from ragbot.embedding import Embedder
from ragbot.evidence import Evidence
from ragbot.guardrails.hostile import asks_for_orders, cautioned, citable, orders_of
from ragbot.guardrails.replies import HELD_BACK, ReplyGuard
from ragbot.guardrails.topics import DeniedTopics
from ragbot.order_reading import Hears
from ragbot.policies import Policies
from ragbot.screening import (
    WordFilter,
    asks_about_the_chatbot,
    gives_orders,
    masked,
    personal_data_in,
    without_hidden,
    without_orders,
)
from ragbot.screening.personal_data import PersonalData
from ragbot.types import Blocked, Fact, Passage, RetrievedPassage, Turn

__all__ = [
    "HELD_BACK",
    "UNGUARDED",
    "Admitted",
    "Guardrails",
    "ReplyGuard",
    "cautioned",
    "citable",
]

AROUND = 200  # characters around a part of a text that may tell what it is
OWN_INSTRUCTIONS = "it asks for the chatbot's own instructions or settings, which no note holds"


@dataclass(frozen=True, slots=True)
class Admitted:
    """A question as it may be asked, and the turns before it without what must not be repeated.

    `orders` is what in them tried to give orders; `refusal` is the reason why it can't be answered
    from notes, `blocked` why it must not be.
    """

    question: str
    history: tuple[Turn, ...] = ()
    orders: tuple[str, ...] = ()
    refusal: str | None = None
    blocked: Blocked | None = None


class Guardrails:
    """The policies of one bot; safe to use from several threads.

    Args:
        embedder: what denied topics are compared with; without it they are not checked.
        titles: those of the notes, as of now.
    """

    def __init__(
        self,
        policies: Policies | None = None,
        embedder: Embedder | None = None,
        titles: Callable[[], Sequence[str]] = tuple,
    ) -> None:
        self.policies = policies or Policies()
        self._words = WordFilter(self.policies.words)
        topics = self.policies.topics
        self._topics = DeniedTopics(topics, embedder, titles) if embedder and topics else None

    def admitted(self, question: str, history: Sequence[Turn] = ()) -> Admitted:
        """What may be searched for and told to a model."""
        clean = masked(question, self.policies.pii.unseen("input"))
        blocked = self._blocked(question)
        if blocked is not None:
            return Admitted(clean, blocked=blocked)
        if asks_about_the_chatbot(question):
            return Admitted(clean, refusal=OWN_INSTRUCTIONS)
        said = [question, *(text for turn in history for text in (turn.question, turn.answer))]
        orders = tuple(text for text in said if gives_orders(text))
        turns = (self._remembered(turn) for turn in history)
        return Admitted(clean, tuple(turn for turn in turns if turn is not None), orders)

    def over_reply(
        self,
        evidence: Sequence[Evidence],
        found: Sequence[RetrievedPassage] = (),
        asked: Admitted | None = None,
        hears: Hears | None = None,
    ) -> ReplyGuard:
        """For one reply to a question, with this evidence out of what was found."""
        orders: list[str] = []
        if asked is not None and not asks_for_orders(asked.question):
            orders = [*asked.orders, *orders_of([item.passage for item in found], hears)]
        return ReplyGuard(self.policies, self._words, self._topics, evidence, orders)

    def hidden_in(self, text: str) -> list[PersonalData]:
        """What of a text from the notes is not to be shown."""
        return personal_data_in(text, self.policies.pii.unseen("output"))

    def shown(self, text: str) -> str:
        """A text from the notes as it may be shown."""
        return masked(text, self.policies.pii.unseen("output"))

    def may_be_shown(self, text: str) -> bool:
        """Whether a text of the notes may stand on the page outside of a reply, as a topic does."""
        kinds = self.policies.pii.kinds("output", "block")
        denied = self._topics is not None and self._topics.denies(text) is not None
        return not (denied or self._words.finds(text) or personal_data_in(text, kinds))

    def shown_part(self, text: str, start: int, end: int) -> str:
        """The same of a part of a text: what it is may be told by the words around it."""
        first = max(0, start - AROUND)
        around = text[first : end + AROUND]
        parts, last = [], start - first
        for each in self.hidden_in(around):
            if each.end > last and each.start < end - first:
                parts += [around[last : each.start], each.mask]
                last = each.end
        return "".join((*parts, around[last : end - first]))

    def shown_passages(self, found: Sequence[RetrievedPassage]) -> tuple[RetrievedPassage, ...]:
        """Found passages as they may be shown; their offsets are still those of the file."""
        return tuple(replace(item, passage=self._shown(item.passage)) for item in found)

    def _shown(self, passage: Passage) -> Passage:
        if not self.hidden_in(passage.indexed_text + passage.text):
            return passage
        return replace(
            passage,
            text=self.shown(passage.text),
            heading_path=tuple(map(self.shown, passage.heading_path)),
            facts=tuple(replace(fact, value=self._shown_value(fact)) for fact in passage.facts),
            table_header=passage.table_header and self.shown(passage.table_header),
        )

    def _shown_value(self, fact: Fact) -> str:
        told = str(fact)
        return self.shown_part(told, len(told) - len(fact.value), len(told))

    def _remembered(self, turn: Turn) -> Turn | None:
        if self._blocked(turn.question) is not None:
            return None
        kinds = self.policies.pii.unseen("input")
        question = without_orders(masked(without_hidden(turn.question), kinds))
        answer = without_orders(masked(without_hidden(turn.answer), kinds))
        query = without_orders(masked(without_hidden(turn.query), kinds))
        kept = replace(turn, question=question, answer=answer, query=query)
        return kept if question else None

    def _blocked(self, question: str) -> Blocked | None:
        if self._words.finds(question):
            return Blocked("input", "word_filter", "the question uses a word that is filtered")
        kinds = self.policies.pii.kinds("input", "block")
        if found := {each.kind for each in personal_data_in(question, kinds)}:
            named = ", ".join(sorted(found)).replace("_", " ")
            return Blocked("input", "pii", f"the question has personal data: {named}")
        if self._topics is not None and (topic := self._topics.denies(question)) is not None:
            return Blocked("input", "denied_topic", f"the question is about {topic.name}")
        return None


UNGUARDED = Guardrails()
