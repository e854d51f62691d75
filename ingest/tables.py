"""Rows of tables: their cells, and the facts in them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.types import Fact

_FEATURE_COLUMNS = frozenset(
    """feature features aspect aspects property criteria criterion attribute characteristic
    capability dimension category factor comparison question""".split()
) | {""}
_CELL = re.compile(r"(?<!\\)\|")


def cells_of(row: str) -> list[str]:
    """The cells of a table row; `\\|` is a bar inside a cell."""
    inner = row.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(inner)]


def facts_of(head: Sequence[str], cells: Sequence[str]) -> tuple[Fact, ...]:
    by_row = len(head) == 2 or _names_the_row(head[0])
    return tuple(
        Fact(cells[0], column, value) if by_row else Fact(column, cells[0], value)
        for column, value in zip(head[1:], cells[1:], strict=True)
        if value
    )


def _names_the_row(corner: str) -> bool:
    """In a table headed "Service | Limit | Price" the row, not the column, is the subject."""
    return corner.strip().lower() not in _FEATURE_COLUMNS
