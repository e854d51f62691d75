"""What a run spends, counted call by call, and held below a limit.

A call is let through when what is spent, what is under way at its worst, and the call at its own
worst stay within the limit together. The worst is a token for two characters of the prompt, and
a reply of the longest length.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk

from eval.runs import RunError
from eval.wrapping import WrappingChatModel
from ragbot.chat_models import Price, cost_of, usage_of
from ragbot.types import Cost, Usage

CHARACTERS_A_TOKEN = 2  # four in English; fewer in other scripts, and it must not be too many
TOOL_TOKENS = 800  # what a provider itself may add to a prompt that offers a tool


class BudgetError(RunError):
    """The next call could take the run above its limit."""


def worst_of(characters: int, longest: int) -> Usage:
    """The most tokens that a prompt of so many characters and its reply can take."""
    return Usage(characters // CHARACTERS_A_TOKEN + 1, longest)


@dataclass
class Bill:
    """What one call took; `heard` where a reply began, told or not what it took."""

    usage: Usage = field(default_factory=Usage)
    heard: bool = False


class Ledger:
    """Counts tokens and US dollars; safe to use from several threads."""

    def __init__(self, limit: float | None = None) -> None:
        self.limit = limit
        self.usage = Usage()
        self.cost = Cost()
        self._reserved: list[float] = []  # of each call that is under way
        self._settled = threading.Condition()

    @contextmanager
    def call(self, model_id: str, price: Price | None, worst: Usage) -> Iterator[Bill]:
        """Let a call through, and enter its bill.

        Raises:
            BudgetError: it could take the run above the limit.
        """
        bound = 0.0 if price is None else price.of(worst)
        self._reserve(bound)
        bill = Bill()
        try:
            yield bill
        finally:
            if bill.heard and bill.usage == Usage():
                bill.usage = worst  # it broke off before it told: better too much than too little
            with self._settled:
                self._reserved.remove(bound)
                self.usage += bill.usage
                if bill.usage != Usage():
                    self.cost += cost_of(model_id, price, bill.usage)
                self._settled.notify_all()

    def _reserve(self, bound: float) -> None:
        with self._settled:
            while self._would_pass(bound):
                if not self._reserved:
                    raise BudgetError(
                        f"${self._spent:.6f} of --max-cost {self.limit:g} are spent, and the next "
                        f"call could cost ${bound:.6f}",
                        mend="the same command with a higher --max-cost goes on from here; "
                        "python -m eval report RUN shows what there is",
                    )
                # Others are under way and will hardly take all that was set aside for them.
                self._settled.wait()
            self._reserved.append(bound)

    def _would_pass(self, bound: float) -> bool:
        return self.limit is not None and self._spent + sum(self._reserved) + bound > self.limit

    @property
    def _spent(self) -> float:
        return self.cost.usd or 0.0


class MeteredChatModel(WrappingChatModel):
    """Another chat model whose every call is entered in a ledger."""

    ledger: Ledger
    model_id: str
    price: Price | None
    longest: int  # tokens of a reply

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        asked = sum(len(str(message.text)) for message in messages)
        tools = TOOL_TOKENS if kwargs.get("tools") else 0
        worst = worst_of(asked, kwargs.get("max_tokens") or self.longest) + Usage(tools)
        with self.ledger.call(self.model_id, self.price, worst) as bill:
            for part in self.inner.stream(messages, stop=stop, **kwargs):
                bill.heard = bill.heard or bool(part.text or part.tool_call_chunks)
                if part.usage_metadata:
                    bill.usage += usage_of(part.usage_metadata)
                yield ChatGenerationChunk(message=part)
