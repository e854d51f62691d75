"""What is asked and said of the notes: each is held against the lines that a search finds."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from support.small_notes import passage
from support.word_lengths import WordLengths

from eval.banks import load_bank, own_banks
from eval.claims import own_claims
from ragbot.types import Fact
from tuning.own_notes import Text, examples_of, hardest_first, placed, read_texts
from tuning.sheets import SheetError

NOTES = passage(
    "- A box holds 400 KB.\n- Labels are printed in black ink by the forwarding department.\n"
    "- Cardboard boxes may not stand outdoors overnight.",
    "Boxes",
)
TABLE = passage(
    "| Size | Box | Crate |\n| Room inside | 400 KB | 16 MB |",
    "Sizes",
    kind="table_row",
    facts=(Fact("Box", "Room inside", "400 KB"), Fact("Crate", "Room inside", "16 MB")),
)


def said(kind: str, text: str, *quotes: str, together: bool = False) -> Text:
    lines = [{"doc_id": "boxes", "heading": "Boxes", "quote": quote} for quote in quotes]
    return Text.model_validate(
        {"kind": kind, "text": text, "evidence": lines, "together": together}
    )


def test_a_near_question_is_always_held_against_the_line_that_it_is_near_to() -> None:
    near = said("near", "What does a box of 400 KB cost?", "A box holds 400 KB.")
    for seed in range(10):
        found = examples_of(placed([near], [NOTES], WordLengths()), seed)
        assert not any(example.follows for example in found)
        assert any("A box holds 400 KB." in example.premise for example in found)
        assert len(found) >= 2


@pytest.mark.parametrize("kind", ["asks", "false_premise"])
def test_what_answers_or_corrects_a_question_is_told_from_what_does_neither(kind: str) -> None:
    question = said(kind, "How much does a box hold?", "A box holds 400 KB.")
    for seed in range(10):
        found = examples_of(placed([question], [NOTES], WordLengths()), seed)
        for example in found:
            assert example.follows == ("A box holds 400 KB." in example.premise)
        assert any(example.follows for example in found)


def test_of_a_row_the_cell_answers_whose_name_is_asked_for() -> None:
    row = "| Room inside | 400 KB | 16 MB |"
    (found,) = placed([said("asks", "How much does a crate hold?", row)], [TABLE], WordLengths())
    assert [line.text for (line,) in found.own] == ["Crate - Room inside: 16 MB"]


def test_of_a_row_the_first_cell_may_be_what_the_others_are_told_of() -> None:
    kinds = passage(
        "| Kind | Room inside |\n| Crate | 16 MB |",
        "Sizes",
        kind="table_row",
        facts=(Fact("Crate", "Room inside", "16 MB"),),
    )
    asked = said("asks", "How much does a crate hold?", "| Crate | 16 MB |")
    (found,) = placed([asked], [kinds], WordLengths())
    assert [line.text for (line,) in found.own] == ["Crate - Room inside: 16 MB"]


def test_a_question_that_names_no_cell_of_a_row_is_held_against_all_of_them() -> None:
    row = "| Room inside | 400 KB | 16 MB |"
    texts = placed([said("asks", "Which holds more than a megabyte?", row)], [TABLE], WordLengths())
    for example in examples_of(texts, 0):
        assert "400 KB" in example.premise
        assert "16 MB" in example.premise


def test_a_comparison_is_answered_by_its_lines_together() -> None:
    lines = ("A box holds 400 KB.", "Cardboard boxes may not stand outdoors overnight.")
    asked = said("asks", "Which of the two is told of weather?", *lines, together=True)
    for seed in range(10):
        for example in examples_of(placed([asked], [NOTES], WordLengths()), seed):
            assert example.follows == all(line in example.premise for line in lines)


def test_what_is_not_so_is_held_against_what_misleads_most() -> None:
    near = said("near", "What does a box of 400 KB cost?", "A box holds 400 KB.")
    texts = placed([near], [NOTES], WordLengths())

    def believed(_: str, notes: Sequence[str]) -> NDArray[np.float32]:
        return np.array([float("ink" in note) for note in notes], dtype=np.float32)

    (hardest,) = hardest_first(texts, believed)
    assert "ink" in hardest.others[0].text
    assert set(hardest.others) == set(texts[0].others)


def test_a_sentence_of_two_lines_is_borne_out_by_both_together() -> None:
    lines = ("A box holds 400 KB.", "Cardboard boxes may not stand outdoors overnight.")
    both = said("true", "A box holds 400 KB and may not stand outdoors.", *lines)
    neither = said("false", "A box holds 400 KB and may stand outdoors.", *lines)
    for seed in range(10):
        for example in examples_of(placed([both, neither], [NOTES], WordLengths()), seed):
            whole = all(line in example.premise for line in lines)
            assert example.follows == (whole and example.hypothesis == both.text)


def test_a_question_whose_line_is_gone_is_left_out() -> None:
    gone = said("asks", "How heavy is a box?", "A box weighs a ton.")
    assert placed([gone], [NOTES], WordLengths()) == []


def test_a_fault_is_told_with_its_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "boxes.jsonl").write_text(json.dumps({"kind": "asks"}) + "\n", encoding="utf-8")
    with pytest.raises(SheetError, match=r"boxes\.jsonl, line 1"):
        read_texts(tmp_path)


def test_none_of_the_questions_is_one_that_is_scored() -> None:
    learned = {" ".join(each.text.lower().split()) for each in read_texts()}
    assert len(learned) > 3000
    scored = [q.question for bank in own_banks() for q in load_bank(bank).questions]
    scored += [claim.claim for claim in own_claims()]
    assert [text for text in scored if " ".join(text.lower().split()) in learned] == []
