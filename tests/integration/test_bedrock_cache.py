"""Cache points: only where the beginning comes again and is long enough to be kept."""

from __future__ import annotations

from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from support.bedrock_script import fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.prompt_cache import PromptCache
from support.small_notes import evidence, passage

from ragbot.chat_models import candidates, cost_of, usage_of
from ragbot.chat_models.bedrock_models import RECOMMENDED, Recommended
from ragbot.chat_models.caching import cached_from
from ragbot.evidence import REMEMBERED_TURNS, Parts, Prompt
from ragbot.prompts import messages
from ragbot.settings import Settings
from ragbot.types import Turn, Usage

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

NOVA, CLAUDE = "us.amazon.nova-pro-v1:0", "us.anthropic.claude-sonnet-4-6"
NOTES = "A Boxes item can be at most 400 KB. " * 250  # 9,000 characters
LONG = "A Boxes item can be at most 400 KB. " * 60  # 2,160 characters, an answer's most


def of(model: str, **changes: object) -> Any:
    settings = Settings(**{"model": f"bedrock:{model}", **changes})  # type: ignore[arg-type]
    return candidates(settings)[0].open()


def asked(question: str, notes: str = NOTES, *, reused: bool = True) -> list[BaseMessage]:
    """As a run asks: the same notes, another question behind them."""
    parts = Parts((notes,), question, reused=reused)
    return [
        SystemMessage("Answer."),
        HumanMessage(notes + question, additional_kwargs={"parts": parts}),
    ]


def points(body: dict[str, Any]) -> list[tuple[str, int]]:
    """Where cache points stand: in which message, behind how many blocks."""
    named = [
        ("system", body.get("system", [])),
        *((m["role"], m["content"]) for m in body["messages"]),
    ]
    return [
        (name, place)
        for name, blocks in named
        for place, block in enumerate(blocks)
        if "cachePoint" in block
    ]


def spent(model: Any, *prompts: list[BaseMessage]) -> list[Usage]:
    chunks = [chunk for prompt in prompts for chunk in model.stream(prompt)]
    return [usage_of(chunk.usage_metadata) for chunk in chunks if chunk.usage_metadata]


def conversation(*turns: str) -> list[BaseMessage]:
    """The next question behind turns of so many words."""
    history = [Turn(f"Question {place}?", answer) for place, answer in enumerate(turns)]
    remembered = tuple(history[-REMEMBERED_TURNS:])
    notes = tuple(evidence(passage("- A box holds jam.")))
    return messages(Prompt("And now?", remembered, notes, forgets=len(history) > len(remembered)))


# --- where a point stands


def test_notes_that_come_again_are_kept_before_the_question(bedrock: BedrockServer) -> None:
    bedrock.script(reply("A"))
    spent(of(NOVA), asked("Which letter?"))
    (request,) = bedrock.requests
    assert points(request.body) == [("user", 1)]
    notes, _, question = request.body["messages"][0]["content"]
    assert (notes["text"], question["text"]) == (NOTES, "Which letter?")


@pytest.mark.parametrize(
    ("model", "notes", "reused"),
    [
        (NOVA, NOTES[:3_000], True),  # too short for Nova's 1,000 tokens
        (CLAUDE, NOTES[:5_000], True),  # enough for Nova, too short for Claude's 2,048
        (NOVA, NOTES, False),  # they don't come again
        ("qwen.qwen3-32b-v1:0", NOTES, True),  # keeps nothing
    ],
)
def test_a_point_that_cannot_count_is_not_sent(
    bedrock: BedrockServer, model: str, notes: str, reused: bool
) -> None:
    bedrock.script(reply("A"))
    spent(of(model), asked("Which letter?", notes, reused=reused))
    (request,) = bedrock.requests
    assert request.body["messages"] == [
        {"role": "user", "content": [{"text": f"{notes}Which letter?"}]}
    ]


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        ([], []),
        ([LONG], []),  # not long enough yet
        ([LONG, LONG], [("assistant", 1)]),
        ([LONG] * REMEMBERED_TURNS, [("assistant", 1)]),  # read once more, and no more written
        ([LONG] * (REMEMBERED_TURNS + 1), []),  # the first turn is forgotten
    ],
)
def test_a_conversation_is_kept_as_long_as_it_only_grows(
    bedrock: BedrockServer, answers: list[str], expected: list[tuple[str, int]]
) -> None:
    bedrock.script(reply("yes"))
    spent(of(NOVA), conversation(*answers))
    assert points(bedrock.requests[0].body) == expected


def test_a_point_changes_nothing_of_what_is_read(bedrock: BedrockServer) -> None:
    bedrock.script(reply("A"), reply("A"))
    for model in (NOVA, "qwen.qwen3-32b-v1:0"):
        spent(of(model), asked("Which letter?"))
    with_point, without = (
        "".join(block.get("text", "") for block in request.body["messages"][0]["content"])
        for request in bedrock.requests
    )
    assert with_point == without


# --- what it saves


def test_tokens_and_money_are_the_sum_by_hand(bedrock: BedrockServer) -> None:
    """Four orders of one question, as an eval asks them; four characters are a token."""
    bedrock.cache = PromptCache(least=2_048)
    prompts = [asked(f"Order {place}: which letter?") for place in range(4)]
    bedrock.script(*[reply("A", output_tokens=1) for _ in prompts])
    usages = spent(of(CLAUDE), *prompts)
    kept = (len("Answer.") + len(NOTES)) // 4  # 2,251
    total = (len("Answer.") + len(NOTES) + len("Order 0: which letter?")) // 4
    assert usages[0] == Usage(total, 1, 0, kept)
    assert usages[1:] == [Usage(total, 1, kept, 0)] * 3
    assert all(use.input_tokens == total for use in usages)  # all that was read, counted once
    price = candidates(Settings(model=f"bedrock:{CLAUDE}"))[0].price
    cost = cost_of("m", price, sum(usages, Usage())).usd
    fresh = 4 * (total - kept)
    by_hand = (fresh * 3.30 + 3 * kept * 0.33 + kept * 4.125 + 4 * 16.50) / 1e6
    assert cost == pytest.approx(by_hand)
    uncached = (4 * total * 3.30 + 4 * 16.50) / 1e6
    assert cost == pytest.approx(0.39 * uncached, rel=0.02)


def test_a_conversation_that_grows_reads_what_it_has_written(bedrock: BedrockServer) -> None:
    bedrock.cache = PromptCache(least=1_000)
    bedrock.script(reply("yes"), reply("yes"))
    longer = LONG * 2
    first, second = spent(of(NOVA), conversation(longer), conversation(longer, longer))
    assert (first.cache_read_tokens, first.cache_write_tokens > 1_000) == (0, True)
    assert second.cache_read_tokens == first.cache_write_tokens
    assert second.cache_write_tokens > 0


def test_what_is_shorter_than_the_service_s_minimum_is_paid_in_full(bedrock: BedrockServer) -> None:
    """Our estimate of tokens is generous; the service counts."""
    bedrock.cache = PromptCache(least=5_000)
    bedrock.script(reply("A"), reply("A"))
    usages = spent(of(NOVA), asked("One?"), asked("Two?"))
    assert [use.cache_read_tokens + use.cache_write_tokens for use in usages] == [0, 0]
    assert all(points(request.body) for request in bedrock.requests)


# --- who may not


@pytest.mark.parametrize(
    "refusal",
    [
        fault("ValidationException", 400, "extraneous key [cachePoint] is not permitted"),
        fault(
            "AccessDeniedException",
            403,
            "You invoked an unsupported model or your request did not allow prompt caching. See "
            "the documentation for more information.",
        ),
    ],
    ids=["invalid", "denied"],
)
def test_a_model_that_refuses_a_point_is_asked_without_from_then_on(
    bedrock: BedrockServer, refusal: Any
) -> None:
    model = of(NOVA)
    bedrock.script(refusal, reply("A"), reply("B"), reply("C"))
    texts = [
        "".join(chunk.text for chunk in model.stream(asked("One?"))),
        "".join(chunk.text for chunk in model.stream(asked("Two?"))),
        model.invoke(asked("Three?")).text,
    ]
    assert texts == ["A", "B", "C"]
    assert [bool(points(request.body)) for request in bedrock.requests] == [
        True,
        False,
        False,
        False,
    ]


def test_another_refusal_is_not_taken_for_one_of_the_point(bedrock: BedrockServer) -> None:
    bedrock.script(fault("ValidationException", 400, "Input is too long."), reply("A"))
    model = of(NOVA)
    with pytest.raises(Exception, match="too long"):
        list(model.stream(asked("One?")))
    list(model.stream(asked("One?")))
    assert all(points(request.body) for request in bedrock.requests)


@pytest.mark.parametrize("recommended", RECOMMENDED, ids=lambda each: each.model)
def test_who_keeps_a_prompt_is_known(bedrock: BedrockServer, recommended: Recommended) -> None:
    least = cached_from(recommended.model)
    assert (least is not None) == recommended.model.startswith(("amazon.nova", "anthropic."))
    if recommended.profiles:
        assert cached_from(f"{recommended.profiles[0]}.{recommended.model}") == least
    bedrock.script(reply("A"))
    spent(of(recommended.model), asked("Which letter?", NOTES * 2))
    (request,) = bedrock.requests
    assert bool(points(request.body)) == (least is not None)


def test_the_table_of_least_lengths() -> None:
    known = {
        "us.amazon.nova-micro-v1:0": 1_000,
        "global.amazon.nova-2-lite-v1:0": 1_000,
        "anthropic.claude-3-7-sonnet-20250219-v1:0": 1_024,
        "eu.anthropic.claude-sonnet-4-20250514-v1:0": 1_024,
        "us.anthropic.claude-sonnet-4-5-20250929-v1:0": 1_024,
        "us.anthropic.claude-sonnet-4-6": 2_048,
        "anthropic.claude-haiku-4-5-20251001-v1:0": 4_096,
        "us.anthropic.claude-opus-4-1-20250805-v1:0": 1_024,
        "us.anthropic.claude-opus-4-5-20251101-v1:0": 4_096,
        "arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.amazon.nova-pro-v1:0": 1_000,
        "anthropic.claude-3-haiku-20240307-v1:0": None,
        "meta.llama3-3-70b-instruct-v1:0": None,
    }
    assert {model: cached_from(model) for model in known} == known
