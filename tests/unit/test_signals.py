"""What the gate hears of a question's evidence."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest
from support.small_notes import evidence, passage, words_in_common

from ragbot.answer_selection import NOT_SELECTED
from ragbot.evidence import BARELY, Evidence
from ragbot.retrieval.signals import DEEPER, Signals, weigh

(BOX,) = evidence(passage("- A box holds 400 KB.", "Boxes"))


class NoWords:
    def known_words(self, query: str) -> list[tuple[str, bool]]:
        return []

    def holds(self, name: str) -> bool:
        return True


def signals(*items: Evidence) -> Signals:
    return weigh("What does a box hold?", items, NoWords(), words_in_common).signals


def read(found_at: int | None, *, answers: float, rank: int = 1) -> Evidence:
    why = replace(BOX.retrieved.why, fused_rank=found_at)
    retrieved = replace(BOX.retrieved, why=why, rank=rank)
    return replace(BOX, retrieved=retrieved, relevance=(0.0,), answers=(answers,))


def test_an_answer_must_be_surer_the_deeper_it_was_found() -> None:
    assert signals(read(1, answers=2.0)).answers == 2.0
    deep = signals(read(20, answers=2.0, rank=1)).answers
    assert deep == pytest.approx(2.0 - DEEPER * math.log(20))
    assert signals(read(20, answers=2.0), read(1, answers=1.0)).answers == 1.0


def test_where_nothing_was_read_on_the_rank_is_the_depth() -> None:
    found = signals(read(None, answers=2.0, rank=3)).answers
    assert found == pytest.approx(2.0 - DEEPER * math.log(3))


def test_where_no_model_tells_nothing_answers() -> None:
    assert signals(replace(BOX, relevance=(3.0,))).answers == NOT_SELECTED


def test_two_lines_that_are_near_nothing_differ_by_what_answers_alone() -> None:
    item = replace(BOX, sentences=BOX.sentences * 2, relevance=(-11.0, -7.0), answers=(2.0, 1.0))
    assert item.scores == (BARELY + 2.0, BARELY + 1.0)
