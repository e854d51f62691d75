"""What of its evidence a slow model is given to read."""

from __future__ import annotations

from dataclasses import replace

from support.small_notes import evidence, passage

from ragbot.evidence import ANSWERED, BEHIND, JUDGED, TELLING, UNJUDGED, Evidence, Prompt


def boxes(*scores: float) -> Evidence:
    (item,) = evidence(passage("\n".join(f"- Box {n} is red." for n in range(len(scores)))))
    return replace(item, relevance=scores)


def told(item: Evidence) -> list[str]:
    telling = Prompt("Which box?", (), (item,)).telling()
    return [s.text for s in item.sentences if s in telling]


def test_the_best_few_are_told() -> None:
    assert len(told(boxes(*[5.0] * (TELLING + 3)))) == TELLING


def test_what_lies_far_behind_the_best_is_not_read() -> None:
    assert told(boxes(6.0, 6.0 - BEHIND, 5.9 - BEHIND)) == ["Box 0 is red.", "Box 1 is red."]


def test_where_no_sentence_is_judged_well_many_are_read() -> None:
    assert len(told(boxes(*[JUDGED - 0.1] * (UNJUDGED + 5)))) == UNJUDGED
    assert len(told(boxes(JUDGED - 0.1, -30.0))) == 2


def test_a_line_that_answers_is_judged_well_however_far_it_is() -> None:
    item = boxes(*[-11.0] * (UNJUDGED + 5))
    answers = (ANSWERED, *[-4.0] * (UNJUDGED + 4))
    assert len(told(replace(item, answers=answers))) == TELLING
    assert len(told(replace(item, answers=(ANSWERED - 0.1, *answers[1:])))) == UNJUDGED


def test_all_are_read_where_nothing_weighs_them() -> None:
    assert len(told(replace(boxes(*[0.0] * 30), relevance=()))) == 30


def test_a_line_brings_its_parent_and_its_dated_notes() -> None:
    text = (
        "- Crates come in kinds:\n  - A flat crate is thin.\n"
        "    - As of May 2026: it is thick.\n- Wood burns."
    )
    (item,) = evidence(passage(text))
    item = replace(item, relevance=(-9.0, 5.0, -9.0, -9.0))
    assert told(item) == [
        "Crates come in kinds:",
        "A flat crate is thin.",
        "As of May 2026: it is thick.",
    ]
