"""Markdown -> documents, sections and passages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.notes_on_disk import assert_offsets, ingested

from ragbot.errors import CorpusError
from ragbot.evidence import evidence_sentences

SHEET = """---
title: Boxes vs Crates
services: [Boxes, Crates]
exams: [BOX-1]
as_of: 2026-11-01
references:
  - name: Box Guide
    url: https://example.org/boxes
---

# Boxes vs Crates

- Boxes and crates both hold things.

## Comparison

| Feature | Boxes | Crates |
|---|---|---|
| Largest size | 4 KB | 8 KB \\| 9 KB |
| Price | free |

## Boxes

### Flat Boxes

A flat box is thin.

- A bullet with children:
  - A nested one.
  - Another nested one.

```
# not a heading
- not a bullet
```

## Practice Questions

1. Which one of them is flat?
   - A. Box
   - B. Crate
   - C. Barrel

   Answer: A

## References

- Box Guide
"""


def test_a_sheet_comes_through_whole(tmp_path: Path) -> None:
    result = ingested(tmp_path, "boxes.md", SHEET)
    assert_offsets(result)
    assert result.coverage == 1.0
    (document,) = result.contents.documents
    assert (document.doc_id, document.title) == ("boxes", "Boxes vs Crates")
    assert document.as_of == date(2026, 11, 1)
    assert document.services == ("Boxes", "Crates")
    assert document.references[0].url == "https://example.org/boxes"
    kinds = [(p.kind, p.heading_path[1:]) for p in result.contents.passages]
    assert kinds == [
        ("bullets", ()),
        ("table_row", ("Comparison",)),
        ("table_row", ("Comparison",)),
        ("paragraph", ("Boxes", "Flat Boxes")),
        ("bullets", ("Boxes", "Flat Boxes")),
        ("code", ("Boxes", "Flat Boxes")),
    ]


def test_rows_become_facts_and_a_ragged_row_stays_whole_with_its_head(tmp_path: Path) -> None:
    result = ingested(tmp_path, "boxes.md", SHEET)
    _, whole, ragged, *_ = result.contents.passages
    assert [str(fact) for fact in whole.facts] == [
        "Boxes - Largest size: 4 KB",
        "Crates - Largest size: 8 KB | 9 KB",
    ]
    assert ragged.facts == ()
    assert ragged.table_header == "| Feature | Boxes | Crates |"
    (warning,) = (each for each in result.warnings if "cells" in each.message)
    assert warning.line == 20 and "2 cells under a head of 3" in warning.message


def test_a_row_without_a_name_is_of_the_row_above(tmp_path: Path) -> None:
    table = "| Plan | Load | Price |\n|---|---|---|\n"
    rows = "|  | 1 t | $1 |\n| Pro | 5 t | $9 |\n| | 7 t | $11 |\n| | | |\n| | 12 t | $20 |\n"
    result = ingested(tmp_path, "plans.md", f"# Plans\n\n{table}{rows}")
    assert_offsets(result)
    assert result.coverage == 1.0
    first, _, below, *_, last = result.contents.passages
    assert [str(fact) for fact in below.facts] == ["Pro - Load: 7 t", "Pro - Price: $11"]
    # Nobody knows whose these are.
    assert not first.facts and not last.facts
    assert first.body == "| Plan | Load | Price |\n|  | 1 t | $1 |"
    assert {each.message for each in result.warnings} == {"a row without a name in its first cell"}
    assert [each.line for each in result.warnings] == [5, 9]


@pytest.mark.parametrize(
    ("below", "path", "said"),
    [
        ("## X | Y\n\nMore.", ("T", "X | Y"), "More."),
        ("- a | b", ("T",), "- a | b"),
        ("> a | b", ("T",), "> a | b"),
    ],
)
def test_a_table_ends_where_another_block_begins(
    tmp_path: Path, below: str, path: tuple[str, ...], said: str
) -> None:
    page = f"# T\n\n| a | b |\n|---|---|\n| 1 | 2 |\n{below}\n"
    row, last = ingested(tmp_path, "head.md", page).contents.passages
    assert [str(fact) for fact in row.facts] == ["1 - b: 2"]
    assert (last.heading_path, last.text, last.facts) == (path, said, ())


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("```\n# install the tool\n```\n\n# Real\n\nText.\n", ("Real",)),
        ("<!--\n# Aside\n\n## Too\n-->\n\n# Real\n\nText.\n", ("Real",)),
        ("<!--\n# First\n\nText.\n", ("First",)),
        ("Title\n=====\n\nSub\n---\n\nText.\n", ("Title", "Sub")),
        (
            "# T {#id}\n\n## **Bold** [link](http://a.example) `code` {.wide}\n\nText.\n",
            ("T", "Bold link code"),
        ),
    ],
)
def test_a_heading_is_its_words_and_none_is_in_code_or_a_comment(
    tmp_path: Path, text: str, path: tuple[str, ...]
) -> None:
    result = ingested(tmp_path, "notes.md", text)
    assert_offsets(result)
    assert result.coverage == 1.0
    assert result.contents.documents[0].title == path[0]
    assert result.contents.passages[-1].heading_path == path


@pytest.mark.parametrize("heading", ["**References**", "References {#refs}", "[References](r.md)"])
def test_links_stand_below_a_heading_however_it_is_written(tmp_path: Path, heading: str) -> None:
    result = ingested(tmp_path, "a.md", f"# T\n\nText.\n\n## {heading}\n\n- Box Guide\n")
    assert [p.text for p in result.contents.passages] == ["Text."]


def test_a_word_of_one_letter_begins_no_bullet(tmp_path: Path) -> None:
    prose = "Se guarda en varias réplicas\no un almacén de objetos."
    listed = "Sizes\n\no small\n  and light\no large"
    result = ingested(tmp_path, "es.md", f"# T\n\n{prose}\n\n{listed}\n")
    assert [p.text for p in result.contents.passages] == [prose, "Sizes", listed[7:]]
    said = [[e.text for e in evidence_sentences(p)] for p in result.contents.passages]
    assert said == [[prose], ["Sizes"], ["small\n  and light", "large"]]


def test_the_ruler_of_a_table_without_rows_is_no_content(tmp_path: Path) -> None:
    result = ingested(
        tmp_path, "head.md", "# T\n\n| Plan | Load |\n|---|---|\n|:--|--:|\n\nMore.\n"
    )
    assert [p.text for p in result.contents.passages] == ["| Plan | Load |", "More."]


def test_practice_questions_go_to_the_bank_and_not_into_a_passage(tmp_path: Path) -> None:
    result = ingested(tmp_path, "boxes.md", SHEET)
    (question,) = result.contents.questions
    assert question.stem == "Which one of them is flat?"
    assert question.options == ("Box", "Crate", "Barrel")
    assert question.answer == (0,)
    assert not any("Which one" in p.text for p in result.contents.passages)


@pytest.mark.parametrize(
    ("stem", "note"),
    [
        ("Box", "A box is flat."),
        ("What is flat?", "Q: What is flat?\nA: A box."),
        ("Is one of these flat", "It is one of these flattened things."),
    ],
)
def test_a_stem_that_only_names_a_thing_is_no_leak(tmp_path: Path, stem: str, note: str) -> None:
    quiz = f"# Boxes\n\n{note}\n\n## Quiz\n\n1. {stem}\n   - A. Box\n   - B. Crate\n"
    assert len(ingested(tmp_path, "boxes.md", quiz).contents.questions) == 1


def test_a_question_outside_its_block_is_refused_with_its_line(tmp_path: Path) -> None:
    leaking = SHEET.replace("A flat box is thin.", "Which one of them is flat? A flat box is thin.")
    with pytest.raises(CorpusError, match=r"boxes\.md:26: .*Which one of them is flat"):
        ingested(tmp_path, "boxes.md", leaking)


@pytest.mark.parametrize(
    ("front", "title", "warned"),
    [
        ("created: 2024-02-30\ntitle: Boxes", "Boxes", None),
        ("title: Boxes: a story\ntags:\n  - x", "Boxes: a story", None),
        ("title: 'Boxes' again\n\n# why not\nup: [[A]], [[B]]", "'Boxes' again", None),
        ("title: Boxes\nn: !!int ''\nb: !!bool x\nd: !!timestamp x", "Boxes", None),
        ("title: Boxes\nt: 0001-01-01T00:00:00+09:00", "Boxes", None),
        (f"title: {'[' * 9999}", "A", (2, "title")),
        ("title: {{title}}", "A", (2, "title")),
        ("up: x\ntitle: [never closed", "A", (3, "title")),
        ("title: Boxes\ndates: x\ndate: 05/01/2024", "Boxes", (4, "'05/01/2024' is not a date")),
        ("date: 2024-05", "A", (2, "'2024-05' is not a date")),
        ("date: May 2024", "A", (2, "'May 2024' is not a date")),
        ("date: {{date}}", "A", (2, "date")),
    ],
)
def test_foreign_front_matter_is_read_as_far_as_it_goes(
    tmp_path: Path, front: str, title: str, warned: tuple[int, str] | None
) -> None:
    result = ingested(tmp_path, "odd.md", f"---\n{front}\n---\n# A\n\nText.\n")
    assert result.coverage == 1.0
    (document,) = result.contents.documents
    assert (document.title, document.as_of) == (title, None)
    assert [p.text for p in result.contents.passages] == ["Text."]
    assert [each.line for each in result.warnings] == ([warned[0]] if warned else [])
    assert warned is None or warned[1] in result.warnings[0].message


def test_front_matter_keeps_its_dates(tmp_path: Path) -> None:
    for front in ("date: 2024-05-01T10:00:00Z", "title: a: b\nas_of: 2024-05-01", "date: 20240501"):
        result = ingested(tmp_path, "dated.md", f"---\n{front}\n---\nText.\n")
        assert result.contents.documents[0].as_of == date(2024, 5, 1)


@pytest.mark.parametrize("told", ["May 2024", "2024-02-30", "[2024"])
def test_as_of_is_a_date_or_an_error_with_its_line(tmp_path: Path, told: str) -> None:
    with pytest.raises(CorpusError, match=r"bad\.md:3: as_of: .* is not a date"):
        ingested(tmp_path, "bad.md", f"---\ntitle: A\nas_of: {told}\n---\n# A\n\nText.\n")


@pytest.mark.parametrize("text", ["Bring cash", "Note: bring cash", "Note: cash: bring it", "- a"])
def test_text_between_two_rules_is_no_front_matter(tmp_path: Path, text: str) -> None:
    result = ingested(tmp_path, "odd.md", f"---\n{text}\n---\n\nMore.\n")
    assert result.coverage == 1.0
    first, last = result.contents.passages
    assert text in first.text and last.text == "More."
    (warning,) = result.warnings
    assert warning.line == 1 and "no front matter" in warning.message


def test_bullets_are_packed_and_a_very_long_one_is_cut_between_its_children(
    tmp_path: Path,
) -> None:
    short = "\n".join(f"- Fact number {n} of many small facts." for n in range(30))
    children = "\n".join(f"  - Child {n} says a good deal about this." for n in range(40))
    result = ingested(
        tmp_path, "long.md", f"# Long\n\n{short}\n\n## Tree\n\n- Parent\n{children}\n"
    )
    assert_offsets(result)
    assert result.coverage == 1.0
    packed = [p for p in result.contents.passages if p.heading_path == ("Long",)]
    assert 1 < len(packed) < 30
    assert all(len(p.text.split()) <= 150 for p in result.contents.passages)
    for passage in result.contents.passages:
        assert passage.text.lstrip().startswith("- ")
        assert passage.text.rstrip().endswith((".", "Parent"))


def test_the_same_text_twice_has_two_ids(tmp_path: Path) -> None:
    result = ingested(tmp_path, "twice.md", "# T\n\nSame words.\n\nSame words.\n")
    ids = [p.passage_id for p in result.contents.passages]
    assert len(ids) == len(set(ids)) == 2


@pytest.mark.parametrize(
    ("code", "after"),
    [
        ("``` npm install zipper ```", "Then zip."),
        ("````\n```\na\n```\n````", "Then zip."),
        ("~~~ text `a`\n```\n~~~ no end\n~~~~", "Then zip."),
        ("```python\nprint(1)\n```python\n```", "Then zip."),
        ("    zip one\n    - two\n\n      three", "Then zip."),
        ("\tzip one\n\n\ttwo", "Then zip."),
    ],
)
def test_code_ends_where_it_ends(tmp_path: Path, code: str, after: str) -> None:
    result = ingested(tmp_path, "code.md", f"# Zip\n\n{code}\n\n{after}\n")
    assert_offsets(result)
    assert [p.text for p in result.contents.passages] == [code, after]
    assert not result.warnings
    kind = "paragraph" if "zipper" in code else "code"
    assert result.contents.passages[0].kind == kind


def test_what_is_indented_in_a_list_or_goes_on_unindented_is_no_code(tmp_path: Path) -> None:
    text = "- Zip.\n\n    It is fast.\n\nA line\n    wrapped.\n\n    Typed\nprose.\n\n    - Deep.\n"
    result = ingested(tmp_path, "code.md", text)
    assert [p.kind for p in result.contents.passages] == [
        "bullets", "paragraph", "paragraph", "bullets",
    ]  # fmt: skip


@pytest.mark.parametrize("rule", ["---", "***", " _ _ _"])
@pytest.mark.parametrize(
    "note",
    ["- Lunch is on Tuesday", "- Lunch\n  - on Tuesday", "Lunch is\non Tuesday", "> Lunch"],
)
def test_a_rule_ends_what_stands_above_it(tmp_path: Path, note: str, rule: str) -> None:
    result = ingested(tmp_path, "day.md", f"# Day\n\n{note}\n{rule}\nThe printer is on floor 3.\n")
    assert_offsets(result)
    assert [p.text for p in result.contents.passages] == [note, "The printer is on floor 3."]


LINE = st.sampled_from(
    ["# Head", "## Sub", "- bullet one", "  - nested", "* star", "1. first", "plain words", "", "",
     "| a | b |", "|---|---|", "| x | 4 KB |", "```", "> quote", "Setext", "---", "\ttabbed",
     "````", "~~~", "``` x ```", "| | 9 KB |", "| | |", " ***", "    - deep", "    <b>code</b>"]
)  # fmt: skip


@given(st.lists(LINE, min_size=1, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_layout_offsets_hold_and_no_line_is_lost(
    tmp_path: Path, lines: list[str]
) -> None:
    result = ingested(tmp_path, "any.md", "\n".join(["start of it", "", *lines, "", "the end"]))
    assert_offsets(result)
    assert result.coverage == 1.0
