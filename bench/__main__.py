"""python -m bench NAME ...: each benchmark prints a table and writes JSON, some a plot."""

from __future__ import annotations

import sys
from importlib import import_module

NAMES = (
    "quality",
    "beir",
    "peers",
    "lies",
    "liar",
    "marked",
    "other_notes",
    "followups",
    "dialogues",
    "injection",
    "nearness",
    "shortcuts",
    "topics",
    "waiting",
    "wide",
    "kernels",
    "latency",
    "ingest",
    "startup",
    "scale",
    "bedrock_faults",
    "bedrock_load",
    "bedrock_cache",
    "knowledge_base",
)


def main(arguments: list[str]) -> int:
    """The exit code: 0 done, 2 wrong usage."""
    if not arguments or arguments[0] not in NAMES:
        print(f"usage: python -m bench {{{','.join(NAMES)}}} ...", file=sys.stderr)
        return 2
    code: int = import_module(f"bench.{arguments[0]}").main(arguments[1:])
    return code


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
