"""Rows of tables: their cells, and the facts in them."""

from __future__ import annotations

from collections.abc import Sequence

from ragbot.cells import cells_of
from ragbot.plain_text import without_markup
from ragbot.types import Fact

_FEATURE_COLUMNS = frozenset(
    """feature features aspect aspects property criteria criterion attribute characteristic
    capability dimension category factor comparison question""".split()
) | {""}
_DOERS = frozenset("who owner assignee responsible person initials".split())
_TASKS = frozenset("what task tasks action actions todo item".split()) | {"action item", "to do"}


def facts_of(head: Sequence[str], cells: Sequence[str]) -> tuple[Fact, ...]:
    if (task := _task_in(head)) and cells[task]:
        columns = [*zip(head, cells, strict=True)]
        told = columns[:task] + columns[task + 1 :]
        return tuple(Fact(cells[task], column, value) for column, value in told if value)
    by_row = len(head) == 2 or _names_the_row(head[0])
    return tuple(
        Fact(cells[0], column, value) if by_row else Fact(column, cells[0], value)
        for column, value in zip(head[1:], cells[1:], strict=True)
        if value
    )


def _task_in(head: Sequence[str]) -> int:
    """Which column says what the row is about, where the first but says who does it; 0 for none."""
    first, *others = (name.strip("* ").lower() for name in head)
    if len(others) < 2 or first not in _DOERS:
        return 0
    return next((at for at, name in enumerate(others, start=1) if name in _TASKS), 0)


def under_one_head(head: Sequence[str], below: str) -> list[str] | None:
    """Two rows of heads as one, where cells of the first are merged: "Oven A", written once or over
    each, and below it "bread" and "pizza"."""
    corner, *names = head
    nameless, *parts = cells_of(below)
    if nameless or len(parts) != len(names) or len({*names} - {""}) == len(names):
        return None
    over = [""]
    for name in names:
        over.append(name or over[-1])
    return [
        corner,
        *(without_markup(f"{n} {p}".strip()) for n, p in zip(over[1:], parts, strict=True)),
    ]


def group_named(cells: Sequence[str]) -> tuple[str, ...]:
    """What a row in bold calls those below it; empty where it has values of its own."""
    name, *values = cells
    return () if any(values) or not values else (without_markup(name),)


def _names_the_row(corner: str) -> bool:
    """In a table headed "Service | Limit | Price" the row, not the column, is the subject."""
    return corner.strip().lower() not in _FEATURE_COLUMNS
