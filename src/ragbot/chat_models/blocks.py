"""Chat messages -> the content blocks of Converse: what is guarded, cached and cited, and how.

    guardContent   passages as grounding source, the question as query, for the service's guardrail
    document       passages as the chunks of one document that the model cites by itself
    cachePoint     behind what comes again, where it is long enough to be kept

Messages tell by `additional_kwargs` what they are made of (see `prompts.messages`); one that tells
nothing is sent as it is.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.messages import BaseMessage

from ragbot.evidence import Parts

Block = dict[str, Any]

CACHE_POINT: Block = {"cachePoint": {"type": "default"}}
# English notes have about four characters a token; what cannot reach the least number of tokens
# even at this is not worth a point. A point too many costs nothing: the service ignores it.
CHARACTERS_A_TOKEN = 3.5
# Of the grounding check, in characters (quotas of Bedrock, 2026-11); beyond them it is left out.
LONGEST_QUERY, LONGEST_SOURCE = 1_000, 100_000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a model is sent beside text.

    Attributes:
        guarded: a guardrail of the service reads along.
        cited: passages go as a document with citations.
        cached_from: tokens from which a prefix is kept; None where the model keeps none.
    """

    guarded: bool = False
    cited: bool = False
    cached_from: int | None = None

    def __bool__(self) -> bool:
        return self.guarded or self.cited or self.cached_from is not None


def as_blocks(messages: Sequence[BaseMessage], wanted: Wanted) -> list[BaseMessage]:
    """The messages, in blocks where that is wanted of them; those given stay as they are."""
    if not wanted:
        return list(messages)
    made: list[BaseMessage] = []
    before = 0  # characters of all that stands before
    for message in messages:
        blocks = _blocks(message, wanted, before)
        made.append(message if blocks is None else message.model_copy(update={"content": blocks}))
        before += len(str(message.text))
    return made


def _blocks(message: BaseMessage, wanted: Wanted, before: int) -> str | list[Block] | None:
    """None where the message goes as it is."""
    told = message.additional_kwargs
    text = str(message.text)
    if message.type == "system":
        return told.get("citing") if wanted.cited else None
    parts = told.get("parts")
    if isinstance(parts, Parts):
        point = _point(before + sum(map(len, parts.passages)), wanted) if parts.reused else []
        if wanted.guarded:
            return _guarded(parts, point)
        if wanted.cited and parts.passages and parts.question:
            return [_document(parts.passages), *point, {"text": parts.asked}]
        return [{"text": "".join(parts.passages)}, *point, {"text": parts.asked}] if point else None
    point = _point(before + len(text), wanted) if told.get("reused") else []
    if wanted.guarded and message.type == "human":
        # Once a block is marked, the guardrail reads marked blocks only.
        return [_guard(text), *point]
    return [{"text": text}, *point] if point else None


def _point(characters: int, wanted: Wanted) -> list[Block]:
    least = wanted.cached_from
    enough = least is not None and characters / CHARACTERS_A_TOKEN >= least
    return [CACHE_POINT] if enough else []


def _guarded(parts: Parts, point: list[Block]) -> list[Block]:
    # Without "guard_content" the other policies would not read what is marked for grounding.
    source, query = ["grounding_source", "guard_content"], ["query", "guard_content"]
    if (
        not parts.question
        or len(parts.question) > LONGEST_QUERY
        or sum(map(len, parts.passages)) > LONGEST_SOURCE
    ):
        source, query = [], []
    passages = [_guard(each, source) for each in parts.passages]
    if not parts.question:
        return [*passages, *point, _guard(parts.asked)]
    # On lines of its own: the word "question" stands in our tag as well.
    start = parts.asked.index(f"\n{parts.question}\n") + 1
    end = start + len(parts.question)
    opening, closing = {"text": parts.asked[:start]}, {"text": parts.asked[end:]}
    return [*passages, *point, opening, _guard(parts.question, query), closing]


def _guard(text: str, qualifiers: Sequence[str] = ()) -> Block:
    told: Block = {"text": text}
    if qualifiers:
        told["qualifiers"] = list(qualifiers)
    return {"guardContent": {"text": told}}


def _document(passages: Sequence[str]) -> Block:
    """One document, a chunk for each passage: a message may hold no more than five documents."""
    return {
        "document": {
            "name": "notes",  # a neutral name: it is read as a part of the prompt
            "format": "txt",
            "source": {"content": [{"text": passage} for passage in passages]},
            "citations": {"enabled": True},
        }
    }
