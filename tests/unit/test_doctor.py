"""`ragbot doctor`: what is broken, what is only missing, and what is not said of either."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.bedrock_server import no_aws
from support.command import command

from ragbot.chat_models.choosing import without_login
from ragbot.cli import doctor
from ragbot.settings import Settings


def test_the_doctor_finds_what_is_broken_and_what_is_only_missing(tmp_path: Path) -> None:
    seen = command(
        "doctor", "--json", RAGBOT_HOME=str(tmp_path), RAGBOT_MODELS_DIR=str(tmp_path / "models")
    )
    assert seen.returncode == 1, seen.stderr
    findings = {finding["what"]: finding for finding in json.loads(seen.stdout)}
    assert findings["Python"]["ok"]
    assert findings["embedder"]["ok"]
    assert not findings["index"]["ok"]
    assert findings["index"]["needed"]
    assert findings["index"]["mend"] == f"python -m ingest --index {tmp_path / 'index'}"
    assert findings["RAGBOT_MODEL"]["detail"] == "auto: quotes answers"
    for name in ("reranker", "model local", "model bedrock", "OpenAI-compatible server"):
        assert not findings[name]["ok"]
        assert not findings[name]["needed"]
        assert findings[name]["mend"]


@pytest.mark.parametrize(
    ("setting", "value", "told", "mend"),
    [
        ("RAGBOT_MODEL", "openai:x", "no model server is set", "RAGBOT_OPENAI_BASE_URL"),
        ("RAGBOT_MODEL", "bedrock", "no AWS credentials in the environment", "aws configure"),
        ("RAGBOT_MODEL", "bedrock:bad id!", "RAGBOT_MODEL holds 'bad id!'", "use a model id"),
        ("RAGBOT_JUDGE", "bedrock", "no AWS credentials in the environment", "aws configure"),
        ("RAGBOT_JUDGE", "bedrock:bad id!", "RAGBOT_JUDGE holds 'bad id!'", "use a model id"),
    ],
)
def test_the_doctor_says_of_no_model_that_it_answers_where_it_cannot(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    setting: str,
    value: str,
    told: str,
    mend: str,
) -> None:
    no_aws(monkeypatch)
    settings = Settings(home=tmp_path, models_dir=tmp_path / "models")
    settings = settings.model_copy(update={setting.removeprefix("RAGBOT_").lower(): value})
    (finding,) = [each for each in doctor.examine(settings) if each.what == setting]
    assert not finding.ok and finding.needed
    assert told in finding.detail
    assert mend in str(finding.mend)


def test_the_doctor_names_the_judge_where_there_is_one(tmp_path: Path) -> None:
    settings = Settings(
        home=tmp_path,
        models_dir=tmp_path / "models",
        model="quotes",
        judge="openai:x",
        openai_base_url="http://127.0.0.1:9/v1",
    )
    details = {each.what: each.detail for each in doctor.examine(settings) if each.ok}
    assert details["RAGBOT_MODEL"] == "quotes: quotes answers"
    assert details["RAGBOT_JUDGE"] == "openai:x: openai:x judges"


def test_a_server_is_named_without_its_password(tmp_path: Path) -> None:
    more = {
        "RAGBOT_HOME": str(tmp_path),
        "RAGBOT_MODELS_DIR": str(tmp_path / "models"),
        "RAGBOT_MODEL": "openai:qwen",
        "RAGBOT_OPENAI_BASE_URL": "http://me:sec/r@t@127.0.0.1:9/v1",
    }
    for seen in (command("doctor", **more), command("models", **more)):
        assert "qwen at http://127.0.0.1:9/v1" in seen.stdout
        assert "me:" not in seen.stdout and "r@t" not in seen.stdout


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://me:secret@127.0.0.1:9/v1", "http://127.0.0.1:9/v1"),
        ("me:secret@127.0.0.1:9/v1", "127.0.0.1:9/v1"),
        ("http://me:://@127.0.0.1", "http://127.0.0.1"),
        ("http://[broken:port/v1", "http://[broken:port/v1"),
    ],
)
def test_an_address_is_shown_without_its_login(url: str, shown: str) -> None:
    assert without_login(url) == shown
