"""A chat model around another one: what those that count and those that keep have in common."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.language_models.chat_models import generate_from_stream
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult
from pydantic import ConfigDict


class WrappingChatModel(BaseChatModel):
    """Passes on to `inner`, always as a stream; a subclass says in `_stream` what it adds."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    inner: BaseChatModel

    @property
    def _llm_type(self) -> str:
        return f"{type(self).__name__} of {self.inner._llm_type}"

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return generate_from_stream(self._stream(messages, stop, run_manager, **kwargs))


def innermost(model: BaseChatModel) -> BaseChatModel:
    """The model that is really asked."""
    while isinstance(model, WrappingChatModel):
        model = model.inner
    return model
