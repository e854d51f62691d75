"""A chat model that says what its script says, and fails loudly when that runs out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.messages.ai import UsageMetadata
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from pydantic import PrivateAttr

from ragbot.chat_models import Candidate


class ScriptedModel(BaseChatModel):
    """Each entry of the script is one reply; an exception in it is raised at its place."""

    script: list[Any]
    _asked: list[list[BaseMessage]] = PrivateAttr(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "scripted"

    @property
    def asked(self) -> list[list[BaseMessage]]:
        return self._asked

    def _generate(self, messages: list[BaseMessage], *_: Any, **__: Any) -> ChatResult:
        text = "".join(str(chunk.message.content) for chunk in self._stream(messages))
        spent = UsageMetadata(input_tokens=10, output_tokens=5, total_tokens=15)
        told = AIMessage(text, usage_metadata=spent)
        return ChatResult(generations=[ChatGeneration(message=told)])

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **__: Any
    ) -> Iterator[ChatGenerationChunk]:
        self._asked.append(messages)
        if not self.script:
            raise AssertionError("the script ran out: the model was asked once too often")
        reply = self.script.pop(0)
        for piece in [reply] if isinstance(reply, str | Exception) else reply:
            if isinstance(piece, Exception):
                raise piece
            for first in range(0, len(piece), 7):
                yield ChatGenerationChunk(message=AIMessageChunk(content=piece[first : first + 7]))
        spent = {"input_tokens": 10, "output_tokens": 5, "total_tokens": 15}
        yield ChatGenerationChunk(message=AIMessageChunk(content="", usage_metadata=spent))


def scripted(*script: Any, name: str = "scripted", withhold: bool = False) -> Candidate:
    model = ScriptedModel(script=list(script))
    return Candidate(name, lambda: model, withhold)
