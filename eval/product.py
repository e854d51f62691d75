"""The product as it is scored: assembled as for a person, with every reply counted and kept."""

from __future__ import annotations

import functools
import hashlib
import json
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from eval.banks import Question
from eval.batch.outbox import Outbox
from eval.ledger import Ledger, MeteredChatModel
from eval.replies import CachedChatModel, ReplyCache
from eval.runs import RunError
from ragbot.assembly import Ragbot, models_of
from ragbot.chat_models import Candidate, Price, candidates, is_free
from ragbot.chat_models.bedrock_models import Role
from ragbot.chat_models.choosing import without_login
from ragbot.embedding import Embedder, open_embedder
from ragbot.errors import ModelUnavailableError
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.policies import Policies
from ragbot.retrieval import Readers, Retriever, open_readers
from ragbot.settings import Settings
from ragbot.store import Index
from ragbot.types import NO_FILTERS, Answer, Filters, Passage, RetrievedPassage, Turn, Why
from ragbot.weights import CATALOGUE

NO_MODEL = "quotes"
PATIENCE = 600.0  # seconds that a run waits for a model that is throttled


class GoldRetriever(Retriever):
    """Finds the given passages whatever is asked: the oracle's retriever."""

    def __init__(
        self, index: Index, embedder: Embedder, readers: Readers, gold: Sequence[Passage]
    ) -> None:
        super().__init__(index, embedder, readers)
        self._gold = tuple(gold)

    def search(
        self, query: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        return tuple(
            RetrievedPassage(passage, 1 / rank, rank, Why(rank, 1.0, rank, 1.0))
            for rank, passage in enumerate(self._gold, start=1)
        )

    def nearest_to(
        self, text: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """Nothing else: the oracle holds what is needed and no more."""
        return ()


@dataclass
class Product:
    """What a run scores: the bot as `ragbot.open` makes it, over the index that it began with.

    Attributes:
        models: the bot's, the one that is scored first; `quotes` means no model.
        assisting: that are asked beside it, to word follow-ups anew or to judge sentences.
    """

    bot: Ragbot
    retriever: Retriever
    models: tuple[Candidate, ...]
    embedder: Embedder
    readers: Readers
    assisting: Mapping[Role, Candidate] = field(default_factory=dict)

    @property
    def settings(self) -> Settings:
        return self.bot.settings

    @property
    def index(self) -> Index:
        return self.retriever.index

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

    @property
    def conditions(self) -> dict[str, object]:
        """All of it that may change a score."""
        settings = self.settings
        found: dict[str, object] = {
            "model": self.model_id,
            "retriever": settings.retriever,
            "embedder": self.index.manifest.embedder,
            "reranker": self.readers.reranker is not None,
            "selection": self.readers.selection and _hash_of("reranker", "selection.onnx"),
            "orders": self.readers.orders and _hash_of("reranker", "orders.onnx"),
            "entailment": self.readers.entailment and _hash_of("entailment", "model.onnx"),
            "sentence_judge": self._assistant("judge"),
            "rewriter": self._assistant("rewrite"),
            "k": settings.k,
            "max_tokens": settings.max_tokens,
            "unsupported": settings.unsupported,
            "guardrails": _hash_of_policies(settings.guardrails),
        }
        for model_id in (self.model_id, self._assistant("judge"), self._assistant("rewrite")):
            if model_id is not None:
                found |= _told_beside(model_id, settings)
        return found

    def _assistant(self, role: Role) -> str | None:
        found = self.assisting.get(role)
        return None if found is None or found.model_id == NO_MODEL else found.model_id

    def answer(
        self, question: str, history: Sequence[Turn] = (), gold: Sequence[Passage] | None = None
    ) -> Answer:
        """The bot's answer, over retrieved passages or over the given ones.

        Raises:
            ModelUnavailableError: the model is not to be had, or one that assists it: an answer
                that was checked less than the others would be scored with them.
        """
        retriever = self.retriever
        if gold is not None:
            retriever = GoldRetriever(self.index, self.embedder, self.readers, gold)
        answer = self.bot.ask(question, history, over=retriever)
        for fell in answer.fell_back_from:
            if fell.model_id not in {model.model_id for model in self.models}:
                raise ModelUnavailableError(
                    f"{fell.model_id}: {fell.reason}", mend="the same command goes on from here"
                )
        return answer

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
        settings = self.settings.model_copy(update={"model": NO_MODEL})
        models = candidates(settings)
        bot = Ragbot(settings, models=models, embedder=self.embedder, readers=self.readers)
        return replace(self, bot=bot, models=models, assisting={})

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
    outbox: Outbox | None = None,
) -> Product:
    """The product with these settings; models are opened when they are first asked.

    Args:
        cache: keeps replies; None asks even what was asked before.
        ledger: where each call to a model is entered.
        price: of the model's tokens, instead of the price table's.
        outbox: what the model is asked through, where it is asked by batch jobs.

    Raises:
        RunError: RAGBOT_RETRIEVER names a knowledge base.
        IndexNotFoundError, IndexDamagedError, IndexMismatchError: no index to ask.
        ModelUnavailableError: the named model cannot be had here.
    """
    if settings.retriever != "index":
        # Evidence is named by its place in the notes, which a knowledge base tells nobody.
        raise RunError(
            f"RAGBOT_RETRIEVER={settings.retriever}: only an index can be scored",
            mend="unset RAGBOT_RETRIEVER; python -m bench knowledge_base compares the two",
        )
    settings = _patient(settings)
    named = models_of(settings)
    scored = _scored(named.answer, settings)
    priced = (_priced(each, price) for each in scored)
    models = tuple(
        _recorded(outbox.takes(each) if outbox else each, settings, cache, ledger)
        for each in priced
    )
    assisting: dict[Role, Candidate] = {
        "rewrite": _recorded(named.rewriter, settings, cache, ledger)
    }
    if named.judge is not None:
        assisting["judge"] = _recorded(named.judge, settings, cache, ledger)
    embedder, readers = open_embedder(settings.models_dir), open_readers(settings.models_dir)
    bot = Ragbot(
        settings,
        models=models,
        embedder=embedder,
        readers=readers,
        rewriter=assisting["rewrite"],
        judge=assisting.get("judge"),
    )
    retriever = bot.searcher()
    assert isinstance(retriever, Retriever)
    return Product(bot, retriever, models, embedder, readers, assisting)


def open_judge(
    settings: Settings, model: str, cache: ReplyCache | None, ledger: Ledger | None = None
) -> Candidate:
    """The model that scores the answers of a run, and has no part in them.

    Raises:
        ModelUnavailableError: it cannot be had here.
    """
    settings = _patient(settings.model_copy(update={"model": model}))
    return _recorded(_scored(candidates(settings, "judge"), settings)[0], settings, cache, ledger)


def _patient(settings: Settings) -> Settings:
    """A run has time: it waits out what a person would not."""
    patient = max(settings.bedrock_patience, PATIENCE)
    return settings.model_copy(update={"bedrock_patience": patient})


def _scored(found: tuple[Candidate, ...], settings: Settings) -> tuple[Candidate, ...]:
    kind = settings.model.partition(":")[0]
    if kind not in ("auto", NO_MODEL) and found[0].model_id == NO_MODEL:
        # The chat would fall back; a score under another model's name would be a lie.
        raise ModelUnavailableError(
            f"RAGBOT_MODEL={settings.model} cannot answer here", mend="ragbot doctor"
        )
    # A failure is the model's, not an answer of another one.
    return found if found[0].model_id == NO_MODEL else found[:1]


def _hash_of(weights: str, file: str) -> str:
    return f"sha256:{CATALOGUE[weights].files[file][:12]}"


def _hash_of_policies(policies: Policies) -> str | None:
    """None without any; a fault in them would have been told when the settings were read."""
    if policies == Policies():
        return None
    told = json.dumps(asdict(policies), sort_keys=True)
    return f"sha256:{hashlib.sha256(told.encode()).hexdigest()[:12]}"


def identity_of(model_id: str, settings: Settings) -> str:
    """What a reply is kept under: the model, and all of the settings that its replies hang on."""
    told = _told_beside(model_id, settings)
    return "/".join(
        (model_id, f"max_tokens={settings.max_tokens}", *(f"{k}={v}" for k, v in told.items()))
    )


def _told_beside(model_id: str, settings: Settings) -> dict[str, object]:
    """What decides, beside its id, how a model replies."""
    kind, _, name = model_id.partition(":")
    if kind == "bedrock":
        guardrail = settings.guardrails.bedrock
        return {
            "citations": settings.bedrock_citations,
            "guardrail": guardrail and f"{guardrail.id}/{guardrail.version}",
        }
    if kind == "openai":
        url = settings.openai_base_url or os.environ.get("OPENAI_BASE_URL") or "OpenAI"
        # A key may stand in the query, too.
        return {f"server of {model_id}": without_login(url).partition("?")[0]}
    specs = (spec.strip().partition(":") for spec in (settings.model, settings.judge))
    files = {file for at, _, file in specs if at == "local" and file and Path(file).stem == name}
    # The shipped model, which no setting names, is the same everywhere.
    return {f"file of {model_id}": ", ".join(sorted(map(_hash_of_file, files)))} if files else {}


@functools.cache
def _hash_of_file(named: str) -> str:
    """Of a GGUF file; one that is fetched from a hub is known by its name there."""
    file = Path(named).expanduser()
    if not file.is_file():
        return named
    with file.open("rb") as stream:
        return f"sha256:{hashlib.file_digest(stream, 'sha256').hexdigest()[:12]}"


def _recorded(
    candidate: Candidate, settings: Settings, cache: ReplyCache | None, ledger: Ledger | None
) -> Candidate:
    return _kept(_metered(candidate, settings, ledger), settings, cache)


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
    identity = identity_of(candidate.model_id, settings)

    @functools.cache
    def open_kept() -> CachedChatModel:
        return CachedChatModel(inner=candidate.open(), replies=cache, identity=identity)

    return replace(candidate, open=open_kept)


def machine() -> dict[str, str | int]:
    """What the run was measured on."""
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
