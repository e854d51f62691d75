"""`quotes`: the answer composed of verbatim sentences of the notes, each with its citation.

Needs no model, no account and no network, and can invent nothing. It is a LangChain chat
model like the others, but reads the `Prompt` that the last message carries instead of text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult

from ragbot.evidence import EvidenceSentence, Prompt
from ragbot.store.lexical import words_of

MOST = 5  # quotes in an answer
WITHIN = 4.0  # logits below the best quote that a further one may lie
GOOD = 1.0  # a further quote must rather be an answer than not (reranker logit)
ASIDE = re.compile(r"^As of \w+ \d{4}")
_PARTS = re.compile(
    r"[?;]\s+|,?\s+\b(?:and|but|or)\s+(?=(?:what|which|how|when|where|why|who|is|are|can|do|does"
    r"|should|if)\b)",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Quote:
    sentence: EvidenceSentence
    number: int
    score: float


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
    quotes = chosen_quotes(prompt)
    listed = len(quotes) > 2
    for position, quote in enumerate(quotes):
        if listed:
            lead = "\n- " if position else "- "
        else:
            lead = " " if position else ""
        yield f"{lead}{_written(quote.sentence)} [{quote.number}]"


def chosen_quotes(prompt: Prompt) -> list[_Quote]:
    """The quotes of the answer, best first; a dated note follows the line that it updates."""
    pool = _pool(prompt)
    picked: list[_Quote] = []
    # Each part of a question of several parts gets its own best quote first.
    for part in question_parts(prompt.question):
        best = max(
            pool, key=lambda quote: quote.score + _overlap(part, quote.sentence), default=None
        )
        if best is not None:
            _add(picked, best)
    pool.sort(key=lambda quote: -quote.score)
    best_score = max((quote.score for quote in picked), default=0.0)
    for quote in pool:
        if len(picked) >= MOST or quote.score < max(best_score - WITHIN, GOOD):
            break
        _add(picked, quote)
    return _with_updates(picked, prompt)


def question_parts(question: str) -> list[str]:
    """The questions in a question: "what is the limit, and what if I exceed it?" has two."""
    parts = [part.strip() for part in _PARTS.split(question)]
    return [part for part in parts if len(words_of(part)) >= 2] or [question]


def _pool(prompt: Prompt) -> list[_Quote]:
    pool = []
    for item in prompt.evidence:
        relevance = item.relevance or tuple(
            # Without the reranker: words in common, and the passage's rank.
            4 * _overlap(prompt.question, sentence) - item.retrieved.rank / 2
            for sentence in item.sentences
        )
        for sentence, score in zip(item.sentences, relevance, strict=True):
            if len(sentence.text.split()) > 2 and not sentence.text.endswith(":"):
                pool.append(_Quote(sentence, item.number, score))
    return pool


def _overlap(question: str, sentence: EvidenceSentence) -> float:
    wanted = set(words_of(question))
    return len(wanted & set(words_of(sentence.in_context))) / len(wanted) if wanted else 0.0


def _add(picked: list[_Quote], quote: _Quote) -> None:
    words = set(words_of(_written(quote.sentence)))
    for other in picked:
        held = set(words_of(_written(other.sentence)))
        if words and len(words & held) / min(len(words), len(held) or 1) > 0.8:
            return  # says the same again
    picked.append(quote)


def _with_updates(picked: list[_Quote], prompt: Prompt) -> list[_Quote]:
    """A fact that a dated note changes is never quoted without the note."""
    out: list[_Quote] = []
    for quote in picked:
        if quote in out:
            continue
        out.append(quote)
        for item in prompt.evidence:
            if item.number != quote.number:
                continue
            for sentence in item.sentences:
                if sentence.parent == quote.sentence.text and ASIDE.match(sentence.text):
                    note = _Quote(sentence, item.number, quote.score)
                    if not any(q.sentence == sentence for q in out):
                        out.append(note)
    return out


def _written(sentence: EvidenceSentence) -> str:
    """The quote as a sentence of its own."""
    fact = sentence.fact
    if fact is not None:
        text = f"{fact.subject} - {fact.feature}: {fact.value}"
    elif sentence.passage.table_header:
        text = sentence.text.replace("\n", " / ")
    else:
        text = sentence.text
    text = " ".join(text.split())
    return text if re.search(r"[.!?:]$", text) else f"{text}."
