"""An abstention shows the line that comes nearest, and says that it is no answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.small_notes import evidence, passage

from ragbot.abstaining import ABSTAINS, nearest_told, nearest_topics, text_of
from ragbot.chat_models.quoting import HALF_ANSWERS, NEAR
from ragbot.citations import NO_CHECKS
from ragbot.evidence import Evidence
from ragbot.guardrails import Guardrails
from ragbot.policies import Policies
from ragbot.types import Answer, Citation, Turn

ASKED = "Why does a box hold 16 MB?"
NOTES = passage("- Crates are blue.\n- A box holds 400 KB.")


def weighed(*relevance: float) -> list[Evidence]:
    return [replace(evidence(NOTES)[0], relevance=relevance)]


def test_the_nearest_line_is_cited_behind_a_word_that_it_is_no_answer() -> None:
    nearest = nearest_told(ASKED, weighed(NEAR - 1, NEAR + 1), NO_CHECKS)
    assert text_of(nearest, [("Boxes vs Crates", "Boxes")]) == (
        f"{ABSTAINS} What comes nearest:\nA box holds 400 KB. [1]\n"
        "The nearest topics they hold: Boxes."
    )
    (citation,) = nearest.citations
    assert NOTES.text[citation.start : citation.end] == "A box holds 400 KB."


def test_what_is_far_from_the_question_is_not_shown() -> None:
    assert nearest_told(ASKED, weighed(NEAR - 2, NEAR - 1), NO_CHECKS).sentences == []
    assert nearest_told(ASKED, [], NO_CHECKS).sentences == []


def test_what_half_answers_is_near_though_it_shares_no_word() -> None:
    (item,) = weighed(NEAR - 3, NEAR - 4)
    for answers, told in ((HALF_ANSWERS + 0.1, True), (HALF_ANSWERS - 0.1, False)):
        found = [replace(item, answers=(-4.0, answers))]
        nearest = nearest_told(ASKED, found, NO_CHECKS)
        assert [s.text for s in nearest.sentences[1:]] == ["A box holds 400 KB."] * told


def test_without_the_cross_encoder_nothing_is_known_to_be_near() -> None:
    assert nearest_told(ASKED, evidence(NOTES), NO_CHECKS).sentences == []


@pytest.mark.parametrize("relevance", [(3.0, 0.0), (0.0, 3.0)])
@pytest.mark.parametrize(
    "note", ["  - As of November 2026: it holds 500 KB.", "- 1 April 2026: A box holds 500 KB."]
)
def test_a_fact_and_its_dated_note_come_together(relevance: tuple[float, float], note: str) -> None:
    changed = passage(f"- A box holds 400 KB.\n{note}")
    found = [replace(evidence(changed)[0], relevance=relevance)]
    told = [s.text for s in nearest_told(ASKED, found, NO_CHECKS).sentences]
    assert told[1:] == ["A box holds 400 KB.", note.strip(" -")]


def test_what_a_guardrail_holds_back_leaves_no_lead_behind() -> None:
    guards = Guardrails(Policies(words=("400 KB",)))
    found = weighed(NEAR - 1, NEAR + 1)
    admitted = guards.admitted(ASKED, ())
    nearest = nearest_told(ASKED, found, NO_CHECKS, lambda: guards.over_reply(found, [], admitted))
    assert nearest.sentences == []
    assert nearest.held_back is not None and nearest.held_back.policy == "word_filter"


def test_what_the_checker_adds_out_of_the_notes_is_guarded_too() -> None:
    changed = passage("- A box holds 400 KB.\n  - As of May 2026: Bluebird holds 500 KB.")
    found = [replace(evidence(changed)[0], relevance=(3.0, 0.0))]
    guards = Guardrails(Policies(words=("bluebird",)))
    admitted = guards.admitted(ASKED, ())
    nearest = nearest_told(ASKED, found, NO_CHECKS, lambda: guards.over_reply(found, [], admitted))
    assert "400 KB" in text_of(nearest, [])
    assert "Bluebird" not in text_of(nearest, [])


def test_a_topic_that_may_not_be_shown_is_left_out() -> None:
    guards = Guardrails(Policies(words=("bluebird",)))
    found = [evidence(passage("- It is blue.", name))[0].retrieved for name in ("Bluebird", "Box")]
    assert [path[-1] for path in nearest_topics(found, guards.may_be_shown)] == ["Box"]


def test_no_follow_up_leans_on_the_nearest_line() -> None:
    answer = Answer(
        ASKED,
        text_of(nearest_told(ASKED, weighed(NEAR - 1, NEAR + 1), NO_CHECKS), []),
        (),
        (Citation(1, NOTES.passage_id, 0, 5, "A box holds 400 KB.", "supported", 1.0),),
        (evidence(NOTES)[0].retrieved,),
        True,
        None,
        "none",
    )
    turn = Turn.of(answer)
    assert turn.about == ()
    assert "400 KB" not in turn.answer
