"""The shipped chat model in 8 bits, by ONNX Runtime (`ragbot.decoding`).

It writes what llama.cpp writes of the same file, and reads a prompt several times as quickly.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessageChunk, BaseMessage, convert_to_openai_messages
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGenerationChunk

from ragbot.chat_models.local import too_long
from ragbot.chat_models.streaming import StreamingChatModel
from ragbot.decoding import CONTEXT, Decoder
from ragbot.decoding.decoder import Logits
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

CUT = "\N{REPLACEMENT CHARACTER}"  # what the bytes of a character decode to before its last one

_decoders: dict[Path, Decoder] = {}
_loading = threading.Lock()


class DecodedChatModel(StreamingChatModel):
    """Talks to the model in `folder`, which is loaded once in a process; the likeliest token
    is always taken."""

    folder: Path
    max_tokens: int = 600

    @property
    def _llm_type(self) -> str:
        return "onnx"

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        *,
        max_tokens: int | None = None,
        logprobs: bool = False,
        top_logprobs: int = 0,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        decoder = loaded(self.folder)
        prompt = decoder.encode(_turns(messages))
        if len(prompt) >= CONTEXT:
            raise too_long(len(prompt))
        most = min(max_tokens or self.max_tokens, CONTEXT - len(prompt))
        words = _Words(decoder, stop or [])
        written, ending = 0, "stop"
        for token, logits in decoder.tokens(prompt):
            if token in decoder.shape.ends:
                break
            written += 1
            text = words.with_token(token)
            if logprobs:
                likely = {"content": [_likely(decoder, token, logits, top_logprobs)]}
                yield _chunk(text, {"logprobs": likely})
            elif text:
                yield _chunk(text)
            if words.stopped:
                break
            if written >= most:
                ending = "length"
                break
        if rest := words.rest():
            yield _chunk(rest)
        spent = UsageMetadata(
            input_tokens=len(prompt), output_tokens=written, total_tokens=len(prompt) + written
        )
        yield _chunk("", {"finish_reason": ending}, spent)


def open_decoded(folder: Path, settings: Settings) -> DecodedChatModel:
    """The model in a folder that was built, loaded now.

    Raises:
        ModelUnavailableError: it cannot be loaded.
    """
    loaded(folder)
    return DecodedChatModel(folder=folder, max_tokens=settings.max_tokens)


def loaded(folder: Path) -> Decoder:
    """The decoder in a folder, from the process-wide shelf."""
    folder = folder.resolve()
    with _loading:
        if folder not in _decoders:
            try:
                _decoders[folder] = Decoder(folder)
            except Exception as error:  # ONNX Runtime's errors have no class in common
                raise ModelUnavailableError(
                    f"{folder} cannot be loaded ({error}): delete it, then ragbot models pull",
                    mend="ragbot models pull",
                ) from error
        return _decoders[folder]


def _turns(messages: Sequence[BaseMessage]) -> list[tuple[str, str]]:
    return [(each["role"], str(each["content"])) for each in convert_to_openai_messages(messages)]


class _Words:
    """Tokens -> text as far as it is settled: characters are whole, and no `stop` begins in it."""

    def __init__(self, decoder: Decoder, stop: Sequence[str]) -> None:
        self.decoder, self.stop, self.stopped = decoder, stop, False
        self._pending: list[int] = []
        self._held = ""  # what a stop may begin with

    def with_token(self, token: int) -> str:
        self._pending.append(token)
        text = self.decoder.decode(self._pending)
        if text.endswith(CUT):
            return ""
        self._pending = []
        return self._settled(self._held + text)

    def rest(self) -> str:
        """What was held back when the reply ended."""
        held, self._held = self._held, ""
        if self.stopped:
            return ""
        return held + (self.decoder.decode(self._pending) if self._pending else "")

    def _settled(self, text: str) -> str:
        found = [at for at in (text.find(each) for each in self.stop) if at >= 0]
        if found:
            self.stopped = True
            return text[: min(found)]
        longest = max(
            (n for each in self.stop for n in range(1, len(each)) if text.endswith(each[:n])),
            default=0,
        )
        self._held = text[len(text) - longest :]
        return text[: len(text) - longest]


def _likely(decoder: Decoder, token: int, logits: Logits, top: int) -> dict[str, Any]:
    """A token's log-probability, and those of the likeliest, as OpenAI's API gives them."""
    logits = logits.astype(np.float64)
    every = logits - np.logaddexp.reduce(logits)

    def told(each: int) -> dict[str, Any]:
        return {"token": decoder.decode([each]), "logprob": float(every[each])}

    best = np.argsort(-every, kind="stable")[:top].tolist() if top else []
    return {**told(token), "top_logprobs": [told(each) for each in best]}


def _chunk(
    text: str, metadata: dict[str, Any] | None = None, usage: UsageMetadata | None = None
) -> ChatGenerationChunk:
    message = AIMessageChunk(
        content=text,
        usage_metadata=usage,
        response_metadata=metadata or {},
        chunk_position="last" if usage else None,
    )
    return ChatGenerationChunk(message=message)
