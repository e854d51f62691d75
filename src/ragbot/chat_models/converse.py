"""LangChain's Converse model, asked over a line: it waits, tries again, and gives up in time."""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import closing
from dataclasses import replace
from typing import Any, cast

from botocore.exceptions import ClientError
from langchain_aws import ChatBedrockConverse
from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ragbot.aws.clients import signs_like
from ragbot.aws.line import Line
from ragbot.chat_models.blocks import Wanted, as_blocks
from ragbot.chat_models.native_citations import CitedStream, write_markers
from ragbot.failures import UnreadableReply, cannot_stream, outdated, refuses
from ragbot.types import Waiting

_Chunks = Generator[ChatGenerationChunk, None, None]

# What a model may refuse -> how the service says so, and how it is asked from then on.
_REFUSED: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("cached_from", r"cach", {"cached_from": None}),
    ("cited", r"\bdocuments?\b|citation|content block|malformed", {"cited": False}),
    ("guarded", r"guard_?content|qualifier|grounding", {"guarded": False}),
)


class PatientConverse(ChatBedrockConverse):
    """Streams whatever can be streamed; what cannot comes in one piece.

    While it waits, a chunk without text carries a `Waiting` in `additional_kwargs["waiting"]`; of
    a reply that is asked for whole, who listens is told (`ragbot.aws.waiting`).
    What the model refuses beside text (cache points, documents, guarded blocks) it is not sent
    again.
    """

    _line: Line = PrivateAttr()
    _patience: float = PrivateAttr(0.0)
    _streams: bool = PrivateAttr(True)
    _wanted: Wanted = PrivateAttr(Wanted())
    _open_client: Callable[[], Any] = PrivateAttr()

    def ask_over(
        self, line: Line, patience: float, wanted: Wanted, open_client: Callable[[], Any]
    ) -> None:
        """Ask over this line, and wait for it for at most `patience` seconds.

        Args:
            wanted: what is sent in blocks.
            open_client: gives a new client, which reads the credentials anew.
        """
        self._line, self._patience, self._wanted = line, patience, wanted
        self._open_client = open_client
        self._ask_through(self.client)

    def _ask_through(self, client: Any) -> None:
        if self._wanted.cited:
            client.meta.events.register("after-call.bedrock-runtime.Converse", _written_into)
        self.client = client

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
        def ask() -> ChatResult:
            return self._whole(messages, stop, run_manager, **kwargs)

        return self._line.call(ask, self._patience)

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
        renewed = False
        while self._streams:
            begun = False
            sent = as_blocks(messages, self._wanted)
            cited = CitedStream() if self._wanted.cited else None
            try:
                # Closed by name: a stream that waits to be collected keeps its connection.
                stream = super()._stream(sent, stop, run_manager, **kwargs)
                with closing(cast(_Chunks, stream)) as pieces:
                    for piece in pieces:
                        begun = True
                        yield from (piece,) if cited is None else cited.passed(piece)
                yield from () if cited is None else cited.ended()
                return
            except ClientError as error:
                if begun or not self._learns_from(error, renewed):
                    raise
                renewed = renewed or outdated(error)
            except (KeyError, IndexError, TypeError, ValueError) as error:
                if not begun:
                    raise
                raise UnreadableReply(f"{type(error).__name__} in the middle of a reply") from error
        (generation,) = self._whole(messages, stop, run_manager, **kwargs).generations
        message = generation.message
        whole = AIMessageChunk(
            content=message.content,
            tool_calls=message.tool_calls if isinstance(message, AIMessage) else [],
            response_metadata=message.response_metadata,
            usage_metadata=message.usage_metadata if isinstance(message, AIMessage) else None,
        )
        yield ChatGenerationChunk(message=whole)

    def _whole(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None,
        run_manager: CallbackManagerForLLMRun | None,
        **kwargs: Any,
    ) -> ChatResult:
        renewed = False
        while True:
            try:
                sent = as_blocks(messages, self._wanted)
                return super()._generate(sent, stop, run_manager, **kwargs)
            except ClientError as error:
                if not self._learns_from(error, renewed):
                    raise
                renewed = renewed or outdated(error)

    def _learns_from(self, error: ClientError, renewed: bool) -> bool:
        """Whether it may be asked again at once: without what the model says it cannot do, or with
        credentials that were renewed since the last question."""
        if outdated(error):
            if renewed:  # an assumed role gives new ones each time, whether or not they are taken
                return False
            fresh = self._open_client()
            if signs_like(fresh, self.client):
                return False
            self._ask_through(fresh)
            return True
        for name, words, without in _REFUSED:
            if getattr(self._wanted, name) and refuses(error, words):
                self._wanted = replace(self._wanted, **without)
                return True
        if self._streams and cannot_stream(error):
            self._streams = False
            return True
        return False


def _written_into(parsed: Mapping[str, Any], **_: object) -> None:
    write_markers(parsed)
