"""Vectors kept by content, so that what did not change is not embedded again."""

from __future__ import annotations

import contextlib
import hashlib
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import numpy as np

from ragbot.embedding import Progress, Span, Vectors

SLICE = 512  # written as they come, so that a killed ingest goes on where it was

# As `Embedder.encode_with_parts`.
Encode = Callable[[Sequence[str], Sequence[Sequence[Span]], Progress | None], Sequence[Vectors]]


def cached_vectors(
    file: Path,
    encode: Encode,
    texts: Sequence[str],
    parts: Sequence[Sequence[Span]],
    *,
    fingerprint: str,
    dimension: int,
    progress: Progress | None = None,
) -> Iterator[Vectors]:
    """For each text float32 [1 + len(parts), dimension], see `Embedder.encode_with_parts`.

    Only texts that the cache does not hold are embedded, before the first is given; never are
    all vectors in memory at once. `fingerprint` is the embedder's.
    """
    keys = [
        hashlib.sha256(f"{fingerprint}\0{list(spans)}\0{text}".encode()).digest()
        for text, spans in zip(texts, parts, strict=True)
    ]
    with _opened(file) as database:
        _fill(database, keys, encode, texts, parts, dimension, progress)
        _forget_others(database, set(keys))
        for key in keys:
            (held,) = database.execute(
                "SELECT vectors FROM encoded WHERE key = ?", (key,)
            ).fetchone()
            yield np.frombuffer(held, dtype="<f4").reshape(-1, dimension)


def _fill(
    database: sqlite3.Connection,
    keys: Sequence[bytes],
    encode: Encode,
    texts: Sequence[str],
    parts: Sequence[Sequence[Span]],
    dimension: int,
    progress: Progress | None,
) -> None:
    wanted: dict[bytes, int] = {}
    for place, (key, spans) in enumerate(zip(keys, parts, strict=True)):
        held = database.execute(
            "SELECT length(vectors) FROM encoded WHERE key = ?", (key,)
        ).fetchone()
        if held is None or held[0] != (1 + len(spans)) * dimension * 4:
            wanted[key] = place
    # Texts of like length are read together, however far apart they stand: no time goes to padding.
    missing = sorted(wanted.items(), key=lambda item: len(texts[item[1]]))
    done = len(texts) - len(missing)
    if progress is not None:
        progress(done, len(texts))
    for first in range(0, len(missing), SLICE):
        part = missing[first : first + SLICE]

        def report(encoded: int, of: int, first: int = first, size: int = len(part)) -> None:
            if progress is not None:
                progress(done + first + round(size * encoded / of), len(texts))

        encoded = encode(
            [texts[place] for _, place in part], [parts[place] for _, place in part], report
        )
        database.executemany(
            "INSERT OR REPLACE INTO encoded VALUES (?, ?)",
            [
                (key, vectors.astype("<f4").tobytes())
                for (key, _), vectors in zip(part, encoded, strict=True)
            ],
        )
        database.commit()


def _forget_others(database: sqlite3.Connection, keys: set[bytes]) -> None:
    old = [key for (key,) in database.execute("SELECT key FROM encoded") if key not in keys]
    database.executemany("DELETE FROM encoded WHERE key = ?", [(key,) for key in old])
    database.commit()


@contextlib.contextmanager
def _opened(file: Path) -> Iterator[sqlite3.Connection]:
    try:
        database = _connect(file)
    except sqlite3.DatabaseError as error:
        # One that is locked, or on a full disk, is whole, and Bedrock's vectors were paid for.
        # What `quick_check` found has no code.
        code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_CORRUPT)
        if code & 0xFF not in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
            raise
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
        # What an earlier ragbot kept was passages without their sentences.
        database.execute("DROP TABLE IF EXISTS vectors")
        database.execute(
            "CREATE TABLE IF NOT EXISTS encoded (key BLOB PRIMARY KEY, vectors BLOB) WITHOUT ROWID"
        )
    except sqlite3.DatabaseError:
        database.close()
        raise
    return database
