"""How a chat model streams, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage


def streamed_one_by_one(model: BaseChatModel, messages: Sequence[BaseMessage], most: int) -> str:
    """The text of a reply of `most` tokens at most, whose pieces come singly, the usage last."""
    chunks = list(model.stream(list(messages)))
    assert sum(bool(chunk.text) for chunk in chunks) >= 5
    assert [bool(chunk.usage_metadata) for chunk in chunks] == [False] * (len(chunks) - 1) + [True]
    spent = chunks[-1].usage_metadata
    assert spent is not None
    assert spent["input_tokens"] > 10
    assert 5 <= spent["output_tokens"] <= most
    return "".join(chunk.text for chunk in chunks)
