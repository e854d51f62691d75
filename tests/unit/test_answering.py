"""What comes out of answering, besides the answer."""

from collections.abc import Sequence
from dataclasses import replace
from typing import ClassVar

import pytest
from support.scripted_model import scripted
from support.small_notes import evidence, passage

from ragbot.answering import Reply, ask_in_turn, laid_out
from ragbot.aws.waiting import tell
from ragbot.chat_models import quoting_candidate
from ragbot.citations import Checks
from ragbot.evidence import EvidenceSentence, Prompt, Ruling
from ragbot.guardrails import Guardrails
from ragbot.policies import Policies
from ragbot.types import Sentence, Waiting

BOXES = passage("- A box holds at most 4 KB.\n- Boxes are stacked by a crane at night.")
WAIT = Waiting("bedrock:judge", "Bedrock is throttling this account", 2.0)


class ThrottledJudge:
    rereads: ClassVar[bool] = False

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        tell(WAIT)
        return "supported"


def test_what_the_judge_waits_for_is_told_before_the_sentence() -> None:
    prompt = Prompt("When are boxes stacked?", (), tuple(evidence(BOXES)))
    model = scripted("At night boxes are stacked by the crane [1]. A box holds at most 4 KB [1].")
    told = list(ask_in_turn(prompt, [model], Reply([]), Checks(judge=ThrottledJudge())))
    assert [type(each) for each in told] == [Waiting, Sentence, Sentence]
    assert told[0] == WAIT


ALIKE = passage(
    "- A box holds at most 4 KB.\n- A box holds at most 9 spoons.\n- Cranes are yellow."
)
HOLDS = Prompt("What does a box hold at most?", (), tuple(evidence(ALIKE)))


def completed(reply: str) -> Reply:
    told = Reply([])
    model = replace(scripted(reply), completed=True)
    seen = list(ask_in_turn(HOLDS, [model], told))
    assert [each for each in seen if isinstance(each, Sentence)] == told.sentences
    return told


def test_the_best_that_a_small_model_leaves_out_is_quoted_behind_its_answer() -> None:
    told = completed("Cranes are yellow [1].")
    assert laid_out(told.sentences) == (
        "Cranes are yellow. [1]\n\nThe notes also say:\nA box holds at most 4 KB. [1]"
    )
    assert [ALIKE.text[each.start : each.end] for each in told.citations] == [
        "Cranes are yellow.",
        "A box holds at most 4 KB.",
    ]
    assert told.model_id == "scripted"


@pytest.mark.parametrize(
    "reply",
    [
        "A box holds at most 4 KB [1].",
        "4 KB is what a box holds at most [1].",
        "The passages do not say what a box holds.",
    ],
)
def test_nothing_is_quoted_where_all_was_told_or_no_answer_found(reply: str) -> None:
    assert "also say" not in laid_out(completed(reply).sentences)


def test_a_large_model_has_the_last_word() -> None:
    told = Reply([])
    list(ask_in_turn(HOLDS, [scripted("Cranes are yellow [1]."), quoting_candidate()], told))
    assert laid_out(told.sentences) == "Cranes are yellow. [1]"


def test_what_the_answer_says_already_is_not_quoted_from_elsewhere() -> None:
    again = passage("- At most 4 KB a box holds.", heading="Limits")
    prompt = Prompt("How much does a box hold at most?", (), tuple(evidence(again, ALIKE)))
    told = Reply([])
    model = replace(scripted("A box holds at most 4 KB [2]."), completed=True)
    list(ask_in_turn(prompt, [model], told))
    assert laid_out(told.sentences) == "A box holds at most 4 KB. [1]"


def test_what_must_not_be_told_is_not_quoted_behind_an_answer_either() -> None:
    guards = Guardrails(Policies(words=("4 KB",)))
    admitted = guards.admitted(HOLDS.question, ())
    told = Reply([])
    model = replace(scripted("Cranes are yellow [1]."), completed=True)
    watched = ask_in_turn(
        HOLDS, [model], told, guards=lambda: guards.over_reply(HOLDS.evidence, (), admitted)
    )
    list(watched)
    assert laid_out(told.sentences) == "Cranes are yellow. [1]"
    assert told.held_back is not None
    assert told.held_back.policy == "word_filter"


def test_what_stands_behind_a_withheld_sentence_begins_its_line() -> None:
    prompt = Prompt("When are boxes stacked?", (), tuple(evidence(BOXES)))
    reply = "- A box holds at most 4 KB. [1]\n- Cranes hate rain. Boxes are stacked by a crane. [1]"
    told = Reply([])
    model = replace(scripted(reply), withhold_unsupported=True)
    list(ask_in_turn(prompt, [model], told))
    assert laid_out(told.sentences) == (
        "- A box holds at most 4 KB. [1]\n- Boxes are stacked by a crane. [1]"
    )


def test_a_head_is_shown_with_the_first_line_below_it_that_is() -> None:
    prompt = Prompt("When are boxes stacked?", (), tuple(evidence(BOXES)))
    reply = (
        "Boxes:\n- Cranes hate rain.\n\nBoxes at night:\n- Boxes are stacked by a crane. [1]\n\n"
        "Boxes by day:\n- Boxes are stacked by a crane. [1]\n\nBoxes again:"
    )
    told = Reply([])
    list(ask_in_turn(prompt, [replace(scripted(reply), withhold_unsupported=True)], told))
    assert laid_out(told.sentences) == (
        "Boxes at night:\n- Boxes are stacked by a crane. [1]\n\n"
        "Boxes by day:\n- Boxes are stacked by a crane. [1]"
    )


def test_the_head_of_a_table_is_shown_with_its_first_row_that_is() -> None:
    prompt = Prompt("When are boxes stacked?", (), tuple(evidence(BOXES)))
    reply = (
        "| Boxes | When |\n|---|---|\n| Cranes | by day |\n| Boxes stacked by a crane | at night |"
    )
    told = Reply([])
    list(ask_in_turn(prompt, [replace(scripted(reply), withhold_unsupported=True)], told))
    assert laid_out(told.sentences).splitlines() == [
        "| Boxes | When |",
        "| Boxes stacked by a crane | at night | [1]",
    ]
