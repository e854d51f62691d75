"""Bedrock through the real boto3 client, against a loopback server."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage, SystemMessage
from support.bedrock_server import ON_DEMAND, BedrockServer, Fault, bedrock, fault, no_aws, reply
from support.scored_product import product

from ragbot.chat_models import candidates, explain_failure
from ragbot.chat_models.bedrock import ATTEMPTS
from ragbot.errors import ModelUnavailableError
from ragbot.rewriting import Rewritten, rewritten
from ragbot.settings import Settings
from ragbot.types import Turn, Usage

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

MESSAGES = [SystemMessage("Cite."), HumanMessage("How large can a Boxes item be?")]
MODEL = "us.amazon.nova-lite-v1:0"


def settings(**changes: object) -> Settings:
    return Settings(**{"model": f"bedrock:{MODEL}", **changes})  # type: ignore[arg-type]


def failure_of(**changes: object) -> tuple[str, BaseException]:
    """What a person is told of a request that fails, and the error itself."""
    with pytest.raises(Exception) as caught:
        list(candidates(settings(**changes))[0].open().stream(MESSAGES))
    told = explain_failure(caught.value)
    assert told is not None, f"no explanation of {caught.value!r}"
    return told, caught.value


def test_invoke_gives_text_and_usage(bedrock: BedrockServer) -> None:
    bedrock.script(reply("At most ", "400 KB [1]."))
    message = candidates(settings())[0].open().invoke(MESSAGES)
    assert message.text == "At most 400 KB [1]."
    assert message.usage_metadata is not None  # type: ignore[attr-defined]
    assert message.usage_metadata["input_tokens"] == 11  # type: ignore[attr-defined]
    (request,) = bedrock.requests
    assert request.operation == "converse"


def test_stream_gives_each_piece_as_it_comes_and_the_usage_last(bedrock: BedrockServer) -> None:
    bedrock.script(reply("At most ", "400 KB", " [1]."))
    chunks = list(candidates(settings(max_tokens=99))[0].open().stream(MESSAGES))
    assert [chunk.text for chunk in chunks if chunk.text] == ["At most ", "400 KB", " [1]."]
    spent = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert [(use["input_tokens"], use["output_tokens"]) for use in spent] == [(11, 7)]
    (request,) = bedrock.requests
    assert request.operation == "converse-stream"
    assert request.model_id == MODEL
    assert request.body["inferenceConfig"] == {"maxTokens": 99, "temperature": 0.0}
    assert request.body["system"] == [{"text": "Cite."}]


def test_a_model_that_the_library_does_not_know_still_streams(bedrock: BedrockServer) -> None:
    bedrock.script(reply("a", "b"))
    model = candidates(settings(model="bedrock:newcomer.model-9-v1:0"))[0].open()
    assert [chunk.text for chunk in model.stream(MESSAGES) if chunk.text] == ["a", "b"]
    assert bedrock.requests[0].operation == "converse-stream"


@pytest.mark.parametrize(
    "name",
    ["inference-profile/us.anthropic.claude-x-v1:0", "application-inference-profile/a1b2c3d4e5"],
)
def test_an_arn_is_asked_as_it_stands_and_streams(bedrock: BedrockServer, name: str) -> None:
    arn = f"arn:aws:bedrock:us-east-1:123456789012:{name}"
    bedrock.script(reply("y", "es"))
    candidate = candidates(settings(model=f"bedrock:{arn}"))[0]
    assert [chunk.text for chunk in candidate.open().stream(MESSAGES) if chunk.text] == ["y", "es"]
    assert bedrock.requests[0].model_id == arn
    assert candidate.model_id == f"bedrock:{arn}"


def test_a_follow_up_is_worded_by_the_model(bedrock: BedrockServer, tmp_path: Path) -> None:
    retriever = product(tmp_path).retriever
    before = [Turn("How large can a Boxes item be?", "At most 400 KB. [1]")]
    bedrock.script(reply("Does Boxes rotate ", "its labels?"), fault("AccessDeniedException", 403))
    model = candidates(settings())[0]
    worded = rewritten("and does it rotate them?", before, retriever, model)
    assert worded == Rewritten("Does Boxes rotate its labels?", Usage(11, 7))
    refused = rewritten("does it rotate labels?", before, retriever, model)
    assert refused.query == "does Boxes rotate labels?"
    assert refused.failure is not None and "may not use this model" in refused.failure


def test_throttled_once_then_answered(bedrock: BedrockServer) -> None:
    bedrock.script(fault("ThrottlingException", 429), reply("now"))
    assert candidates(settings())[0].open().invoke(MESSAGES).text == "now"
    assert len(bedrock.requests) == 2


def test_throttled_for_good_is_given_up_after_the_set_attempts(bedrock: BedrockServer) -> None:
    bedrock.script(*[fault("ThrottlingException", 429)] * ATTEMPTS)
    told, _ = failure_of()
    assert "throttling" in told
    assert len(bedrock.requests) == ATTEMPTS


@pytest.mark.parametrize(
    ("scripted", "words"),
    [
        (fault("AccessDeniedException", 403), "allow bedrock:InvokeModelWithResponseStream"),
        (fault("ValidationException", 400, ON_DEMAND), "put us., eu., apac. or global."),
        (
            fault("ValidationException", 400, "The provided model identifier is invalid."),
            "check RAGBOT_MODEL",
        ),
        (
            fault("ValidationException", 400, "Input is too long for requested model."),
            "lower RAGBOT_K",
        ),
        (fault("ResourceNotFoundException", 404), "check RAGBOT_MODEL and AWS_REGION"),
        (fault("ModelErrorException", 424), "another model"),
        (fault("ModelTimeoutException", 408), "took too long"),
        (fault("ServiceQuotaExceededException", 400), "Service Quotas"),
        (fault("ExpiredTokenException", 403), "aws sso login"),
        (fault("UnrecognizedClientException", 403), "AWS_ACCESS_KEY_ID"),
        (fault("SomethingNewException", 400), "SomethingNewException"),
    ],
    ids=lambda value: value.code if isinstance(value, Fault) else None,
)
def test_a_refusal_is_told_with_its_cure(
    bedrock: BedrockServer, scripted: Fault, words: str
) -> None:
    bedrock.script(scripted)
    told, _ = failure_of()
    assert words in told
    assert "\n" not in told


@pytest.mark.parametrize(
    ("broken", "words"),
    [
        ("throttlingException", "throttling"),
        ("modelStreamErrorException", "failed while it was answering"),
        ("internalServerException", "internal error"),
        ("cut", "broke off"),
    ],
)
def test_a_stream_that_breaks_leaves_what_came_before(
    bedrock: BedrockServer, broken: str, words: str
) -> None:
    bedrock.script(reply("At most ", broken=broken))
    came = ""
    with pytest.raises(Exception) as caught:
        for chunk in candidates(settings())[0].open().stream(MESSAGES):
            came += chunk.text
    assert came == "At most "
    assert words in (explain_failure(caught.value) or "")


def test_a_stream_that_stalls_ends_after_the_timeout(bedrock: BedrockServer) -> None:
    bedrock.script(reply("At most ", broken="stall"))
    started = time.monotonic()
    told, _ = failure_of(timeout=1)
    assert "RAGBOT_TIMEOUT" in told
    assert time.monotonic() - started < 10


def test_an_endpoint_that_is_not_there(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{port}")
    told, _ = failure_of()
    assert "cannot be reached" in told


def test_without_credentials_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
    told, _ = failure_of()
    assert "aws configure" in told


def test_without_a_region_the_cure_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    told, error = failure_of()
    assert isinstance(error, ModelUnavailableError)
    assert "export AWS_REGION" in told


def test_a_profile_that_does_not_exist(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_PROFILE", "nobody")
    told, _ = failure_of()
    assert "AWS_PROFILE" in told


def test_no_explanation_holds_a_secret(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = "The security token AKIDEXAMPLE of arn:aws:iam::123456789012:user/me is invalid"
    bedrock.script(fault("UnrecognizedClientException", 403, message))
    told, error = failure_of()
    assert "AKIDEXAMPLE" in str(error)
    assert "AKIDEXAMPLE" not in told
    assert "123456789012" not in told
