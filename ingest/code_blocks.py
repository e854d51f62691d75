"""Where prose ends and code begins, be it fenced or indented."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from ragbot.fences import FENCE, fenced_code
from ragbot.whole_lines import BULLET

_INDENT = re.compile(r" {4}| {0,3}\t")


def pieces(lines: list[str]) -> Iterator[tuple[str, str]]:
    """(kind, text) of lines with their ends; kinds are "prose", "fenced" and "indented"."""
    begin = at = 0
    listed = False
    while at < len(lines):
        line, below = lines[at], (lines[i] for i in range(at, len(lines)))
        after_blank = not at or not lines[at - 1].strip()
        if FENCE.match(line.strip()):
            kind, (size, _) = "fenced", fenced_code(below)
        else:
            kind, size = "indented", indented_code(below) if after_blank and not listed else 0
        if size:
            yield "prose", "".join(lines[begin:at])
            begin = at = at + size
            yield kind, "".join(lines[begin - size : begin])
            continue
        if line.strip():
            listed = BULLET.match(line) is not None or (
                listed and (line[0].isspace() or not after_blank)
            )
        at += 1
    yield "prose", "".join(lines[begin:])


def indented_code(lines: Iterable[str]) -> int:
    """How many lines of indented code these begin with; none of a paragraph whose other lines are
    not indented, as people type its first."""
    whole = last = 0
    for count, line in enumerate(lines, start=1):
        if not line.strip():
            if not last:
                break
            whole = last
        elif _INDENT.match(line):
            last = count
        else:
            return whole
    return last
