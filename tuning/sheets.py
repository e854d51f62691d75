"""The sheets that the model is trained on: note lines, and what people say and ask about them."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

from pydantic import BaseModel, ConfigDict, ValidationError

SHEETS = Path(__file__).resolve().parent / "sheets"


class SheetError(Exception):
    """A sheet that cannot be read; names the file and the line."""


class _Plain(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FalseClaim(_Plain):
    """A sentence that a note line contradicts; `kind` names what is wrong with it."""

    kind: str
    claim: str


class Line(_Plain):
    """A note line with its sentences and questions.

    The line bears out each of `true`, contradicts each of `false`, and no line of its sheet states
    what is in `beyond`. It answers each of `asks`; no line of the sheet answers one of `near`.
    """

    sheet: str
    heading: str
    parent: str | None
    line: str
    true: tuple[str, ...]
    false: tuple[FalseClaim, ...]
    beyond: tuple[str, ...]
    asks: tuple[str, ...]
    near: tuple[str, ...]


class JoinedClaim(_Plain):
    claim: str
    lines: tuple[int, ...]  # from 1, in the sheet's order


class JoinedQuestion(_Plain):
    q: str
    lines: tuple[int, ...] = ()


class Joined(_Plain):
    """The same over several lines: those named decide a claim, or answer a question, together."""

    true: tuple[JoinedClaim, ...] = ()
    false: tuple[JoinedClaim, ...] = ()
    asks: tuple[JoinedQuestion, ...] = ()
    near: tuple[JoinedQuestion, ...] = ()


class Sheet(_Plain):
    name: str
    lines: tuple[Line, ...]
    joined: Joined = Joined()


def read_sheets(folder: Path = SHEETS) -> tuple[Sheet, ...]:
    """All sheets of the folder, in the order of their names.

    Raises:
        SheetError: one cannot be read.
    """
    return tuple(read_sheet(file) for file in sorted(folder.glob("*.jsonl")))


def read_sheet(file: Path) -> Sheet:
    """Raises SheetError."""
    lines: list[Line] = []
    joined = Joined()
    for number, text in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
        try:
            row = json.loads(text)
            if "combined" in row:
                joined = Joined.model_validate(row["combined"])
            else:
                lines.append(Line.model_validate(row))
        except (ValueError, ValidationError) as error:
            raise SheetError(f"{file}, line {number}: {error}") from error
    named = [item.lines for item in (*joined.true, *joined.false)]
    named += [item.lines for item in joined.asks]
    if any(not 1 <= number <= len(lines) for numbers in named for number in numbers):
        raise SheetError(f"{file}: its last line names note lines that it does not have")
    return Sheet(name=file.stem, lines=tuple(lines), joined=joined)


def questions_of(sheets: Iterable[Sheet]) -> frozenset[str]:
    """All that is asked of them."""
    of_lines = (q for sheet in sheets for line in sheet.lines for q in (*line.asks, *line.near))
    joined = (each.q for sheet in sheets for each in (*sheet.joined.asks, *sheet.joined.near))
    return frozenset((*of_lines, *joined))
