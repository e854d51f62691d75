"""The passages that are found are read, and those come first that answer."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.boxes_and_crates import QUESTION, boxes_and_crates
from support.says import Says
from support.word_lengths import WordLengths

from ragbot.retrieval import Retriever, fusion
from ragbot.retrieval.readers import Readers
from ragbot.store import open_index


def found(home: Path, question: str, **models: Says) -> list[tuple[str, float | None]]:
    """Headings, best first, with the logit of the line that answers best."""
    index = open_index(boxes_and_crates(home).index_dir)
    retriever = Retriever(index, WordLengths(), Readers(**models))
    passages = retriever.search(question, 2)
    assert [each.rank for each in passages] == [1, 2]
    assert passages[0].score > passages[1].score
    return [(each.passage.heading_path[-1], each.why.reranker_score) for each in passages]


def test_what_answers_goes_before_what_is_only_found(tmp_path: Path) -> None:
    assert found(tmp_path, QUESTION) == [("Boxes", None), ("Crates", None)]
    assert found(tmp_path, QUESTION, selection=Says("16 MB")) == [("Crates", 1.0), ("Boxes", 0.0)]


def test_where_the_first_surely_answer_no_more_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fusion, "FIRST", 1)
    sure = Says("400 KB", likes=fusion.SURELY)
    assert found(tmp_path, QUESTION, selection=sure) == [("Boxes", fusion.SURELY), ("Crates", None)]
    assert len(sure.read) == 2
    doubts = Says("16 MB")
    assert found(tmp_path, QUESTION, selection=doubts) == [("Crates", 1.0), ("Boxes", 0.0)]


def test_a_question_that_is_pasted_with_its_options_is_left_as_it_was_found(tmp_path: Path) -> None:
    selection = Says("16 MB")
    pasted = f"{QUESTION}\nA. 400 KB\nB. 4 KB"
    assert [score for _, score in found(tmp_path, pasted, selection=selection)] == [None, None]
    assert selection.read == []
