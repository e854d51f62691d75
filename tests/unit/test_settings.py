"""Settings: what a person can set, and how a slip of the pen is told."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from pydantic import ValidationError

from ragbot.errors import SettingsError
from ragbot.settings import PREFIX, Settings, load_settings


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in os.environ:
        if variable.upper().startswith("RAGBOT_"):
            monkeypatch.delenv(variable)


def test_an_override_wins_over_the_variable_and_that_over_the_default(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert load_settings().k == 8
    monkeypatch.setenv("RAGBOT_K", "5")
    assert load_settings().k == 5
    assert load_settings(k=None).k == 5
    assert load_settings(k=3).k == 3


def test_the_index_is_under_home_unless_it_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert load_settings().index_dir == Path(".ragbot/index")
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path))
    assert load_settings().index_dir == tmp_path / "index"
    monkeypatch.setenv("RAGBOT_INDEX", str(tmp_path / "elsewhere"))
    assert load_settings().index_dir == tmp_path / "elsewhere"


@pytest.mark.parametrize(
    ("misspelt", "meant"),
    [
        ("RAGBOT_MODLE", "RAGBOT_MODEL"),
        ("ragbot_indx", "RAGBOT_INDEX"),
        ("RAGBOT_MODEL_DIR", "RAGBOT_MODELS_DIR"),
    ],
)
def test_a_misspelt_variable_is_refused_with_the_nearest_name(
    monkeypatch: pytest.MonkeyPatch, misspelt: str, meant: str
) -> None:
    monkeypatch.setenv(misspelt, "x")
    with pytest.raises(SettingsError, match=f"{misspelt} is not a setting") as refused:
        load_settings()
    assert refused.value.mend == f"did you mean {meant}? Else: unset {misspelt}"


def test_a_variable_like_no_other_gets_the_list(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGBOT_SOMETHING_FOR_ANOTHER_PROGRAM", "1")
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert "RAGBOT_BEDROCK_MODEL" in str(refused.value.mend)


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("RAGBOT_K", "0"),
        ("RAGBOT_K", "many"),
        ("RAGBOT_TIMEOUT", "-1"),
        ("RAGBOT_TIMEOUT", "nan"),
        ("RAGBOT_MAX_TOKENS", "1000000"),
    ],
)
def test_an_impossible_value_is_told_with_its_variable(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str
) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as refused:
        load_settings()
    assert variable in str(refused.value)
    assert variable in str(refused.value.mend)


def test_an_empty_variable_is_one_that_is_not_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in Settings.model_fields:  # as docker and compose files pass them
        monkeypatch.setenv(PREFIX + name.upper(), "")
    assert load_settings().model_dump() == Settings.model_construct().model_dump()


def test_a_tilde_is_the_home_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "mine.toml").write_text('[guardrails]\nwords = ["mine"]')
    for name in ("HOME", "INDEX", "MODELS_DIR", "PRICES"):
        monkeypatch.setenv(PREFIX + name, f"~/{name}")
    monkeypatch.setenv("RAGBOT_CONFIG", "~/mine.toml")
    settings = load_settings()
    assert settings.guardrails.words == ("mine",)
    found = (settings.home, settings.index, settings.models_dir, settings.prices)
    assert found == tuple(tmp_path / name for name in ("HOME", "INDEX", "MODELS_DIR", "PRICES"))
    monkeypatch.setenv("RAGBOT_INDEX", "~nobody-of-this-name/x")
    with pytest.raises(SettingsError, match="RAGBOT_INDEX='~nobody"):
        load_settings()


def test_the_key_is_in_no_representation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RAGBOT_OPENAI_API_KEY", "sk-secret")
    settings = load_settings()
    assert settings.openai_api_key is not None
    assert settings.openai_api_key.get_secret_value() == "sk-secret"
    assert "sk-secret" not in repr(settings)
    assert "sk-secret" not in settings.model_dump_json()


def test_settings_do_not_change_once_read() -> None:
    settings = Settings()
    with pytest.raises(ValidationError, match="frozen"):
        settings.k = 3  # type: ignore[misc]


def test_every_setting_is_documented_with_its_default() -> None:
    page = Path(__file__).resolve().parents[2] / "docs/api.md"
    rows = re.findall(r"^\| (`RAGBOT_[^|]*) \|([^|]*)\|", page.read_text("utf-8"), re.MULTILINE)
    told = {name: default for names, default in rows for name in re.findall(r"`(\w+)`", names)}
    assert told.keys() == {PREFIX + name.upper() for name in Settings.model_fields}
    for name, field in Settings.model_fields.items():
        # What has no value of its own (a path, a model of the region) is told in words.
        if isinstance(field.default, int | float | str) and field.default != "":
            default = told[PREFIX + name.upper()].strip("` ")
            assert default == (
                field.default if isinstance(field.default, str) else f"{field.default:g}"
            ), name
