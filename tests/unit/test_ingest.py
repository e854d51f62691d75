"""`ingest` in this process, by an embedder that needs no weights: what it leaves behind, and what
an index that cannot be opened says of the notes that it was made of."""

from __future__ import annotations

import json
import shlex
from collections.abc import Callable
from pathlib import Path

import pytest
from support.word_lengths import WordLengths

import ingest.__main__ as command
from ragbot.errors import IndexMismatchError
from ragbot.settings import load_settings
from ragbot.store import open_index

QUIZ = "\n## Quiz\n\n1. {}\n   - A. 4\n   - B. 400\n   - C. 9\n\n   Answer: B\n"


@pytest.fixture(autouse=True)
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr("ragbot.embedding.prepared_embedder", lambda _: (WordLengths(), None))
    for name, title in (("corpus", "Shipped"), ("my notes", "Mine")):
        (tmp_path / name).mkdir()
        (tmp_path / name / "a.md").write_text(f"# {title}\n\n- A box holds at most 400 KB.\n")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def manifest_edited(index: Path, edit: Callable[[dict[str, object]], object]) -> None:
    (file,) = index.glob("generations/*/manifest.json")
    told = json.loads(file.read_text())
    edit(told)
    file.write_text(json.dumps(told))


def mend_of(index: Path) -> str:
    with pytest.raises(IndexMismatchError) as refused:
        open_index(index, embedder="another/1")
    assert refused.value.mend is not None
    return refused.value.mend


@pytest.mark.parametrize("elsewhere", [False, True])
def test_who_follows_the_advice_keeps_the_notes(
    here: Path, elsewhere: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = here / "an index"
    assert command.main(["my notes", "--index", str(index), "--quiet"]) == 0
    if elsewhere:
        monkeypatch.chdir(here / "corpus")
    manifest_edited(index, lambda told: told.update(format=3))
    advised = shlex.split(mend_of(index))
    assert advised[:3] == ["python", "-m", "ingest"]
    assert command.main([*advised[3:], "--quiet"]) == 0
    opened = open_index(index)
    assert opened.titles() == ("Mine",)
    # Seen from where they were named, they keep their names.
    assert opened.sources() == [f"{here}/my notes/a.md" if elsewhere else "my notes/a.md"]


def test_of_the_shipped_notes_no_path_is_named() -> None:
    assert command.main(["--index", "index", "--quiet"]) == 0
    assert mend_of(Path("index")) == "python -m ingest --index index"


def test_an_index_from_before_opens_and_asks_for_the_person_s_own_paths(
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = Path("index")
    assert command.main(["my notes", "--index", "index", "--quiet"]) == 0
    manifest_edited(index, lambda told: told.pop("paths"))
    assert open_index(index).titles() == ("Mine",)
    assert command.main(["my notes", "--index", "index", "--quiet"]) == 0
    assert "is up to date" in capsys.readouterr().out
    assert mend_of(index).startswith("python -m ingest PATHS --index index  (PATHS: your notes")


def test_the_bank_is_made_up_for_where_the_ingest_was_stopped_before_it(
    here: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    notes, bank = here / "my notes" / "a.md", here / "index" / "questions.jsonl"
    arguments = ["my notes", "--index", "index", "--quiet"]
    notes.write_text("# Mine\n\n- A box holds at most 400 KB.\n" + QUIZ.format("How much?"))
    assert command.main(arguments) == 0
    notes.write_text("# Mine\n\n- A box holds at most 400 KB.\n" + QUIZ.format("How heavy?"))

    def stopped(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(command, "write_bank", stopped)
        assert command.main(arguments) == 130
    assert "How much?" in bank.read_text()
    assert command.main(arguments) == 0
    assert "is up to date" in capsys.readouterr().out
    assert "How heavy?" in bank.read_text()
    written = bank.stat()
    assert command.main(arguments) == 0
    assert bank.stat() == written  # what is as it should be is left alone


def test_the_settings_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    read = []

    def counted(**overrides: object) -> object:
        read.append(overrides)
        return load_settings(**overrides)

    monkeypatch.setattr(command, "load_settings", counted)
    assert command.main(["--index", "index", "--quiet"]) == 0
    assert len(read) == 1


def test_what_keeps_others_keeps_those_of_an_index_that_cannot_be_opened(
    capsys: pytest.CaptureFixture[str],
) -> None:
    index = Path("index")
    assert command.main(["my notes", "--index", "index", "--quiet"]) == 0
    manifest_edited(index, lambda told: told.update(format=3))
    before = sorted(index.rglob("*"))
    assert command.main(["--keep-others", "--index", "index", "--quiet"]) == 0
    assert "is left as it is" in capsys.readouterr().out
    assert sorted(index.rglob("*")) == before
    # Of the shipped notes nothing could be lost.
    manifest_edited(index, lambda told: told.update(paths=[]))
    assert command.main(["--keep-others", "--index", "index", "--quiet"]) == 0
    assert open_index(index).titles() == ("Shipped",)
