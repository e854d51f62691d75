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
import shlex
import shutil
from collections.abc import Iterator, Mapping, Sequence
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
    `paths` are what was ingested, absolute; empty for the notes that are shipped, None in a
    manifest from before they were kept.
    """

    generation: str
    format: int
    embedder: str
    fingerprint: str
    counts: Mapping[str, int]
    files: Mapping[str, str]
    paths: Sequence[str] | None = None


def rebuild_command(index_dir: Path, paths: Sequence[str] | None) -> str:
    """What writes the index anew of the same notes; `paths` are those of its manifest.

    An index holds what one ingest named and nothing else: a command without the person's own
    paths would put the shipped notes in their place.
    """
    index = f"--index {shlex.quote(str(index_dir))}"
    if paths is None:
        return (
            f"python -m ingest PATHS {index}  "
            "(PATHS: your notes, as you named them before; corpus if you named none)"
        )
    return " ".join(["python -m ingest", *(shlex.quote(_from_here(path)) for path in paths), index])


def _from_here(path: str) -> str:
    """As it was typed, if it was typed here: notes that are named otherwise are cited otherwise."""
    here = Path.cwd()
    return str(Path(path).relative_to(here)) if Path(path).is_relative_to(here) else path


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
            f"there is no index at {index_dir}", mend=rebuild_command(index_dir, paths=())
        )
    name = pointer.read_text(encoding="utf-8", errors="replace").strip()
    folder = index_dir / "generations" / name
    if not name or Path(name).name != name or not (folder / MANIFEST).is_file():
        raise IndexDamagedError(
            f"{pointer} names a generation that is not there",
            mend=rebuild_command(index_dir, paths=None),
        )
    return folder


def verified_manifest(index_dir: Path, folder: Path | None = None) -> IndexManifest:
    """The current generation's manifest, after every file was held against its checksum.

    Raises:
        IndexNotFoundError, IndexMismatchError, IndexDamagedError: see `current_folder`.
    """
    folder = current_folder(index_dir) if folder is None else folder
    try:
        manifest = IndexManifest(**json.loads((folder / MANIFEST).read_text(encoding="utf-8")))
    except (ValueError, TypeError) as error:
        raise IndexDamagedError(
            f"{folder / MANIFEST} cannot be read: {error}",
            mend=rebuild_command(index_dir, paths=None),
        ) from error
    if manifest.format != FORMAT:
        raise IndexMismatchError(
            f"the index at {index_dir} has format {manifest.format}, this ragbot reads {FORMAT}",
            mend=rebuild_command(index_dir, manifest.paths),
        )
    for name, expected in manifest.files.items():
        file = folder / name
        if not file.is_file() or _sha256(file) != expected:
            wrong = "is not what was written" if file.is_file() else "is missing"
            mend = rebuild_command(index_dir, manifest.paths)
            raise IndexDamagedError(f"{file} {wrong}", mend=mend)
    return manifest


def read_manifest(index_dir: Path) -> IndexManifest | None:
    """The manifest of an index that could be opened now, None where there is none such."""
    try:
        return verified_manifest(index_dir)
    except (IndexNotFoundError, IndexMismatchError, IndexDamagedError):
        return None


def ingested_paths(index_dir: Path) -> Sequence[str] | None:
    """What an index was made of, though it may be of another format or damaged; None where even
    that cannot be read."""
    try:
        told = json.loads((current_folder(index_dir) / MANIFEST).read_text(encoding="utf-8"))
        paths = told["paths"]
    except (IndexNotFoundError, IndexDamagedError, OSError, ValueError, TypeError, KeyError):
        return None
    return paths if isinstance(paths, list) else None


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
    index_dir: Path,
    folder: Path,
    *,
    embedder: str,
    fingerprint: str,
    counts: Mapping[str, int],
    paths: Sequence[str] | None,
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
    manifest = IndexManifest(name, FORMAT, embedder, fingerprint, dict(counts), files, paths)
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
    """Say what a full, forbidden or locked disk means for the index, whichever library met it."""
    try:
        yield
    except Exception as error:
        # SQLite and Chroma report in their own words and classes.
        number, told = getattr(error, "errno", None), str(error)
        if (
            number in (errno.ENOSPC, errno.EDQUOT)
            or "disk is full" in told
            or "No space left" in told
        ):
            raise IndexWriteError(
                f"no space left to write the index at {index_dir}; the index before still answers",
                mend="free some space, then the same command again",
            ) from error
        if (
            number in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR)
            or "readonly database" in told
        ):
            reason = getattr(error, "strerror", None) or told
            raise IndexWriteError(
                f"{index_dir} cannot be written: {reason}",
                mend="name a writable folder with --index or RAGBOT_INDEX",
            ) from error
        if "database is locked" in told:
            raise IndexBusyError(
                f"a file of {index_dir} is locked by another program",
                mend="wait for it to end, then try again",
            ) from error
        raise
