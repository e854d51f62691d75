"""The product as it is scored: its own index, retrieval and chain, with replies kept."""

from __future__ import annotations

import functools
import platform
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from eval.replies import CachedChatModel, ReplyCache
from ragbot.chain import stream_answer
from ragbot.chat_models import Candidate, candidates
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
        return 8 if self.model_id.startswith(("bedrock:", "openai:")) else 1

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

    @functools.cached_property
    def guardrails(self) -> Guardrails:
        return Guardrails(self.settings.guardrails, self.embedder, self.index.titles)

    @functools.cached_property
    def sentences(self) -> tuple[EvidenceSentence, ...]:
        """Every evidence sentence of the notes."""
        return tuple(s for p in self.index.all_passages() for s in evidence_sentences(p))


def open_product(settings: Settings, cache: ReplyCache | None) -> Product:
    """The product with these settings; models are opened when they are first asked.

    Raises:
        IndexNotFoundError, IndexDamagedError, IndexMismatchError: no index to ask.
        ModelUnavailableError: the named model cannot be had here.
    """
    embedder = open_embedder(settings.models_dir)
    reranker = open_reranker(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    found = candidates(settings)
    kind = settings.model.partition(":")[0]
    if kind not in ("auto", NO_MODEL) and found[0].model_id == NO_MODEL:
        # The chat would fall back; a score under another model's name would be a lie.
        raise ModelUnavailableError(
            f"RAGBOT_MODEL={settings.model} cannot answer here", mend="ragbot doctor"
        )
    models = tuple(_kept(each, settings, cache) for each in found)
    if models[0].model_id != NO_MODEL:
        models = models[:1]  # a failure is the model's, not an answer of another one
    return Product(
        settings, index, Retriever(index, embedder, reranker), models, embedder, reranker
    )


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
