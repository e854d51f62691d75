"""What is told of several things in turn -> a statement of each.

"Gold and silver melt at 1,064 and 962 °C, respectively" has the right names and the right figures
as a whole, in whatever order they stand.
"""

from __future__ import annotations

import re
from itertools import pairwise

from ragbot.figures import figures_of

_RESPECTIVELY = re.compile(r",?\s*\brespectively\b,?", re.IGNORECASE)
_BETWEEN = re.compile(r",?\s+and\s+|,\s+")
_NUMBER = re.compile(r"^\D*[\d.,]*\d")


def one_by_one(claim: str) -> tuple[str, ...]:
    """The statements of a claim that gives several things their figures in turn; else none."""
    if not _RESPECTIVELY.search(claim):
        return ()
    plain = _RESPECTIVELY.sub("", claim).rstrip(" .")
    starts = [figure.start for figure in figures_of(plain)]
    things = _BETWEEN.split(plain[: starts[0]].strip()) if starts else []
    if len(things) < 2 or len(things) != len(starts):
        return ()
    last, _, predicate = things[-1].partition(" ")  # "iron", "melt at"
    told = [_BETWEEN.split(f"{plain[a:b]} ")[0].strip() for a, b in pairwise([*starts, len(plain)])]
    unit = _NUMBER.sub("", told[-1])  # of all, where the others have none: 4 and 8 KB
    return tuple(
        f"{thing} {predicate} {each if any(map(str.isalpha, each)) else each + unit}."
        for thing, each in zip((*things[:-1], last), told, strict=True)
    )
