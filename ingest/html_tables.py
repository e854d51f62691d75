"""The cells of an HTML table, as they come -> the lines of a Markdown table, or of a list."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import takewhile, zip_longest

_FIGURE = re.compile(r"\b\d")  # but EC2
_WIDEST = 40  # columns or rows that one cell may span

NumberedLine = tuple[str, int]  # and the line of the file that it begins on


@dataclass(slots=True)
class _Row:
    """`heads` and `values` count the cells that are written in it, but for empty values."""

    number: int
    cells: list[str] = field(default_factory=list)
    heads: int = 0
    values: int = 0

    @property
    def has_one_cell(self) -> bool:
        return self.heads + self.values == 1


@dataclass(slots=True)
class Table:
    """One that is being read. `under` holds what reaches down from the rows above: column ->
    (rows that are left, text)."""

    rows: list[_Row] = field(default_factory=list)
    under: dict[int, tuple[int, str]] = field(default_factory=dict)
    across: int = 1
    down: int = 1
    is_open: bool = False  # a cell, whose text is being read
    is_head: bool = False  # that cell
    in_head: bool = False  # in <thead>, where <td> is a head as well
    has_head: bool = False  # from <thead>, so that a <th> below it names but its row
    inner: int = 0  # tables inside a cell

    def begin_part(self, *, is_head: bool) -> None:
        """<thead>, or what ends it."""
        self.has_head |= self.in_head and bool(self.rows)
        self.in_head = is_head

    def begin_row(self, number: int) -> None:
        for row in self.rows[-1:]:
            self._let_down(row)  # what reaches down behind its last cell
        self.rows.append(_Row(number))

    def begin_cell(self, number: int, tag: str, spans: dict[str, str]) -> None:
        if not self.rows:
            self.begin_row(number)
        self.across, self.down = (_span(spans.get(f"{n}span")) for n in ("col", "row"))
        self.is_head = self.in_head or (tag == "th" and not self.has_head)
        self.is_open = True

    def end_cell(self, text: str) -> None:
        row, said = self.rows[-1], text.replace("|", "\\|")
        row.heads += self.is_head
        row.values += bool(said) and not self.is_head
        self._let_down(row)
        for _ in range(self.across):
            if self.down > 1:
                self.under[len(row.cells)] = (self.down - 1, said)
            row.cells.append(said)
        self.is_open = False

    def laid(self) -> tuple[list[NumberedLine], list[NumberedLine]]:
        """What heads the table, each a paragraph; and its lines."""
        rows = [row for row in self.rows if row.cells]
        for row in rows:
            self._let_down(row)
        for row in rows[1:]:
            if row.has_one_cell and len(set(row.cells)) == 1:  # it heads those below it
                name, *others = row.cells
                is_sure = others and not name.startswith("**")
                row.cells = [f"**{name}**" if is_sure else name, *[""] * len(others)]
        heads = [*takewhile(lambda row: row.has_one_cell, rows[:-1])]
        rows = rows[len(heads) :]
        width = max((len(row.cells) for row in rows), default=0)
        is_list = width < 2 or not _names_columns(rows)
        lines = _as_list(rows) if is_list else _as_table(rows, width)
        return [(" ".join(dict.fromkeys(filter(None, row.cells))), row.number) for row in heads], [
            *lines
        ]

    def _let_down(self, row: _Row) -> None:
        """The cells of the rows above that reach down to where this row has come."""
        while len(row.cells) in self.under:
            column = len(row.cells)
            left, said = self.under.pop(column)
            row.cells.append(said)
            if left > 1:
                self.under[column] = (left - 1, said)


def _as_list(rows: Sequence[_Row]) -> Iterator[NumberedLine]:
    for row in rows:
        name, *told = (cell.replace("\\|", "|") for cell in row.cells)
        said = filter(None, (name, "; ".join(filter(None, told))))
        yield f"- {': '.join(said)}", row.number


def _as_table(rows: Sequence[_Row], width: int) -> Iterator[NumberedLine]:
    for place, row in enumerate(_under_one_head(rows)):
        cells = [*row.cells, *[""] * (width - len(row.cells))]
        yield f"| {' | '.join(cells)} |", row.number
        if not place:
            yield "|---" * width + "|", row.number


def _names_columns(rows: Sequence[_Row]) -> bool:
    """Whether the first row is a head. Without <th> it is a row like the others where there are but
    two columns or no others, or where a figure is in it, its corner is filled and not all is bold.
    """
    first = rows[0]
    if first.heads > 1 or not first.values:
        return True
    if len(rows) == 1 or max(len(row.cells) for row in rows) == 2:
        return False
    is_bold = all(cell.startswith("**") for cell in first.cells)
    return is_bold or not first.cells[0] or not any(map(_FIGURE.search, first.cells))


def _under_one_head(rows: Sequence[_Row]) -> list[_Row]:
    """Several rows of heads as one: "Price" over "USD" is "Price USD"."""
    heads = [*takewhile(lambda row: row.heads > 1 and not row.values, rows)]
    if len(heads) == len(rows):
        return [*rows]
    columns = zip_longest(*(row.cells for row in heads), fillvalue="")
    cells = [" ".join(dict.fromkeys(filter(None, column))) for column in columns]
    return [_Row(rows[0].number, cells), *rows[len(heads) :]] if heads else [*rows]


def _span(told: str | None) -> int:
    return min(max(int(told), 1), _WIDEST) if told and told.isdecimal() else 1
