"""What a run is told apart by: every setting that may change a reply or what is shown of it."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.scored_product import product
from support.scripted_model import scripted

from eval.product import identity_of, open_judge
from eval.replies import CachedChatModel, ReplyCache
from ragbot.settings import Settings

TOPIC = '[[guardrails.topics]]\nname = "shares"\nwords = ["shares"]\n'
GUARDRAIL = '[guardrails.bedrock]\nid = "gr1"\nversion = "{}"\n'


def policies(folder: Path, text: str) -> Path:
    file = folder / "ragbot.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_a_reply_of_bedrock_is_kept_with_how_it_cites_and_its_guardrail(tmp_path: Path) -> None:
    told = [Settings(), Settings(bedrock_citations="native")]
    for version in ("1", "2"):
        told.append(Settings(config=policies(tmp_path, GUARDRAIL.format(version))))
        _ = told[-1].guardrails  # read before the file changes
    assert len({identity_of("bedrock:m", settings) for settings in told}) == 4
    assert len({identity_of("openai:m", settings) for settings in told}) == 1


def test_a_reply_of_a_server_is_kept_with_its_address_and_without_the_login(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    cache = ReplyCache(tmp_path / "replies.db")

    def kept(url: str) -> str:
        model = open_judge(Settings(openai_base_url=url), "openai:m", cache).open()
        assert isinstance(model, CachedChatModel)
        return model.identity

    one = kept("http://me:secret@one.test/v1?key=secret")
    assert "one.test" in one and "secret" not in one
    assert one != kept("http://two.test/v1")
    bare = identity_of("openai:m", Settings())
    monkeypatch.setenv("OPENAI_BASE_URL", "http://three.test/v1")
    assert identity_of("openai:m", Settings()) != bare


def test_a_reply_of_a_model_file_is_kept_with_what_the_file_holds(tmp_path: Path) -> None:
    told = []
    for folder, content in (("a", b"one"), ("b", b"one"), ("c", b"two")):
        file = tmp_path / folder / "m.gguf"
        file.parent.mkdir()
        file.write_bytes(content)
        told.append(identity_of("local:m", Settings(model=f"local:{file}")))
        assert identity_of("local:m", Settings(judge=f"local:{file}")) == told[-1]
    assert told[0] == told[1] != told[2]
    mixed = Settings(model="openai:m", judge=f"local:{tmp_path / 'c' / 'm.gguf'}")
    assert identity_of("local:m", mixed) == told[2]
    hub = [Settings(model=f"local:{who}/repo/m.gguf") for who in ("one", "two")]
    assert identity_of("local:m", hub[0]) != identity_of("local:m", hub[1])


def test_a_run_tells_its_guardrails_and_its_server(tmp_path: Path) -> None:
    own = product(tmp_path, replace(scripted(), model_id="openai:m"))

    def conditions(text: str) -> dict[str, object]:
        config = policies(tmp_path, text)
        url = "http://me:secret@one.test/v1"
        own.bot.settings = Settings(home=tmp_path, config=config, openai_base_url=url)
        return own.conditions

    plain, one, other = map(conditions, ("", TOPIC, TOPIC + "threshold = 0.5\n"))
    assert plain["guardrails"] is None
    assert len({each["guardrails"] for each in (plain, one, other)}) == 3
    assert plain["server of openai:m"] == "http://one.test/v1"
