"""What the loopback Bedrock is told to say, and what it was asked."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Cited:
    """A block of a reply that cites; in a stream the citations come behind the text, or before."""

    text: str
    citations: Sequence[dict[str, Any]]
    before: bool = False

    @property
    def deltas(self) -> list[dict[str, Any]]:
        cited = [{"citation": each} for each in self.citations]
        said = [{"text": self.text}]
        return cited + said if self.before else said + cited

    @property
    def block(self) -> dict[str, Any]:
        content = {"content": [{"text": self.text}], "citations": list(self.citations)}
        return {"citationsContent": content}


@dataclass(frozen=True)
class Reply:
    """`pieces` come one event each; then `broken` says how the stream ends, if not well.

    An exception's name in camel case; "stall": nothing more comes; "cut": the connection ends;
    "damaged": a frame whose checksum does not hold; "nonsense": a frame that means nothing;
    "watch": nothing more comes until the client hangs up (`BedrockServer.hung_up`).
    """

    pieces: Sequence[str | Cited]
    input_tokens: int = 11
    output_tokens: int = 7
    broken: str | None = None
    stop: str = "end_turn"
    cache_read: int = 0
    cache_write: int = 0
    after: float = 0.0  # seconds of thinking
    trace: dict[str, Any] | None = None  # of the guardrail
    tool: tuple[str, str] | None = None  # its name, and its input as JSON, after the pieces

    @property
    def told(self) -> dict[str, Any]:
        """What comes with the reply."""
        traced = {} if self.trace is None else {"trace": {"guardrail": self.trace}}
        return {"usage": _usage(self), "metrics": {"latencyMs": 1}, **traced}

    @property
    def blocks(self) -> list[dict[str, Any]]:
        """Text runs on in one block; what cites has its own."""
        made: list[dict[str, Any]] = []
        for piece in self.pieces:
            if isinstance(piece, Cited):
                made.append(piece.block)
            elif made and "text" in made[-1]:
                made[-1] = {"text": made[-1]["text"] + piece}
            else:
                made.append({"text": piece})
        return made


@dataclass(frozen=True)
class Fault:
    """A refusal of the whole request; "hang up" ends the connection, "silence" says nothing."""

    code: str
    status: int
    message: str


@dataclass(frozen=True)
class Request:
    model_id: str
    operation: str  # converse, converse-stream, invoke or retrieve
    body: dict[str, Any]
    headers: dict[str, str]

    @property
    def signed_for(self) -> tuple[str, str]:
        """The access key and the region that it was signed with."""
        found = re.search(r"Credential=(\w+)/\d+/([\w-]+)/", self.headers["Authorization"])
        assert found is not None
        return found[1], found[2]


@dataclass(frozen=True)
class Served:
    """What a service answers."""

    payload: dict[str, Any]
    headers: dict[str, str] = field(default_factory=dict)


Service = Callable[[Request], Served | Fault]


def reply(*pieces: str | Cited, broken: str | None = None, **more: Any) -> Reply:
    return Reply(pieces, broken=broken, **more)


def fault(code: str, status: int = 400, message: str = "scripted") -> Fault:
    return Fault(code, status, message)


def _usage(scripted: Reply) -> dict[str, int]:
    counted = {
        "inputTokens": scripted.input_tokens,
        "outputTokens": scripted.output_tokens,
        "totalTokens": scripted.input_tokens
        + scripted.output_tokens
        + scripted.cache_read
        + scripted.cache_write,
    }
    if scripted.cache_read or scripted.cache_write:
        counted["cacheReadInputTokens"] = scripted.cache_read
        counted["cacheWriteInputTokens"] = scripted.cache_write
    return counted
