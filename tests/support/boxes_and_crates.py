"""Notes on two products, indexed, and a bot over them that asks scripted models."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from langchain_core.language_models import BaseChatModel
from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, quoting_candidate
from ragbot.settings import Settings
from ragbot.store import Contents, write_generation
from ragbot.types import Document, FellBack, Section

BOXES = "- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels automatically."
CRATES = "- Crates has no built-in rotation of labels.\n- A Crates document can be up to 16 MB."
QUESTION = "How large can a Boxes item be?"


def boxes_and_crates(home: Path) -> Settings:
    """Settings whose index holds both, in one document."""
    text = f"{BOXES}\n{CRATES}\n"
    first = passage(BOXES, "Boxes", title="Containers")
    second = passage(CRATES, "Crates", title="Containers", start=len(BOXES) + 1)
    sections = [
        Section("boxes", ("Containers", "Boxes"), 0, len(BOXES)),
        Section("boxes", ("Containers", "Crates"), len(BOXES) + 1, len(text)),
    ]
    document = Document("boxes", "Containers", "boxes.md", text, 0, len(text))
    settings = Settings(home=home, models_dir=home / "models")
    write_generation(
        settings.index_dir,
        Contents([document], sections, [first, second]),
        embedder=WordLengths(),
        fingerprint="f",
    )
    return settings


def ingested_meanwhile(settings: Settings, doc_id: str) -> Candidate:
    """`quotes`; before it answers, an ingest swaps in other notes, in which the line on the size
    of Boxes stands further down, in the document that is named."""
    quotes = quoting_candidate()

    def open_model() -> BaseChatModel:
        text = f"- Lids are sold apart.\n{BOXES}"
        there = replace(passage(text, "Boxes", title="Containers"), doc_id=doc_id)
        contents = Contents(
            [Document(doc_id, "Containers", f"{doc_id}.md", text, 0, len(text))],
            [Section(doc_id, there.heading_path, 0, len(text))],
            [there],
        )
        write_generation(
            settings.index_dir, contents, embedder=WordLengths(), fingerprint="meanwhile"
        )
        return quotes.open()

    return replace(quotes, open=open_model)


def bot(settings: Settings, *models: Candidate, passed_over: tuple[FellBack, ...] = ()) -> Ragbot:
    return Ragbot(settings, models=models, passed_over=passed_over, embedder=WordLengths())
