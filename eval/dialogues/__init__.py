"""Conversations that strangers wrote over the notes: what they type, turn by turn, what they mean
by it, and the line that answers it, if one does.

Their authors knew the notes, and not how follow-ups are understood. `dev` is mended on, `test` only
asked (`python -m bench dialogues`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from eval.banks import Split

FOLDER = Path(__file__).resolve().parent


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


def dialogues(split: Split) -> tuple[Dialogue, ...]:
    lines = (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(Dialogue.model_validate(json.loads(line)) for line in lines)


def is_cited(line: str, quote: str) -> bool:
    """Whether the quote is the line, or a sentence of it, or it with what stands around."""
    one, other = _plain(line), _plain(quote)
    return bool(other) and (one in other or other in one)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[a-z0-9.%]+", text.lower()))
