"""A GGUF file in this process, through llama.cpp.

xllamacpp runs llama.cpp's own server inside the process. We talk to it over a Unix socket in
a private folder rather than through its Python callback, because closing a connection stops
the model at once, even while it still reads the prompt; the callback is not asked before the
first token, and a process that ends in the middle of a reply aborts.
"""

from __future__ import annotations

import json
import os
import secrets
import socket
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from ragbot.chat_models.streaming import StreamingChatModel
from ragbot.decoding.decoder import CONTEXT
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

BATCH = 256  # tokens of a prompt between two looks at whether the reader is still there

_servers: dict[Path, _Server] = {}
_loading = threading.Lock()


@dataclass(frozen=True, slots=True)
class _Server:
    llama: Any  # xllamacpp.Server; the model lives as long as it does
    client: Any  # httpx.Client
    folder: tempfile.TemporaryDirectory[str]


class LocalChatModel(StreamingChatModel):
    """Talks to the model in `file`, which is loaded once in a process.

    Replies are given one after the other: two at a time would halve each other's speed.
    """

    file: Path
    max_tokens: int = 600

    @property
    def _llm_type(self) -> str:
        return "llama.cpp"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        request: dict[str, Any] = {
            "messages": convert_to_openai_messages(messages),
            "max_tokens": self.max_tokens,
            "temperature": 0,
            "cache_prompt": True,  # what the prompt shares with the last one is not read again
            "stream": True,
            "stream_options": {"include_usage": True},
            **kwargs,
        }
        if stop:
            request["stop"] = stop
        for part in _spoken(loaded(self.file), request):
            choices = part.get("choices", ())
            text = "".join(choice["delta"].get("content") or "" for choice in choices)
            usage = _usage(part.get("usage"))
            # As OpenAI's own client gives them: the tokens with their log-probabilities, and why
            # the reply ended.
            told = {
                name: choice[name]
                for choice in choices
                for name in ("logprobs", "finish_reason")
                if choice.get(name)
            }
            if text or usage or told:
                message = AIMessageChunk(
                    content=text,
                    usage_metadata=usage,
                    response_metadata=told,
                    chunk_position="last" if usage else None,
                )
                yield ChatGenerationChunk(message=message)


def open_local(file: Path, settings: Settings) -> LocalChatModel:
    """The model in a GGUF file, loaded now.

    Raises:
        ModelUnavailableError: the file cannot be read, is no GGUF, or llama.cpp cannot load it.
    """
    loaded(file)
    return LocalChatModel(file=file, max_tokens=settings.max_tokens)


def loaded(file: Path) -> _Server:
    """The llama.cpp server of a file, from the process-wide shelf."""
    file = file.resolve()
    with _loading:
        if file not in _servers:
            _check(file)
            _servers[file] = _load(file)
        return _servers[file]


def _check(file: Path) -> None:
    """llama.cpp only says that it failed; these are the reasons that can be told."""
    another = "name another .gguf file, or use RAGBOT_MODEL=local"
    try:
        with file.open("rb") as stream:
            magic = stream.read(4)
    except OSError as error:
        raise ModelUnavailableError(
            f"the model file {file} cannot be read ({error.strerror}): {another}", mend=another
        ) from error
    if magic != b"GGUF":
        raise ModelUnavailableError(f"{file} is not a GGUF model: {another}", mend=another)


def _load(file: Path) -> _Server:
    # GNU OpenMP spins long by default. On a machine whose cores are all busy, 40 tokens took
    # 84 s instead of 2; alone, the shorter spin costs nothing. It is read when the library is
    # first loaded in the process: where torch came first, it has to be set before torch.
    os.environ.setdefault("GOMP_SPINCOUNT", "10000")
    try:
        import xllamacpp
    except ImportError as error:
        raise ModelUnavailableError(
            f"llama.cpp does not run on this machine ({error})", mend="use RAGBOT_MODEL=quotes"
        ) from error
    import httpx

    folder = tempfile.TemporaryDirectory(prefix="ragbot-", ignore_cleanup_errors=True)
    key = secrets.token_urlsafe(24)
    params = xllamacpp.CommonParams()
    params.model.path = str(file)
    params.n_ctx = CONTEXT
    params.n_batch = BATCH
    params.n_parallel = 1
    params.cache_ram_mib = 0  # else old prompts are kept, up to 8 GB of them
    params.cpuparams.n_threads = _threads()
    params.warmup = False
    params.verbosity = -1
    params.endpoint_slots = False
    params.ui = False
    # Nobody else is to talk to the model: the folder is ours alone, and where there are no
    # Unix sockets, a loopback port asks for a key that only this process knows.
    params.api_keys = [key]
    private = _socket_in(folder.name)
    params.hostnames = [private or "127.0.0.1"]
    try:
        llama = xllamacpp.Server(params)
    except RuntimeError as error:
        raise ModelUnavailableError(
            f"llama.cpp cannot load {file}: it is damaged, of an unknown kind, or too large "
            "for the memory here: ragbot models pull, or name another file",
            mend="ragbot models pull",
        ) from error
    client = httpx.Client(
        base_url="http://llama" if private else llama.listening_address,
        transport=httpx.HTTPTransport(
            uds=private, limits=httpx.Limits(max_keepalive_connections=0)
        ),
        headers={"Authorization": f"Bearer {key}"},
        # Silence is a long prompt, or another reader's turn: no connection can be lost here.
        timeout=None,
    )
    return _Server(llama, client, folder)


def _socket_in(folder: str) -> str | None:
    """Where a Unix socket can stand; None where there are none, or the path is too long."""
    path = str(Path(folder) / "llama.sock")
    return path if hasattr(socket, "AF_UNIX") and len(os.fsencode(path)) < 100 else None


def _threads() -> int:
    """As many as we may use, where that is fewer than the machine has; -1 leaves it to
    llama.cpp, which takes one for each physical core."""
    present = os.cpu_count() or 1
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else present
    return allowed if allowed < present else -1


def _spoken(server: _Server, request: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The parts of a reply as they come; closing the iterator stops the model."""
    import httpx

    try:
        with server.client.stream("POST", "/v1/chat/completions", json=request) as response:
            if response.is_error:
                response.read()
                raise _refused(response.json().get("error", {}))
            for line in response.iter_lines():
                field, _, value = line.partition(": ")
                if field not in ("data", "error") or value == "[DONE]":
                    continue
                part: dict[str, Any] = json.loads(value)
                if field == "error" or "error" in part:
                    raise _refused(part.get("error", part))
                yield part
    except httpx.HTTPError as error:
        raise ModelUnavailableError(
            f"the local model broke off ({type(error).__name__}): try again", mend="try again"
        ) from error


def _refused(error: dict[str, Any]) -> ModelUnavailableError:
    if error.get("type") == "exceed_context_size_error":
        return too_long(error.get("n_prompt_tokens", 0))
    return ModelUnavailableError(f"the local model refused: {error.get('message', 'no reason')}")


def too_long(tokens: int) -> ModelUnavailableError:
    """A prompt that is longer than what the local model reads."""
    return ModelUnavailableError(
        f"the question and its passages have {tokens:,} tokens and "
        f"the local model reads at most {CONTEXT:,}: ask for less, or lower RAGBOT_K",
        mend="lower RAGBOT_K",
    )


def _usage(spent: dict[str, Any] | None) -> UsageMetadata | None:
    if not spent:
        return None
    return UsageMetadata(
        input_tokens=spent["prompt_tokens"],
        output_tokens=spent["completion_tokens"],
        total_tokens=spent["total_tokens"],
    )
