"""Where runs are kept, and which one is meant."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

from eval.runs import Manifest, RunError, RunFolder, latest_run
from ragbot.settings import Settings


def home_of(settings: Settings) -> Path:
    return settings.home / "eval"


def folder_for(settings: Settings, manifest: Manifest, *, fresh: bool) -> Path:
    """The folder of the last run that was begun under these conditions and not finished, else
    a new one."""
    runs = home_of(settings) / "runs"
    latest = None if fresh else latest_run(runs, finished=False, like=manifest)
    if latest is not None:
        return latest.folder
    name = re.sub(r"[^\w.-]+", "-", f"{manifest.config['model']}-{'-'.join(_names(manifest))}")
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    folder = runs / f"{stamp}-{name}"
    number = 2
    while folder.exists():
        folder = runs / f"{stamp}-{name}-{number}"
        number += 1
    return folder


def _names(manifest: Manifest) -> list[str]:
    return [bank.name for bank in manifest.banks]


def latest_finished(settings: Settings) -> RunFolder:
    found = latest_run(home_of(settings) / "runs", finished=True)
    if found is None:
        raise RunError("there is no finished run yet", mend="python -m eval run")
    return found
