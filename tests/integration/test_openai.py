"""An OpenAI-compatible server through the real client, against a loopback server."""

from __future__ import annotations

import socket

import pytest
from langchain_core.messages import HumanMessage
from support.openai_server import OpenAIServer, openai_server

from ragbot.chat_models import candidates, explain_failure
from ragbot.chat_models.openai_compatible import RETRIES
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings

pytestmark = pytest.mark.integration
__all__ = ["openai_server"]  # the fixture

MESSAGES = [HumanMessage("How large can a Boxes item be?")]


def settings(server: OpenAIServer, **changes: object) -> Settings:
    return Settings(model="openai:qwen3:4b", openai_base_url=server.url, **changes)  # type: ignore[arg-type]


def failure_of(chosen: Settings) -> str:
    with pytest.raises(Exception) as caught:
        list(candidates(chosen)[0].open().stream(MESSAGES))
    told = explain_failure(caught.value)
    assert told is not None, f"no explanation of {caught.value!r}"
    return told


def test_a_server_without_a_key_streams_and_reports_its_tokens(openai_server: OpenAIServer) -> None:
    openai_server.script = [["At most ", "400 KB [1]."]]
    first, last = candidates(settings(openai_server, max_tokens=99))
    chunks = list(first.open().stream(MESSAGES))
    assert [chunk.text for chunk in chunks if chunk.text] == ["At most ", "400 KB [1]."]
    spent = [chunk.usage_metadata for chunk in chunks if chunk.usage_metadata]
    assert [(use["input_tokens"], use["output_tokens"]) for use in spent] == [(11, 7)]
    (body,) = openai_server.bodies
    assert body["model"] == "qwen3:4b"
    assert body["max_tokens"] == 99
    assert body["temperature"] == 0
    assert (first.model_id, last.model_id) == ("openai:qwen3:4b", "quotes")


def test_a_key_meant_for_openai_is_not_shown_to_another_server(
    openai_server: OpenAIServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-for-openai")
    openai_server.script = [["yes"], ["yes"]]
    list(candidates(settings(openai_server))[0].open().stream(MESSAGES))
    list(candidates(settings(openai_server, openai_api_key="own"))[0].open().stream(MESSAGES))
    assert openai_server.keys == ["Bearer none", "Bearer own"]


@pytest.mark.parametrize(
    ("status", "words"),
    [
        (400, "choose another"),
        (401, "RAGBOT_OPENAI_API_KEY"),
        (403, "another model or key"),
        (404, "RAGBOT_MODEL"),
        (429, "throttling"),
        (500, "internal error"),
    ],
)
def test_a_refusal_is_told_with_its_cure(
    openai_server: OpenAIServer, status: int, words: str
) -> None:
    tried_again = status in (429, 500)
    openai_server.script = [status] * (1 + RETRIES * tried_again)
    told = failure_of(settings(openai_server))
    assert words in told
    assert "sk-secret" not in told
    assert not openai_server.script


def test_a_server_that_is_not_there(openai_server: OpenAIServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        openai_server.url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    assert "RAGBOT_OPENAI_BASE_URL" in failure_of(settings(openai_server))


def test_neither_server_nor_key(openai_server: OpenAIServer) -> None:
    first, _ = candidates(Settings(model="openai:gpt-5"))
    with pytest.raises(ModelUnavailableError, match="RAGBOT_OPENAI_BASE_URL"):
        first.open()
