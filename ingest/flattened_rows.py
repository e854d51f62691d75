"""Rows of tables that lost their bars on the way to plain text: cut where it is certain."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.types import Fact

_BRAND = re.compile(r"^(?:AWS|Amazon|Azure|Google|Microsoft)\s+")
# A cell that opens with one of these surely opens here.
_STRONG = re.compile(r"^(?:yes|no|n/a|none|[$€£]?\d[\d,.]*\+?(?:%|[KMGT]?B|ms)?)$", re.IGNORECASE)
_JOINS = re.compile(
    r"(?:[,:;/(+<>=~&–—-]|\b(?:to|or|and|of|up|by|per|at|level|for|in|max|least|most))$",
    re.IGNORECASE,
)


def compared_in(title: str) -> list[str]:
    """`AWS WAF vs Shield vs Firewall Manager` -> WAF, Shield, Firewall Manager."""
    if not re.search(r"\bvs\b", title):
        return []
    parts = re.split(r"\s+vs\.?\s+", title)
    return [_BRAND.sub("", part).strip() for part in parts if part.strip()]


def columns_of(header: str, named: Sequence[str]) -> list[str]:
    """The things as the header spells them, in its order; empty unless it names them all."""
    found: list[str] = []
    at = 0
    for product in named:
        match = re.compile(rf"(?:(?:AWS|Amazon)\s+)?{re.escape(product)}", re.IGNORECASE).search(
            header, at
        )
        if match is None or (found and match.start() != at + 1):
            return []
        found.append(match[0])
        at = match.end()
    return found if header[at:].strip() == "" and len(found) > 1 else []


def split_row(row: str, named: Sequence[str]) -> tuple[Fact, ...]:
    """The row's cells, where it is sure where each begins; else none.

    A wrong cut would invent a fact, so only cells that open with yes, no, n/a or a figure
    count, and only if there are exactly as many of them as are named.
    """
    if not named:
        return ()
    words = list(re.finditer(r"\S+", row))
    depth = 0
    starts: list[int] = []
    for place, word in enumerate(words):
        before = row[: word.start()].rstrip()
        if depth == 0 and place and _STRONG.match(word[0]) and not _JOINS.search(before):
            starts.append(word.start())
        depth += word[0].count("(") - word[0].count(")")
    if len(starts) != len(named):
        return ()
    feature = row[: starts[0]].strip()
    cells = [row[a:b].strip() for a, b in zip(starts, [*starts[1:], len(row)], strict=True)]
    if any(c.isdigit() for c in feature):
        return ()  # "FIPS 140-2 Level 3 ...": the figures may belong to the label
    return tuple(Fact(product, feature, cell) for product, cell in zip(named, cells, strict=True))
