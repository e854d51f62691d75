"""A patch makes one file of another, and tells when it is given a third."""

from pathlib import Path

import pytest

from ragbot.weights import patches

OLD = bytes(range(256)) * 40
NEW = OLD[:5000] + b"grown" + bytes((b + 1) % 256 for b in OLD[5000:])
PIECES = [(0, 5000), (None, 5), (5000, len(OLD) - 5000)]


@pytest.fixture
def patch(tmp_path: Path) -> Path:
    file = tmp_path / "small.patch"
    file.write_bytes(patches.make(OLD, NEW, PIECES))
    return file


def test_the_new_file_is_made_of_the_old_one(patch: Path) -> None:
    assert patches.apply(patch, OLD) == NEW


def test_what_hardly_differs_packs_well(patch: Path) -> None:
    assert patch.stat().st_size < len(NEW) / 20


def test_a_shorter_file_is_another_file(patch: Path) -> None:
    with pytest.raises(ValueError, match="patch of another file"):
        patches.apply(patch, OLD[:-300])


def test_what_is_no_patch_is_named(tmp_path: Path) -> None:
    file = tmp_path / "notes.md"
    file.write_bytes(b"# Notes")
    with pytest.raises(ValueError, match=r"notes\.md is no patch"):
        patches.apply(file, OLD)


def test_pieces_that_do_not_make_up_the_file_are_refused() -> None:
    with pytest.raises(ValueError, match="do not make up"):
        patches.make(OLD, NEW, PIECES[:2])
