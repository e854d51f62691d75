"""Index generations on real Chroma and real BM25: all of it or none, and never damaged."""

from __future__ import annotations

import shutil
import signal
import sqlite3
import subprocess
import sys
import textwrap
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexWriteError,
)
from ragbot.store import Contents, Index, open_index, read_manifest, write_generation
from ragbot.store.generations import new_generation
from ragbot.types import Document, Filters, FoundQuestion, Passage, Section

pytestmark = pytest.mark.integration


def contents(*texts: str) -> Contents:
    whole = "\n".join(texts)
    document = Document("boxes", "Boxes vs Crates", "boxes.md", whole, 0, len(whole))
    passages: list[Passage] = []
    at = 0
    for text in texts:
        passages.append(passage(text, start=at))
        at += len(text) + 1
    section = Section("boxes", ("Boxes vs Crates", "Boxes"), 0, len(whole))
    question = FoundQuestion("boxes", "boxes.md", (9, 12), "Which is larger?", ("A", "B"))
    return Contents([document], [section], passages, [question])


def write(index_dir: Path, *texts: str) -> None:
    write_generation(index_dir, contents(*texts), embedder=WordLengths(), fingerprint="f")


def texts_of(index: Index) -> list[str]:
    return [each.text for each in index.all_passages()]


def test_what_is_written_is_read(tmp_path: Path) -> None:
    write(tmp_path, "small boxes hold 400 KB", "large crates hold a ton")
    index = open_index(tmp_path)
    _, second = index.all_passages()
    assert index.document("boxes").text[second.start : second.end] == second.text
    assert index.section_of(second).heading_path == ("Boxes vs Crates", "Boxes")
    assert index.questions()[0].stem == "Which is larger?"
    assert [place for place, _ in index.lexical("what is of 400KB?", 5)] == [0]
    asked = WordLengths().encode([second.indexed_text])[0]
    for nearest, cosine in (*index.dense(asked, 1), *index.by_graph(asked, 1)):
        assert index.passages_at([nearest]) == {1: second}
        assert cosine == pytest.approx(1.0, abs=1e-4)


def test_what_stands_in_small_letters_somewhere_is_no_name_for_its_capital(tmp_path: Path) -> None:
    write(tmp_path, "Pick a Crate for wine", "Boxes that were picked by hand", "Crate and Barrel")
    index = open_index(tmp_path)
    assert index.writes_small("pick") and index.writes_small("wine")
    assert not index.writes_small("crate")


@pytest.mark.parametrize("count", [1, 2, 3, 150])
def test_reading_changes_nothing_so_the_checksums_hold(tmp_path: Path, count: int) -> None:
    write(tmp_path, *(f"box number {n}" for n in range(count)))
    for _ in range(3):
        index = open_index(tmp_path)
        index.by_graph(WordLengths().encode(["one box"])[0], 1)
        index.close()
    assert read_manifest(tmp_path) is not None


def test_readers_notice_the_swap_and_the_old_generation_still_answers(tmp_path: Path) -> None:
    write(tmp_path, "old box")
    old = open_index(tmp_path)
    write(tmp_path, "new box")
    assert not old.is_current()
    assert texts_of(old) == ["old box"]
    assert old.dense(WordLengths().encode(["old box"])[0], 1)
    assert texts_of(open_index(tmp_path)) == ["new box"]


def test_only_two_generations_are_kept(tmp_path: Path) -> None:
    for text in ("a", "b", "c", "d"):
        write(tmp_path, f"box {text}")
    assert len(list((tmp_path / "generations").iterdir())) == 2


def test_what_did_not_change_is_not_embedded_again(tmp_path: Path) -> None:
    embedder = WordLengths()
    for texts in (("one box", "two boxes"), ("one box", "three boxes")):
        write_generation(tmp_path, contents(*texts), embedder=embedder, fingerprint="f")
    bodies = [text.splitlines()[-1] for text in embedder.encoded]
    assert sorted(bodies) == ["one box", "three boxes", "two boxes"]


def test_a_damaged_cache_costs_time_only(tmp_path: Path) -> None:
    write(tmp_path, "one box")
    (tmp_path / "embeddings.db").write_bytes(b"not a database at all" * 100)
    write(tmp_path, "one box")
    assert texts_of(open_index(tmp_path)) == ["one box"]


def test_a_cache_that_another_holds_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "one box")
    monkeypatch.setattr(sqlite3, "connect", partial(sqlite3.connect, timeout=0))
    other = sqlite3.connect(tmp_path / "embeddings.db")
    other.execute("BEGIN EXCLUSIVE")
    with pytest.raises(IndexBusyError, match="is locked"):
        write(tmp_path, "one box", "two boxes")
    other.close()
    assert texts_of(open_index(tmp_path)) == ["one box"]
    embedder = WordLengths()
    write_generation(tmp_path, contents("one box"), embedder=embedder, fingerprint="f")
    assert embedder.encoded == []


def test_a_cache_that_cannot_be_written_is_not_thrown_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "one box")
    held = (tmp_path / "embeddings.db").read_bytes()
    as_is = sqlite3.connect

    def read_only(file: Path, **more: object) -> sqlite3.Connection:
        database = as_is(file)
        database.execute(f"PRAGMA query_only = {file.name == 'embeddings.db'}")
        return database

    monkeypatch.setattr(sqlite3, "connect", read_only)
    with pytest.raises(IndexWriteError, match="cannot be written"):
        write(tmp_path, "two boxes")
    assert (tmp_path / "embeddings.db").read_bytes() == held


@pytest.mark.parametrize("pattern", ["catalogue.db", "dense/*/data_level0.bin", "lexical/*.npy"])
def test_a_damaged_file_is_named_before_anything_opens_it(tmp_path: Path, pattern: str) -> None:
    write(tmp_path, "one box", "two boxes")
    file = next((tmp_path / "generations").glob(f"*/{pattern}"))
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0xFF
    file.write_bytes(content)
    with pytest.raises(IndexDamagedError, match=file.name) as caught:
        open_index(tmp_path)
    assert "python -m ingest PATHS" in str(caught.value)
    write(tmp_path, "one box")  # and the command that it names mends it
    assert texts_of(open_index(tmp_path)) == ["one box"]


def test_missing_files_pointers_and_indexes(tmp_path: Path) -> None:
    # Where there is nothing yet, nothing is lost: the shipped notes are a beginning.
    with pytest.raises(IndexNotFoundError, match="python -m ingest --index"):
        open_index(tmp_path / "nowhere")
    write(tmp_path, "one box")
    (tmp_path / "CURRENT").write_text("../../etc\n")
    with pytest.raises(IndexDamagedError, match="python -m ingest PATHS --index"):
        open_index(tmp_path)


def test_a_foreign_folder_is_neither_read_nor_written(tmp_path: Path) -> None:
    (tmp_path / "holiday.jpg").write_bytes(b"\xff\xd8")
    with pytest.raises(IndexMismatchError):
        open_index(tmp_path)
    with pytest.raises(IndexMismatchError):
        write(tmp_path, "one box")
    assert [file.name for file in tmp_path.iterdir()] == ["holiday.jpg"]


def test_an_index_of_another_embedder_is_refused(tmp_path: Path) -> None:
    write(tmp_path, "one box")
    with pytest.raises(IndexMismatchError, match="word-lengths/1"):
        open_index(tmp_path, embedder="another/1")


def test_a_second_writer_is_turned_away(tmp_path: Path) -> None:
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from ragbot.store.generations import new_generation
        with new_generation(Path({str(tmp_path)!r})):
            print("locked", flush=True)
            input()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None and writer.stdin is not None
        assert writer.stdout.readline() == "locked\n"
        with pytest.raises(IndexBusyError):
            write(tmp_path, "one box")
        writer.communicate("\n")
    write(tmp_path, "one box")
    assert texts_of(open_index(tmp_path)) == ["one box"]


def test_a_killed_writer_leaves_the_index_before(tmp_path: Path) -> None:
    write(tmp_path, "old box")
    script = textwrap.dedent(
        f"""
        from pathlib import Path
        from ragbot.store.generations import new_generation
        with new_generation(Path({str(tmp_path)!r})) as folder:
            (folder / "catalogue.db").write_bytes(b"half")
            print("writing", flush=True)
            input()
        """
    )
    with subprocess.Popen(
        [sys.executable, "-c", script], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        assert writer.stdout.readline() == "writing\n"
        writer.send_signal(signal.SIGKILL)
    assert texts_of(open_index(tmp_path)) == ["old box"]
    write(tmp_path, "new box")
    assert texts_of(open_index(tmp_path)) == ["new box"]
    assert not list((tmp_path / "generations").glob("unfinished-*"))


def test_a_full_disk_leaves_the_index_before(tmp_path: Path) -> None:
    write(tmp_path, "old box")
    for met in (
        OSError(28, "No space left on device"),
        sqlite3.OperationalError("database or disk is full"),
    ):
        with pytest.raises(IndexWriteError) as refused, new_generation(tmp_path):
            raise met
        # What was to be written is not what the index before was made of: no paths are named.
        assert refused.value.mend == "free some space, then the same command again"
    assert texts_of(open_index(tmp_path)) == ["old box"]


def test_an_empty_corpus_gives_an_index_that_finds_nothing(tmp_path: Path) -> None:
    write_generation(tmp_path, Contents([], [], []), embedder=WordLengths(), fingerprint="f")
    index = open_index(tmp_path)
    assert index.lexical("box", 5) == []
    assert index.dense(WordLengths().encode(["box"])[0], 5) == []


def test_an_index_moves_with_its_folder(tmp_path: Path) -> None:
    write(tmp_path / "here", "one box")
    shutil.move(tmp_path / "here", tmp_path / "there")
    index = open_index(tmp_path / "there")
    assert index.dense(WordLengths().encode(["one box"])[0], 1)


@pytest.mark.parametrize("compared", [20_000, 3])
def test_a_filter_finds_what_a_search_of_those_passages_alone_finds(
    tmp_path: Path, compared: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ragbot.store.index.COMPARED", compared)  # by the files, or by the graph
    whole = contents(*(f"box {'long ' * n}number" for n in range(40)))
    (document,) = whole.documents
    crates = replace(document, doc_id="crates", source="more/crates.md", topic="Crates")
    passages = [
        replace(each, doc_id="crates" if n % 4 == 0 else "boxes")
        for n, each in enumerate(whole.passages)
    ]
    write_generation(
        tmp_path,
        replace(whole, documents=[document, crates], passages=passages),
        embedder=WordLengths(),
        fingerprint="f",
    )
    index = open_index(tmp_path)
    asked = WordLengths().encode(["box long long number"])[0]
    wanted = {place for place, each in enumerate(passages) if each.doc_id == "crates"}
    every = [place for place, _ in index.dense(asked, 40)]
    for filters in (Filters(topics=("crates",)), Filters(sources=("more",))):
        allowed = index.allowed(filters)
        found = [place for place, _ in index.dense(asked, 5, allowed)]
        assert found == [place for place in every if place in wanted][:5]
        assert {place for place, _ in index.lexical("box", 40, allowed)} == wanted
    nothing = index.allowed(Filters(topics=("boxes",), sources=("more",)))
    assert index.dense(asked, 5, nothing) == index.lexical("box", 5, nothing) == []
    assert index.allowed(Filters()) is None
