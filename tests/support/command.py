"""The real `ragbot` command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys


def command(*arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    """With `more` in its environment, of which nothing is set for ragbot or AWS."""
    environment = {k: v for k, v in os.environ.items() if not k.startswith(("RAGBOT_", "AWS_"))}
    return subprocess.run(
        [sys.executable, "-m", "ragbot", *arguments],
        capture_output=True,
        text=True,
        encoding="utf-8",
        env=environment | {"AWS_EC2_METADATA_DISABLED": "true"} | more,
        timeout=60,
    )
