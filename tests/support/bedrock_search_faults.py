"""What fails before a model is asked: a knowledge base that searches, or a question's embedder.

Nothing stands behind these: an answer over other passages would be another answer. The person is
told why, and what mends it.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import pytest
from support.bedrock_embeddings import TITAN, embeddings_of
from support.bedrock_faults import PATIENCE, QUESTION, THROTTLED, TIMEOUT
from support.bedrock_script import Fault, fault
from support.bedrock_server import BedrockServer, lead_to, listening
from support.knowledge_base import ID, chunk, knowledge_base
from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.assembly import Ragbot
from ragbot.chat_models import candidates
from ragbot.embedding import bedrock_embedder
from ragbot.errors import RagbotError
from ragbot.settings import Settings
from ragbot.store import Contents, write_generation
from ragbot.types import Document, Section, Waiting

FACT = "- A Boxes item can be at most 400 KB."
By = Literal["knowledge base", "embedder"]
SETTINGS: dict[By, dict[str, str]] = {
    "knowledge base": {"retriever": f"kb:{ID}"},
    "embedder": {"embedder": f"bedrock:{TITAN}"},
}


@dataclass(frozen=True)
class SearchRow:
    """A fault of what searches; `told` are words that the person must see."""

    by: By
    fault: str
    refusal: Fault
    told: tuple[str, ...]

    @property
    def name(self) -> str:
        return f"{self.by}: {self.fault}"


@dataclass(frozen=True)
class Told:
    """What a person is told, and what it took."""

    error: RagbotError
    waited: list[Waiting]
    seconds: float
    requests: int


def search_with(row: SearchRow, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Told:
    """One question to a bot whose search is refused; raises AssertionError where it answers."""
    server = BedrockServer()
    with listening(server):
        lead_to(server, monkeypatch)
        settings = Settings(
            home=folder / row.by,
            models_dir=folder / "models",
            model="quotes",
            bedrock_patience=PATIENCE,
            timeout=TIMEOUT,
            **SETTINGS[row.by],  # type: ignore[arg-type]
        )
        knowledge_base(server, [chunk(FACT)])
        embeddings_of(server)
        if row.by == "embedder":
            _write_index(settings)
        bot = Ragbot(settings, models=candidates(settings), embedder=WordLengths())
        server.requests.clear()
        server.refusals = [row.refusal] * 99
        started = time.perf_counter()
        waited: list[Waiting] = []
        try:
            for event in bot.stream(QUESTION):
                assert isinstance(event, Waiting), "it answered"
                waited.append(event)
        except RagbotError as error:
            return Told(error, waited, time.perf_counter() - started, len(server.requests))
    raise AssertionError("a question that is not answered ends with an error")


def _write_index(settings: Settings) -> None:
    section = Section("boxes", ("Containers", "Boxes"), 0, len(FACT))
    document = Document("boxes", "Containers", "boxes.md", FACT, 0, len(FACT))
    write_generation(
        settings.index_dir,
        Contents([document], [section], [passage(FACT, "Boxes", title="Containers")]),
        embedder=WordLengths(),
        passage_embedder=bedrock_embedder(settings),
        fingerprint="f",
    )


SEARCH_ROWS = (
    SearchRow(
        "knowledge base",
        "access denied",
        fault("AccessDeniedException", 403, "arn:aws:iam::123456789012:user/ann"),
        (ID, "may not search it", "allow bedrock:Retrieve"),
    ),
    SearchRow(
        "knowledge base",
        "not found",
        fault("ResourceNotFoundException", 404),
        (ID, "none of this id", "check RAGBOT_RETRIEVER"),
    ),
    SearchRow(
        "knowledge base", "throttled for good", THROTTLED, (ID, "throttling this account", "quota")
    ),
    SearchRow(
        "knowledge base",
        "expired token",
        fault("ExpiredTokenException", 403),
        (ID, "credentials have expired", "aws sso login"),
    ),
    SearchRow(
        "embedder",
        "access denied",
        fault("AccessDeniedException", 403, "arn:aws:iam::123456789012:user/ann"),
        (TITAN, "may not use this model", "allow bedrock:InvokeModel in IAM"),
    ),
    SearchRow(
        "embedder",
        "not found",
        fault("ResourceNotFoundException", 404),
        (TITAN, "no such model", "check RAGBOT_EMBEDDER"),
    ),
    SearchRow(
        "embedder", "throttled for good", THROTTLED, (TITAN, "throttling this account", "quota")
    ),
    SearchRow(
        "embedder",
        "expired token",
        fault("ExpiredTokenException", 403),
        (TITAN, "credentials have expired", "aws sso login"),
    ),
)
