"""Credentials that expire while ragbot runs, and are renewed while it runs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError
from langchain_core.messages import HumanMessage
from support.bedrock_script import Cited, Fault, Reply, Request, fault, reply
from support.bedrock_server import BedrockServer, bedrock

from ragbot.chat_models import candidates, explain_failure
from ragbot.settings import Settings

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

ASKED = [HumanMessage("How large can a Boxes item be?")]


@pytest.fixture
def sign_in(
    bedrock: BedrockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str], None]:
    """Writes the shared file, as `aws sso login` and its like do; AKIDNEW alone is taken."""
    file = tmp_path / "credentials"
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(file))
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    def taken(request: Request) -> Reply | Fault:
        if request.signed_for[0] == "AKIDNEW":
            return reply(Cited("400 KB", [{"location": {"documentChunk": {"start": 0}}}]))
        return fault("ExpiredTokenException", 403)

    def write(key: str) -> None:
        secret, token = "aws_secret_access_key = s", "aws_session_token = t"
        file.write_text(f"[default]\naws_access_key_id = {key}\n{secret}\n{token}\n")

    bedrock.policy = taken
    return write


def keys(bedrock: BedrockServer) -> list[str]:
    return [request.signed_for[0] for request in bedrock.requests]


@pytest.mark.parametrize("way", ["stream", "invoke"])
def test_renewed_credentials_are_read_by_the_next_question(
    bedrock: BedrockServer, sign_in: Callable[[str], None], way: str
) -> None:
    sign_in("AKIDOLD")
    settings = Settings(model="bedrock:us.amazon.nova-lite-v1:0", bedrock_citations="native")
    candidate = candidates(settings)[0]

    def ask() -> str:
        model: Any = candidate.open()
        if way == "invoke":
            return str(model.invoke(ASKED).text)
        return "".join(chunk.text for chunk in model.stream(ASKED))

    for _ in range(2):  # the same credentials are not tried a second time
        with pytest.raises(ClientError) as caught:
            ask()
        assert "and ask again" in str(explain_failure(caught.value))
    sign_in("AKIDNEW")
    assert ask() == ask() == "400 KB [1]"
    assert keys(bedrock) == ["AKIDOLD"] * 3 + ["AKIDNEW"] * 2


@pytest.mark.parametrize("way", ["stream", "invoke"])
def test_credentials_that_are_new_each_time_are_tried_once_more(
    bedrock: BedrockServer, sign_in: Callable[[str], None], way: str
) -> None:
    def refused(request: Request) -> Fault:
        if len(bedrock.requests) > 9:
            return fault("AccessDeniedException", 403)  # or it would go on for ever
        sign_in(f"AKID{len(bedrock.requests)}")  # as an assumed role does
        return fault("UnrecognizedClientException", 403)

    sign_in("AKID0")
    bedrock.policy = refused
    model: Any = candidates(Settings(model="bedrock:us.amazon.nova-lite-v1:0"))[0].open()
    for number in (1, 2):
        with pytest.raises(ClientError, match="UnrecognizedClient"):
            model.invoke(ASKED) if way == "invoke" else list(model.stream(ASKED))
        assert len(bedrock.requests) == 2 * number
