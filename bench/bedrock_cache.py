"""What does a prompt cache save, in tokens and dollars, and what does it not?

    python -m bench bedrock_cache

A loopback server keeps prefixes as Bedrock does (four characters are a token; each model's own
least length) and the real client asks it: a conversation, and multiple choice as an eval asks it,
the notes before each order of the options. The same again with a model that refuses cache points.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from bench.output import save, show

ROOT = Path(__file__).resolve().parents[1]
SHEET = ROOT / "corpus" / "nosql-databases.md"
MODELS = {
    "Nova Pro": "us.amazon.nova-pro-v1:0",
    "Sonnet 4.6": "us.anthropic.claude-sonnet-4-6",
    "Haiku 4.5": "us.anthropic.claude-haiku-4-5-20251001-v1:0",
}
QUESTIONS = 6
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    argparse.ArgumentParser(prog="bench bedrock_cache", description=_ABOUT).parse_args(arguments)
    sys.path.insert(0, str(ROOT / "tests"))
    sheet = SHEET.read_text(encoding="utf-8")
    runs = {
        "chat, answers of 120 tokens": lambda: _conversation(sheet, 480),
        "chat, answers of 600 tokens": lambda: _conversation(sheet, 2_400),
        "4 orders, 3 passages": lambda: _orders([sheet[i : i + 300] for i in (0, 300, 600)]),
        "4 orders, a sheet": lambda: _orders([sheet]),
        "4 orders, two sheets": lambda: _orders([sheet, sheet[::-1]]),
    }
    rows = [
        _row(run, name, model, list(prompts()))
        for run, prompts in runs.items()
        for name, model in MODELS.items()
    ]
    for run in runs:
        print(run)
        show([{k: v for k, v in row.items() if k != "run"} for row in rows if row["run"] == run])
    save("bedrock_cache", rows)
    return 0 if all(row["dollars, of without"] <= 1.26 for row in rows) else 1


def _conversation(sheet: str, length: int) -> Iterator[Any]:
    """Six questions; each answer is as long as that, and eight passages come with each."""
    from support.small_notes import evidence, passage

    from ragbot.evidence import REMEMBERED_TURNS, Prompt
    from ragbot.prompts import messages
    from ragbot.types import Turn

    history: list[Turn] = []
    for place in range(QUESTIONS):
        notes = [passage(sheet[i : i + 300], start=i) for i in range(place, place + 2_400, 300)]
        remembered = tuple(history[-REMEMBERED_TURNS:])
        yield messages(
            Prompt(
                f"Question {place}?",
                remembered,
                tuple(evidence(*notes)),
                forgets=len(history) > REMEMBERED_TURNS,
            )
        )
        history.append(Turn(f"Question {place}?", sheet[place : place + length]))


def _orders(notes: Sequence[str]) -> Iterator[Any]:
    from support.small_notes import passage

    from eval.banks import Question
    from eval.choices import choice_messages, orders

    question = Question(
        id="bench",
        question="Which of them keeps items of up to 400 KB?",
        options=["DynamoDB", "DocumentDB", "Neptune", "Keyspaces"],
        answer=[0],
    )
    shown = [passage(text, start=place) for place, text in enumerate(notes)]
    for order in orders(question, None, 0):
        yield choice_messages(question, order, shown)


def _row(run: str, name: str, model: str, prompts: Sequence[Any]) -> dict[str, Any]:
    with_cache, points = _asked(model, prompts, refuses=False)
    without, _ = _asked(model, prompts, refuses=True)
    dollars = [_dollars(model, usage) for usage in (without, with_cache)]
    kept, written = with_cache.cache_read_tokens, with_cache.cache_write_tokens
    return {
        "model": name,
        "run": run,
        "requests": len(prompts),
        "points sent": points,
        "tokens in": with_cache.input_tokens,
        "into the cache": written,
        "from the cache": kept,
        "from the cache, share": round(kept / with_cache.input_tokens, 3),
        "dollars without": round(dollars[0], 6),
        "dollars with": round(dollars[1], 6),
        "dollars, of without": round(dollars[1] / dollars[0], 3),
    }


def _asked(model: str, prompts: Sequence[Any], *, refuses: bool) -> tuple[Any, int]:
    """What it took, and how many cache points were sent."""
    import pytest
    from support.bedrock_script import fault, reply
    from support.bedrock_server import BedrockServer, lead_to, listening
    from support.prompt_cache import PromptCache

    from ragbot.chat_models import candidates, usage_of
    from ragbot.chat_models.caching import cached_from
    from ragbot.settings import Settings
    from ragbot.types import Usage

    server = BedrockServer(cache=PromptCache(least=cached_from(model) or 0))
    sent: list[int] = []

    def policy(request: Any) -> Any:
        said = str(request.body).count("cachePoint")
        sent.append(said)
        if said and refuses:
            return fault("ValidationException", 400, "cachePoint is not permitted")
        return reply("yes", output_tokens=1)

    server.policy = policy
    used = Usage()
    with pytest.MonkeyPatch.context() as environment, listening(server):
        lead_to(server, environment)
        chat = candidates(Settings(model=f"bedrock:{model}"))[0].open()
        for prompt in prompts:
            for chunk in chat.stream(prompt):
                used += usage_of(getattr(chunk, "usage_metadata", None) or {})
    return used, sum(sent)


def _dollars(model: str, usage: Any) -> float:
    from ragbot.chat_models import candidates
    from ragbot.settings import Settings

    price = candidates(Settings(model=f"bedrock:{model}"))[0].price
    assert price is not None
    return price.of(usage)
