"""Markdown -> documents, sections and passages."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.notes_on_disk import assert_offsets, ingested

from ragbot.errors import CorpusError

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

1. Which one is flat?
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
    (warning,) = result.warnings
    assert warning.line == 20 and "2 cells under a head of 3" in warning.message


def test_practice_questions_go_to_the_bank_and_not_into_a_passage(tmp_path: Path) -> None:
    result = ingested(tmp_path, "boxes.md", SHEET)
    (question,) = result.contents.questions
    assert question.stem == "Which one is flat?"
    assert question.options == ("Box", "Crate", "Barrel")
    assert question.answer == (0,)
    assert not any("Which one" in p.text for p in result.contents.passages)


def test_a_question_outside_its_block_is_refused_with_its_line(tmp_path: Path) -> None:
    leaking = SHEET.replace("A flat box is thin.", "Which one is flat? A flat box is thin.")
    with pytest.raises(CorpusError, match=r"boxes\.md:26: .*Which one is flat"):
        ingested(tmp_path, "boxes.md", leaking)


def test_front_matter_that_cannot_be_read_names_the_line(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match=r"bad\.md:3:"):
        ingested(tmp_path, "bad.md", "---\ntitle: [never closed\n---\n# A\n\nText.\n")


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


LINE = st.sampled_from(
    ["# Head", "## Sub", "- bullet one", "  - nested", "* star", "1. first", "plain words", "", "",
     "| a | b |", "|---|---|", "| x | 4 KB |", "```", "> quote", "Setext", "---", "\ttabbed"]
)  # fmt: skip


@given(st.lists(LINE, min_size=1, max_size=40))
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
def test_whatever_the_layout_offsets_hold_and_no_line_is_lost(
    tmp_path: Path, lines: list[str]
) -> None:
    result = ingested(tmp_path, "any.md", "\n".join(["start of it", "", *lines, "", "the end"]))
    assert_offsets(result)
    assert result.coverage == 1.0
