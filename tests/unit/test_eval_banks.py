"""Question banks: ours hold, foreign ones load, faults name their line."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from eval.banks import BankError, load_bank, own_banks, split_of
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
        (GOOD | {"options": {"A": "x", "C": "y"}, "answer": "A"}, "lettered AC"),
        (GOOD | {"id": "first"}, "stands in line 1"),
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
