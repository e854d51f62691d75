"""Of two things that are asked, the one that the notes tell more of is not heard alone."""

from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from support.small_notes import evidence, passage

from ragbot.evidence import Evidence
from ragbot.partial import Parts, levelled, sentence_on, together, unheard, weighed_parts
from ragbot.retrieval import Finding
from ragbot.retrieval.names import Names


def test_each_part_has_a_best_sentence_of_the_same_worth() -> None:
    boxes = evidence(passage("- A box holds 4 KB.\n- It is blue."), relevance=True)
    crates = evidence(passage("- Jam.\n- A crate holds jam."), passage("- Jars."), relevance=True)[
        1:
    ]
    before = [max(boxes[0].scores), max(crates[0].scores)]
    assert before[0] > before[1]
    (first,), (second,) = levelled([boxes, crates])
    assert max(first.scores) == max(second.scores) == pytest.approx(before[0])
    assert first.scores == pytest.approx(boxes[0].scores)
    assert len(second.scores) == len(crates[0].scores)


def test_what_nobody_has_rated_stays_so() -> None:
    unrated = evidence(passage("- A box holds 4 KB."))
    assert levelled([unrated, []]) == [unrated, []]


SIZE, COLOUR = "A box holds 4 KB.", "A box is blue."
NOTES = passage(f"- {SIZE}\n- {COLOUR}\n- A box has a lid.")
WHOLE = "How much does a box hold, and which colour is it?"


def rated(question: str) -> list[Evidence]:
    """The whole question finds the colour alone; each of its parts finds its own, more surely."""
    (item,) = evidence(NOTES)
    logits = {WHOLE: (-5.0, 3.0, -6.0), "How much does a box hold?": (8.0, -9.0, 2.0)}
    told = logits.get(question, (-9.0, 6.0, 2.0))
    return [replace(item, relevance=told, selected=told, answers=told)]


def answered_from(query: str) -> dict[str, float]:
    searcher: Any = SimpleNamespace(
        names=Names([]),
        judged=lambda asked, found: Finding(True),
        query_for=lambda part, before: part,
    )
    parts = weighed_parts(query, searcher, rated)
    (item,) = together(rated(query), parts, enough=True)
    return {e.text: score for e, score in zip(item.sentences, item.scores, strict=True)}


def test_what_answers_one_part_best_is_an_answer_though_the_whole_finds_it_far() -> None:
    told = answered_from(WHOLE)
    assert told[SIZE] > 0 and told[COLOUR] > 0
    assert told["A box has a lid."] < 0  # near to a part is not enough


def test_what_answers_a_part_for_sure_does_not_silence_what_answers_the_whole() -> None:
    (item,) = rated(WHOLE)
    assert max(answered_from(WHOLE).values()) <= max(item.scores)


def test_of_three_parts_none_is_answered_less_surely_than_the_others() -> None:
    asked = "How much does a box hold, which colour is it, and who made it?"
    searcher: Any = SimpleNamespace(
        names=Names([]),
        judged=lambda asked, found: Finding(True),
        query_for=lambda part, before: part,
    )
    best = weighed_parts(asked, searcher, rated).best
    assert len(best) == 3
    assert len({max(item.scores) for item in best}) == 1


@pytest.mark.parametrize(
    ("unsure", "shown", "told"),
    [
        ("Who pays for tolls?", "A box holds 4 KB.", True),
        ("Who pays for tolls?", "A box holds 4 KB, and the harbour pays.", False),
        ("How much does a crate hold?", "A box holds 4 KB.", True),
        ("How long is that?", "A box holds 4 KB.", False),
        ("Does it hold?", "A box holds 4 KB.", False),
    ],
)
def test_a_doubted_part_is_told_where_the_answer_has_no_word_of_its_own(
    unsure: str, shown: str, told: bool
) -> None:
    query = f"How much does a box hold? {unsure}"
    assert unheard(Parts(unsure=(unsure,)), query, shown) == ((unsure,) if told else ())


def test_what_is_missing_and_what_may_be_is_said_in_one_sentence() -> None:
    said = sentence_on([("Who is Ann?", "no such name")], ["Who pays?"]).text
    assert said == (
        "Not in the notes: “Who is Ann?” (no such name). The notes may not answer: “Who pays?”."
    )
