"""A GGUF file in this process, through llama.cpp."""

from __future__ import annotations

import os
import queue
import secrets
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

CONTEXT = 8192  # tokens: eight passages, the question, three earlier turns and the reply
_ROLES = {"system": "system", "human": "user", "ai": "assistant"}

_servers: dict[Path, Any] = {}
_loading = threading.Lock()
_speaking = threading.Lock()  # one reply at a time: two would halve each other's speed


class LocalChatModel(BaseChatModel):
    """Talks to the model in `file`, which is loaded once in a process."""

    file: Path
    max_tokens: int = 600

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        chunks = list(self._stream(messages, stop, run_manager, **kwargs))
        text = "".join(str(chunk.message.content) for chunk in chunks)
        last = chunks[-1].message if chunks else None
        usage = last.usage_metadata if isinstance(last, AIMessageChunk) else None
        message = AIMessage(content=text, usage_metadata=usage)
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request: dict[str, Any] = {
            "messages": [{"role": _ROLES[m.type], "content": str(m.text)} for m in messages],
            "max_tokens": self.max_tokens,
            "temperature": 0,
            "cache_prompt": True,
            "stream": True,
            "stream_options": {"include_usage": True},
            **kwargs,
        }
        if stop:
            request["stop"] = stop
        for part in _spoken(loaded(self.file), request):
            if "choices" not in part and "error" in part:
                raise ModelUnavailableError(f"llama.cpp refused: {part['error'].get('message')}")
            usage = part.get("usage")
            text = next((c["delta"].get("content") for c in part.get("choices", [])), None) or ""
            if not text and not usage:
                continue
            spent = (
                UsageMetadata(
                    input_tokens=usage["prompt_tokens"],
                    output_tokens=usage["completion_tokens"],
                    total_tokens=usage["total_tokens"],
                )
                if usage
                else None
            )
            message = AIMessageChunk(content=text, usage_metadata=spent)
            if run_manager is not None:
                run_manager.on_llm_new_token(text)
            yield ChatGenerationChunk(message=message)


def open_local(file: Path, settings: Settings) -> LocalChatModel:
    """The model in a GGUF file, loaded now.

    Raises:
        ModelUnavailableError: the file is no GGUF, or llama.cpp cannot load it.
    """
    loaded(file)
    return LocalChatModel(file=file, max_tokens=settings.max_tokens)


def loaded(file: Path) -> Any:
    """The llama.cpp server of a file, from the process-wide shelf."""
    file = file.resolve()
    with _loading:
        if file not in _servers:
            with file.open("rb") as stream:
                if stream.read(4) != b"GGUF":
                    raise ModelUnavailableError(
                        f"{file} is not a GGUF model",
                        mend="name a .gguf file, or use RAGBOT_MODEL=local",
                    )
            _servers[file] = _load(file)
        return _servers[file]


def _load(file: Path) -> Any:
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = CONTEXT
    params.n_parallel = 1
    params.cpuparams.n_threads = os.cpu_count() or 1
    params.warmup = False
    params.verbosity = -1
    # The library opens a loopback port of its own; nobody else is to talk through it.
    params.hostnames = ["127.0.0.1"]
    params.api_keys = [secrets.token_urlsafe(24)]
    params.endpoint_slots = False
    params.ui = False
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelUnavailableError(
            f"llama.cpp cannot load {file}: {error}", mend="ragbot models pull"
        ) from error


def _spoken(server: Any, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The chunks of a reply as they come; closing the iterator stops the model."""
    parts: queue.SimpleQueue[dict[str, Any] | BaseException | None] = queue.SimpleQueue()
    stopped = threading.Event()

    def heard(part: dict[str, Any]) -> bool:
        parts.put(part)
        return stopped.is_set()

    def speak() -> None:
        try:
            with _speaking:
                if not stopped.is_set():
                    server.handle_chat_completions(request, heard)
        except BaseException as error:  # noqa: BLE001 - handed over to the thread that listens
            parts.put(error)
        finally:
            parts.put(None)

    speaker = threading.Thread(target=speak, name="llama.cpp", daemon=True)
    speaker.start()
    try:
        while (part := parts.get()) is not None:
            if isinstance(part, BaseException):
                raise ModelUnavailableError(f"llama.cpp failed: {part}") from part
            yield part
    finally:
        stopped.set()
