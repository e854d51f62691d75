"""What the three reading models say of a sentence stands with that sentence."""

from __future__ import annotations

import pytest
from support.says import Says
from support.small_notes import passage

from ragbot.entailment import NOT_READ
from ragbot.retrieval import readers
from ragbot.retrieval.readers import Readers
from ragbot.types import Fact, RetrievedPassage, Why

BOXES = passage("- A box holds 400 KB.\n- A box costs a dollar.", "Boxes")
CRATES = passage("- A crate holds 16 MB.", "Crates")
FOUND = [
    RetrievedPassage(each, 1 / rank, rank, Why(dense_score=0.5))
    for rank, each in enumerate((BOXES, CRATES), start=1)
]


def weighed(**models: Says) -> list[tuple[str, tuple[float, ...]]]:
    found = Readers(**models).weighed("How much does a crate hold?", FOUND)
    told = []
    for item in found:
        heard = [each for each in (item.relevance, item.selected, item.answers) if each]
        rows = zip(*heard, strict=True) if heard else [()] * len(item.sentences)
        told += [(s.text, row) for s, row in zip(item.sentences, rows, strict=True)]
    return told


def test_each_sentence_has_the_word_of_each_model() -> None:
    told = weighed(reranker=Says("A"), selection=Says("crate"), entailment=Says("dollar"))
    assert told == [
        ("A box holds 400 KB.", (1.0, 0.0, 0.0)),
        ("A box costs a dollar.", (1.0, 0.0, 1.0)),
        ("A crate holds 16 MB.", (1.0, 1.0, 0.0)),
    ]


def test_without_the_one_that_finds_what_is_near_nothing_is_read() -> None:
    selection = Says("crate")
    assert all(values == () for _, values in weighed(selection=selection))
    assert selection.read == []


def test_the_entailment_model_reads_only_what_answer_selection_finds_likely(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(readers, "READ", 1)
    entailment = Says("A")
    told = dict(weighed(reranker=Says("box"), selection=Says("crate"), entailment=entailment))
    assert told["A crate holds 16 MB."] == (0.0, 1.0, 1.0)
    assert told["A box holds 400 KB."] == (1.0, 0.0, NOT_READ)
    assert len(entailment.read) == 1


def test_without_answer_selection_it_reads_what_is_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(readers, "READ", 1)
    entailment = Says("A")
    weighed(reranker=Says("crate"), entailment=entailment)
    assert entailment.read == ["Boxes vs Crates > Crates: A crate holds 16 MB."]


def test_nearness_and_the_mean_of_what_answers_are_added() -> None:
    found = Readers(
        reranker=Says("box"), selection=Says("box holds"), entailment=Says("box holds")
    ).weighed("How much does a box hold?", FOUND[:1])
    assert [item.scores for item in found] == [(2.0, 1.0)]


ROW = "| Queue | Red Line | SQS |"


@pytest.mark.parametrize(
    "facts",
    [
        (Fact("Queue", "Acme", "**Red Line**"), Fact("Queue", "AWS", "SQS")),
        (Fact("Acme", "Queue", "Red Line"), Fact("AWS", "Queue", "SQS")),
    ],
)
def test_a_cell_asked_for_by_another_of_its_row_is_read_with_it(facts: tuple[Fact, ...]) -> None:
    row = passage(ROW, kind="table_row", facts=facts)
    found = [RetrievedPassage(row, 1.0, 1, Why(dense_score=0.5))]

    def read(question: str) -> list[str]:
        heard = Says("x")
        (item,) = Readers(reranker=heard).weighed(question, found)
        assert [each.fact for each in item.sentences] == list(facts)
        return [text.split(": ", 1)[1] for text in heard.read]

    mine, theirs = (f"{fact}" for fact in facts)
    plain = mine.replace("**", "")
    assert read("What is AWS's Red Line?") == [plain, "Queue - Acme: Red Line; AWS: SQS"]
    assert read("What is SQS at Acme?") == ["Queue - AWS: SQS; Acme: Red Line", theirs]
    assert read("What is a Red Line?") == read("Is there SQSX at Acme?") == [plain, theirs]
