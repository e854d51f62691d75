"""Text pasted from a page: sheets, headings and tables found by their habits."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_on_disk import assert_offsets, ingested

PAGE = """Boxes vs Crates

🎓 Learn to pack
Earn a certificate. No experience required.
Start the packing path →

How They Differ

  • Boxes are light.
  • Crates are strong:
    • wooden crates
    • steel crates

Boxes vs Crates Comparison

Feature Boxes Crates
Largest size 4KB 8KB
Stacking Yes (up to 9) No
Rotation Manual turning Automatic turning

Practice Questions

  1. Which one is light?
    1. Box
    2. Crate
    3. Barrel

Related Posts

References

Box Guide

Barrel Cheat Sheet

Barrel Cheat Sheet

  • Barrels roll.

Kinds

Amazon Oak Barrel

  • An oak barrel is old.

Amazon Pine Barrel

  • A pine barrel is new.

Care

  • Keep barrels dry.
"""
REFERENCE = Path(__file__).resolve().parents[3] / "shared/reference/cheatsheets.txt"


def test_sheets_open_with_their_title_said_twice(tmp_path: Path) -> None:
    result = ingested(tmp_path, "page.txt", PAGE)
    assert_offsets(result)
    assert result.coverage == 1.0
    documents = [(d.doc_id, d.title) for d in result.contents.documents]
    assert documents == [
        ("boxes-vs-crates", "Boxes vs Crates"),
        ("barrel-cheat-sheet", "Barrel Cheat Sheet"),
    ]


def test_advertisements_links_and_questions_are_no_evidence(tmp_path: Path) -> None:
    result = ingested(tmp_path, "page.txt", PAGE)
    text = "\n".join(p.text for p in result.contents.passages)
    for noise in ("packing path", "certificate", "Box Guide", "Which one is light", "Related"):
        assert noise not in text
    (question,) = result.contents.questions
    assert (question.options, question.answer) == (("Box", "Crate", "Barrel"), None)
    assert [r.name for r in result.contents.documents[0].references] == ["Box Guide"]
    (warning,) = result.warnings
    assert (warning.line, warning.message) == (3, "left out an advertisement")


def test_a_heading_over_headings_is_their_parent_until_another_kind_follows(
    tmp_path: Path,
) -> None:
    result = ingested(tmp_path, "page.txt", PAGE)
    paths = [p.heading_path[1:] for p in result.contents.passages if p.doc_id.startswith("barrel")]
    assert paths == [
        (),
        ("Kinds", "Amazon Oak Barrel"),
        ("Kinds", "Amazon Pine Barrel"),
        ("Care",),
    ]


def test_flattened_rows_are_split_only_where_it_is_certain(tmp_path: Path) -> None:
    result = ingested(tmp_path, "page.txt", PAGE)
    rows = [p for p in result.contents.passages if p.kind == "table_row"]
    assert [[str(fact) for fact in row.facts] for row in rows] == [
        ["Boxes - Largest size: 4KB", "Crates - Largest size: 8KB"],
        ["Boxes - Stacking: Yes (up to 9)", "Crates - Stacking: No"],
        [],
    ]
    assert rows[2].table_header == "Feature Boxes Crates"


@pytest.mark.parametrize(
    "row", ["Example load > 80% for 5 days at 3:42pm", "Level 140-2 Level 3 None"]
)
def test_a_figure_inside_a_sentence_begins_no_cell(tmp_path: Path, row: str) -> None:
    result = ingested(tmp_path, "page.txt", PAGE.replace("Rotation Manual turning", row))
    assert next(p for p in result.contents.passages if row in p.text).facts == ()


def test_keys_and_other_signs_for_bullets(tmp_path: Path) -> None:
    page = (
        "Notes on Boxes\n\nFacts\n\n● One fact.\n● Another:\n    ○ nested\n\nExam Questions\n\n"
        "Q1. Which one?\nA) Box\nB) Crate\nC) Barrel\nAnswer: B\n\n"
        "Q2. And now?\n\nA. Box\nB. Crate\n\nCorrect Answer: A\n"
    )
    result = ingested(tmp_path, "boxes.txt", page)
    assert [q.answer for q in result.contents.questions] == [(1,), (0,)]
    assert [p.kind for p in result.contents.passages] == ["bullets"]


@pytest.mark.skipif(not REFERENCE.is_file(), reason="the ten pasted sheets are not beside us")
def test_the_ten_sheets_come_through_whole(tmp_path: Path) -> None:
    result = ingested(tmp_path, "ten.txt", REFERENCE.read_text(encoding="utf-8"))
    assert_offsets(result)
    assert result.contents.counts["documents"] == 10
    assert len(result.contents.questions) == 49
    assert {len(question.options) for question in result.contents.questions} == {4}
    assert result.coverage == 1.0
    passages = "\n".join(p.text for p in result.contents.passages)
    assert not any(question.stem in passages for question in result.contents.questions)


JOTTED = """KILN - yr 2 block 4
(from lectures; figs rounded)

POSITION (in -> out)
behind the shed, 3 m off
the door faces south

FUEL
beech 80%, pine 20%
pine burns hot but leaves tar behind
dry wood for 2 years at least, under a roof
  => mostly beech

CARE AND REPAIR
sweep in autumn

Glazes
------
lead glaze: never for cups
"""


def test_headings_in_capitals_or_above_a_stroke_need_no_blank_line(tmp_path: Path) -> None:
    result = ingested(tmp_path, "kiln.txt", JOTTED)
    assert_offsets(result)
    assert result.coverage == 1.0
    by_heading = {p.heading_path[-1]: p.text for p in result.contents.passages}
    assert by_heading == {
        "KILN - yr 2 block 4": "(from lectures; figs rounded)",
        "POSITION (in -> out)": "behind the shed, 3 m off\nthe door faces south",
        "FUEL": "beech 80%, pine 20%\npine burns hot but leaves tar behind\n"
        "dry wood for 2 years at least, under a roof\n  => mostly beech",
        "CARE AND REPAIR": "sweep in autumn",
        "Glazes": "lead glaze: never for cups",
    }
