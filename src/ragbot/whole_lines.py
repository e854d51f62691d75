"""The text of a passage -> its lines as they were written, before an editor wrapped them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ragbot.types import PassageKind

BULLET = re.compile(r"^[ \t]*(?:[-*+•◦▪‣·●○◆■]|o(?=\s)|\d{1,3}[.)])[ \t]+")
HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+")
FENCE = re.compile(r"(?:`{3}|~{3})")
QUESTION = re.compile(r"(?:Q|Question)\s?\d*\s?[:.]\s.*\?", re.DOTALL)
ANSWER = re.compile(r"(?:A|Answer)\s?\d*\s?[:.]\s+")
# "Freshness: time since ...", "**Freshness** Time since ...", "Orphan file - a file that ..."
TERM = re.compile(
    r"(?:\*\*[^*\n]{2,60}\*\*:?|[A-Z][\w/()&+.'-]*(?: [\w/()&+.'-]+){0,4}?(?::| [-–—]))\s+(?=\S)"
)
# A full stop after one of these ends no sentence.
ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|vs|approx|incl|cf|ca|vol|dept|no|fig|min|max|resp|[A-Z])\.)$",
    re.IGNORECASE,
)

NARROWEST = 40  # characters that a wrapped line has
RAGGED = 2  # lines ended early, before small letters, from which a block is one of short notes


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a passage without its sign, with those that an editor broke off it; `start` is its
    first character in the passage's text."""

    start: int
    indent: int
    has_sign: bool
    text: str
    is_code: bool = False


def whole_lines(text: str, kind: PassageKind = "paragraph") -> list[Line]:
    """What was one line before it was wrapped; blank lines are left out, and the fences of code."""
    whole: list[Line] = []
    lines = text.split("\n")
    width = max(map(len, lines))
    in_prose = text.rstrip().endswith((".", "!", "?"))
    is_list = not in_prose and _is_list(lines, width)
    offset, before = 0, ""
    fenced = False
    for body in lines:
        fence = FENCE.match(body.lstrip()) is not None
        fenced ^= fence
        is_code = fenced or fence or kind == "code"
        sign = None if is_code else BULLET.match(body) or HEADING.match(body)
        indent = len(body) - len(body.lstrip())
        lead = sign.end() if sign else indent
        own = body[lead:].rstrip()
        if before and own and not sign and not is_code:
            last = whole[-1]
            filled = len(before) >= NARROWEST and _is_filled(before, own, width)
            # In prose; but a term opens an entry of its own, however long the last one is.
            sure = last.has_sign or (in_prose and filled and not TERM.match(own))
            if _goes_on(before, own, sure, small=not is_list):
                whole[-1] = replace(last, text=text[last.start : offset + lead + len(own)])
                offset, before = offset + len(body) + 1, body.rstrip()
                continue
        if own and not fence:
            whole.append(Line(offset + lead, indent, sign is not None, own, is_code))
        offset, before = offset + len(body) + 1, body.rstrip() if own and not is_code else ""
    return whole


def _is_filled(line: str, following: str, width: int) -> bool:
    """Whether the next word would not have fitted behind a line."""
    return len(line) + 1 + len(following.split()[0]) > width


def _is_list(lines: Sequence[str], width: int) -> bool:
    """Whether short lines without signs are notes of their own, in small letters as people jot
    them down: most were ended before they were full."""
    pairs = [(a.rstrip(), b) for a, b in pairwise(lines) if a.strip() and b[:1].islower()]
    short = sum(not _is_filled(a, b, width) for a, b in pairs)
    return short >= RAGGED and short > len(pairs) / 2


def _goes_on(before: str, text: str, sure: bool, *, small: bool) -> bool:
    """Whether a line is the rest of the one before: that ends no sentence, and this one opens none
    or is `sure` to be no line of its own. `small` letters open none."""
    if before.endswith((":", "|")) or HEADING.match(before):
        return False
    if QUESTION.fullmatch(before) or ANSWER.match(text):
        return False
    if before.endswith((".", "!", "?")) and not ABBREVIATION.search(before):
        return False
    return sure or (small and text[0].islower()) or before.endswith(",")
