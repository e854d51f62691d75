"""Index generations: one writer, an atomic swap, and nothing opened unverified.

    INDEX/CURRENT                    the name of the generation that answers
    INDEX/generations/NAME/          sealed: its files never change again
    INDEX/generations/NAME/manifest.json   what it is and the checksum of every file
    INDEX/writer.lock                held for as long as an ingest runs

Why checksums come first: a damaged HNSW file does not raise, it kills the process.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from ragbot.errors import (
    IndexBusyError,
    IndexDamagedError,
    IndexMismatchError,
    IndexNotFoundError,
    IndexWriteError,
)

FORMAT = 4
POINTER = "CURRENT"
MANIFEST = "manifest.json"
UNFINISHED = "unfinished-"


@dataclass(frozen=True, slots=True)
class IndexManifest:
    """What a generation holds and was made from.

    `fingerprint` is of the sources and the chunking, `files` maps each file's path in the
    generation to its sha256, `counts` has documents, sections, passages, questions.
    """

    generation: str
    format: int
    embedder: str
    fingerprint: str
    counts: Mapping[str, int]
    files: Mapping[str, str]


def rebuild_command(index_dir: Path) -> str:
    return f"python -m ingest --index {index_dir}"


def current_folder(index_dir: Path) -> Path:
    """The generation that answers.

    Raises:
        IndexNotFoundError: nothing was ingested here.
        IndexMismatchError: the folder holds something, but not an index of ours.
        IndexDamagedError: the pointer leads nowhere.
    """
    pointer = index_dir / POINTER
    if not pointer.is_file():
        if _is_foreign(index_dir):
            raise IndexMismatchError(
                f"{index_dir} holds files, but no index of ragbot",
                mend="name another folder with --index or RAGBOT_INDEX",
            )
        raise IndexNotFoundError(
            f"there is no index at {index_dir}", mend=rebuild_command(index_dir)
        )
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    folder = index_dir / "generations" / name
    if not name or Path(name).name != name or not (folder / MANIFEST).is_file():
        raise IndexDamagedError(
            f"{pointer} names a generation that is not there", mend=rebuild_command(index_dir)
        )
    return folder


def verified_manifest(index_dir: Path, folder: Path | None = None) -> IndexManifest:
    """The current generation's manifest, after every file was held against its checksum.

    Raises:
        IndexNotFoundError, IndexMismatchError, IndexDamagedError: see `current_folder`.
    """
    folder = current_folder(index_dir) if folder is None else folder
    mend = rebuild_command(index_dir)
    try:
        manifest = IndexManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise IndexDamagedError(
            f"{folder / MANIFEST} cannot be read: {error}", mend=mend
        ) from error
    if manifest.format != FORMAT:
        raise IndexMismatchError(
            f"the index at {index_dir} has format {manifest.format}, this ragbot reads {FORMAT}",
            mend=mend,
        )
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise IndexDamagedError(f"{file} is missing", mend=mend)
        if _sha256(file) != expected:
            raise IndexDamagedError(f"{file} is not what was written", mend=mend)
    return manifest


def read_manifest(index_dir: Path) -> IndexManifest | None:
    """The manifest of an index that could be opened now, None where there is none such."""
    try:
        return verified_manifest(index_dir)
    except (IndexNotFoundError, IndexMismatchError, IndexDamagedError):
        return None


@contextlib.contextmanager
def new_generation(index_dir: Path) -> Iterator[Path]:
    """An empty folder to write the next generation into, under the writer's lock.

    It becomes a generation only through `publish`; whatever goes wrong before leaves the
    index as it was.

    Raises:
        IndexBusyError: another process is writing here.
        IndexMismatchError: the folder is somebody else's.
        IndexWriteError: no space, no permission.
    """
    if _is_foreign(index_dir):
        raise IndexMismatchError(
            f"{index_dir} holds files that are not an index of ragbot",
            mend="name another folder with --index or RAGBOT_INDEX",
        )
    with _write_errors(index_dir):
        (index_dir / "generations").mkdir(parents=True, exist_ok=True)
    lock = FileLock(index_dir / "writer.lock")
    try:
        with _write_errors(index_dir):
            lock.acquire(timeout=0)
    except Timeout as error:
        raise IndexBusyError(
            f"another ingest is writing {index_dir}", mend="wait for it to end, then try again"
        ) from error
    try:
        # The lock is ours, so whatever is unfinished was left by a writer that died.
        for left in (index_dir / "generations").glob(f"{UNFINISHED}*"):
            shutil.rmtree(left, ignore_errors=True)
        folder = index_dir / "generations" / f"{UNFINISHED}{secrets.token_hex(4)}"
        with _write_errors(index_dir):
            folder.mkdir()
            try:
                yield folder
            finally:
                shutil.rmtree(folder, ignore_errors=True)
    finally:
        lock.release()


def publish(
    index_dir: Path, folder: Path, *, embedder: str, fingerprint: str, counts: Mapping[str, int]
) -> IndexManifest:
    """Seal the folder with its checksums and swap it in by one atomic rename."""
    files = {
        str(file.relative_to(folder)): _sha256(file)
        for file in sorted(folder.rglob("*"))
        if file.is_file()
    }
    content = hashlib.sha256(json.dumps(files, sort_keys=True).encode()).hexdigest()
    number = 1 + max((_number(path) for path in _finished(index_dir)), default=0)
    name = f"{number:06d}-{content[:8]}"
    manifest = IndexManifest(name, FORMAT, embedder, fingerprint, dict(counts), files)
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=1), encoding="utf-8")
    previous = _pointed_at(index_dir)
    folder.rename(index_dir / "generations" / name)
    pointer = index_dir / f"{POINTER}.new"
    with pointer.open("w", encoding="utf-8") as file:
        file.write(name + "\n")
        file.flush()
        os.fsync(file.fileno())
    pointer.replace(index_dir / POINTER)
    # The one before stays for readers that have not noticed the swap yet.
    for old in _finished(index_dir):
        if old.name not in (name, previous):
            shutil.rmtree(old, ignore_errors=True)
    return manifest


def _pointed_at(index_dir: Path) -> str | None:
    pointer = index_dir / POINTER
    return (
        pointer.read_text(encoding="utf-8", errors="replace").strip() if pointer.is_file() else None
    )


def _finished(index_dir: Path) -> list[Path]:
    return [p for p in (index_dir / "generations").glob("[0-9]*-*") if p.is_dir()]


def _number(generation: Path) -> int:
    head = generation.name.split("-")[0]
    return int(head) if head.isdigit() else 0


def _is_foreign(index_dir: Path) -> bool:
    if index_dir.is_file():
        return True
    if not index_dir.is_dir() or (index_dir / "generations").is_dir():
        return False
    return any(index_dir.iterdir())


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


@contextlib.contextmanager
def _write_errors(index_dir: Path) -> Iterator[None]:
    """Say what a full or forbidden disk means for the index, whichever library met it."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise IndexWriteError(
                f"no space left to write the index at {index_dir}; the index before still answers",
                mend=f"free some space, then {rebuild_command(index_dir)}",
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise IndexWriteError(
                f"{index_dir} cannot be written: {error.strerror}",
                mend="name a writable folder with --index or RAGBOT_INDEX",
            ) from error
        raise
    except Exception as error:
        # SQLite and Chroma report a full disk in their own words and classes.
        if "disk is full" in str(error) or "No space left" in str(error):
            raise IndexWriteError(
                f"no space left to write the index at {index_dir}; the index before still answers",
                mend=f"free some space, then {rebuild_command(index_dir)}",
            ) from error
        raise
