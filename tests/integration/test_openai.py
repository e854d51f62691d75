"""An OpenAI-compatible server through the real client, against a loopback server."""

from __future__ import annotations

import socket

import pytest
from langchain_core.messages import HumanMessage
from support.openai_server import OpenAIServer, openai_server

from ragbot.chat_models import candidates, explain_failure
from ragbot.chat_models.completions import PAUSES
from ragbot.errors import ModelUnavailableError
from ragbot.failures import UnreadableReply
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
    openai_server.script = [status] * (1 + len(PAUSES) * tried_again)
    told = failure_of(settings(openai_server))
    assert words in told
    assert "sk-secret" not in told
    assert not openai_server.script


ELSEWHERE = b'{"error": "Unexpected endpoint or method. (POST /chat/completions)"}'
PAGE = b"<html><body>Ollama is running</body></html>"


@pytest.mark.parametrize("body", [ELSEWHERE, PAGE, b"data: [DONE]\n\n", b""])
def test_a_server_that_sends_nothing_gives_an_empty_reply(
    openai_server: OpenAIServer, body: bytes
) -> None:
    openai_server.script = [body]
    chunks = list(candidates(settings(openai_server))[0].open().stream(MESSAGES))
    assert "".join(chunk.text for chunk in chunks) == ""


def test_a_reply_that_cannot_be_read_is_told(openai_server: OpenAIServer) -> None:
    openai_server.script = [b"data: {oops\n\n"]
    told = failure_of(settings(openai_server))
    assert "cannot read" in told and "Bedrock" not in told


@pytest.mark.parametrize("body", [ELSEWHERE, PAGE, b'{"choices": null}', b'{"choices": []}', b"{"])
def test_a_whole_reply_that_cannot_be_read_is_told(
    openai_server: OpenAIServer, body: bytes
) -> None:
    openai_server.script = [body]
    with pytest.raises(UnreadableReply):  # as a judge asks
        candidates(settings(openai_server))[0].open().invoke(MESSAGES, max_tokens=8)


def test_a_server_that_is_not_there(openai_server: OpenAIServer) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        openai_server.url = f"http://127.0.0.1:{unused.getsockname()[1]}/v1"
    assert "RAGBOT_OPENAI_BASE_URL" in failure_of(settings(openai_server))


def test_a_server_that_says_nothing_is_waited_for_once(openai_server: OpenAIServer) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        openai_server.url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        assert "RAGBOT_TIMEOUT" in failure_of(settings(openai_server, timeout=0.3))
        silent.accept()[0].close()
        silent.settimeout(0.1)
        with pytest.raises(TimeoutError):
            silent.accept()


def test_a_busy_server_is_asked_again(openai_server: OpenAIServer) -> None:
    openai_server.script = [429, 500, ["400 KB [1]."]]
    model = candidates(settings(openai_server))[0].open()
    assert "".join(chunk.text for chunk in model.stream(MESSAGES)) == "400 KB [1]."


def test_neither_server_nor_key(openai_server: OpenAIServer) -> None:
    first, _ = candidates(Settings(model="openai:gpt-5"))
    with pytest.raises(ModelUnavailableError, match="RAGBOT_OPENAI_BASE_URL"):
        first.open()
