"""The guardrail of an AWS account: what it is sent, what it met, and what a person is told."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from support.bedrock_script import fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.scored_product import product
from support.small_notes import evidence, passage
from support.word_lengths import WordLengths

from ragbot.assembly import Ragbot
from ragbot.chat_models import candidates, intervention
from ragbot.chat_models.blocks import LONGEST_QUERY
from ragbot.cli.terminal import about
from ragbot.evidence import Prompt
from ragbot.prompts import SYSTEM, messages
from ragbot.rewriting import rewritten
from ragbot.settings import Settings
from ragbot.types import Answer, Turn

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

MODEL = "us.amazon.nova-lite-v1:0"
QUESTION = "How large can a Boxes item be?"
FACT = "A Boxes item can be at most 400 KB [1]."
SECRET = "hunter2"
NOTES = [passage("- A Boxes item can be at most 400 KB."), passage("- Crates hold jam.", "Crates")]

PII = {
    "sensitiveInformationPolicy": {
        "piiEntities": [
            {"match": SECRET, "type": "PASSWORD", "action": "BLOCKED"},
            {"match": "ann@example.com", "type": "EMAIL", "action": "ANONYMIZED"},
        ],
        "regexes": [{"name": "badge", "match": SECRET, "regex": SECRET, "action": "BLOCKED"}],
    }
}
MASKED = {
    "sensitiveInformationPolicy": {
        "piiEntities": [{"match": "ann@example.com", "type": "EMAIL", "action": "ANONYMIZED"}],
        "regexes": [],
    }
}
TOPIC = {
    "topicPolicy": {
        "topics": [
            {"name": "Share\u200b  tips", "type": "DENY", "action": "BLOCKED"},
            {"name": "Weather", "type": "DENY", "action": "NONE"},
        ]
    }
}
EVERYTHING = {
    **TOPIC,
    **PII,
    "contentPolicy": {
        "filters": [{"type": "PROMPT_ATTACK", "confidence": "HIGH", "action": "BLOCKED"}]
    },
    "wordPolicy": {
        "customWords": [{"match": SECRET, "action": "BLOCKED"}] * 2,
        "managedWordLists": [{"match": SECRET, "type": "PROFANITY", "action": "BLOCKED"}],
    },
    "contextualGroundingPolicy": {
        "filters": [
            {"type": "GROUNDING", "score": 0.314, "threshold": 0.7, "action": "BLOCKED"},
            {"type": "RELEVANCE", "score": 0.9, "threshold": 0.7, "action": "NONE"},
        ]
    },
}


@pytest.fixture
def guarded(tmp_path: Path) -> Settings:
    file = tmp_path / "ragbot.toml"
    file.write_text('[guardrails.bedrock]\nid = "gr1a2b3c"\nversion = "2"\n')
    return Settings(
        home=tmp_path, models_dir=tmp_path / "models", model=f"bedrock:{MODEL}", config=file
    )


def answer_to(question: str, settings: Settings, history: tuple[Turn, ...] = ()) -> Answer:
    product(settings.home)  # the index
    bot = Ragbot(settings, models=candidates(settings), embedder=WordLengths())
    *_, answer = bot.stream(question, list(history))
    assert isinstance(answer, Answer)
    return answer


def test_a_question_that_is_blocked_tells_what_it_met(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    trace = {"inputAssessment": {"gr1a2b3c": TOPIC}, "actionReason": "Guardrail blocked."}
    no = reply("Sorry.", stop="guardrail_intervened", trace=trace, output_tokens=0)
    bedrock.script(no)
    answer = answer_to(QUESTION, guarded)
    assert answer.blocked is not None
    assert (answer.blocked.stage, answer.blocked.policy) == ("input", "bedrock")
    assert answer.blocked.reason.endswith("met the denied topic Share tips")
    assert answer.text == "A guardrail of this AWS account blocked the question or the answer."
    assert answer.abstained and not answer.sentences and not answer.fell_back_from
    told = "\n".join(about(answer))
    assert "held back by the guardrail of this AWS account: the question, with what" in told


def test_an_answer_that_is_blocked_is_taken_back_and_names_no_text(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    trace = {"modelOutput": [SECRET], "outputAssessments": {"gr1a2b3c": [{}, EVERYTHING]}}
    bedrock.script(reply(FACT, " It is ", SECRET, stop="guardrail_intervened", trace=trace))
    answer = answer_to(QUESTION, guarded)
    assert answer.blocked is not None and answer.blocked.stage == "output"
    assert answer.blocked.reason == (
        "the answer met the denied topic Share tips, the content filter (prompt attack), the word "
        "filter, the word list (profanity), the filter of personal data (password), the pattern "
        "badge, the grounding check (0.31, where 0.70 is the least)"
    )
    assert SECRET not in json.dumps(answer.to_json())
    assert not answer.sentences and not answer.citations


@pytest.mark.parametrize("stop", ["guardrail_intervened", "end_turn"])
@pytest.mark.parametrize("side", ["inputAssessment", "outputAssessments"])
def test_a_guardrail_that_only_masks_lets_the_answer_go_on(
    bedrock: BedrockServer, guarded: Settings, stop: str, side: str
) -> None:
    """The service says that it intervened even where it masked."""
    masked: Any = [MASKED] if side == "outputAssessments" else MASKED
    trace = {side: {"gr1a2b3c": masked}, "actionReason": "No action.\nGuardrail masked."}
    bedrock.script(reply(FACT, stop=stop, trace=trace))
    answer = answer_to(QUESTION, guarded)
    assert answer.blocked is None and answer.reason is None
    assert answer.text == FACT.replace(" [1].", ". [1]")


@pytest.mark.parametrize(("tokens", "stage"), [(0, "input"), (5, "output")])
def test_without_a_trace_the_side_shows_in_what_was_written(
    bedrock: BedrockServer, guarded: Settings, tokens: int, stage: str
) -> None:
    bedrock.script(reply("Sorry.", stop="guardrail_intervened", output_tokens=tokens))
    answer = answer_to(QUESTION, guarded)
    assert answer.blocked is not None and answer.blocked.stage == stage
    assert answer.blocked.reason == "it did not tell what it met"


def test_a_policy_that_is_not_known_here_is_not_taken_for_masking() -> None:
    trace = {"inputAssessment": {"g": MASKED}, "actionReason": "Guardrail blocked."}
    assert intervention(trace, answered=True) is not None
    assert intervention({**trace, "actionReason": "Guardrail masked."}, answered=True) is None


def test_the_words_of_a_guardrail_are_no_question(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    before = [Turn(QUESTION, "At most 400 KB. [1]")]
    bedrock.script(reply("Does Boxes rotate its labels?", stop="guardrail_intervened"))
    retriever = product(guarded.home).retriever
    worded = rewritten("does it rotate labels?", before, retriever, candidates(guarded)[0])
    assert worded.query == "does Boxes rotate labels?"
    assert worded.usage.input_tokens == 11  # what it cost is counted all the same


# --- what it is sent


def sent_for(bedrock: BedrockServer, settings: Settings, question: str = QUESTION) -> Any:
    bedrock.script(reply("yes"))
    prompt = Prompt(question, (Turn("What is a box?", "A thing."),), tuple(evidence(*NOTES)))
    list(candidates(settings)[0].open().stream(messages(prompt)))
    return bedrock.requests[-1].body


def text_of(content: list[dict[str, Any]]) -> str:
    told = (block.get("guardContent", {}).get("text", block) for block in content)
    return "".join(block["text"] for block in told)


def test_the_grounding_check_gets_its_source_and_its_query(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    body = sent_for(bedrock, guarded)
    first, _, last = body["messages"]
    marked = [block["guardContent"]["text"] for block in last["content"] if "guardContent" in block]
    assert [block["qualifiers"] for block in marked] == [
        ["grounding_source", "guard_content"],
        ["grounding_source", "guard_content"],
        ["query", "guard_content"],
    ]
    assert marked[-1]["text"] == QUESTION
    assert first["content"] == [{"guardContent": {"text": {"text": "What is a box?"}}}]
    assert body["system"] == [{"text": SYSTEM}]


@pytest.mark.parametrize("question", [QUESTION, "question", "How large?\nReally?"])
def test_marked_or_not_the_model_reads_the_same(
    bedrock: BedrockServer, guarded: Settings, tmp_path: Path, question: str
) -> None:
    (tmp_path / "none.toml").write_text("")
    plain = sent_for(
        bedrock, Settings(model=f"bedrock:{MODEL}", config=tmp_path / "none.toml"), question
    )
    (block,) = plain["messages"][-1]["content"]
    content = sent_for(bedrock, guarded, question)["messages"][-1]["content"]
    assert text_of(content) == block["text"]
    assert content[-2]["guardContent"]["text"]["text"] == question


def test_a_question_too_long_for_the_grounding_check_is_still_guarded(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    question = "How large? " * (LONGEST_QUERY // 10)
    content = sent_for(bedrock, guarded, question)["messages"][-1]["content"]
    marked = [block["guardContent"]["text"] for block in content if "guardContent" in block]
    assert len(marked) == 3 and not any("qualifiers" in block for block in marked)


def test_a_model_that_refuses_marked_blocks_is_guarded_as_a_whole(
    bedrock: BedrockServer, guarded: Settings
) -> None:
    refusal = fault("ValidationException", 400, "This model does not support guardContent blocks.")
    bedrock.script(refusal, reply("yes"), reply("yes"))
    model = candidates(guarded)[0].open()
    for _ in range(2):
        list(model.stream(messages(Prompt(QUESTION, (), tuple(evidence(*NOTES))))))
    _, second, third = bedrock.requests
    for request in (second, third):
        assert [list(block) for block in request.body["messages"][0]["content"]] == [["text"]]
        assert request.body["guardrailConfig"]["guardrailIdentifier"] == "gr1a2b3c"
