"""A prompt cache as Bedrock keeps one: whole prefixes up to a cache point, from a least length on.

A token is four characters here, so that sums can be made by hand.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

CHARACTERS_A_TOKEN = 4


@dataclass(frozen=True)
class Counted:
    """Tokens of one request: read afresh, from the cache, and into it."""

    fresh: int
    read: int
    written: int


@dataclass
class PromptCache:
    least: int  # tokens
    _kept: set[tuple[str, str]] = field(default_factory=set)

    def count(self, model_id: str, body: dict[str, Any]) -> Counted:
        """Read the longest prefix that is kept, keep what is marked, count the rest."""
        prefix, tokens, marked, read, stored = "", 0.0, 0, 0, set()
        for block in _blocks(body):
            if "cachePoint" not in block:
                prefix += json.dumps(block, sort_keys=True)
                tokens += _characters(block) / CHARACTERS_A_TOKEN
                continue
            if tokens >= self.least:
                marked = int(tokens)
                stored.add((model_id, prefix))
                read = marked if (model_id, prefix) in self._kept else read
        self._kept |= stored
        return Counted(fresh=int(tokens) - marked, read=read, written=marked - read)


def _blocks(body: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from body.get("system", ())
    for message in body["messages"]:
        yield {"role": message["role"]}
        yield from message["content"]


def _characters(block: Any) -> int:
    if isinstance(block, list):
        return sum(map(_characters, block))
    if not isinstance(block, dict):
        return 0
    return sum(
        len(value) if name == "text" and isinstance(value, str) else _characters(value)
        for name, value in block.items()
    )
