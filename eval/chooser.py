"""One multiple-choice question in one order -> a call of the model, and what was read of it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from eval.banks import Question
from eval.choice_tool import TOKENS, answer_tool, forced_choice, read_tool
from eval.choices import Choice, Order, choice_messages, read_choice
from eval.runs import Asked, Read
from ragbot.chat_models import (
    Candidate,
    cost_of,
    explain_failure,
    explain_stop,
    kind_of,
    usage_of,
)
from ragbot.types import Cost, Passage, Usage

if TYPE_CHECKING:
    from langchain_core.messages import AIMessage, BaseMessage


@dataclass
class Chooser:
    """Asks one model.

    `tools` where it is asked through a tool, as far as its family takes one. A model that
    refuses it, or answers in words all the same, is asked in words from then on.
    """

    candidate: Candidate
    tools: bool = True

    def choose(self, question: Question, order: Order, notes: Sequence[Passage]) -> Asked:
        forced = forced_choice(self.candidate.open()) if self.tools else None
        if forced is None:
            return self._in_words(question, order, notes)
        try:
            return self._through_tool(question, order, notes, forced)
        except Exception as error:
            if explain_failure(error) is None or kind_of(error) != "invalid":
                raise
            # Where the tool is not to blame (a prompt that is too long), this fails as well.
            asked = self._in_words(question, order, notes)
            self.tools = False
            return asked

    def _through_tool(
        self, question: Question, order: Order, notes: Sequence[Passage], forced: str
    ) -> Asked:
        messages = choice_messages(question, order, notes, by_tool=True)
        reply = self.candidate.open().invoke(
            messages,
            tools=[answer_tool(question, order)],
            tool_choice=forced,
            max_tokens=TOKENS,
        )
        said, cut = str(reply.text), explain_stop(reply.response_metadata) is not None
        calls = [*reply.tool_calls, *reply.invalid_tool_calls]
        if said and not calls:
            # A reply that a guardrail or the longest length cut short says nothing of the model.
            self.tools = self.tools and cut
            choice = read_choice(said, None, question, order)
            return self._asked(question, order, messages, reply, choice, "parser")
        whole = not cut and not reply.invalid_tool_calls
        choice = read_tool(reply.tool_calls, question, order) if whole else Choice(None)
        said = "\n".join(json.dumps(each["args"]) for each in calls)
        return self._asked(question, order, messages, reply, choice, "tool", said)

    def _in_words(self, question: Question, order: Order, notes: Sequence[Passage]) -> Asked:
        messages = choice_messages(question, order, notes)
        limits: dict[str, Any] = {"max_tokens": 16 * len(question.answer)}
        if self.candidate.model_id.startswith(("local:", "openai:")):
            # One token is enough where the probabilities of the letters come with it.
            limits = {"logprobs": True, "top_logprobs": 20, "max_tokens": 1}
        reply = self.candidate.open().invoke(messages, **limits)
        logprobs = reply.response_metadata.get("logprobs")
        choice = read_choice(str(reply.text), logprobs, question, order)
        read: Read = "parser" if choice.probabilities is None else "log-probabilities"
        return self._asked(question, order, messages, reply, choice, read)

    def _asked(
        self,
        question: Question,
        order: Order,
        messages: Sequence[BaseMessage],
        reply: AIMessage,
        choice: Choice,
        read: Read,
        raw: str | None = None,
    ) -> Asked:
        told = reply.response_metadata
        return Asked(
            order=list(order),
            prompt="\n\n".join(str(message.text) for message in messages),
            raw=str(reply.text) if raw is None else raw,
            read=read,
            chosen=None if choice.options is None else list(choice.options),
            probabilities=None
            if choice.probabilities is None
            else [round(p, 4) for p in choice.probabilities],
            right=choice.options == question.answer,
            ms=told.get("ms", 0.0),
            cached=told.get("cached", False),
            **took(self.candidate, usage_of(reply.usage_metadata or {})),
        )


def took(candidate: Candidate, usage: Usage) -> dict[str, Any]:
    """What a call took, as `Asked` holds it."""
    return counted(usage, cost_of(candidate.model_id, candidate.price, usage))


def counted(usage: Usage, cost: Cost) -> dict[str, Any]:
    """Tokens and dollars as `Asked` holds them; dollars that are known in part are not known."""
    return {**asdict(usage), "cost": None if cost.unknown else cost.usd}
