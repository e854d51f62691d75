"""What holds the notes, as the chain and the pages ask it: our own index, or somebody else's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Protocol

from ragbot.evidence import Evidence
from ragbot.order_reading import Hears
from ragbot.reranker import Similarity
from ragbot.retrieval.answerability import Finding
from ragbot.retrieval.names import Names
from ragbot.types import Document, Filters, Passage, RetrievedPassage, Section, Turn


class Searcher(Protocol):
    """A question -> passages, their sentences weighed, and whether they are enough.

    Below that is what a page shows of the notes; where they cannot be listed it is empty.
    """

    @property
    def names(self) -> Names:
        """What the notes know by name."""
        ...

    @property
    def similarity(self) -> Similarity | None:
        """The cross-encoder, where there is one."""
        ...

    @property
    def hears(self) -> Hears | None:
        """What hears the orders that no phrase gives away, where it is there."""
        ...

    def query_for(self, question: str, history: Sequence[Turn] = ()) -> str:
        """What is searched for: the question, standing on its own."""
        ...

    def leans_back(self, question: str, history: Sequence[Turn]) -> bool:
        """Whether the question may mean something of the conversation that it does not name."""
        ...

    def knows(self, word: str) -> bool:
        """Whether the word is one, and no slip of the keys."""
        ...

    def opens_with_name(self, text: str) -> bool:
        """Whether a sentence may begin with a name, for all that is known of the notes."""
        ...

    def recognizes(self, word: str) -> bool:
        """Whether it is a word at all: of the notes, or of the language."""
        ...

    def search(self, query: str, k: int, filters: Filters = ...) -> tuple[RetrievedPassage, ...]:
        """The k best passages, best first.

        Raises:
            QuestionError: a filter that names what the notes do not have.
            KnowledgeBaseError, ModelUnavailableError: what is asked for them is not to be had.
        """
        ...

    def nearest_to(self, text: str, k: int, filters: Filters = ...) -> tuple[RetrievedPassage, ...]:
        """The k passages nearest to a sentence, as far as nobody outside has to be asked."""
        ...

    def evidence(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages with how well each of their sentences answers the question."""
        ...

    def judged(self, question: str, evidence: Sequence[Evidence]) -> Finding:
        """Whether the evidence is enough to answer at all."""
        ...

    def is_current(self) -> bool:
        """False once there is something newer to open."""
        ...

    def counts(self) -> Mapping[str, int]:
        """documents, sections, passages and questions."""
        ...

    def titles(self) -> tuple[str, ...] | None:
        """Those of the documents; None where there may be some and nobody can tell them."""
        ...

    def documents(self) -> tuple[Document, ...]: ...

    def document(self, doc_id: str) -> Document:
        """That of a passage that was found; raises KeyError for one that is not known."""
        ...

    def section_of(self, passage: Passage) -> Section:
        """What a reader may read on in; no more than the passage where nothing more is known."""
        ...

    def topics(self) -> list[str]: ...

    def sources(self) -> list[str]: ...

    def services(self) -> list[str]: ...
