from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from support.small_notes import passage

from ragbot.evidence import evidence_sentences
from ragbot.types import Fact


def test_bullets_give_their_lines_without_the_sign_and_with_their_parent() -> None:
    text = "- Boxes come in kinds:\n  - A flat box is thin. It stacks.\n- Crates are wood"
    found = evidence_sentences(passage(text, start=50))
    assert [(s.text, s.parent) for s in found] == [
        ("Boxes come in kinds:", None),
        ("A flat box is thin.", "Boxes come in kinds:"),
        ("It stacks.", "Boxes come in kinds:"),
        ("Crates are wood", None),
    ]


def test_a_row_gives_a_sentence_a_cell_each_with_the_place_of_the_cell() -> None:
    row = "| Size | 4 KB | 8 KB |"
    facts = (Fact("Boxes", "Size", "4 KB"), Fact("Crates", "Size", "8 KB"))
    found = evidence_sentences(passage(row, kind="table_row", facts=facts))
    assert [s.text for s in found] == ["Boxes - Size: 4 KB", "Crates - Size: 8 KB"]
    assert [row[s.start : s.end] for s in found] == ["4 KB", "8 KB"]


@given(st.text(alphabet="aB. \n-•!?1)", max_size=80), st.integers(0, 9))
def test_offsets_are_exact_whatever_the_text(text: str, start: int) -> None:
    each = passage(text, start=start)
    for sentence in evidence_sentences(each):
        assert text[sentence.start - start : sentence.end - start] == sentence.text
        assert sentence.text.strip()
