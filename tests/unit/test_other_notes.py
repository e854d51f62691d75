"""The sheets of other fields become notes that have each of their lines, under its heading."""

from bench.other_notes import SHEETS, as_markdown, step
from tuning.sheets import read_sheets


def test_every_line_stands_under_its_heading() -> None:
    for sheet in read_sheets(SHEETS):
        text = as_markdown(sheet)
        assert text.startswith(f"# {sheet.name}\n")
        for line in sheet.lines:
            before, found, _ = text.partition(f"\n- {line.line}\n")
            assert found
            assert before.rpartition("\n## ")[2].partition("\n")[0] == line.heading


def test_the_lines_that_are_asked_about_are_spread_over_the_sheet() -> None:
    assert step(20, None) == 1
    assert len(range(20)[:: step(20, 5)]) == 5
    assert len(range(21)[:: step(21, 5)]) <= 5
    assert step(3, 5) == 1
