"""Weights on disk: verified once, then trusted for as long as size and date stay."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from ragbot.weights.catalogue import CATALOGUE, Weights

STAMP = "verified.json"
Progress = Callable[[int, int], None]  # (bytes there, bytes in all)


def find(name: str, models_dir: Path) -> Path | None:
    """The folder that holds these weights, every file as it must be; else None.

    Cheap after the first time: a file of 1 GB is hashed anew only when it changed.
    """
    folder = models_dir / name
    return folder if folder.is_dir() and damage(name, models_dir) is None else None


def damage(name: str, models_dir: Path) -> str | None:
    """What is wrong with weights on the shelf: a missing or changed file; None if nothing."""
    weights, folder = CATALOGUE[name], models_dir / name
    missing = [file for file in weights.files if not (folder / file).is_file()]
    if missing:
        return f"{folder / missing[0]} is not there"
    state = _state(weights, folder)
    if _stamped(folder) == state:
        return None
    for file, expected in weights.files.items():
        if sha256_of(folder / file) != expected:
            return f"{folder / file} is damaged"
    stamp(name, folder)
    return None


def stamp(name: str, folder: Path) -> None:
    """Remember that the files were verified as they are now."""
    # A shelf that is read-only or full is verified anew each time, and works.
    with contextlib.suppress(OSError):
        text = json.dumps(_state(CATALOGUE[name], folder))
        (folder / STAMP).write_text(text, encoding="utf-8")


def sha256_of(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _state(weights: Weights, folder: Path) -> dict[str, list[object]]:
    return {
        file: [expected, (folder / file).stat().st_size, (folder / file).stat().st_mtime_ns]
        for file, expected in weights.files.items()
    }


def _stamped(folder: Path) -> object:
    try:
        return json.loads((folder / STAMP).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
