"""How a chat model streams, whatever runs it."""

from __future__ import annotations

from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage

from ragbot.chat_models import explain_stop


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


def told_as_cut(model: BaseChatModel, messages: Sequence[BaseMessage], most: int) -> None:
    """A reply that ends at `most` tokens says so; one that ends by itself says nothing."""
    first = model.invoke(list(messages), max_tokens=1).text
    for changes, words in (({"max_tokens": most}, ["RAGBOT_MAX_TOKENS"]), ({"stop": [first]}, [])):
        stream = model.stream(list(messages), **changes)
        told = [stop for chunk in stream if (stop := explain_stop(chunk.response_metadata))]
        assert [stop.rpartition(" ")[2] for stop in told] == words
