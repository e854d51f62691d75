"""The practice bank gives nothing away by position or length, and its evidence is real."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
NEAR_CHANCE = 0.35  # chance is .25; two standard errors at n = 49 are .12


@pytest.fixture(scope="module")
def bank() -> list[dict[str, Any]]:
    lines = (ROOT / "eval/questions/practice.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def test_there_are_49_questions_with_one_right_of_four_options(bank: list[dict[str, Any]]) -> None:
    assert len(bank) == len({question["id"] for question in bank}) == 49
    for question in bank:
        assert len(set(question["options"])) == 4
        (right,) = question["answer"]
        assert 0 <= right < 4
        assert question["question"] and question["explanation"]


def test_no_position_is_right_more_often_than_chance(bank: list[dict[str, Any]]) -> None:
    places = Counter(question["answer"][0] for question in bank)
    assert max(places.values()) / len(bank) < NEAR_CHANCE


@pytest.mark.parametrize("pick", [max, min])
def test_neither_the_longest_nor_the_shortest_option_is_a_good_guess(
    bank: list[dict[str, Any]], pick: Any
) -> None:
    right = 0.0
    for question in bank:
        lengths = [len(option) for option in question["options"]]
        guesses = [place for place, size in enumerate(lengths) if size == pick(lengths)]
        right += (question["answer"][0] in guesses) / len(guesses)
    assert right / len(bank) < NEAR_CHANCE


def test_the_right_option_is_not_longer_on_average(bank: list[dict[str, Any]]) -> None:
    right = [len(question["options"][question["answer"][0]]) for question in bank]
    every = [len(option) for question in bank for option in question["options"]]
    assert sum(right) / len(right) <= sum(every) / len(every)


def test_evidence_stands_where_it_is_said_to_stand(bank: list[dict[str, Any]]) -> None:
    for question in bank:
        for pointer in question["evidence"]:
            sheet = (ROOT / f"corpus/{pointer['doc_id']}.md").read_text(encoding="utf-8")
            headings = [line.lstrip("# ") for line in sheet.splitlines() if line.startswith("#")]
            assert pointer["heading"] in headings, question["id"]
            assert pointer["quote"] in sheet, question["id"]
