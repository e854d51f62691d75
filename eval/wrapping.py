"""A chat model around another one: what those that count and those that keep have in common."""

from __future__ import annotations

from langchain_core.language_models import BaseChatModel
from pydantic import ConfigDict

from ragbot.chat_models.streaming import StreamingChatModel


class WrappingChatModel(StreamingChatModel):
    """Passes on to `inner`, always as a stream; a subclass says in `_stream` what it adds."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    inner: BaseChatModel

    @property
    def _llm_type(self) -> str:
        return f"{type(self).__name__} of {self.inner._llm_type}"


def innermost(model: BaseChatModel) -> BaseChatModel:
    """The model that is really asked."""
    while isinstance(model, WrappingChatModel):
        model = model.inner
    return model
