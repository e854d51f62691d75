"""Replies of chat models, kept by content: a rerun is free, and a killed run asks nothing twice."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.outputs import ChatGenerationChunk

from eval.wrapping import WrappingChatModel


class ReplyCache:
    """A file of replies; safe to use from several threads."""

    def __init__(self, file: Path) -> None:
        file.parent.mkdir(parents=True, exist_ok=True)
        self._lock = threading.Lock()
        self._db = sqlite3.connect(file, check_same_thread=False, timeout=60)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT)")
        self._db.commit()

    def get(self, key: str) -> dict[str, Any] | None:
        with self._lock:
            row = self._db.execute("SELECT reply FROM replies WHERE key = ?", (key,)).fetchone()
        return None if row is None else dict(json.loads(row[0]))

    def put(self, key: str, reply: dict[str, Any]) -> None:
        with self._lock, self._db:
            self._db.execute(
                "INSERT OR REPLACE INTO replies VALUES (?, ?)", (key, json.dumps(reply))
            )

    def close(self) -> None:
        with self._lock:
            self._db.close()


class CachedChatModel(WrappingChatModel):
    """Another chat model, whose replies are kept.

    A reply carries `response_metadata["ms"]`, the milliseconds that it took when it was first
    given, and `["cached"]`.
    """

    replies: ReplyCache
    identity: str  # the model and everything of its settings that changes a reply

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        key = self._key(messages, stop, kwargs)
        held = self.replies.get(key)
        if held is None:
            started = time.perf_counter()
            waited = 0.0  # for others, or for the account's rate: no time of the model's
            whole: AIMessageChunk | None = None
            for part in self.inner.stream(messages, stop=stop, **kwargs):
                if isinstance(part, AIMessageChunk):
                    waits = part.additional_kwargs.pop("waiting", ())
                    waited += sum(each.seconds or 0.0 for each in waits)
                    whole = part if whole is None else whole + part
            ms = round(1000 * (time.perf_counter() - started - waited), 1)
            if whole is not None and whole.response_metadata.get("ResponseMetadata", {}).get(
                "batch"
            ):
                ms = _latency(whole)  # a job's reply comes from its file: the service has measured
            held = {
                "text": str(whole.text) if whole else "",
                "usage": dict(whole.usage_metadata or {}) if whole else {},
                "logprobs": whole.response_metadata.get("logprobs") if whole else None,
                "stop": whole.response_metadata.get("stopReason") if whole else None,
                "tools": whole.tool_call_chunks if whole else [],
                "ms": ms,
            }
            self.replies.put(key, held)
            cached = False
        else:
            cached = True
        told = {"ms": held["ms"], "cached": cached}
        if held["logprobs"]:
            told["logprobs"] = held["logprobs"]
        if held.get("stop"):  # of replies that were kept before, it is not known
            told["stopReason"] = held["stop"]
        yield ChatGenerationChunk(
            message=AIMessageChunk(
                content=held["text"],
                tool_call_chunks=held.get("tools") or [],
                usage_metadata=held["usage"] or None,
                response_metadata=told,
                chunk_position="last",
            )
        )

    def _key(
        self, messages: list[BaseMessage], stop: list[str] | None, kwargs: dict[str, Any]
    ) -> str:
        content = [self.identity, convert_to_openai_messages(messages), stop, kwargs]
        told = json.dumps(content, sort_keys=True, default=str)
        return hashlib.sha256(told.encode()).hexdigest()


def _latency(reply: AIMessageChunk) -> float:
    """Milliseconds that the service says it took; LangChain holds them as a list."""
    told = reply.response_metadata.get("metrics", {}).get("latencyMs")
    found = told[0] if isinstance(told, list) and told else told
    return float(found) if isinstance(found, int | float) else 0.0
