"""How long does a person wait, from the start of a process?

    python -m bench startup [--runs 5]

Medians with the range, in seconds, each in a fresh process:
  torch            importing torch alone: what the embedder as published cannot do without
  transformers     importing sentence-transformers: what a plain script with it begins with
  help             `ragbot --help`
  search           `ragbot search`
  warm             `ragbot ask --model quotes`, files in the page cache
  cold             the same after the page cache was dropped (as root on Linux only)
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.output import save, show, timed

DROP_CACHES = Path("/proc/sys/vm/drop_caches")
QUESTION = "How large can a DynamoDB item be?"
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench startup", description=_ABOUT)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    ragbot = [sys.executable, "-m", "ragbot"]
    asking = [*ragbot, "ask", "--model", "quotes", QUESTION]
    commands = {
        "torch": [sys.executable, "-c", "import torch"],
        "transformers": [sys.executable, "-c", "import sentence_transformers"],
        "help": [*ragbot, "--help"],
        "search": [*ragbot, "search", QUESTION],
        "warm": asking,
    }
    times: dict[str, list[float]] = {name: [] for name in commands}
    for _ in range(options.runs):
        for name, command in commands.items():
            times[name].append(timed(run, command))
    if DROP_CACHES.exists() and os.geteuid() == 0:
        times["cold"] = []
        for _ in range(options.runs):
            os.sync()
            DROP_CACHES.write_text("3")
            times["cold"].append(timed(lambda: run(asking)))
    torch = statistics.median(times["torch"])
    rows = [
        {
            "what": name,
            "n": len(spent),
            "median s": round(statistics.median(spent), 2),
            "from s": round(min(spent), 2),
            "to s": round(max(spent), 2),
            "times torch": round(statistics.median(spent) / torch, 2),
        }
        for name, spent in times.items()
    ]
    show(rows)
    save("startup", rows)
    return 0


def run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, capture_output=True)
