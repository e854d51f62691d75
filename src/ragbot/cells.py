"""The cells of a table's row, and where they stand in their document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragbot.types import Fact, Passage

_BAR = re.compile(r"(?<!\\)\|")
_FIRST_CELL = re.compile(r"\s*\|?(?:\\\||[^|\n])*\|")


def cells_of(row: str) -> list[str]:
    """The cells of a table row; `\\|` is a bar inside a cell."""
    inner = row.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _BAR.split(inner)]


def placed_cells(passage: Passage) -> Iterator[tuple[Fact, int, int]]:
    """Each fact, and the characters of its value; those of the row, where that is worded
    otherwise."""
    at = passage.text.rfind("\n") + 1  # the first row's passage carries the head of its table
    at += len(_named_first(passage.text[at:], passage.facts[0]))
    for fact in passage.facts:
        # Cells stand in the order of their facts, so each is looked for behind the last.
        told = re.escape(fact.value).replace(r"\|", r"\\?\|")  # a bar is written `\|` in a cell
        cell = re.compile(rf"(?<!\w){told}(?!\w)").search(passage.text, at)
        if cell is None or not fact.value:
            yield fact, passage.start, passage.end
        else:
            yield fact, passage.start + cell.start(), passage.start + cell.end()
            at = cell.end()


def heads_rows(passage: Passage) -> bool:
    """`| Stoneware | | |` says nothing but what the rows below it are."""
    *_, row = passage.text.splitlines()
    _, *values = row.strip().removeprefix("|").split("|")
    return not any(map(str.strip, values))


def _named_first(row: str, fact: Fact) -> str:
    """What a row begins with: what names it, whose words may be those of a value."""
    begins = _FIRST_CELL.match(row)
    names = (name for name in (fact.feature, fact.subject) if name)
    named = next((name for name in names if row.lstrip("| \t").startswith(name)), None)
    if named is None:
        return ""
    return begins[0] if begins else named
