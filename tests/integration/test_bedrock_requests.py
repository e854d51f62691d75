"""Whatever ragbot asks of a model is what Bedrock takes, for every family that it recommends."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from langchain_core.messages import BaseMessage, HumanMessage, SystemMessage
from support.bedrock_requests import must_be_valid
from support.bedrock_script import Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.small_notes import evidence, passage

from eval.banks import Question
from eval.chooser import Chooser
from ragbot.aws.waiting import while_waiting
from ragbot.chat_models import candidates, judge_of
from ragbot.chat_models.bedrock_models import RECOMMENDED, Recommended
from ragbot.evidence import Parts, Prompt
from ragbot.judging import REPLY_TOKENS, ModelJudge
from ragbot.prompts import messages, rewriting_messages
from ragbot.settings import Settings
from ragbot.types import Turn

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

CLAIM = "How large can a Boxes item be?"
NOTES = (passage("- A Boxes item can be at most 400 KB."), passage("- Crates hold jam.", "Crates"))
BEFORE = [Turn("What is a Boxes item?", "A Boxes item holds things. [1]")]
ANSWER = messages(Prompt(CLAIM, tuple(BEFORE), tuple(evidence(*NOTES))))
ORDERS = Question(id="q", question="Which?", options=("ab", "cd", "efg"), answer=(1,))


def cached() -> list[BaseMessage]:
    notes = "A Boxes item can be at most 400 KB. " * 500
    told = {"parts": Parts((notes,), CLAIM, reused=True)}
    return [SystemMessage("Answer."), HumanMessage(notes + CLAIM, additional_kwargs=told)]


def streamed(settings: Settings, prompt: list[BaseMessage]) -> None:
    list(candidates(settings)[0].open().stream(prompt))


def judged(settings: Settings) -> None:
    judge = judge_of(settings.model_copy(update={"judge": settings.model, "model": "quotes"}))
    assert judge is not None
    assert ModelJudge(judge)(CLAIM, evidence(*NOTES)[0].sentences) is None  # it said "yes"


def guarded(settings: Settings) -> None:
    assert settings.home is not None
    file = settings.home / "ragbot.toml"
    file.write_text('[guardrails.bedrock]\nid = "gr1a2b3c"\nversion = "2"\n')
    streamed(settings.model_copy(update={"config": file}), ANSWER)


def natively(settings: Settings) -> None:
    streamed(settings.model_copy(update={"bedrock_citations": "native"}), ANSWER)


def _always(_: Recommended) -> bool:
    return True


@dataclass(frozen=True)
class Kind:
    """How it is asked, what shows that it was asked like this, and of which families that holds."""

    ask: Callable[[Settings], Any]
    mark: str
    of: Callable[[Recommended], bool] = _always


KINDS = {
    "answer": Kind(lambda settings: streamed(settings, ANSWER), "<passage"),
    "answer as a whole": Kind(lambda s: candidates(s)[0].open().invoke(ANSWER), "<passage"),
    "rewrite": Kind(lambda s: streamed(s, rewriting_messages("and them?", BEFORE)), "and them?"),
    "judge": Kind(judged, f'"maxTokens": {REPLY_TOKENS},'),
    "guarded": Kind(guarded, '"guardContent"'),
    "cached": Kind(
        lambda settings: streamed(settings, cached()),
        '"cachePoint"',
        lambda each: each.family in ("Amazon Nova", "Anthropic Claude"),
    ),
    "native citations": Kind(natively, '"citations": {"enabled": true}'),
    "a letter through a tool": Kind(
        lambda s: Chooser(candidates(s)[0]).choose(ORDERS, (2, 0, 1), ()),
        '"toolChoice"',
        lambda each: each.family not in ("OpenAI gpt-oss", "Qwen"),
    ),
}


@pytest.mark.parametrize("recommended", RECOMMENDED, ids=lambda each: each.model)
@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_it_is_valid(
    bedrock: BedrockServer, tmp_path: Path, kind: Kind, recommended: Recommended
) -> None:
    profile = f"{recommended.profiles[0]}." if recommended.profiles else ""
    name = profile + recommended.model
    bedrock.policy = lambda _: reply("yes")
    kind.ask(Settings(home=tmp_path, model=f"bedrock:{name}"))
    asked: list[Request] = bedrock.requests
    assert {request.model_id for request in asked} == {name}
    for request in asked:
        must_be_valid(request)
    assert (kind.mark in json.dumps([r.body for r in asked])) == kind.of(recommended)


def test_who_listens_hears_what_a_whole_reply_waits_for(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    replies = iter([fault("ThrottlingException", 429), reply("supported")])
    bedrock.policy = lambda _: next(replies)
    settings = Settings(home=tmp_path, model="quotes", judge=f"bedrock:{RECOMMENDED[0].model}")
    candidate = judge_of(settings)
    assert candidate is not None
    judge, sentences = ModelJudge(candidate), evidence(*NOTES)[0].sentences
    waits = while_waiting(partial(judge, CLAIM, sentences))
    assert "throttling" in next(waits).reason
    with pytest.raises(StopIteration) as ruled:
        while True:
            next(waits)
    assert ruled.value.value == "supported"


def test_what_is_not_valid_is_seen() -> None:
    wrong = Request("m", "converse", {"messages": [{"role": "user", "content": "text"}]}, {})
    with pytest.raises(AssertionError, match="content"):
        must_be_valid(wrong)
