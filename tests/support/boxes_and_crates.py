"""Notes on two products, indexed, and a bot over them that asks scripted models."""

from __future__ import annotations

from pathlib import Path

from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate
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


def bot(settings: Settings, *models: Candidate, passed_over: tuple[FellBack, ...] = ()) -> Ragbot:
    return Ragbot(settings, models=models, passed_over=passed_over, embedder=WordLengths())
