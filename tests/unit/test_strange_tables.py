"""Tables as others draw them: merged heads, groups of rows, rows of a person, spreadsheets."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_as_read import passages, sentences

from ragbot.evidence import evidence_sentences
from ragbot.rows import cells_in, row_as_sentence

OVENS = """| | Oven A | | Oven B | |
|--|--|--|--|--|
| | **bread** | cake | **bread** | cake |
| Heat | 220 °C | 180 °C | 210 °C | – |
"""


@pytest.mark.parametrize("table", [OVENS, OVENS.replace("A | |", "A | Oven A |")])
def test_a_head_that_is_merged_is_of_each_column_below_it(tmp_path: Path, table: str) -> None:
    assert [each.text for each in sentences(tmp_path, "ovens.md", f"# Ovens\n\n{table}")] == [
        "Oven A bread - Heat: 220 °C",
        "Oven A cake - Heat: 180 °C",
        "Oven B bread - Heat: 210 °C",
        "Oven B cake - Heat: –",
    ]


@pytest.mark.parametrize(
    ("table", "told"),
    [
        (
            "| | A | |\n|-|-|-|\n| Heat | 220 °C | too hot |",
            ["A's heat: 220 °C.", "Heat: too hot."],
        ),
        ("| Oven | Heat | |\n|-|-|-|\n| A | 220 °C | old |", ["A - Heat: 220 °C.", "A - old."]),
        ("| | |\n|-|-|\n| Heat | 220 °C |", ["Heat: 220 °C."]),
        ("| | A | |\n|-|-|-|\n| Heat | | too hot |", ["Heat: too hot."]),
    ],
)
def test_a_cell_below_a_head_without_a_name(tmp_path: Path, table: str, told: list[str]) -> None:
    found = sentences(tmp_path, "ovens.md", f"# Ovens\n\n{table}\n")
    assert [row_as_sentence([each]) for each in found] == told
    assert [cells_in(said, found) for said in told] == [(each,) for each in found]


def test_a_row_without_a_name_heads_nothing_where_all_heads_have_one(tmp_path: Path) -> None:
    note = "# Ovens\n\n| Oven | Heat |\n|-|-|\n| | 9 °C |\n| A | 8 °C |\n"
    assert [each.text for each in sentences(tmp_path, "ovens.md", note)] == [
        "| Oven | Heat |\n| | 9 °C |",
        "A - Heat: 8 °C",
    ]


GROUPED = """| Clay | Cone | Price |
|---|---|---|
| **Stoneware** | | |
| Grog | 8 | 9 € |
| Fine | 8 | |
| Old | | |
| **Porcelain** | | |
| White | 10 | 31 € |
| **Total** | | 40 € |
"""


def test_the_name_of_a_group_of_rows_is_over_them(tmp_path: Path) -> None:
    found = passages(tmp_path, "clay.md", f"# Clay\n\n{GROUPED}\nKeep it wet.\n")
    told = {str(each.facts[0]) if each.facts else each.body: each.heading_path for each in found}
    assert told["Grog - Cone: 8"] == told["Fine - Cone: 8"] == ("Clay", "Stoneware")
    assert told["White - Cone: 10"] == ("Clay", "Porcelain")
    assert told["**Total** - Price: 40 €"] == told["Keep it wet."] == ("Clay",)


def test_a_cell_across_a_table_of_a_page_is_over_the_rows_below_it(tmp_path: Path) -> None:
    rows = "<tr><td>Grog<td>8<td>9 €</tr><tr><td colspan=3>Porcelain</tr><tr><td>White<td>10<td>3"
    page = f"<html><table><tr><th>Clay<th>Cone<th>Price</tr>{rows}</table></html>"
    found = passages(tmp_path, "clay.html", page)
    assert [each.heading_path[1:] for each in found] == [(), ("Porcelain",)]


TASKS = """| Who | Task | Due |
|---|---|---|
| Kim | Oil the crane | 12 May |
| | Paint the boats | 20 May |
| Lou | | 2 June |
"""


def test_a_row_that_begins_with_a_person_is_about_what_is_to_be_done(tmp_path: Path) -> None:
    first, second, third = passages(tmp_path, "tasks.md", f"# Tasks\n\n{TASKS}")
    assert list(map(str, first.facts)) == [
        "Oil the crane - Who: Kim",
        "Oil the crane - Due: 12 May",
    ]
    assert next(map(str, second.facts)) == "Paint the boats - Who: Kim"
    assert list(map(str, third.facts)) == ["Lou - Due: 2 June"]
    who, due = evidence_sentences(first)
    assert (TASKS[who.start - 9 :][:3], row_as_sentence([due])) == (
        "Kim",
        "Oil the crane - Due: 12 May.",
    )


@pytest.mark.parametrize("head", ["| Name | Task | Due |", "| Who | Age | Town |"])
def test_other_tables_are_about_what_they_begin_with(tmp_path: Path, head: str) -> None:
    (only,) = passages(tmp_path, "t.md", f"{head}\n|---|---|---|\n| Kim | 3 | 4 |\n")
    assert {fact.subject for fact in only.facts} == {"Kim"}


def test_a_cell_with_a_bar_in_it_is_found_in_its_row(tmp_path: Path) -> None:
    row = "| `ack` | `all` \\| `one` | `one` |"
    note = f"| Option | Type | Default |\n|---|---|---|\n{row}\n"
    kind, default = sentences(tmp_path, "options.md", note)
    assert note[kind.start : kind.end] == "`all` \\| `one`"
    assert note[default.start : default.end + 2] == "`one` |"


@pytest.mark.parametrize(
    ("rows", "facts"),
    [
        ("Boat\tPrice\nAlba\t3 €\nBrise\t4 €", ["Alba - Price: 3 €", "Brise - Price: 4 €"]),
        ("Room:\tUse\nHall\tMusic", ["Hall - Use: Music"]),
        (
            'Boat,Deck,Fee\n"Alba, old",open,3\nBrise,,4',
            ["Alba, old - Deck: open", "Brise - Fee: 4"],
        ),
        ("id,max_load\nA1,3\nB2,4", []),
        ("id,max_load,deck\nA1,3,open\nB2,4,shut", ["A1 - max_load: 3", "B2 - max_load: 4"]),
        ("red,blue,green\nbox,crate,barrel", []),
        ("Buyer\tThe party that buys\nSeller\tThe party that sells", []),
        ("Hall\tOpen:\nYard\tShut:", []),
        ("1.1\tBerths\n1.2\tCranes", []),
        ("Monday\t9-17\nTuesday\t9-18", []),
        ("Who brings the boxes and crates\tAlba\nWho oils\tBrise", []),
        ("It has boxes, crates, and barrels,\nand lids, bolts, and nails.", []),
        ("It costs 1,000,000 or, with lids,\nmuch more, or less, than 2,000,000.", []),
    ],
)
def test_rows_of_a_spreadsheet_have_a_head_that_names_columns(
    tmp_path: Path, rows: str, facts: list[str]
) -> None:
    found = passages(tmp_path, "rows.txt", f"Rows\n\nThese are rows of it.\n\n{rows}\n")
    assert [str(each.facts[0]) for each in found if each.facts] == facts
    assert all(line in "\n".join(each.text for each in found) for line in rows.split("\n"))


def test_a_line_as_long_as_a_file_is_a_text(tmp_path: Path) -> None:
    assert len(passages(tmp_path, "rows.txt", "a,b,c" * 90_000)) >= 1


@pytest.mark.parametrize(
    ("note", "lines"),
    [
        ("Boat,Length,Fee\nAlba,12 m,\nBrise,9 m,3", 3),
        ("There are boxes,\nCrates and lids", 1),
        ("There are lids, boxes,\nCrates and bolts", 1),
    ],
)
def test_a_row_of_cells_does_not_go_on_behind_its_last_comma(
    tmp_path: Path, note: str, lines: int
) -> None:
    assert len(sentences(tmp_path, "boats.md", f"# Boats\n\n{note}\n")) == lines
