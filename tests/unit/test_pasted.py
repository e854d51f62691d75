"""Text pasted from a page: sheets, headings and tables found by their habits."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.notes_on_disk import assert_offsets, ingested

from ingest.passages import LONGEST_WORDS, TARGET_WORDS
from ragbot.evidence import evidence_sentences

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
    assert [(warning.line, warning.message) for warning in result.warnings] == [
        (3, "left out an advertisement"),
        (30, "left out 1 line under 'References'"),
    ]


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


NUMBERED = """Velmark: the law of work

1. THE CONTRACT

A contract may be oral.

2. PROBATION
------------
 (1) Three months is the rule.
 (2) It has to be agreed in writing.

3. Notice periods

Given by the employer:
 a) less than 2 years: 1 month
 b) 2 to 5 years: 2 months

Steps of a claim:

1. Write a letter

2. Wait

3. Go to court
"""


def test_numbered_headings_are_headings_and_numbered_items_are_none(tmp_path: Path) -> None:
    result = ingested(tmp_path, "law.txt", NUMBERED)
    assert_offsets(result)
    assert result.coverage == 1.0
    notice = "3. Notice periods"
    assert [(p.heading_path[-1], p.text) for p in result.contents.passages] == [
        ("1. THE CONTRACT", "A contract may be oral."),
        (
            "2. PROBATION",
            " (1) Three months is the rule.\n (2) It has to be agreed in writing.",
        ),
        (
            notice,
            "Given by the employer:\n a) less than 2 years: 1 month\n b) 2 to 5 years: 2 months",
        ),
        (notice, "Steps of a claim:\n\n1. Write a letter\n\n2. Wait\n\n3. Go to court"),
    ]


@pytest.mark.parametrize("name", ["boxes.md", "boxes.txt"])
def test_what_introduces_a_list_is_read_with_each_of_its_items(tmp_path: Path, name: str) -> None:
    colours = [
        f"{colour}: {size} KB for whoever wants it" for size, colour in enumerate("abcdefghi")
    ]
    page = "Shop\n\nSizes of a box, by colour:\n\n" + "".join(f"- {each}\n" for each in colours)
    result = ingested(tmp_path, name, f"{page}\nA crate is open.\n")
    *_, sizes, crate = result.contents.passages
    assert TARGET_WORDS < len(sizes.text.split()) < LONGEST_WORDS
    assert sizes.kind == "bullets"
    told = [(each.text, each.parent) for each in evidence_sentences(sizes)]
    intro = "Sizes of a box, by colour:"
    assert told == [(intro, None), *((each, intro) for each in colours)]
    assert crate.text == "A crate is open."


def texts_of(folder: Path, text: str) -> list[tuple[str, str]]:
    """(last heading, text) of each passage, no line of which is in none."""
    result = ingested(folder, "page.txt", text)
    assert_offsets(result)
    assert result.coverage == 1.0
    return [(p.heading_path[-1], p.text) for p in result.contents.passages]


@pytest.mark.parametrize(
    ("end", "found"),
    [
        ("Cellar door\n\n4711", [("Facts", "Boxes fold."), ("Cellar door", "4711")]),
        ("Password\n\nhunter2", [("Facts", "Boxes fold."), ("Password", "hunter2")]),
        ("Soap", [("Facts", "Boxes fold."), ("Facts", "Soap")]),
        ("Soap\n\nTowel\n\nTent", [("Facts", "Boxes fold."), ("Facts", "Soap\n\nTowel\n\nTent")]),
        (
            "3. Term\n\n12 months\n\n4. Rent\n\n$ 5 a day",
            [
                ("Facts", "Boxes fold."),
                ("Facts", "3. Term"),
                ("Facts", "12 months"),
                ("Facts", "4. Rent"),
                ("Facts", "$ 5 a day"),
            ],
        ),
    ],
)
def test_a_short_line_that_nothing_follows_is_content(
    tmp_path: Path, end: str, found: list[tuple[str, str]]
) -> None:
    assert texts_of(tmp_path, f"Boxes\n\nFacts\n\nBoxes fold.\n\n{end}\n") == found


def test_a_list_set_apart_by_blank_lines_is_no_row_of_headings(tmp_path: Path) -> None:
    page = "Camping\n\nTent\n\nStove\n\nMat\n\nOn the way\n\nFill the tank first.\n"
    assert texts_of(tmp_path, page) == [
        ("Camping", "Tent\n\nStove\n\nMat"),
        ("On the way", "Fill the tank first."),
    ]


@pytest.mark.parametrize(
    "page",
    [
        "Plans\n\nFeature\nBasic\nPro\nSign-in\nYes\nYes\nAPI calls\n1000\n2000\n",
        "Plans\n\nSign-in\n\nYes\n\nYes\n\nCalls\n\nMetered daily\n\nMetered daily\n\n"
        "Seats\n\nMetered daily\n\nMetered daily\n\nAsk us for more.\n",
        "Hours\n\nMonday\nclosed\nclosed\nTuesday\n9 to 5\nclosed\n",
    ],
)
def test_equal_cells_one_a_line_open_no_sheet(tmp_path: Path, page: str) -> None:
    result = ingested(tmp_path, "page.txt", page)
    assert [d.title for d in result.contents.documents] == [page.split("\n", 1)[0]]
    assert result.coverage == 1.0
    text = "\n".join("\n".join((*p.heading_path, p.text)) for p in result.contents.passages)
    assert all(line in text for line in page.split("\n"))


def test_many_doubled_lines_are_read_in_no_time(tmp_path: Path) -> None:
    begun = time.monotonic()
    ingested(tmp_path, "page.txt", "A: b\n" * 4000)
    ingested(tmp_path, "page.txt", "HEAT\nwood 80%, pine 20%\n\n" * 2000)
    assert time.monotonic() - begun < 3


def test_lines_of_as_many_tabs_are_a_table(tmp_path: Path) -> None:
    page = "Shop\n\nPlan\tPrice\nbasic\t5\npro\t10\n\n\tBasic\tPro\nSeats\t3\t\nDisk\t4 GB\t9 GB\n"
    result = ingested(tmp_path, "shop.txt", page)
    assert_offsets(result)
    assert result.coverage == 1.0
    rows = [(p.text, [str(fact) for fact in p.facts]) for p in result.contents.passages]
    assert rows == [
        ("Plan\tPrice\nbasic\t5", ["basic - Price: 5"]),
        ("pro\t10", ["pro - Price: 10"]),
        ("Basic\tPro\nSeats\t3", ["Basic - Seats: 3"]),
        ("Disk\t4 GB\t9 GB", ["Basic - Disk: 4 GB", "Pro - Disk: 9 GB"]),
    ]
    assert {p.kind for p in result.contents.passages} == {"table_row"}


def test_a_table_at_the_top_is_no_title(tmp_path: Path) -> None:
    result = ingested(tmp_path, "shop.txt", "Plan\tPrice\nbasic\t5\n")
    (row,) = result.contents.passages
    assert (row.heading_path, [str(fact) for fact in row.facts]) == (
        ("shop",),
        ["basic - Price: 5"],
    )


def test_a_glossary_in_two_columns_has_no_head(tmp_path: Path) -> None:
    page = "Terms\n\nCrate\ta strong box.\nBox\ta light one.\n"
    result = ingested(tmp_path, "terms.txt", page)
    assert [(p.text, p.facts) for p in result.contents.passages] == [
        ("Crate\ta strong box.", ()),
        ("Box\ta light one.", ()),
    ]


def test_links_end_where_a_text_begins(tmp_path: Path) -> None:
    page = (
        "Notes\n\nA box folds.\n\nReferences\n\nBox Guide\n\nCrate Guide\n\nCare\n\nKeep it dry.\n"
    )
    assert texts_of(tmp_path, page) == [("Notes", "A box folds."), ("Care", "Keep it dry.")]
    (warning,) = ingested(tmp_path, "page.txt", page).warnings
    assert (warning.line, warning.message) == (5, "left out 2 lines under 'References'")


@pytest.mark.parametrize(
    ("page", "found"),
    [
        (
            "Rust\n\nReferences\n\nA reference never owns its value.\n\n"
            "Slices\n\nA slice borrows.\n",
            [
                ("References", "A reference never owns its value."),
                ("Slices", "A slice borrows."),
            ],
        ),
        (
            "Driving\n\nExam questions\n\nThe exam has 65 questions and takes 130 minutes.\n",
            [("Exam questions", "The exam has 65 questions and takes 130 minutes.")],
        ),
    ],
)
def test_a_heading_alone_makes_no_links_and_no_questions(
    tmp_path: Path, page: str, found: list[tuple[str, str]]
) -> None:
    assert texts_of(tmp_path, page) == found
    assert ingested(tmp_path, "page.txt", page).warnings == ()
