"""`ragbot models`: which there are, and how they are fetched."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command import command

from ragbot.cli import main, models
from ragbot.errors import ModelUnavailableError


def test_models_tells_what_is_missing_and_what_always_answers(tmp_path: Path) -> None:
    listed = command("models", RAGBOT_MODELS_DIR=str(tmp_path))
    assert listed.returncode == 0, listed.stderr
    lines = {line.split()[1]: line for line in listed.stdout.splitlines()[:4]}
    assert lines["quotes"].startswith(" ok")
    assert lines["local"].startswith(" no")
    assert "ragbot models pull" in lines["local"]


def test_pull_goes_on_to_the_next_and_fails_in_the_end(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path))
    assert main(["models", "pull", "chad", "rerankr"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "there are no weights named 'chad'" in err
    assert "there are no weights named 'rerankr'" in err
    assert "to mend it: one of: chat, reranker, " in err


@pytest.mark.parametrize(
    "name", ["../x/y.gguf", "org/re--po/y.gguf", "org/repo/in/y.gguf", ".gguf"]
)
def test_pull_refuses_what_is_no_name_on_the_hub(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path / "models"))
    assert main(["models", "pull", name]) == 1
    told = capsys.readouterr().err
    assert "model hub" in told and name.rpartition("/")[0] in told
    assert not (tmp_path / "x").exists()


@pytest.mark.parametrize("fails", [False, True])
def test_pull_puts_the_chat_model_into_8_bits_or_says_why_llama_cpp_answers(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, fails: bool
) -> None:
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path))
    monkeypatch.setattr(models, "_pull", lambda name, settings: True)
    (tmp_path / "chat").mkdir()
    (tmp_path / "chat" / "qwen2.5-coder-1.5b-instruct-q4_k_m.gguf").write_bytes(b"GGUF")

    def build(file: Path) -> Path:
        if fails:
            raise ModelUnavailableError("this processor has no VNNI")
        return file.with_name("in-8-bits")

    monkeypatch.setattr(models, "build", build)
    assert main(["models", "pull"]) == 0
    err = capsys.readouterr().err
    assert ("llama.cpp will answer, more slowly: this processor has no VNNI" in err) is fails
    assert (str(tmp_path / "chat" / "in-8-bits") in err) is not fails
