"""Fenced code: which lines of a text it takes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Literal

# Signs that come again on their own line ("```npm install```") fence nothing in.
FENCE = re.compile(r"(?:`{3,}(?![^\n]*`)|~{3,})")

Part = Literal["text", "fence", "code"]


def parts_of(lines: Iterable[str]) -> Iterator[Part]:
    """What each line is. Only a line of at least as many of the same sign ends what a fence opened;
    one that is never closed takes all that follows."""
    fence = ""
    for line in lines:
        signs = line.strip()
        if not fence:
            opened = FENCE.match(signs)
            fence = opened[0] if opened else ""
            yield "fence" if opened else "text"
        elif len(signs) >= len(fence) and set(signs) == set(fence):
            fence = ""
            yield "fence"
        else:
            yield "code"


def fenced_code(lines: Iterable[str]) -> tuple[int, bool]:
    """How many lines the block takes that the first of them opens, and whether it is closed."""
    count = 0
    for count, part in enumerate(parts_of(lines), start=1):
        if count > 1 and part == "fence":
            return count, True
    return count, False
