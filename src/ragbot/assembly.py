"""Puts the parts together: settings -> index, embedder, reranker, models -> a bot."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ragbot.chain import cleaned_question, stream_answer
from ragbot.chat_models import Candidate, candidates, judge_of, passed_over
from ragbot.embedding import Embedder, bedrock_embedder, fingerprint_of, open_embedder
from ragbot.errors import ModelUnavailableError, SettingsError
from ragbot.evidence import Prompt
from ragbot.guardrails import Guardrails
from ragbot.logs import redact_by
from ragbot.prompts import messages
from ragbot.retrieval import (
    KnowledgeBase,
    Readers,
    Retriever,
    Searcher,
    base_of,
    flagged,
    open_readers,
)
from ragbot.settings import Settings, load_settings
from ragbot.small_talk import small_talk
from ragbot.store import open_index
from ragbot.types import (
    NO_FILTERS,
    Answer,
    Document,
    Event,
    FellBack,
    Filters,
    Passage,
    RetrievedPassage,
    Section,
    Turn,
)

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.retrievers import BaseRetriever
    from langchain_core.runnables import Runnable


class Ragbot:
    """Answers questions over one index or knowledge base; safe to use from several threads.

    It notices when an ingest has swapped in a new generation and reads that one from the
    next question on.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        models: Sequence[Candidate],
        passed_over: Sequence[FellBack] = (),
        embedder: Embedder | None = None,
        readers: Readers | None = None,
        rewriter: Candidate | None = None,
        judge: Candidate | None = None,
    ) -> None:
        self.settings = settings
        self._models = tuple(models)
        self._rewriter = rewriter
        self._judge = judge
        self._passed_over = tuple(passed_over)
        self._embedder = embedder or open_embedder(settings.models_dir)
        self._passage_embedder = bedrock_embedder(settings)
        self._base = base_of(settings)
        self.readers = readers or open_readers(settings.models_dir)
        self.guardrails = Guardrails(settings.guardrails, self._embedder, self.titles)
        redact_by(settings.guardrails.pii)
        self._lock = threading.Lock()
        self._retriever: Searcher | None = None

    def ask(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        over: Searcher | None = None,
    ) -> Answer:
        """The whole answer at once; see `stream`."""
        for event in self.stream(question, history, filters, over):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream of events ends with its Answer")

    def stream(
        self,
        question: str,
        history: Sequence[Turn] = (),
        filters: Filters = NO_FILTERS,
        over: Searcher | None = None,
    ) -> Iterator[Event]:
        """One `Retrieved`, each checked `Sentence` as it is written, the `Answer` last.

        Args:
            over: what is asked for passages, instead of the bot's own notes.

        Raises:
            QuestionError: an empty or far too long question, or a filter on what is not there.
            IndexNotFoundError, IndexDamagedError, IndexMismatchError: no index to ask.
            KnowledgeBaseError: it cannot be searched.
            ModelUnavailableError: not one model could answer, or the question not be embedded.
        """
        yield from stream_answer(
            question,
            history,
            retriever=over or self.searcher(),
            candidates=self._models,
            passed_over=self._passed_over,
            k=self.settings.k,
            filters=filters,
            rewriter=self._rewriter,
            judge=self._judge,
            entails=self.readers.entailment,
            guardrails=self.guardrails,
        )

    def is_small_talk(self, said: str) -> bool:
        """A greeting, thanks or the like, which is answered at once, without search or model."""
        return small_talk(said, self.searcher().knows) is not None

    def search(
        self, query: str, k: int | None = None, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """The k best passages, best first, each with the reason why it was found.

        Raises:
            QuestionError: an empty or far too long query, or a filter on what is not there.
        """
        k = self.settings.k if k is None else k
        return flagged(self.searcher().search(cleaned_question(query), k, filters))

    def section_of(self, passage: Passage) -> Section:
        """The section that a passage stands in, for reading on."""
        return self.searcher().section_of(passage)

    def document(self, doc_id: str) -> Document:
        """Raises KeyError for a document that is not in the index.

        Of a knowledge base each passage is one, and those last found are known.
        """
        return self.searcher().document(doc_id)

    def documents(self) -> tuple[Document, ...]:
        return self.searcher().documents()

    def topics(self) -> list[str]:
        """What `Filters(topics=...)` can name."""
        return self.searcher().topics()

    def sources(self) -> list[str]:
        """What `Filters(sources=...)` can name, folders apart."""
        return self.searcher().sources()

    def services(self) -> list[str]:
        """What `Filters(services=...)` can name."""
        return self.searcher().services()

    def titles(self) -> tuple[str, ...]:
        return self.searcher().titles() or ()

    def counts(self) -> dict[str, int]:
        """documents, sections, passages and questions of the index; of a knowledge base nothing."""
        return dict(self.searcher().counts())

    def warm_up(self) -> None:
        """Load what the first question would wait for: index, embedder, reading models."""
        self.searcher().search("warm up", 1)
        self.readers.load()

    def warm_up_model(self) -> None:
        """Load the local chat model and let it read the part of the prompt that never changes.

        Does nothing for other models; what fails is told by the first question.
        """
        first = self._models[0]
        if first.brief:
            with contextlib.suppress(ModelUnavailableError):
                first.open().invoke(messages(Prompt("", (), ())), max_tokens=1)

    def as_retriever(self, k: int | None = None, filters: Filters = NO_FILTERS) -> BaseRetriever:
        """A LangChain retriever: `Document`s with the passage's metadata."""
        from ragbot.langchain_parts import retriever_of

        return retriever_of(self, k, filters)

    def as_runnable(self) -> Runnable[Any, Answer]:
        """A LangChain runnable: a question (or {"question", "history"}) -> `Answer`."""
        from ragbot.langchain_parts import runnable_of

        return runnable_of(self)

    def searcher(self) -> Searcher:
        """What holds the notes: the index in force, or the knowledge base."""
        with self._lock:
            if self._retriever is None or not self._retriever.is_current():
                # The one before is not closed: another thread may be reading it.
                self._retriever = self._opened()
            return self._retriever

    def _opened(self) -> Searcher:
        if self._base is not None:
            return KnowledgeBase(self._base, self._embedder, self.readers, self.settings)
        both = fingerprint_of(self._embedder, self._passage_embedder)
        index = open_index(self.settings.index_dir, embedder=both)
        return Retriever(index, self._embedder, self.readers, self._passage_embedder)


@dataclass(frozen=True, slots=True)
class Models:
    """Who does what for a bot."""

    answer: tuple[Candidate, ...]
    rewriter: Candidate
    judge: Candidate | None


def models_of(settings: Settings) -> Models:
    """The models that the settings name; opened when they are first asked.

    Raises:
        SettingsError: a setting names no model.
        ModelUnavailableError: a named model file that is not there.
    """
    return Models(
        candidates(settings), candidates(settings, "rewrite")[0], judge=judge_of(settings)
    )


def open_bot(
    index: Path | str | None = None,
    model: str | BaseChatModel | None = None,
    settings: Settings | None = None,
) -> Ragbot:
    """A bot over an index; loads nothing heavy before the first question.

    Args:
        index: the index folder; default RAGBOT_INDEX, else RAGBOT_HOME/index.
        model: as RAGBOT_MODEL, or any LangChain chat model.
        settings: instead of those from the environment.

    Raises:
        SettingsError: a setting that cannot be used.
        ModelUnavailableError: a named model file that is not there.
        IndexNotFoundError, IndexDamagedError, IndexMismatchError: no index to ask.
    """
    named = model if isinstance(model, str) else None
    if settings is None:
        settings = load_settings(index=None if index is None else Path(index), model=named)
    else:
        changes = {"index": None if index is None else Path(index), "model": named}
        settings = settings.model_copy(update={k: v for k, v in changes.items() if v is not None})
    if index is not None and settings.retriever != "index":
        raise SettingsError(
            f"an index is named, {index}, but RAGBOT_RETRIEVER={settings.retriever} is asked",
            mend="unset RAGBOT_RETRIEVER, or name no index",
        )
    if model is None or isinstance(model, str):
        models = models_of(settings)
        bot = Ragbot(
            settings,
            models=models.answer,
            passed_over=passed_over(settings),
            rewriter=models.rewriter,
            judge=models.judge,
        )
    else:
        chat_model = model
        name = f"langchain:{chat_model.get_name()}"
        withhold = settings.unsupported == "withhold"
        own = Candidate(name, lambda: chat_model, withhold_unsupported=withhold)
        quotes = candidates(settings.model_copy(update={"model": "quotes"}))
        bot = Ragbot(settings, models=(own, *quotes), judge=judge_of(settings))
    bot.counts()  # a missing or damaged index is told of now, not at the first question
    return bot
