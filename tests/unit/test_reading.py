"""Files that can be read, and what is said of those that cannot."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ingest.pipeline import fingerprint_of, ingest_sources, read_sources
from ingest.reading import read_source, source_files
from ragbot.errors import CorpusError


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le-with-mark", "cp1252"]
)
def test_encodings_of_text(tmp_path: Path, encoding: str) -> None:
    text = "Café notes: naïve façade.\r\nSecond line\r\n"
    content = (
        b"\xff\xfe" + text.encode("utf-16-le")
        if encoding == "utf-16-le-with-mark"
        else text.encode(encoding)
    )
    (tmp_path / "a.txt").write_bytes(content)
    assert read_source(tmp_path / "a.txt").text == "Café notes: naïve façade.\nSecond line\n"


@pytest.mark.parametrize(
    "text",
    [
        "„Größe“ ist groß – »süß« heißt süß… und „groß“.\n",
        "« créé » et « allé » sont à l’écran : « déjà vu ».\n",
        "CAFÉ “Ü” é um nome, São Paulo… “não”.\n",
    ],
)
def test_pairs_of_bytes_in_honest_windows_1252_are_no_damage(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.txt").write_bytes(text.encode("cp1252"))
    assert read_source(tmp_path / "a.txt").text == text


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b" \n\t\n", "is empty"),
        (b"\x89PNG\r\n\x1a\n\x00\x00", "is not text: byte"),
        (b"line one\nline \x00 two\n", r":2: is not text: byte 14 is 0x00"),
        (b"\xef\xbb\xbfgood, then \xff broken\n", "is not utf-8: byte 14 is 0xff"),
        (b"good \xe2\x80\x93 dash, then \xff broken\n", "is not utf-8: byte 20 is 0xff"),
        ("# T\n\nGröße ".encode() + b"\x96 ist hier\n", r":3: is not utf-8: byte 13 is 0x96"),
        ("Длина ".encode() + b"\x96 4\n", "is not utf-8: byte 11 is 0x96"),
    ],
)
def test_what_is_no_text_is_named_with_its_byte(tmp_path: Path, content: bytes, said: str) -> None:
    (tmp_path / "a.md").write_bytes(content)
    with pytest.raises(CorpusError, match=said) as caught:
        read_source(tmp_path / "a.md")
    assert caught.value.mend


@pytest.mark.parametrize(
    ("content", "left"),
    [
        ("A café – a box".encode() + b" of \xff 4 KB\n", "A café – a box of  4 KB\n"),
        (b"\xef\xbb\xbfA box of \xff 4 KB\n", "A box of  4 KB\n"),
        ("A box of 4 KB\n".encode("utf-16") + b"\x00", "A box of 4 KB\n"),
        (
            b"\xff\xfe" + "A box".encode("utf-16-le") + b"\x00\xdc" + b" \x004\x00\n\x00",
            "A box 4\n",
        ),
    ],
)
def test_a_damaged_file_can_be_read_after_the_command_that_is_advised(
    tmp_path: Path, content: bytes, left: str
) -> None:
    # A name that does harm in a shell line that holds it as it is.
    (tmp_path / "a; touch harm; b.md").write_bytes(content)
    with pytest.raises(CorpusError) as caught:
        read_source(tmp_path / "a; touch harm; b.md")
    assert caught.value.mend is not None and "WINDOWS-1252" not in caught.value.mend
    command = caught.value.mend.partition("  (")[0]
    # It tells by its exit code that it left something out.
    subprocess.run(["sh", "-c", command], cwd=tmp_path, stderr=subprocess.DEVNULL)
    assert read_source(tmp_path / "fixed.md").text == left
    assert not (tmp_path / "harm").exists()


@pytest.mark.parametrize(
    "content",
    [
        # Shift-JIS has bytes that windows-1252 lacks; frames of code page 437 are no text in it.
        "箱は四百キロバイトまで入る。".encode("shift-jis"),
        "░▒▓│┤╗╝╜╛┐ 400".encode("cp437"),
    ],
)
def test_an_encoding_that_cannot_be_told_is_asked_for(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a box.txt").write_bytes(content)
    with pytest.raises(CorpusError, match="is not utf-8 nor windows-1252: byte") as caught:
        read_source(tmp_path / "a box.txt")
    assert caught.value.mend is not None
    assert caught.value.mend.startswith(
        f"iconv -f ENCODING -t UTF-8 < '{tmp_path}/a box.txt' > fixed.txt  (ENCODING:"
    )


def test_the_name_of_a_file_is_no_part_of_a_command(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refused)
    with pytest.raises(CorpusError) as caught:
        read_source(Path("a; rm -rf x.md"))
    assert caught.value.mend == "ls -l -- 'a; rm -rf x.md'"


def test_a_stray_control_character_does_not_keep_a_page_out(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(b"# Boxes\n\n" + b"Boxes hold things. " * 20 + b"\x05\n")
    assert read_source(tmp_path / "a.md").text.endswith("\x05\n")


def test_folders_are_walked_in_order_without_hidden_files(tmp_path: Path) -> None:
    for name in ("b.md", "a.txt", ".hidden.md", "sub/c.markdown", "picture.png"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("x")
    found = [path.relative_to(tmp_path).as_posix() for path in source_files([tmp_path])]
    assert found == ["a.txt", "b.md", "sub/c.markdown"]


def test_an_empty_file_keeps_no_folder_out(tmp_path: Path) -> None:
    (tmp_path / "Untitled.md").write_text("\n")
    (tmp_path / "boxes.md").write_text("# Boxes\n\nBoxes hold things.\n")
    found = ingest_sources(read_sources([tmp_path]))
    assert [document.title for document in found.contents.documents] == ["Boxes"]
    (warning,) = found.warnings
    assert warning.file.endswith("Untitled.md") and "is empty" in warning.message
    with pytest.raises(CorpusError, match="is empty"):
        read_sources([tmp_path, tmp_path / "Untitled.md"])


@pytest.mark.skipif(sys.platform != "linux", reason="such names are refused")
def test_a_name_in_no_encoding_is_told_by_its_bytes(tmp_path: Path) -> None:
    for byte in (b"\xe9", b"\xe8"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf" + byte + b".md")).write_text("Text.\n")
    sources = read_sources([tmp_path])
    assert {source.path.name for source in sources} == {r"caf\xe8.md", r"caf\xe9.md"}
    assert fingerprint_of(sources, "one")
    found = ingest_sources(sources)
    assert {document.title for document in found.contents.documents} == {r"caf\xe8", r"caf\xe9"}
    assert repr(found.contents).encode()


@pytest.mark.parametrize("name", ["nowhere.md", "empty_folder", "notes.docx"])
def test_paths_that_give_nothing(tmp_path: Path, name: str) -> None:
    (tmp_path / "empty_folder").mkdir()
    (tmp_path / "notes.docx").write_bytes(b"x")
    with pytest.raises(CorpusError) as caught:
        source_files([tmp_path / name])
    assert caught.value.mend
