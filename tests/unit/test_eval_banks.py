"""Question banks: ours hold, foreign ones load, faults name their line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.banks import BankError, load_bank, load_banks, own_banks, split_of
from eval.free_answers import states

GOOD: dict[str, Any] = {"id": "q", "question": "Which?", "options": ["a", "b", "c"], "answer": [1]}


def written(tmp_path: Path, *rows: Any) -> Path:
    file = tmp_path / "bank.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return file


@pytest.mark.parametrize("name", [name for name in own_banks() if name != "latecomers"])
def test_our_own_banks_load_and_have_both_splits(name: str) -> None:
    bank = load_bank(name)
    shares = Counter(question.split for question in bank.questions)
    assert 0.25 < shares["dev"] / len(bank.questions) < 0.6


def test_on_latecomers_nothing_can_be_tuned() -> None:
    questions = load_bank("latecomers").questions
    assert len(questions) > 150
    assert {question.split for question in questions} == {"test"}


@pytest.mark.parametrize(
    ("name", "least", "kinds"),
    [
        ("natural", 150, 7),
        ("unanswerable", 60, 3),
        ("followups", 30, 4),
        ("conversations", 40, 6),
        ("practice", 49, 1),
    ],
)
def test_our_banks_are_large_and_mixed(name: str, least: int, kinds: int) -> None:
    questions = load_bank(name).questions
    assert len(questions) >= least
    counted = Counter(question.kind for question in questions)
    assert len(counted) == kinds
    assert min(counted.values()) >= 5
    for question in questions:
        if question.answerable:
            assert question.evidence and (question.nuggets or question.is_choice), question.id


def test_a_nugget_stands_in_the_evidence_and_never_in_the_question() -> None:
    for name in ("natural", "followups", "conversations", "unanswerable"):
        for question in load_bank(name).questions:
            quotes = " ".join(p.quote for e in question.evidence for p in e.places())
            for nugget in question.nuggets:
                assert states(quotes, nugget), (question.id, nugget.name)
                chooses = any(word in question.question.lower() for word in (" or ", "both use"))
                assert chooses or not states(question.question, nugget), (question.id, nugget.name)


def test_every_follow_up_has_a_conversation_and_is_written_out() -> None:
    for name in ("followups", "conversations"):
        for question in load_bank(name).questions:
            assert question.history and question.standalone, question.id
            if question.kind == "answer":
                assert question.history[-1].answer, question.id
            if question.kind == "chain":
                assert len(question.history) > 1, question.id


def test_the_split_of_an_id_never_changes() -> None:
    pinned = {id_: split_of(id_) for id_ in ("bedrock-1", "bedrock-2", "storage-5", "serverless-4")}
    assert pinned == {
        "bedrock-1": "test",
        "bedrock-2": "test",
        "storage-5": "dev",
        "serverless-4": "test",
    }


@pytest.mark.parametrize(
    ("answer", "places"), [(["B"], (1,)), ("b", (1,)), ("A, C", (0, 2)), ("AC", (0, 2)), (2, (2,))]
)
def test_answers_may_be_letters_or_places(tmp_path: Path, answer: Any, places: Any) -> None:
    (question,) = load_bank(written(tmp_path, GOOD | {"answer": answer})).questions
    assert question.answer == places


def test_options_may_be_a_map_of_letters_and_foreign_keys_are_left_aside(tmp_path: Path) -> None:
    row = GOOD | {"options": {"A": "x", "B": "y"}, "answer": ["B"], "license": "MIT"}
    (question,) = load_bank(written(tmp_path, row)).questions
    assert (question.options, question.answer) == (("x", "y"), (1,))


@pytest.mark.parametrize(
    "text",
    [
        'id,question,A,B,C,answer\n1,"Which, then?",x,y,,B\n',
        'id,question,option_a,option_b,answer\n1,"Which, then?",x,y,b\n',
        'id,question,options,answer\n1,"Which, then?",x|y,1\n',
    ],
)
def test_csv_loads_too(tmp_path: Path, text: str) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(text, encoding="utf-8")
    (question,) = load_bank(file).questions
    assert question.question == "Which, then?"
    assert (question.options, question.answer) == (("x", "y"), (1,))


@pytest.mark.parametrize(
    ("columns", "cells", "options", "places"),
    [
        ("1,2,3,4,answer", "w,x,y,z,2", ("w", "x", "y", "z"), (1,)),
        ("0,1,2,answer", 'x,y,z,"0, 2"', ("x", "y", "z"), (0, 2)),
        ("B,A,answer", "y,x,A", ("x", "y"), (0,)),
        ("answer,option 2,option 1,option 10", "2,y,x,", ("x", "y"), (1,)),
        ("A,B,C,D,answer", "x,y,,,b", ("x", "y"), (1,)),
    ],
)
def test_a_csv_answer_names_a_column(
    tmp_path: Path, columns: str, cells: str, options: Any, places: Any
) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(f"id,question,{columns}\nq,Which?,{cells}\n", encoding="utf-8")
    (question,) = load_bank(file).questions
    assert (question.options, question.answer) == (options, places)


@pytest.mark.parametrize(
    ("columns", "cells", "told"),
    [
        ("A,B,C,D,answer", "w,,y,z,C", "lettered A, C, D"),
        ("A,C,answer", "x,y,A", "lettered A, C"),
        ("A,option_a,answer", "x,y,A", "two of its columns"),
        ("A,B,answer", "x,y,1", "'1' names none of its options A, B"),
        ("1,2,answer", "x,y,0", "'0' names none of its options 1, 2"),
        ("1,2,answer", "x,y,B", "'B' names none of its options 1, 2"),
    ],
)
def test_a_csv_answer_is_not_guessed(tmp_path: Path, columns: str, cells: str, told: str) -> None:
    file = tmp_path / "bank.csv"
    file.write_text(f"id,question,{columns}\nq,Which?,{cells}\n", encoding="utf-8")
    with pytest.raises(BankError) as caught:
        load_bank(file)
    assert str(caught.value).startswith(f"{file}:") and told in str(caught.value)


def test_a_foreign_bank_need_not_tell_its_kinds(tmp_path: Path) -> None:
    bare, near = load_bank(
        written(tmp_path, GOOD, {"id": "n", "question": "?", "kind": "near"})
    ).questions
    assert bare.answerable and not near.answerable


def test_banks_of_one_name_cannot_be_told_apart(tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    both = [written(tmp_path, GOOD), written(tmp_path / "other", GOOD)]
    with pytest.raises(BankError, match="'bank' is the name of two banks"):
        load_banks(both)
    assert [bank.name for bank in load_banks(["practice", both[0]])] == ["practice", "bank"]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ("{", "no JSON"),
        ("[1]", "no JSON object"),
        ({k: v for k, v in GOOD.items() if k != "id"}, "id: field required"),
        ({k: v for k, v in GOOD.items() if k != "question"}, "question: field required"),
        ({k: v for k, v in GOOD.items() if k != "answer"}, "no answer"),
        ({k: v for k, v in GOOD.items() if k != "options"}, "no options"),
        (GOOD | {"options": ["a", "A ", "c"]}, "the same"),
        (GOOD | {"options": ["a"], "answer": [0]}, "fewer than two"),
        (GOOD | {"options": ["a", " "]}, "empty"),
        (GOOD | {"answer": []}, "empty"),
        (GOOD | {"answer": [3]}, "none of its 3 options"),
        (GOOD | {"answer": ["E"]}, "none of its 3 options"),
        (GOOD | {"answer": [-1]}, "none of its 3 options"),
        (GOOD | {"answer": [1, 1]}, "twice"),
        (GOOD | {"answer": [0, 1, 2]}, "all of its options"),
        (GOOD | {"answer": ["first"]}, "neither a letter"),
        (GOOD | {"options": {"A": "x", "C": "y"}, "answer": "A"}, "lettered A, C"),
        (GOOD | {"id": "first"}, "stands in line 1"),
        (
            {"id": "u", "question": "?", "kind": "unanswerable"},
            "its kind 'unanswerable' is none of ours: ",
        ),
        ({"id": "u", "question": "?", "kind": "nearr"}, "did you mean near"),
        ({"id": "u", "question": "?", "kind": 7}, "kind: input should be a valid string"),
        (GOOD | {"evidence": [{"doc_id": "x", "heading": "y"}]}, "evidence.0.quote"),
    ],
)
def test_a_fault_names_the_file_and_the_line(tmp_path: Path, row: Any, told: str) -> None:
    file = written(tmp_path, GOOD | {"id": "first"}, "", row)
    with pytest.raises(BankError) as caught:
        load_bank(file)
    assert str(caught.value).startswith(f"{file}:3: ")
    assert told in str(caught.value)


def test_a_csv_fault_names_the_line_too(tmp_path: Path) -> None:
    file = tmp_path / "bank.csv"
    file.write_text("id,question,A,B,answer\n1,Which?,x,y,A\n2,Which?,x\n", encoding="utf-8")
    with pytest.raises(BankError, match=r"bank\.csv:3: "):
        load_bank(file)


def test_an_empty_or_missing_bank_is_an_error_that_lists_ours(tmp_path: Path) -> None:
    with pytest.raises(BankError, match="no question"):
        load_bank(written(tmp_path))
    with pytest.raises(BankError, match="practice"):
        load_bank(tmp_path / "none.jsonl")
