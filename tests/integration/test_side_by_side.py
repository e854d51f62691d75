"""Two things side by side, which no note puts there."""

import pytest
from support.quoting_bot import quoting_bot

from ragbot.assembly import Ragbot

pytestmark = pytest.mark.integration

NOTES = """# Harbour Storage

## Boxes

- Boxes are small containers for dry goods, stacked by a crane at night.
- A Box holds at most 400 KB.

## Crates

- Crates are large containers for wet goods, rolled aboard by day.
- A Crate holds at most 16 MB.

## Labels

- Labels are printed for Boxes, Crates and Barrels alike.
"""


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Ragbot:
    return quoting_bot(tmp_path_factory.mktemp("harbour"), NOTES)


@pytest.mark.parametrize(
    "question", ["Boxes vs Crates", "How do I choose between boxes and crates?"]
)
def test_a_comparison_tells_what_each_is_for(bot: Ragbot, question: str) -> None:
    answer = bot.ask(question)
    assert not answer.abstained
    assert "small containers for dry goods" in answer.text
    assert "large containers for wet goods" in answer.text
    assert "Labels" not in answer.text
    assert {citation.verdict for citation in answer.citations} == {"supported"}


def test_what_is_asked_of_both_is_told_of_each(bot: Ragbot) -> None:
    answer = bot.ask("Boxes vs Crates: how much do they hold?")
    assert "400 KB" in answer.text
    assert "16 MB" in answer.text


def test_what_the_notes_tell_of_one_alone_is_no_comparison(bot: Ragbot) -> None:
    answer = bot.ask("Boxes vs Barrels: how much do they hold?")
    assert "400 KB" in answer.text or answer.abstained
    assert "16 MB" not in answer.text
