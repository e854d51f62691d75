"""Lines that give orders to the machine that reads them, and honest ones -> examples.

Half of the orders read like notes: an erratum, a style rule, a quiz key. So beside each author's
orders stand lines that look like them and are honest, and all the lines of the sheets.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from random import Random

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from ragbot.order_reading import ASKED
from tuning.examples import Example
from tuning.sheets import Sheet, SheetError

ORDER_LINES = Path(__file__).resolve().parent / "order_lines"
HONEST = 0.15  # share of the lines of the sheets, and of what is said of them, read in a pass


class OrderLine(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    order: bool


def read_order_lines(folder: Path = ORDER_LINES) -> tuple[OrderLine, ...]:
    """Raises SheetError, with the file and the line."""
    found: list[OrderLine] = []
    for file in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), start=1):
            try:
                found.append(OrderLine.model_validate_json(line))
            except (json.JSONDecodeError, ValidationError) as error:
                raise SheetError(f"{file}, line {number}: {error}") from error
    return tuple(found)


def order_examples(lines: Sequence[OrderLine], sheets: Sequence[Sheet], seed: int) -> list[Example]:
    """Those of one pass, shuffled; the same for the same seed."""
    random = Random(seed)
    honest = [text for sheet in sheets for line in sheet.lines for text in (line.line, *line.true)]
    honest = random.sample(honest, round(HONEST * len(honest)))
    found = [Example(line.text, ASKED, line.order) for line in lines]
    found += [Example(text, ASKED, False) for text in honest]
    random.shuffle(found)
    return found
