"""Conversations that strangers wrote over the notes: what they type, turn by turn, what they mean
by it, and the line that answers it, if one does.

Their authors knew the notes, and not how follow-ups are understood. `dev` is fitted to and mended
on, `test` only asked (`python -m bench dialogues`).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eval.banks import Split
from ragbot.evidence import Evidence
from ragbot.retrieval import Retriever
from ragbot.types import Passage, Turn

FOLDER = Path(__file__).resolve().parent
_NOT_TOLD = "The notes don't answer this."


class Said(BaseModel):
    """One turn. Without `means` it is small talk; without `line` the notes do not answer it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: str
    means: str | None = None
    line: str | None = None


class Dialogue(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    turns: tuple[Said, ...]


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A follow-up as it is searched for after turns that went as they should."""

    said: Said
    query: str


def file_of(split: Split) -> Path:
    return FOLDER / f"{split}.jsonl"


def dialogues(split: Split) -> tuple[Dialogue, ...]:
    lines = file_of(split).read_text(encoding="utf-8").splitlines()
    return tuple(Dialogue.model_validate(json.loads(line)) for line in lines)


def follow_ups(dialogue: Dialogue, retriever: Retriever) -> Iterator[FollowUp]:
    """Those that are to be searched for."""
    history: list[Turn] = []
    for said in dialogue.turns:
        if said.means is None:
            continue
        query = retriever.query_for(said.says, history)
        if history:
            yield FollowUp(said, query)
        passages = retriever.index.all_passages()
        told = next((p for p in passages if said.line and is_in(said.line, p)), None)
        answer = f"{said.line} [1]" if said.line else _NOT_TOLD
        history.append(Turn(said.says, answer, query, (told.heading_path,) if told else ()))


def is_in(line: str, passage: Passage) -> bool:
    return _plain(line) in _plain(passage.text)


def is_among(line: str, evidence: list[Evidence]) -> bool:
    return any(is_in(line, item.passage) for item in evidence)


def is_cited(line: str, quote: str) -> bool:
    """Whether the quote is the line, or a sentence of it, or it with what stands around."""
    one, other = _plain(line), _plain(quote)
    return bool(other) and (one in other or other in one)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9.%]+", text.lower()))
