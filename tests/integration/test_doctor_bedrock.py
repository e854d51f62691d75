"""`ragbot doctor --bedrock` against a loopback account: what it lists, tries and advises."""

from __future__ import annotations

import json
from typing import Any

import pytest
from support.bedrock_embeddings import TITAN, embeddings_of
from support.bedrock_script import Fault, Reply, Request, fault, reply
from support.bedrock_server import ON_DEMAND, BedrockServer, bedrock, no_aws
from support.knowledge_base import ID, chunk, knowledge_base

from ragbot.aws.lines import forget_lines
from ragbot.cli import main

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

PRO, MICRO = "us.amazon.nova-pro-v1:0", "us.amazon.nova-micro-v1:0"
CLAUDE = "anthropic.claude-sonnet-4-6"
AVAILABLE = {
    "agreementAvailability": {"status": "AVAILABLE"},
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


def model(name: str, provider: str, *types: str, status: str = "ACTIVE") -> dict[str, Any]:
    return {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{name}",
        "modelId": name,
        "providerName": provider,
        "inferenceTypesSupported": list(types),
        "modelLifecycle": {"status": status},
    }


def profile(name: str, behind: str) -> dict[str, Any]:
    return {
        "inferenceProfileName": name,
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:123456789012:inference-profile/{name}",
        "inferenceProfileId": name,
        "models": [{"modelArn": f"arn:aws:bedrock:us-west-2::foundation-model/{behind}"}],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


@pytest.fixture
def account(bedrock: BedrockServer) -> BedrockServer:
    """Three models open to it, of which one is only to be had through a profile, and one not."""
    bedrock.control = {
        "/foundation-models": {
            "modelSummaries": [
                model("amazon.nova-pro-v1:0", "Amazon", "ON_DEMAND"),
                model("amazon.nova-micro-v1:0", "Amazon", "ON_DEMAND"),
                model(CLAUDE, "Anthropic", "INFERENCE_PROFILE"),
                model("meta.llama3-3-70b-instruct-v1:0", "Meta", "ON_DEMAND"),
                model("amazon.titan-text-lite-v1", "Amazon", "ON_DEMAND", status="LEGACY"),
            ]
        },
        "/inference-profiles": {
            "inferenceProfileSummaries": [
                profile(PRO, "amazon.nova-pro-v1:0"),
                profile(MICRO, "amazon.nova-micro-v1:0"),
                profile(f"global.{CLAUDE}", CLAUDE),
                profile(f"us.{CLAUDE}", CLAUDE),
            ]
        },
        "/foundation-model-availability/": AVAILABLE,
        "/foundation-model-availability/meta": {
            **AVAILABLE,
            "entitlementAvailability": "NOT_AVAILABLE",
        },
    }
    bedrock.policy = lambda _: reply("H")
    return bedrock


def doctor(capsys: pytest.CaptureFixture[str], *named: str) -> tuple[int, dict[str, Any]]:
    """The exit code, and what was found by what it is about."""
    code = main(["doctor", "--json", "--bedrock", *named])
    return code, {each["what"]: each for each in json.loads(capsys.readouterr().out)}


def test_it_lists_what_the_account_can_use_and_tries_a_token_of_each_in_use(
    account: BedrockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    code, found = doctor(capsys)
    assert code == 0
    assert found["AWS credentials and region"]["detail"] == "found, us-east-1"
    assert found["models of this account"]["detail"] == (
        "6 models and profiles in us-east-1; no access to 1 more"
    )
    assert found["  Amazon"]["detail"].split(", ") == [
        "amazon.nova-pro-v1:0",
        "amazon.nova-micro-v1:0",
        PRO,
        MICRO,
    ]
    assert "  Meta" not in found
    assert "for a million tokens" in found[f"{PRO} (answer)"]["detail"]
    assert found[f"{MICRO} (rewrite)"]["ok"]
    assert found[f"us.{CLAUDE} (judge)"]["ok"]
    assert [request.model_id for request in account.requests] == [PRO, MICRO, f"us.{CLAUDE}"]
    assert {request.body["inferenceConfig"]["maxTokens"] for request in account.requests} == {1}


def test_a_model_that_is_only_behind_a_profile_gets_the_profile_named(
    account: BedrockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    def policy(request: Request) -> Reply | Fault:
        bare = request.model_id == CLAUDE
        return fault("ValidationException", 400, ON_DEMAND) if bare else reply("H")

    account.policy = policy
    code, found = doctor(capsys, CLAUDE)
    assert code == 1
    assert found[f"{CLAUDE} (named)"]["mend"] == f"use us.{CLAUDE}"


def test_a_slip_of_the_pen_gets_the_nearest_id(
    account: BedrockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    said = "The provided model identifier is invalid."
    account.policy = lambda _: fault("ValidationException", 400, said)
    _, found = doctor(capsys, "us.amazon.nova-por-v1:0")
    assert found["us.amazon.nova-por-v1:0 (named)"]["mend"] == f"use {PRO}"


@pytest.mark.parametrize(
    ("refusal", "words"),
    [
        (fault("AccessDeniedException", 403), "allow bedrock:InvokeModelWithResponseStream"),
        (fault("ExpiredTokenException", 403), "aws sso login"),
        (fault("ServiceQuotaExceededException", 400), "Service Quotas"),
        (
            fault("ThrottlingException", 429, "Too many tokens per day, please wait."),
            "Service Quotas",
        ),
        (
            fault(
                "ResourceNotFoundException",
                404,
                "Model use case details have not been submitted for this account.",
            ),
            "use case form",
        ),
        (
            fault(
                "AccessDeniedException",
                403,
                "Model access is denied due to INVALID_PAYMENT_INSTRUMENT:A valid payment "
                "instrument must be provided.",
            ),
            "payment method",
        ),
        (
            fault(
                "AccessDeniedException",
                403,
                "not authorized with an explicit deny in a service control policy",
            ),
            "who administers it",
        ),
        (
            fault(
                "ResourceNotFoundException",
                404,
                "This model version has reached the end of its life.",
            ),
            "successor",
        ),
    ],
    ids=lambda value: value.message[:30] if isinstance(value, Fault) else None,
)
def test_a_refusal_of_the_model_comes_with_its_cure(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], refusal: Fault, words: str
) -> None:
    account.policy = lambda _: refusal
    code, found = doctor(capsys)
    assert code == 1
    told = found[f"{PRO} (answer)"]
    assert words in told["mend"]
    assert "123456789012" not in json.dumps(told)


def test_an_account_that_may_not_list_still_gets_its_models_tried(
    account: BedrockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    account.control = {"/": fault("AccessDeniedException", 403)}
    code, found = doctor(capsys)
    assert code == 0
    listing = found["models of this account"]
    assert (listing["ok"], listing["mend"]) == (False, "allow it in IAM")
    assert "ListFoundationModels" in listing["detail"]
    assert found[f"{PRO} (answer)"]["ok"]


def test_an_account_that_may_not_ask_for_access_gets_the_list_all_the_same(
    account: BedrockServer, capsys: pytest.CaptureFixture[str]
) -> None:
    account.control["/foundation-model-availability/meta"] = fault("AccessDeniedException", 403)
    account.control["/foundation-model-availability/"] = fault("AccessDeniedException", 403)
    _, found = doctor(capsys)
    assert found["models of this account"]["detail"].endswith("us-east-1, access not told")


def test_without_credentials_nothing_is_asked(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    no_aws(monkeypatch)
    code, found = doctor(capsys)
    assert code == 1
    assert list(found) == ["AWS credentials and region"]
    assert "aws configure" in found["AWS credentials and region"]["mend"]
    assert account.requests == []


def test_a_proxy_is_told_without_its_password(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://me:secret@proxy.example:3128")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    _, found = doctor(capsys)
    assert found["https proxy"]["detail"] == "http://proxy.example:3128"


def test_models_that_are_named_are_tried_in_the_parts_that_they_play(
    account: BedrockServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("RAGBOT_MODEL", f"bedrock:{MICRO}")
    monkeypatch.setenv("RAGBOT_JUDGE", f"bedrock:{PRO}")
    account.policy = lambda _: reply("Hello")
    doctor(capsys)
    assert [request.model_id for request in account.requests] == [MICRO, PRO]
    assert {f"{MICRO} (answer, rewrite)", f"{PRO} (judge)"} <= doctor(capsys)[1].keys()


def test_fallbacks_are_tried_in_their_region(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOT_BEDROCK_FALLBACKS", "eu.amazon.nova-lite-v1:0@eu-west-1")
    monkeypatch.setenv("RAGBOT_BEDROCK_ENDPOINTS", f"eu-west-1={account.url}")
    _, found = doctor(capsys)
    assert found["eu.amazon.nova-lite-v1:0@eu-west-1 (fallback)"]["ok"]
    assert account.requests[-1].signed_for[1] == "eu-west-1"


def test_the_embedder_and_the_knowledge_base_in_use_are_asked(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    embeddings_of(account)
    knowledge_base(account, [chunk("A box holds 400 KB.")])
    monkeypatch.setenv("RAGBOT_EMBEDDER", f"bedrock:{TITAN}")
    monkeypatch.setenv("RAGBOT_RETRIEVER", f"kb:{ID}")
    code, found = doctor(capsys)
    assert code == 0
    assert found[f"{TITAN} (embedder)"]["detail"].endswith("s; 1024 dimensions")
    assert "finds 1 passages" in found[f"{ID} (knowledge base)"]["detail"]

    forget_lines()
    account.refusals = [fault("AccessDeniedException", 403)] * 2
    code, found = doctor(capsys)
    assert code == 1
    assert found[f"{TITAN} (embedder)"]["mend"].startswith("allow bedrock:InvokeModel in IAM")
    assert found[f"{ID} (knowledge base)"]["mend"] == (
        "allow bedrock:Retrieve on this knowledge base in IAM"
    )


def test_a_knowledge_base_without_text_is_told_to_be_synced(
    account: BedrockServer, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    knowledge_base(account, [])
    monkeypatch.setenv("RAGBOT_RETRIEVER", f"kb:{ID}")
    code, found = doctor(capsys)
    assert code == 1
    assert "sync its data source" in found[f"{ID} (knowledge base)"]["mend"]
