"""A follow-up -> the question that is searched for.

The rules of `retrieval.followups` always answer at once. Where the chat model is quick, and the
rules find that the question leans back, the model may word it better; what it writes is taken only
if it is one question that keeps the names of the follow-up and brings in none from outside.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from ragbot.aws.waiting import tell
from ragbot.chat_models import (
    BLOCKED,
    Candidate,
    cost_of,
    explain_failure,
    explain_stop,
    usage_of,
)
from ragbot.prompts import rewriting_messages
from ragbot.retrieval import Searcher
from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, Names, words_in
from ragbot.types import Cost, Turn, Usage

LONGEST = 300  # characters of a rewritten question
_WRAPPING = re.compile(
    r"^[\s\"'“”‘’*`]*(?:(?:\w+ )?question:)?[\s\"'“”‘’*`]*|[\s\"'“”‘’*`]+$", re.IGNORECASE
)
_OPENINGS = AUXILIARIES | QUESTION_WORDS | {"tell", "explain", "describe", "compare", "list", "in"}


@dataclass(frozen=True, slots=True)
class Rewritten:
    """What is searched for; `failure` tells why the model could not be reached for it."""

    query: str
    usage: Usage = field(default_factory=Usage)
    cost: Cost = field(default_factory=Cost)
    failure: str | None = None


def differs(question: str, query: str) -> bool:
    """Whether something else was searched for than was typed; capitals and stops don't count."""
    typed, searched = ([word.low for word in words_in(text)] for text in (question, query))
    return bool(searched) and typed != searched


def rewritten(
    question: str, history: Sequence[Turn], retriever: Searcher, model: Candidate | None
) -> Rewritten:
    """The question, standing on its own, in the words of the notes."""
    by_rule = retriever.query_for(question, history)
    if model is None or not model.rewrites or not retriever.leans_back(question, history):
        return Rewritten(by_rule)
    try:
        reply, usage = _asked(model, question, history)
    except Exception as error:
        # As for the answer: only what is known to be a provider's or a network's fault.
        failure = explain_failure(error)
        if failure is None:
            raise
        return Rewritten(by_rule, failure=failure)
    worded = accepted(reply, question, history, retriever.names)
    query = by_rule if worded is None else retriever.query_for(worded)
    return Rewritten(query, usage, cost_of(model.model_id, model.price, usage))


def _asked(model: Candidate, question: str, history: Sequence[Turn]) -> tuple[str, Usage]:
    """The first line of the reply; a model that rambles on is not listened to."""
    reply, usage, blocked = "", Usage(), False
    for chunk in model.open().stream(rewriting_messages(question, history)):
        for waiting in chunk.additional_kwargs.get("waiting", ()):
            tell(waiting)
        reply += str(chunk.text)
        spent = getattr(chunk, "usage_metadata", None)
        if spent:
            usage += usage_of(spent)
        if explain_stop(chunk.response_metadata) == BLOCKED:
            blocked = True  # and what came are the words of a guardrail
        if len(reply) > LONGEST or "\n" in reply.strip():
            break
    return "" if blocked else reply, usage


def accepted(reply: str, question: str, history: Sequence[Turn], names: Names) -> str | None:
    """The question in a model's reply; None for anything that is none, or not this one."""
    lines = [line for line in reply.strip().split("\n") if line.strip()]
    worded = _WRAPPING.sub("", lines[0]) if lines else ""
    words = words_in(worded)
    if not words or len(worded) > LONGEST or worded.lower() == question.strip().lower():
        return None
    if not worded.endswith("?") and words[0].low not in _OPENINGS:
        return None
    said = [question]
    for turn in history:
        said += [turn.question, turn.query, turn.answer]
    heard = {word.key for text in said for word in words_in(text)}
    if any(word.is_written_as_name() and word.key not in heard for word in words):
        return None
    kept = {word.key for word in words}
    named = [word for piece in names.pieces(question) if piece.is_named for word in piece.core]
    return worded if all(word.key in kept for word in named) else None
