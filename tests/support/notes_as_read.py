"""Notes written to disk, as they are read: their passages and sentences."""

from __future__ import annotations

from pathlib import Path

from support.notes_on_disk import ingested

from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.types import Passage


def passages(folder: Path, name: str, text: str) -> tuple[Passage, ...]:
    result = ingested(folder, name, text)
    (document,) = result.contents.documents
    assert all(document.text[p.start : p.end] == p.text for p in result.contents.passages)
    assert result.coverage == 1.0
    return tuple(result.contents.passages)


def sentences(folder: Path, name: str, text: str) -> list[EvidenceSentence]:
    found = passages(folder, name, text)
    return [sentence for each in found for sentence in evidence_sentences(each)]
