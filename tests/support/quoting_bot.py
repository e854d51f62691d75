"""A bot that quotes, over notes that a test writes itself, ingested as a person would."""

from __future__ import annotations

from pathlib import Path

import pytest

from ingest.__main__ import main as ingest
from ragbot import open as open_bot
from ragbot.assembly import Ragbot
from ragbot.settings import load_settings


def quoting_bot(folder: Path, notes: str) -> Ragbot:
    """Skips where the weights are missing that decide what answers."""
    source, index = folder / "notes.md", folder / "index"
    source.write_text(notes, encoding="utf-8")
    assert ingest([str(source), "--index", str(index)]) == 0
    opened = open_bot(settings=load_settings(index=index, model="quotes"))
    if opened.readers.entailment is None or opened.readers.reranker is None:
        pytest.skip("weights are missing: ragbot models pull reranker entailment")
    return opened
