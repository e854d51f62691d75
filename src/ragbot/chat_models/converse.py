"""LangChain's Converse model, asked over a line: it waits, tries again, and gives up in time."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import closing
from typing import Any, cast

from botocore.exceptions import ClientError
from langchain_aws import ChatBedrockConverse
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ragbot.chat_models.line import Line
from ragbot.failures import UnreadableReply, cannot_stream
from ragbot.types import Waiting

_Chunks = Generator[ChatGenerationChunk, None, None]


class PatientConverse(ChatBedrockConverse):
    """Streams whatever can be streamed; what cannot comes in one piece.

    While it waits, a chunk without text carries a `Waiting` in `additional_kwargs["waiting"]`.
    """

    _line: Line = PrivateAttr()
    _patience: float = PrivateAttr(0.0)
    _streams: bool = PrivateAttr(True)

    def ask_over(self, line: Line, patience: float) -> None:
        """Ask over this line, and wait for it for at most `patience` seconds."""
        self._line, self._patience = line, patience

    def ask_whole(self) -> None:
        """Ask for replies in one piece from now on."""
        self._streams = False

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        for step in self._line.calls(self._patience):
            if not isinstance(step, Waiting):
                with step:
                    return super()._generate(messages, stop, run_manager, **kwargs)
        raise AssertionError("the line is asked until it answers or fails")

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> _Chunks:
        for step in self._line.calls(self._patience):
            if isinstance(step, Waiting):
                told = AIMessageChunk(content="", additional_kwargs={"waiting": [step]})
                yield ChatGenerationChunk(message=told)
                continue
            with step, closing(self._pieces(messages, stop, run_manager, **kwargs)) as pieces:
                for piece in pieces:
                    step.shown = step.shown or bool(piece.text)
                    yield piece

    def _pieces(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        run_manager: CallbackManagerForLLMRun | None,
        **kwargs: Any,
    ) -> _Chunks:
        if self._streams:
            begun = False
            try:
                # Closed by name: a stream that waits to be collected keeps its connection.
                stream = super()._stream(messages, stop, run_manager, **kwargs)
                with closing(cast(_Chunks, stream)) as pieces:
                    for piece in pieces:
                        begun = True
                        yield piece
                return
            except ClientError as error:
                if begun or not cannot_stream(error):
                    raise
                self._streams = False
            except (KeyError, IndexError, TypeError, ValueError) as error:
                if not begun:
                    raise
                raise UnreadableReply(f"{type(error).__name__} in the middle of a reply") from error
        (generation,) = super()._generate(messages, stop, run_manager, **kwargs).generations
        message = generation.message
        whole = AIMessageChunk(
            content=message.content,
            tool_calls=message.tool_calls if isinstance(message, AIMessage) else [],
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata if isinstance(message, AIMessage) else None,
        )
        yield ChatGenerationChunk(message=whole)
