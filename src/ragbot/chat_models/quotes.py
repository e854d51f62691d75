"""`quotes`: the answer composed of verbatim sentences of the notes, each with its citation.

Needs no model, no account and no network, and can invent nothing. It is a LangChain chat
model like the others, but reads the `Prompt` that the last message carries instead of text.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from ragbot.chat_models.quoting import composed
from ragbot.evidence import Prompt


class QuotesChatModel(BaseChatModel):
    """Quotes the evidence sentences that answer the question best."""

    @property
    def _llm_type(self) -> str:
        return "quotes"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        message = AIMessage(content="".join(_lines(messages)))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for line in _lines(messages):
            yield ChatGenerationChunk(message=AIMessageChunk(content=line))


def _lines(messages: Sequence[BaseMessage]) -> Iterator[str]:
    prompt = messages[-1].additional_kwargs.get("prompt")
    if not isinstance(prompt, Prompt):
        raise TypeError("the last message carries no ragbot Prompt; see ragbot.prompts.messages")
    lines = composed(prompt) or [""]  # LangChain takes a stream without chunks for a fault
    bullets = len(lines) > 2
    for position, line in enumerate(lines):
        if bullets:
            lead = "\n- " if position else "- "
        else:
            lead = " " if position else ""
        yield f"{lead}{line}"
