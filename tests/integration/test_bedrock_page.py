"""The chat page with a loopback Bedrock: who answered, what it cost, what went wrong."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from support.bedrock_script import fault, reply
from support.bedrock_server import BedrockServer, bedrock
from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.settings import Settings
from ragbot.store import Contents, write_generation
from ragbot.types import Document, Section

pytestmark = pytest.mark.integration
__all__ = ["bedrock"]  # the fixture

APP = str(Path(__file__).resolve().parents[2] / "app.py")
TEXT = "- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels automatically."
SIZE = "How large can a Boxes item be?"


@pytest.fixture
def page(
    bedrock: BedrockServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[AppTest]:
    settings = Settings(home=tmp_path, models_dir=tmp_path / "models")
    contents = Contents(
        [Document("boxes", "Containers", "boxes.md", TEXT, 0, len(TEXT))],
        [Section("boxes", ("Containers", "Boxes"), 0, len(TEXT))],
        [passage(TEXT, title="Containers")],
    )
    write_generation(settings.index_dir, contents, embedder=WordLengths(), fingerprint="f")
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("RAGBOT_MODEL", "bedrock:us.amazon.nova-lite-v1:0")
    monkeypatch.setattr("ragbot.assembly.open_embedder", lambda _: WordLengths())
    st.cache_resource.clear()
    yield AppTest.from_file(APP, default_timeout=30)
    st.cache_resource.clear()


def drawn(page: AppTest) -> str:
    places = (*page.main, *page.sidebar)
    return " ".join(
        str(getattr(element.proto, "body", "")) for element in places if element.type == "html"
    )


def ask(page: AppTest, question: str) -> str:
    page.chat_input[0].set_value(question).run()
    assert not page.exception
    return drawn(page)


def test_an_answer_and_the_conversation_tell_what_they_cost(
    page: AppTest, bedrock: BedrockServer
) -> None:
    said = "A Boxes item can be at most 400 KB [1]."
    bedrock.script(
        reply(said, input_tokens=1000, output_tokens=100),
        fault("ThrottlingException", 429),
        reply(said, input_tokens=3000, output_tokens=100, cache_read=1000),
    )
    page.run()
    first = ask(page, SIZE)
    assert "1,000 tokens read, 100 written" in first
    assert "$0.000084" in first  # 1000 x 0.06 + 100 x 0.24, for a million
    both = ask(page, f"{SIZE} Please.")
    assert "This conversation: 5,000 tokens read (1,000 from the cache), 200 written" in both
    assert "$0.000303" in both  # 4000 x 0.06 + 1000 x 0.015 + 200 x 0.24


def test_a_model_that_cannot_answer_is_named_with_its_reason(
    page: AppTest, bedrock: BedrockServer
) -> None:
    bedrock.script(fault("AccessDeniedException", 403))
    page.run()
    shown = ask(page, SIZE)
    assert "not used: bedrock:us.amazon.nova-lite-v1:0 (the account may not use" in shown
    assert "answered by quotes" in shown
    assert "$" not in shown.split("answered by quotes")[1]


def test_a_guardrail_s_veto_is_a_clear_message(page: AppTest, bedrock: BedrockServer) -> None:
    bedrock.script(reply("No.", stop="guardrail_intervened"))
    page.run()
    shown = ask(page, SIZE)
    assert "A guardrail of this AWS account blocked the question or the answer." in shown
    assert "The notes don" not in shown


def test_what_a_guardrail_met_is_told_without_the_text(
    page: AppTest, bedrock: BedrockServer
) -> None:
    found = {"match": "hunter2", "type": "PASSWORD", "action": "BLOCKED"}
    policy = {"sensitiveInformationPolicy": {"piiEntities": [found], "regexes": []}}
    trace = {"outputAssessments": {"g": [policy]}}
    bedrock.script(reply("It is hunter2.", stop="guardrail_intervened", trace=trace))
    page.run()
    shown = ask(page, SIZE)
    assert (
        "Held back by the guardrail of this AWS account: the answer met the filter of personal "
        "data (password)."
    ) in shown
    assert "hunter2" not in shown
