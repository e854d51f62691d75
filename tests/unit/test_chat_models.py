"""Which model answers, why another does not, and what its failures mean."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support.bedrock_server import no_aws

from ragbot.chat_models import (
    availability,
    candidates,
    choosing,
    explain_failure,
    passed_over,
)
from ragbot.chat_models.bedrock_models import default_model, provider_of
from ragbot.errors import IndexDamagedError, ModelUnavailableError, SettingsError
from ragbot.settings import Settings

KEYS = {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(autouse=True)
def _nothing_of_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch)


def settings(tmp_path: Path, model: str, **changes: Any) -> Settings:
    return Settings(model=model, models_dir=tmp_path / "models", **changes)


def ids(chosen: Settings) -> list[str]:
    return [candidate.model_id for candidate in candidates(chosen)]


def set_all(monkeypatch: pytest.MonkeyPatch, **variables: str) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


# --- which candidates


def test_auto_with_nothing_quotes_and_says_why(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "auto")
    assert ids(chosen) == ["quotes"]
    bedrock, local = passed_over(chosen)
    assert (bedrock.model_id, bedrock.reason) == (
        "bedrock",
        "no AWS credentials in the environment",
    )
    assert local.model_id == "local"
    assert "ragbot models pull" in local.reason


def test_auto_takes_bedrock_where_credentials_and_region_resolve(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, **KEYS, AWS_REGION="eu-west-3")
    chosen = settings(tmp_path, "auto")
    assert ids(chosen) == ["bedrock:eu.amazon.nova-pro-v1:0", "quotes"]
    assert passed_over(chosen) == ()
    assert candidates(chosen)[0].withhold_unsupported
    struck = chosen.model_copy(update={"unsupported": "strike"})
    assert not candidates(struck)[0].withhold_unsupported


def test_auto_without_a_region_passes_bedrock_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, **KEYS)
    assert ids(settings(tmp_path, "auto")) == ["quotes"]
    assert "AWS_REGION" in passed_over(settings(tmp_path, "auto"))[0].reason


def test_local_without_weights_quotes_and_says_how_to_mend_it(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "local")
    assert ids(chosen) == ["quotes"]
    (local,) = passed_over(chosen)
    assert local.reason == "its weights were not fetched: ragbot models pull"


def test_damaged_weights_are_passed_over_as_such(tmp_path: Path) -> None:
    chosen = settings(tmp_path, "local")
    file = choosing.pulled_file(chosen)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"GGUF, but not the one")
    assert ids(chosen) == ["quotes"]
    assert "is damaged" in passed_over(chosen)[0].reason


def test_the_pulled_model_answers_in_8_bits_where_it_was_put_into_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    chosen = settings(tmp_path, "local")
    monkeypatch.setattr(choosing, "_no_local", lambda _: None)
    monkeypatch.setattr(choosing, "adds_in_32_bits", lambda: True)
    choosing.pulled_file(chosen).parent.mkdir(parents=True)
    choosing.pulled_file(chosen).write_bytes(b"GGUF")
    assert ids(chosen) == ["local:qwen2.5-coder-1.5b-instruct-q4_k_m", "quotes"]
    assert "ragbot models pull makes it quicker" in label_of_local(chosen)
    folder = tmp_path / "qwen-int8-1"
    monkeypatch.setattr(choosing, "built_folder", lambda file: folder)
    assert ids(chosen) == ["local:qwen-int8-1", "quotes"]
    first = candidates(chosen)[0]
    assert (first.brief, first.withhold_unsupported) == (True, True)
    assert label_of_local(chosen).endswith(", in 8 bits")


def label_of_local(chosen: Settings) -> str:
    return {each.spec: each.label for each in availability(chosen)}["local"]


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        ("quotes", ["quotes"]),
        ("bedrock", ["bedrock:us.amazon.nova-pro-v1:0", "quotes"]),
        ("bedrock:amazon.nova-pro-v1:0", ["bedrock:amazon.nova-pro-v1:0", "quotes"]),
        ("openai:qwen3:4b", ["openai:qwen3:4b", "quotes"]),
        ("local:org/repo/tiny-q4.gguf", ["local:tiny-q4", "quotes"]),
    ],
)
def test_a_spec_names_its_model_and_falls_back_to_quotes(
    tmp_path: Path, spec: str, expected: list[str]
) -> None:
    assert ids(settings(tmp_path, spec)) == expected
    assert passed_over(settings(tmp_path, spec)) == ()


def test_a_set_bedrock_model_is_what_auto_and_bedrock_take(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, **KEYS, AWS_REGION="us-east-1")
    for spec in ("auto", "bedrock"):
        chosen = settings(tmp_path, spec, bedrock_model="global.some.model-v1:0")
        assert ids(chosen)[0] == "bedrock:global.some.model-v1:0"


def test_behind_bedrock_stand_its_fallbacks_the_local_model_and_quotes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, **KEYS, AWS_REGION="us-east-1")
    monkeypatch.setattr(choosing, "_no_local", lambda _: None)
    chosen = settings(
        tmp_path, "bedrock:a.b-v1:0", bedrock_fallbacks="c.d-v1:0, eu.c.d-v1:0@eu-west-1 ,"
    )
    first, *others = ids(chosen)
    assert first == "bedrock:a.b-v1:0"
    assert others[:2] == ["bedrock:c.d-v1:0", "bedrock:eu.c.d-v1:0@eu-west-1"]
    assert others[2].startswith("local:")
    assert others[3:] == ["quotes"]


@pytest.mark.parametrize("fallbacks", ["a b", "m@nowhere", "m@eu-west-1@eu-west-2", "@eu-west-1"])
def test_fallbacks_that_name_no_model_are_refused(tmp_path: Path, fallbacks: str) -> None:
    with pytest.raises(SettingsError, match="RAGBOT_BEDROCK_FALLBACKS"):
        candidates(settings(tmp_path, "bedrock", bedrock_fallbacks=fallbacks))


def test_each_role_has_its_model_and_its_setting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_all(monkeypatch, **KEYS, AWS_REGION="eu-west-1")
    plain = settings(tmp_path, "bedrock")
    own = settings(tmp_path, "bedrock", bedrock_rewrite_model="r.r", bedrock_judge_model="j.j")
    assert candidates(plain, "rewrite")[0].model_id == "bedrock:eu.amazon.nova-micro-v1:0"
    assert candidates(plain, "judge")[0].model_id == "bedrock:eu.anthropic.claude-sonnet-4-6"
    assert candidates(own, "rewrite")[0].model_id == "bedrock:r.r"
    assert candidates(own, "judge")[0].model_id == "bedrock:j.j"
    assert candidates(own)[0].model_id == candidates(plain)[0].model_id
    # What RAGBOT_MODEL names is asked for everything.
    assert candidates(settings(tmp_path, "bedrock:x.y"), "judge")[0].model_id == "bedrock:x.y"


@pytest.mark.parametrize(
    ("spec", "near"),
    [
        ("bedrok", "bedrock"),
        ("Local", "local"),
        ("quote", "quotes"),
        ("openai", "openai"),
        ("openai:", "openai"),
        ("local:", "local"),
        ("auto:fast", "auto"),
        ("", None),
        ("gpt-5", None),
    ],
)
def test_a_spec_that_means_nothing_is_refused_with_the_forms(
    tmp_path: Path, spec: str, near: str | None
) -> None:
    with pytest.raises(SettingsError) as caught:
        candidates(settings(tmp_path, spec))
    assert repr(spec) in caught.value.message
    assert ("did you mean" in caught.value.message) == (near is not None)
    assert near is None or f"did you mean {near}?" in caught.value.message
    assert all(form in (caught.value.mend or "") for form in choosing.FORMS)


@pytest.mark.parametrize(
    "named", ["nowhere.gguf", "/nowhere/at/all.gguf", "a/b/c.bin", "../x/y.gguf"]
)
def test_a_model_file_that_is_not_there_is_named(tmp_path: Path, named: str) -> None:
    with pytest.raises(ModelUnavailableError, match="there is no model file") as caught:
        candidates(settings(tmp_path, f"local:{named}"))
    assert named in caught.value.message


@pytest.mark.parametrize("judge", ["bedrock:bad id!", "local:nowhere.gguf", "local:", "quotes"])
def test_a_judge_that_is_no_model_is_told_as_the_judge(tmp_path: Path, judge: str) -> None:
    with pytest.raises((SettingsError, ModelUnavailableError)) as caught:
        choosing.judge_of(settings(tmp_path, "quotes", judge=judge))
    told = str(caught.value)
    assert judge.partition(":")[2] in told
    assert "RAGBOT_JUDGE" in told and "RAGBOT_MODEL" not in told


def test_quotes_can_always_be_opened(tmp_path: Path) -> None:
    quotes = candidates(settings(tmp_path, "auto"))[-1]
    assert quotes.open()._llm_type == "quotes"
    assert quotes.open() is quotes.open()


# --- what the picker shows


def test_the_picker_shows_each_choice_and_why_not(tmp_path: Path) -> None:
    shown = {choice.spec: choice for choice in availability(settings(tmp_path, "auto"))}
    assert list(shown) == ["auto", "bedrock", "local", "quotes"]
    assert shown["auto"].available
    assert shown["quotes"].available
    assert not shown["bedrock"].available
    assert shown["bedrock"].mend is not None
    assert (shown["local"].reason, shown["local"].mend) == (
        "its weights were not fetched",
        "ragbot models pull",
    )


@pytest.mark.parametrize(
    ("spec", "reason"),
    [
        ("bedrock:amazon.nova-pro-v1:0", "no AWS credentials"),
        ("local:nowhere.gguf", "there is no model file"),
        ("nonsense", "names no model"),
    ],
)
def test_the_picker_shows_the_model_that_was_set(tmp_path: Path, spec: str, reason: str) -> None:
    (own,) = [c for c in availability(settings(tmp_path, spec)) if c.spec == spec]
    assert not own.available
    assert reason in (own.reason or "")


def test_choosing_imports_nothing_heavy(tmp_path: Path) -> None:
    script = """
import sys
from ragbot.chat_models import availability, candidates, passed_over
from ragbot.settings import Settings
for look in (availability, candidates, passed_over):
    look(Settings())
heavy = {"boto3", "botocore", "langchain_core", "openai", "xllamacpp", "httpx", "torch"}
print(sorted(heavy & set(sys.modules)))
"""
    ended = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert ended.stdout.strip() == "[]", ended.stderr


# --- models and providers


@pytest.mark.parametrize(
    ("region", "model"),
    [
        ("us-west-2", "us.amazon.nova-pro-v1:0"),
        ("ca-central-1", "ca.amazon.nova-lite-v1:0"),
        ("eu-north-1", "eu.amazon.nova-pro-v1:0"),
        ("ap-southeast-2", "apac.amazon.nova-pro-v1:0"),
        ("us-gov-west-1", "amazon.nova-pro-v1:0"),
        ("sa-east-1", "global.amazon.nova-2-lite-v1:0"),
    ],
)
def test_the_default_model_is_asked_in_its_geography(region: str, model: str) -> None:
    assert default_model("answer", region) == model


@pytest.mark.parametrize(
    ("model", "provider"),
    [
        ("arn:aws:bedrock:us-east-1::foundation-model/mistral.large-v1:0", "mistral"),
        ("arn:aws:bedrock:eu-west-1:1:inference-profile/eu.anthropic.claude-x-v1:0", "anthropic"),
        ("arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2c3", "amazon"),
        ("us.meta.llama4-v1:0", "meta"),
    ],
)
def test_the_provider_is_read_from_an_arn(model: str, provider: str) -> None:
    assert provider_of(model) == provider


# --- failures


def test_what_is_no_model_s_fault_is_not_explained() -> None:
    class NotFoundError(Exception):
        """As of a library that is not a provider's."""

    for error in (ValueError("x"), KeyError("x"), NotFoundError("x"), IndexDamagedError("x")):
        assert explain_failure(error) is None


def test_an_unavailable_model_speaks_for_itself() -> None:
    assert explain_failure(ModelUnavailableError("it is gone: pull it", mend="m")) == (
        "it is gone: pull it"
    )


def test_what_httpx_and_urllib3_raise_in_the_middle_of_a_stream_is_explained() -> None:
    import httpx
    import urllib3

    silent = urllib3.exceptions.ReadTimeoutError(None, "/", "Read timed out.")  # type: ignore[arg-type]
    assert "RAGBOT_TIMEOUT" in (explain_failure(silent) or "")
    assert "RAGBOT_TIMEOUT" in (explain_failure(httpx.ReadTimeout("")) or "")
    assert "broke off" in (explain_failure(urllib3.exceptions.ProtocolError("")) or "")
    assert "broke off" in (explain_failure(httpx.RemoteProtocolError("")) or "")
    assert "broke off" in (explain_failure(ConnectionResetError()) or "")
