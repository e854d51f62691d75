"""Vectors kept by content, so that what did not change is not embedded again."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ragbot.embedding import DIMENSION, Embedder, Vectors

SLICE = 512  # written as they come, so that a killed ingest goes on where it was


def cached_vectors(
    file: Path,
    embedder: Embedder,
    texts: Sequence[str],
    progress: Callable[[int, int], None] | None = None,
) -> Vectors:
    """float32 [len(texts), 384]; only texts that the cache does not hold are embedded."""
    keys = [hashlib.sha256(f"{embedder.fingerprint}\0{text}".encode()).digest() for text in texts]
    with _opened(file) as database:
        found: dict[bytes, bytes] = {}
        for key in set(keys):
            row = database.execute("SELECT vector FROM vectors WHERE key = ?", (key,)).fetchone()
            if row is not None and len(row[0]) == DIMENSION * 4:
                found[key] = row[0]
        missing = list(dict(zip(keys, texts, strict=True)).items())
        missing = [(key, text) for key, text in missing if key not in found]
        done = len(texts) - len(missing)
        if progress is not None:
            progress(done, len(texts))
        for first in range(0, len(missing), SLICE):
            part = missing[first : first + SLICE]

            def report(encoded: int, of: int, first: int = first, size: int = len(part)) -> None:
                if progress is not None:
                    progress(done + first + round(size * encoded / of), len(texts))

            for (key, _), vector in zip(
                part, embedder.encode([text for _, text in part], report), strict=True
            ):
                found[key] = vector.astype("<f4").tobytes()
            database.executemany(
                "INSERT OR REPLACE INTO vectors VALUES (?, ?)",
                [(key, found[key]) for key, _ in part],
            )
            database.commit()
        _forget_others(database, set(keys))
    if not keys:
        return np.zeros((0, DIMENSION), dtype=np.float32)
    return np.stack([np.frombuffer(found[key], dtype="<f4") for key in keys])


def _forget_others(database: sqlite3.Connection, keys: set[bytes]) -> None:
    old = [key for (key,) in database.execute("SELECT key FROM vectors") if key not in keys]
    database.executemany("DELETE FROM vectors WHERE key = ?", [(key,) for key in old])
    database.commit()


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        database = _connect(file)
    except sqlite3.DatabaseError:
        # Nothing is lost with a damaged cache but time.
        file.unlink(missing_ok=True)
        database = _connect(file)
    try:
        yield database
    finally:
        database.close()


def _connect(file: Path) -> sqlite3.Connection:
    database = sqlite3.connect(file)
    try:
        (state,) = database.execute("PRAGMA quick_check").fetchone()
        if state != "ok":
            raise sqlite3.DatabaseError(state)
        database.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB) WITHOUT ROWID"
        )
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
