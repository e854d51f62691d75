"""`python -m ingest` as a person runs it: a process of its own, the real embedder."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

import ragbot

pytestmark = pytest.mark.integration
ROOT = Path(__file__).resolve().parents[2]
NOTES = "# Boxes\n\n- A box holds at most 400 KB.\n- Boxes rotate their labels by themselves.\n"


def run(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    environment = {k: v for k, v in os.environ.items() if not k.startswith("RAGBOT_")} | more
    command = [sys.executable, "-m", "ingest", *map(str, arguments)]
    return subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False
    )


def summary(result: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    assert result.returncode == 0, result.stderr
    loaded: dict[str, Any] = json.loads(result.stdout)
    return loaded


def test_ingest_then_ask_then_nothing_to_do_then_a_change(tmp_path: Path) -> None:
    notes, index = tmp_path / "boxes.md", tmp_path / "index"
    notes.write_text(NOTES)
    first = summary(run(notes, "--index", index, "--json"))
    assert {k: first[k] for k in ("documents", "sections", "passages", "questions_set_aside")} == {
        "documents": 1,
        "sections": 1,
        "passages": 1,
        "questions_set_aside": 0,
    }
    assert first["coverage"] == 1.0 and first["warnings"] == [] and first["seconds"] > 0

    answer = ragbot.open(index=index, model="quotes").ask("How much does a box hold?")
    assert answer.text.startswith("A box holds at most 400 KB. [1]")

    again = summary(run(notes, "--index", index, "--json"))
    assert again["up_to_date"] is True

    notes.write_text(NOTES.replace("400 KB", "500 KB"))
    assert summary(run(notes, "--index", index, "--json"))["up_to_date"] is False
    answer = ragbot.open(index=index, model="quotes").ask("How much does a box hold?")
    assert "500 KB" in answer.text


def test_notes_of_one_s_own_are_kept_where_that_is_asked_for(tmp_path: Path) -> None:
    mine, index = tmp_path / "boxes.md", tmp_path / "index"
    mine.write_text(NOTES)
    others = tmp_path / "others"
    others.mkdir()
    (others / "crates.md").write_text(NOTES.replace("Boxes", "Crates"))
    first = summary(run(others, "--keep-others", "--index", index, "--json"))
    assert first["up_to_date"] is False  # where there is no index, one is written
    run(mine, "--index", index)
    kept = run(others, "--keep-others", "--index", index)
    assert kept.returncode == 0 and "left as it is" in kept.stdout
    assert ragbot.open(index=index, model="quotes").titles() == ("Boxes",)
    mine.write_text(NOTES.replace("400", "500"))
    run(mine, "--keep-others", "--index", index)  # but one's own are brought up to date
    assert "500 KB" in ragbot.open(index=index, model="quotes").ask("How much is in a box?").text


def test_a_bad_file_leaves_the_index_that_was_there(tmp_path: Path) -> None:
    notes, index = tmp_path / "boxes.md", tmp_path / "index"
    notes.write_text(NOTES)
    summary(run(notes, "--index", index, "--json"))
    (tmp_path / "broken.md").write_bytes(b"\x00\x01")
    failed = run(tmp_path / "boxes.md", tmp_path / "broken.md", "--index", index)
    assert failed.returncode == 1
    assert failed.stdout == ""
    assert "broken.md:1: is not text" in failed.stderr and "to mend it:" in failed.stderr
    assert ragbot.open(index=index, model="quotes").titles() == ("Boxes",)


def test_a_damaged_index_is_written_anew_though_nothing_changed(tmp_path: Path) -> None:
    notes, index = tmp_path / "boxes.md", tmp_path / "index"
    notes.write_text(NOTES)
    summary(run(notes, "--index", index, "--json"))
    damaged = next(index.glob("generations/*/catalogue.db"))
    damaged.write_bytes(damaged.read_bytes()[:-1])
    assert summary(run(notes, "--index", index, "--json"))["up_to_date"] is False
    assert ragbot.open(index=index, model="quotes").titles() == ("Boxes",)


def test_questions_with_a_key_become_a_bank_beside_the_index(tmp_path: Path) -> None:
    notes, index = tmp_path / "boxes.md", tmp_path / "index"
    question = "\n## Quiz\n\n1. How much?\n   - A. 4\n   - B. 400\n   - C. 9\n\n   Answer: B\n"
    notes.write_text(NOTES + question)
    assert summary(run(notes, "--index", index, "--json"))["questions_set_aside"] == 1
    (row,) = map(json.loads, (index / "questions.jsonl").read_text().splitlines())
    assert (row["question"], row["options"], row["answer"]) == ("How much?", ["4", "400", "9"], [1])


def test_a_misspelt_setting_is_refused(tmp_path: Path) -> None:
    failed = run("--index", tmp_path / "index", RAGBOT_HOEM="x")
    assert failed.returncode == 1
    assert "did you mean RAGBOT_HOME?" in failed.stderr
