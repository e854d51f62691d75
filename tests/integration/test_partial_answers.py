"""A question that the notes answer in part: the part that is missing is named."""

from collections.abc import Sequence
from typing import Any

import pytest
from support.quoting_bot import quoting_bot

from ragbot.assembly import Ragbot
from ragbot.evidence import Evidence
from ragbot.retrieval import Finding
from ragbot.types import RetrievedPassage

pytestmark = pytest.mark.integration


NOTES = """# Harbour Boxes

## Limits

- A Box holds at most 400 KB.
- A Crate holds at most 16 MB.
- Boxes are stacked by a crane at night.
- Labels of a Box are printed in black.
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Ragbot:
    return quoting_bot(tmp_path_factory.mktemp("harbour"), NOTES)


def test_the_missing_part_is_named_behind_the_answer(bot: Ragbot) -> None:
    answer = bot.ask("How much does a Box hold at most, and what port does it use?")
    assert not answer.abstained
    assert "400 KB" in answer.text
    last = answer.sentences[-1]
    assert last.text.startswith("Not in the notes: \u201cWhat port does it use?\u201d")
    assert last.markers == ()
    assert answer.text.endswith(last.text)


def test_a_thing_that_the_notes_do_not_know_is_named(bot: Ragbot) -> None:
    answer = bot.ask("How much does a Box hold at most and how does it work with Kafka?")
    assert "400 KB" in answer.text
    assert "(the notes do not speak of 'Kafka')" in answer.text


def test_nothing_is_missing_where_both_parts_are_there(bot: Ragbot) -> None:
    answer = bot.ask("How much does a Box hold at most, and how much does a Crate hold?")
    assert {"400 KB", "16 MB"} <= {word for word in ("400 KB", "16 MB") if word in answer.text}
    assert "Not in the notes" not in answer.text


def test_a_question_with_no_part_answered_is_still_refused(bot: Ragbot) -> None:
    answer = bot.ask("What port does Kafka use, and who founded Terraform?")
    assert answer.abstained
    assert "Not in the notes" not in answer.text


def test_what_answers_one_part_is_shown_though_the_whole_question_finds_nothing(
    bot: Ragbot, monkeypatch: pytest.MonkeyPatch
) -> None:
    searcher = bot.searcher()
    whole = "How much does a Box hold at most, and what colour are its labels printed in?"
    judged, search = searcher.judged, searcher.search

    def judged_by_part(query: str, evidence: Sequence[Evidence]) -> Finding:
        return Finding(False, "nothing") if query == whole else judged(query, evidence)

    def found_by_part(query: str, *more: Any) -> Sequence[RetrievedPassage]:
        return () if query == whole else search(query, *more)

    monkeypatch.setattr(searcher, "judged", judged_by_part)
    monkeypatch.setattr(searcher, "search", found_by_part)
    answer = bot.ask(whole)
    assert "400 KB" in answer.text
    assert len({item.passage.passage_id for item in answer.passages}) == len(answer.passages)


def test_a_part_that_nobody_is_sure_of_is_admitted_more_weakly(bot: Ragbot) -> None:
    answer = bot.ask("How much does a Box hold at most, and who pays?")
    assert "400 KB" in answer.text
    assert answer.text.endswith("The notes may not answer: “Who pays?”.")


def test_a_list_of_questions_is_answered_one_by_one(bot: Ragbot) -> None:
    answer = bot.ask("1. How much does a Box hold?\n2. How much does a Crate hold?")
    assert "400 KB" in answer.text and "16 MB" in answer.text
    assert "may not answer" not in answer.text
