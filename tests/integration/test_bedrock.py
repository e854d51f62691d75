"""Bedrock through the real boto3 client, against a loopback server."""

from __future__ import annotations

import itertools
import json
import logging
import socket
import time
from pathlib import Path

import pytest
import urllib3
from botocore.exceptions import EndpointConnectionError
from langchain_core.messages import HumanMessage, SystemMessage
from support.bedrock_script import Fault, fault, reply
from support.bedrock_server import ON_DEMAND, BedrockServer, bedrock, no_aws
from support.scored_product import product

from ragbot.chat_models import candidates, explain_failure, usage_of
from ragbot.errors import ModelUnavailableError, SettingsError
from ragbot.rewriting import rewritten
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


def test_a_guardrail_of_the_service_that_is_named_goes_with_each_request(
    bedrock: BedrockServer, tmp_path: Path
) -> None:
    file = tmp_path / "ragbot.toml"
    file.write_text('[guardrails.bedrock]\nid = "gr-1a2b3c"\nversion = "2"\n')
    bedrock.script(reply("a"))
    list(candidates(settings(config=file))[0].open().stream(MESSAGES))
    (request,) = bedrock.requests
    named = {"guardrailIdentifier": "gr-1a2b3c", "guardrailVersion": "2", "trace": "enabled"}
    assert request.body["guardrailConfig"] == named


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
    assert worded.query == "Does Boxes rotate its labels?"
    assert worded.usage == Usage(11, 7)
    assert worded.cost.usd == pytest.approx(11 * 0.06e-6 + 7 * 0.24e-6)
    refused = rewritten("does it rotate labels?", before, retriever, model)
    assert refused.query == "does Boxes rotate labels?"
    assert refused.failure is not None and "may not use this model" in refused.failure


def test_throttled_once_then_answered(bedrock: BedrockServer) -> None:
    bedrock.script(fault("ThrottlingException", 429), reply("now"))
    assert candidates(settings())[0].open().invoke(MESSAGES).text == "now"
    assert len(bedrock.requests) == 2


def test_throttled_for_good_is_given_up_when_patience_is_spent(bedrock: BedrockServer) -> None:
    bedrock.policy = lambda _: fault("ThrottlingException", 429)
    told, _ = failure_of(bedrock_patience=1)
    assert "throttling" in told
    assert len(bedrock.requests) > 1


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


def test_what_may_be_chance_is_tried_a_second_time(bedrock: BedrockServer) -> None:
    bedrock.script(fault("ModelErrorException", 424), fault("ModelErrorException", 424))
    told, _ = failure_of()
    assert "another model" in told
    bedrock.script(reply("", broken="cut"), reply("whole"))
    model = candidates(settings())[0].open()
    assert [chunk.text for chunk in model.stream(MESSAGES) if chunk.text] == ["whole"]


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


# --- streaming


def test_a_stop_in_the_middle_hangs_up(bedrock: BedrockServer) -> None:
    bedrock.script(reply("At most ", broken="watch"))
    stream = candidates(settings())[0].open().stream(MESSAGES)
    assert any(chunk.text == "At most " for chunk in itertools.islice(stream, 2))
    assert not bedrock.hung_up.is_set()
    stream.close()  # type: ignore[attr-defined]
    assert bedrock.hung_up.wait(5), "the server went on writing for nobody"


def test_a_model_that_cannot_stream_answers_in_one_piece_from_then_on(
    bedrock: BedrockServer,
) -> None:
    refusal = fault("ValidationException", 400, "The model is unsupported for streaming.")
    bedrock.script(refusal, reply("At most ", "400 KB [1]."), reply("Yes."))
    model = candidates(settings())[0].open()
    chunks = list(model.stream(MESSAGES))
    assert [chunk.text for chunk in chunks if chunk.text] == ["At most 400 KB [1]."]
    assert [chunk.usage_metadata["input_tokens"] for chunk in chunks if chunk.usage_metadata] == [
        11
    ]
    assert [chunk.text for chunk in model.stream(MESSAGES) if chunk.text] == ["Yes."]
    assert [request.operation for request in bedrock.requests] == [
        "converse-stream",
        "converse",
        "converse",
    ]


def test_waiting_is_told_in_the_stream_before_the_reply(bedrock: BedrockServer) -> None:
    bedrock.script(fault("ThrottlingException", 429), reply("now"))
    chunks = list(candidates(settings())[0].open().stream(MESSAGES))
    (waiting,) = chunks[0].additional_kwargs["waiting"]
    assert waiting.model_id == f"bedrock:{MODEL}"
    assert "throttling" in waiting.reason
    assert "".join(chunk.text for chunk in chunks) == "now"


def test_what_the_cache_held_is_counted_apart(bedrock: BedrockServer) -> None:
    bedrock.script(reply("yes", input_tokens=100, cache_read=900, cache_write=50))
    chunks = candidates(settings())[0].open().stream(MESSAGES)
    (spent,) = [usage_of(chunk.usage_metadata) for chunk in chunks if chunk.usage_metadata]
    assert spent == Usage(1050, 7, cache_read_tokens=900, cache_write_tokens=50)


# --- regions, roles, endpoints


def test_a_region_behind_the_model_is_where_it_is_asked(bedrock: BedrockServer) -> None:
    bedrock.script(reply("home"), reply("there"))
    chosen = settings(
        bedrock_fallbacks="eu.amazon.nova-lite-v1:0@eu-west-1",
        bedrock_endpoints=f"eu-west-1={bedrock.url}",
    )
    first, second, *_ = candidates(chosen)
    assert [model.open().invoke(MESSAGES).text for model in (first, second)] == ["home", "there"]
    assert second.model_id == "bedrock:eu.amazon.nova-lite-v1:0@eu-west-1"
    assert [request.signed_for[1] for request in bedrock.requests] == ["us-east-1", "eu-west-1"]


def test_the_endpoint_of_the_home_region_is_not_another_region_s(bedrock: BedrockServer) -> None:
    chosen = settings(model=f"bedrock:{MODEL}@eu-west-1")
    model = candidates(chosen)[0].open()
    url = model.client.meta.endpoint_url  # type: ignore[attr-defined]
    assert url == "https://bedrock-runtime.eu-west-1.amazonaws.com"


def test_a_role_is_assumed_and_signs(bedrock: BedrockServer) -> None:
    bedrock.script(reply("yes"), reply("yes"))
    role = "arn:aws:iam::123456789012:role/reader"
    model = candidates(settings(bedrock_role_arn=role))[0].open()
    assert [model.invoke(MESSAGES).text for _ in range(2)] == ["yes", "yes"]
    (asked,) = bedrock.roles  # once: the credentials are kept until they expire
    assert (asked["RoleArn"], asked["RoleSessionName"]) == (role, "ragbot")
    assert {request.signed_for[0] for request in bedrock.requests} == {"ASSUMEDEXAMPLE"}


@pytest.mark.parametrize("value", ["eu-west-1", "eu-west-1=somewhere", "http//x"])
def test_endpoints_that_mean_nothing_are_refused(bedrock: BedrockServer, value: str) -> None:
    with pytest.raises(SettingsError, match="RAGBOT_BEDROCK_ENDPOINTS"):
        candidates(settings(bedrock_endpoints=value))[0].open()


def test_a_dead_region_is_not_asked_by_the_next_question(
    bedrock: BedrockServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    alive = bedrock.url
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        dead = f"http://127.0.0.1:{unused.getsockname()[1]}"
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", dead)
    first, other = candidates(settings(bedrock_fallbacks="amazon.nova-micro-v1:0"))[:2]
    with pytest.raises(EndpointConnectionError):
        list(first.open().stream(MESSAGES))
    for candidate in (first, other):  # another model of the region is not asked either
        with pytest.raises(
            ModelUnavailableError, match=r"cannot be reached.+ it is asked again in"
        ):
            list(candidate.open().stream(MESSAGES))
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", alive)
    bedrock.script(reply("yes"))
    assert candidates(settings())[0].open().invoke(MESSAGES).text == "yes"


# --- what leaves this machine


def test_nothing_is_sent_but_the_prompt(bedrock: BedrockServer) -> None:
    bedrock.script(reply("yes"))
    list(candidates(settings())[0].open().stream(MESSAGES))
    (request,) = bedrock.requests
    assert request.body == {
        "system": [{"text": "Cite."}],
        "messages": [{"role": "user", "content": [{"text": "How large can a Boxes item be?"}]}],
        "inferenceConfig": {"maxTokens": 600, "temperature": 0.0},
    }
    sent = json.dumps(request.headers)
    assert str(Path.cwd()) not in sent
    assert Path.home().name == "root" or Path.home().name not in sent


def test_our_logs_hold_no_prompt_no_reply_and_no_key(
    bedrock: BedrockServer, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("boto3", "botocore", "urllib3", "langchain_aws"):
        caplog.set_level(logging.INFO, logger=name)
    caplog.set_level(logging.DEBUG, logger="ragbot")
    bedrock.script(
        fault("ThrottlingException", 429, "AKIDEXAMPLE is throttled"),
        reply("At most 400 KB", broken="cut"),
    )
    with pytest.raises(urllib3.exceptions.ProtocolError):
        list(candidates(settings())[0].open().stream(MESSAGES))
    logged = [record.getMessage() for record in caplog.records]
    assert any("attempt 1 failed" in line for line in logged), logged
    told = "\n".join(logged)
    for secret in ("AKIDEXAMPLE", "wJalrXUtnFEMI", "Boxes", "Cite.", "400 KB"):
        assert secret not in told
