"""A knowledge base of Amazon Bedrock in place of our own index.

It finds; everything after that is as ever: the sentences of what it found are weighed by the
shipped encoder and the cross-encoder, and each citation is checked. What only an index knows (all
words and names of the notes, their sections) it cannot tell: see docs/bedrock.md.
"""

from __future__ import annotations

import re
import threading
from collections import OrderedDict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from ragbot.aws.service import Service
from ragbot.embedding import Embedder
from ragbot.errors import KnowledgeBaseError, QuestionError, SettingsError
from ragbot.evidence import Evidence, indexed_spans
from ragbot.failures import cause_and_cure
from ragbot.order_reading import Hears
from ragbot.reranker import Similarity
from ragbot.retrieval.answerability import Finding, judge_evidence
from ragbot.retrieval.chunks import passage_of
from ragbot.retrieval.followups import readings
from ragbot.retrieval.fusion import LEANS
from ragbot.retrieval.names import Names
from ragbot.retrieval.readers import Readers
from ragbot.settings import Settings
from ragbot.store.lexical import words_of
from ragbot.types import (
    NO_FILTERS,
    Document,
    Filters,
    Passage,
    RetrievedPassage,
    Section,
    Turn,
    Why,
)

SETTING = "RAGBOT_RETRIEVER"
REMEMBERED = 2_000  # passages whose text is kept, for citations that are looked at
LONGEST_QUERY = 20_000  # characters that Retrieve takes
_MOST_PAGES = 10
_NAMED = 5  # passages that would hold a name if any does
_SPEC = re.compile(
    r"(?P<id>[0-9a-zA-Z]{10}"
    r"|arn:aws[\w-]*:bedrock:(?P<home>[a-z0-9-]+):\d{12}:knowledge-base/[0-9a-zA-Z]{10})"
    r"(?:@(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?"
)


@dataclass(frozen=True, slots=True)
class Base:
    """A knowledge base, and where it is asked; without a region, in that of the environment."""

    id: str
    region: str | None = None


def base_of(settings: Settings) -> Base | None:
    """The knowledge base that RAGBOT_RETRIEVER names; None where it is our own index.

    Raises:
        SettingsError: it names neither.
    """
    if settings.retriever == "index":
        return None
    kind, _, spec = settings.retriever.partition(":")
    found = _SPEC.fullmatch(spec)
    if kind != "kb" or found is None:
        raise SettingsError(
            f"{SETTING}={settings.retriever!r} names no place to search",
            mend="set it to index, or to kb:ID with the ten signs of a knowledge base's id",
        )
    return Base(found["id"], found["region"] or found["home"])


class KnowledgeBase:
    """A `Searcher`; safe to use from several threads."""

    def __init__(
        self, base: Base, embedder: Embedder, readers: Readers, settings: Settings
    ) -> None:
        """Opens nothing yet.

        Args:
            embedder: the shipped encoder, which weighs what is found.
        """
        self.base = base
        self.names = Names([])
        self._embedder = embedder
        self._readers = readers
        self._settings = settings
        self._lock = threading.Lock()
        self._service = Service("bedrock-agent-runtime", f"kb:{base.id}", settings, base.region)
        self._seen: OrderedDict[str, Passage] = OrderedDict()

    @property
    def similarity(self) -> Similarity | None:
        return self._readers.similarity

    @property
    def hears(self) -> Hears | None:
        """What hears the orders that no phrase gives away, where it is there."""
        return self._readers.hears

    def query_for(self, question: str, history: Sequence[Turn] = ()) -> str:
        """The question on its own, by the rules of follow-ups; typing errors stay as they are."""
        found = self._readings(question, history)
        if len(found) == 1:
            return found[0]
        first, last = (self._nearness(text) for text in (found[0], found[-1]))
        return found[-1] if last >= first + LEANS else found[0]

    def leans_back(self, question: str, history: Sequence[Turn]) -> bool:
        return self._readings(question, history)[-1] != question.strip()

    def _readings(self, question: str, history: Sequence[Turn]) -> tuple[str, ...]:
        question = question.strip()
        return readings(question, history, self.names) if history else (question,)

    def _nearness(self, text: str) -> float:
        return max((item.why.cosine for item in self.search(text, 1)), default=0.0)

    def knows(self, word: str) -> bool:
        # All words of the notes nobody tells; one that the encoder knows is hardly a slip.
        return self._embedder.knows(word)

    def opens_with_name(self, text: str) -> bool:
        return self.names.know_first_in(text, self.knows)  # how the notes write it nobody tells

    def recognizes(self, word: str) -> bool:
        return self._embedder.knows(word) or self._readers.know(word)

    def search(
        self, query: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """What the knowledge base finds, in its order.

        Raises:
            QuestionError: a filter; nobody knows which there are.
            KnowledgeBaseError: it does not answer; says why, and what mends it.
        """
        if filters:
            raise QuestionError(
                "a knowledge base cannot be narrowed to topics, services or files",
                mend="leave out --topic, --service and --source",
            )
        found = self.found(query, k)
        self._remember(passage for passage, _ in found)
        texts = [passage.indexed_text for passage, _ in found]
        spans = [indexed_spans(passage) for passage, _ in found]
        asked = self._embedder.encode([query])[0]
        encoded = self._embedder.encode_with_parts(texts, spans) if found else []
        retrieved = []
        for rank, ((passage, score), vectors) in enumerate(
            zip(found, encoded, strict=True), start=1
        ):
            cosines = np.asarray(vectors @ asked)
            best = float(cosines[1:].max()) if len(cosines) > 1 else None
            why = Why(dense_score=float(cosines[0]), sentence_score=best)
            retrieved.append(RetrievedPassage(passage, score, rank, why))
        return tuple(retrieved)

    def nearest_to(
        self, text: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """Nothing: every search is a call, and who asked did not ask for one a sentence."""
        return ()

    def evidence(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        return self._readers.weighed(question, retrieved)

    def judged(self, question: str, evidence: Sequence[Evidence]) -> Finding:
        """By the words of what was found: those of all notes nobody tells."""
        return judge_evidence(question, evidence, FoundWords(self, evidence), self.similarity)

    def holds(self, name: str) -> bool:
        """Whether a search for the name alone finds a passage that has all its words."""
        return _have(name, (passage for passage, _ in self.found(name, _NAMED)))

    def is_current(self) -> bool:
        return True

    def counts(self) -> Mapping[str, int]:
        return {}

    def titles(self) -> tuple[str, ...] | None:
        return None

    def documents(self) -> tuple[Document, ...]:
        return ()

    def document(self, doc_id: str) -> Document:
        """That of a passage that was found not long ago."""
        with self._lock:
            passage = self._seen[doc_id]
        (title,) = passage.heading_path
        return Document(doc_id, title, passage.source, passage.text, 0, len(passage.text))

    def section_of(self, passage: Passage) -> Section:
        return Section(passage.doc_id, passage.heading_path, passage.start, passage.end)

    def topics(self) -> list[str]:
        return []

    def sources(self) -> list[str]:
        return []

    def services(self) -> list[str]:
        return []

    def _remember(self, passages: Iterator[Passage]) -> None:
        with self._lock:
            for passage in passages:
                self._seen[passage.doc_id] = passage
                self._seen.move_to_end(passage.doc_id)
            while len(self._seen) > REMEMBERED:
                self._seen.popitem(last=False)

    def found(self, query: str, k: int) -> list[tuple[Passage, float]]:
        """(passage, score) of the k best, each text once; raises as `search` does."""
        found: dict[str, tuple[Passage, float]] = {}
        for result in self._results(query, k):
            passage = passage_of(result)
            if passage is not None:
                found.setdefault(passage.passage_id, (passage, float(result.get("score") or 0.0)))
        return list(found.values())[:k]

    def _results(self, query: str, k: int) -> list[Mapping[str, Any]]:
        search: dict[str, Any] = {"numberOfResults": k}
        if self._settings.kb_search is not None:
            search["overrideSearchType"] = self._settings.kb_search.upper()
        asked: dict[str, Any] = {
            "knowledgeBaseId": self.base.id,
            "retrievalQuery": {"text": query[:LONGEST_QUERY]},
            "retrievalConfiguration": {"vectorSearchConfiguration": search},
        }
        results: list[Mapping[str, Any]] = []
        try:
            for _ in range(_MOST_PAGES):
                page = self._service.call(
                    lambda runtime: runtime.retrieve(**asked), self._settings.bedrock_patience
                )
                results += page["retrievalResults"]
                token = page.get("nextToken")
                if token is None or len(results) >= k:
                    break
                asked["nextToken"] = token
        except Exception as error:
            told = cause_and_cure(error, SETTING)
            if told is None:
                raise
            cause, cure = told
            raise KnowledgeBaseError(
                f"the knowledge base {self.base.id} cannot be searched: {cause}", mend=cure
            ) from error
        return results


class FoundWords:
    """The words of what was found, as far as the gate asks for those of the notes."""

    def __init__(self, base: KnowledgeBase, evidence: Sequence[Evidence]) -> None:
        self._base = base
        self._passages = [item.passage for item in evidence]

    def known_words(self, query: str) -> list[tuple[str, bool]]:
        held = {word for passage in self._passages for word in words_of(passage.indexed_text)}
        return [(word, word in held) for word in words_of(query)]

    def holds(self, name: str) -> bool:
        # What is named in none of them is searched for by itself, before it counts as absent.
        return _have(name, iter(self._passages)) or self._base.holds(name)


def _have(name: str, passages: Iterator[Passage]) -> bool:
    words = set(words_of(name))
    return any(words <= set(words_of(passage.indexed_text)) for passage in passages)
