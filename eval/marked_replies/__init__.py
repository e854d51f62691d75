"""Replies as chat models write them (lists, tables, heads, prose), line by line true or false.

Their authors knew the notes, and not the checker. A line is marked as it reads where it stands:
half of the lies are true of something else than what is above them. `dev` is mended on, `test` only
asked (`python -m bench marked`).
"""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict

from eval.banks import Split
from ragbot.types import Sentence

FOLDER = Path(__file__).resolve().parent


class Part(BaseModel):
    """A sentence, an item or a row of a reply; `quotes` are the lines of the notes that decide."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str
    label: Literal["true", "false"]
    kind: str
    quotes: tuple[str, ...]


class MarkedReply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    question: str
    shape: str
    reply: str
    parts: tuple[Part, ...]


def marked_replies(split: Split) -> tuple[MarkedReply, ...]:
    lines = (FOLDER / f"{split}.jsonl").read_text(encoding="utf-8").splitlines()
    return tuple(MarkedReply.model_validate(json.loads(line)) for line in lines)


def is_shown(part: Part, reply: str, sentences: tuple[Sentence, ...]) -> bool:
    """Whether all of the part stands on the page as supported, in one sentence of the reply or in
    several."""
    left, whole = _plain(part.text), _plain(reply)
    for sentence in sentences:
        told = _plain(sentence.text)
        if sentence.verdict != "supported" or sentence.withheld or not told.strip():
            continue
        if told not in whole:  # what the notes say in place of what is withheld
            continue
        if left in told:
            return True
        left = left.replace(told, " ", 1)
    return not left.strip()


def _plain(text: str) -> str:
    return f" {' '.join(re.findall(r'[a-z0-9$%]+', text.lower()))} "
