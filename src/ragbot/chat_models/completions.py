"""LangChain's OpenAI model, for servers that speak that API only nearly."""

from __future__ import annotations

import random
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import closing, contextmanager
from typing import Any, TypeVar, cast

import openai
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from langchain_openai import ChatOpenAI

from ragbot.failures import UnreadableReply

PAUSES = (0.5, 1.0)  # seconds, at most, before the second try and the third
LONGEST_PAUSE = 60  # as a server may ask for

T = TypeVar("T")


class CompatibleOpenAI(ChatOpenAI):
    """What it cannot read is an `UnreadableReply`; where nothing came, the reply is empty.

    A server that does not know the address may answer with a page, or with an error, and a status
    of 200. It tries again by itself: the client's own retries repeat what timed out, too, and a
    person would wait three times RAGBOT_TIMEOUT.
    """

    def _stream(self, *args: Any, **kwargs: Any) -> Iterator[ChatGenerationChunk]:
        ask = super()._stream

        def begun() -> tuple[ChatGenerationChunk, Generator[ChatGenerationChunk, None, None]]:
            stream = cast(Generator[ChatGenerationChunk, None, None], ask(*args, **kwargs))
            # Of no chunk at all LangChain would make a plain ValueError.
            return next(stream, ChatGenerationChunk(message=AIMessageChunk(content=""))), stream

        with _readable():
            first, stream = _tried(begun)
            with closing(stream):
                yield first
                yield from stream

    def _generate(self, *args: Any, **kwargs: Any) -> ChatResult:
        ask = super()._generate
        with _readable():
            result = _tried(lambda: ask(*args, **kwargs))
            _ = result.generations[0]  # LangChain takes it unseen
            return result


def _tried(ask: Callable[[], T]) -> T:
    for pause in PAUSES:
        try:
            return ask()
        except openai.APITimeoutError:
            raise
        except (openai.RateLimitError, openai.InternalServerError) as error:
            told = error.response.headers.get("retry-after", "")
            wanted = int(told) if told.isdecimal() else 0
            time.sleep(wanted if 0 < wanted <= LONGEST_PAUSE else random.uniform(0.0, pause))
        except openai.APIConnectionError:
            time.sleep(random.uniform(0.0, pause))
    return ask()


@contextmanager
def _readable() -> Iterator[None]:
    try:
        yield
    except (AttributeError, KeyError, IndexError, TypeError, ValueError) as error:
        raise UnreadableReply(f"{type(error).__name__} in a reply") from error
