"""The product as it is scored: its own index, retrieval and chain, with replies kept."""

from __future__ import annotations

import functools
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.banks import Question
from eval.batch.outbox import Outbox
from eval.ledger import Ledger, MeteredChatModel
from eval.replies import CachedChatModel, ReplyCache
from ragbot.chain import stream_answer
from ragbot.chat_models import Candidate, Price, candidates, is_free
from ragbot.chat_models.bedrock_models import Role
from ragbot.embedding import Embedder, open_embedder
from ragbot.errors import ModelUnavailableError
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.guardrails import Guardrails
from ragbot.reranker import Reranker, open_reranker
from ragbot.retrieval import Retriever
from ragbot.settings import Settings
from ragbot.store import Index, open_index
from ragbot.types import NO_FILTERS, Answer, Filters, Passage, RetrievedPassage, Turn, Why

NO_MODEL = "quotes"
PATIENCE = 600.0  # seconds that a run waits for a model that is throttled


class GoldRetriever(Retriever):
    """Finds the given passages whatever is asked: the oracle's retriever."""

    def __init__(
        self, index: Index, embedder: Embedder, reranker: Reranker | None, gold: Sequence[Passage]
    ) -> None:
        super().__init__(index, embedder, reranker)
        self._gold = tuple(gold)

    def search(
        self, query: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        return tuple(
            RetrievedPassage(passage, 1 / rank, rank, Why(rank, 1.0, rank, 1.0))
            for rank, passage in enumerate(self._gold, start=1)
        )


@dataclass
class Product:
    """What a run scores. `model_id` is the first candidate's; `quotes` means no model."""

    settings: Settings
    index: Index
    retriever: Retriever
    models: tuple[Candidate, ...]
    embedder: Embedder
    reranker: Reranker | None

    @property
    def model_id(self) -> str:
        return self.models[0].model_id

    @property
    def has_model(self) -> bool:
        return self.model_id != NO_MODEL

    @property
    def parallel(self) -> int:
        """Questions at a time: services take several, this machine's own model one."""
        if self.model_id.startswith("bedrock:"):
            return self.settings.bedrock_concurrency
        return 8 if self.model_id.startswith("openai:") else 1

    def answer(
        self, question: str, history: Sequence[Turn] = (), gold: Sequence[Passage] | None = None
    ) -> Answer:
        """The chain's answer, over retrieved passages or over the given ones."""
        retriever = self.retriever
        if gold is not None:
            retriever = GoldRetriever(self.index, self.embedder, self.reranker, gold)
        for event in stream_answer(
            question,
            history,
            retriever=retriever,
            candidates=self.models,
            passed_over=(),
            k=self.settings.k,
            guardrails=self.guardrails,
        ):
            if isinstance(event, Answer):
                return event
        raise AssertionError("a stream of events ends with its Answer")

    def turns_before(
        self,
        question: Question,
        *,
        by_quotes: bool,
        heard: Callable[[str, Answer], None] | None = None,
    ) -> tuple[Turn, ...]:
        """The conversation up to a bank's question, as the chat would remember it.

        What the bank says was answered stands for the answer.

        Args:
            by_quotes: the turns are answered without the model that is scored.
            heard: is told each earlier question and its answer.
        """
        asked = self._by_quotes if by_quotes else self
        history: list[Turn] = []
        for earlier in question.history:
            answer = asked.answer(earlier.question, history)
            if heard is not None:
                heard(earlier.question, answer)
            turn = Turn.of(answer)
            if earlier.answer is not None:
                turn = replace(turn, answer=earlier.answer, about=())
            history.append(turn)
        return tuple(history)

    @functools.cached_property
    def _by_quotes(self) -> Product:
        return replace(
            self, models=candidates(self.settings.model_copy(update={"model": NO_MODEL}))
        )

    @functools.cached_property
    def guardrails(self) -> Guardrails:
        return Guardrails(self.settings.guardrails, self.embedder, self.index.titles)

    @functools.cached_property
    def sentences(self) -> tuple[EvidenceSentence, ...]:
        """Every evidence sentence of the notes."""
        return tuple(s for p in self.index.all_passages() for s in evidence_sentences(p))


def open_product(
    settings: Settings,
    cache: ReplyCache | None,
    *,
    ledger: Ledger | None = None,
    price: Price | None = None,
    role: Role = "answer",
    outbox: Outbox | None = None,
) -> Product:
    """The product with these settings; models are opened when they are first asked.

    Args:
        cache: keeps replies; None asks even what was asked before.
        ledger: where each call to a model is entered.
        price: of the model's tokens, instead of the price table's.
        role: what its model is for.
        outbox: what the model is asked through, where it is asked by batch jobs.

    Raises:
        IndexNotFoundError, IndexDamagedError, IndexMismatchError: no index to ask.
        ModelUnavailableError: the named model cannot be had here.
    """
    embedder = open_embedder(settings.models_dir)
    reranker = open_reranker(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    # A run has time: it waits out what a person would not.
    patient = max(settings.bedrock_patience, PATIENCE)
    settings = settings.model_copy(update={"bedrock_patience": patient})
    found = candidates(settings, role)
    kind = settings.model.partition(":")[0]
    if kind not in ("auto", NO_MODEL) and found[0].model_id == NO_MODEL:
        # The chat would fall back; a score under another model's name would be a lie.
        raise ModelUnavailableError(
            f"RAGBOT_MODEL={settings.model} cannot answer here", mend="ragbot doctor"
        )
    if found[0].model_id != NO_MODEL:
        found = found[:1]  # a failure is the model's, not an answer of another one
    priced = (_priced(each, price) for each in found)
    models = tuple(
        _kept(_metered(outbox.takes(each) if outbox else each, settings, ledger), settings, cache)
        for each in priced
    )
    return Product(
        settings, index, Retriever(index, embedder, reranker), models, embedder, reranker
    )


def _priced(candidate: Candidate, price: Price | None) -> Candidate:
    return (
        candidate if price is None or is_free(candidate.price) else replace(candidate, price=price)
    )


def _metered(candidate: Candidate, settings: Settings, ledger: Ledger | None) -> Candidate:
    if ledger is None or candidate.model_id == NO_MODEL:
        return candidate

    @functools.cache
    def open_metered() -> MeteredChatModel:
        return MeteredChatModel(
            inner=candidate.open(),
            ledger=ledger,
            model_id=candidate.model_id,
            price=candidate.price,
            longest=settings.max_tokens,
        )

    return replace(candidate, open=open_metered)


def _kept(candidate: Candidate, settings: Settings, cache: ReplyCache | None) -> Candidate:
    if cache is None or candidate.model_id == NO_MODEL:
        return candidate
    identity = f"{candidate.model_id}/max_tokens={settings.max_tokens}"

    @functools.cache
    def open_kept() -> CachedChatModel:
        return CachedChatModel(inner=candidate.open(), replies=cache, identity=identity)

    return replace(candidate, open=open_kept)


def machine() -> dict[str, str | int]:
    """What the run was measured on."""
    import os

    memory = None
    meminfo = Path("/proc/meminfo")
    if meminfo.is_file():
        memory = int(meminfo.read_text(encoding="ascii").split(maxsplit=2)[1]) // 1024
    found: dict[str, str | int] = {
        "python": platform.python_version(),
        "system": f"{platform.system()} {platform.machine()}",
        "cores": os.cpu_count() or 1,
    }
    return found if memory is None else {**found, "memory_mib": memory}
