"""What a later question is searched for, over real notes with the real encoder."""

import pytest
from support.quoting_bot import quoting_bot

from ragbot.assembly import Ragbot
from ragbot.types import Turn

pytestmark = pytest.mark.integration

NOTES = """# Harbours

## Firewall Manager

- A Firewall Manager policy covers every account of the organization.
- A Firewall Manager policy costs 100 USD a month, in each region that it covers.
- Firewall Manager needs an administrator account.

## CloudTrail

- Logs cover what was called, by whom and when.
- An organization trail takes in the events of all accounts.
- A trail keeps its files in a bucket, and has no size limit.
"""
BEFORE = Turn("What does a Firewall Manager policy cost?", "100 USD a month [1].")


@pytest.fixture(scope="module")
def bot(tmp_path_factory: pytest.TempPathFactory) -> Ragbot:
    return quoting_bot(tmp_path_factory.mktemp("harbour"), NOTES)


def test_what_is_told_elsewhere_as_something_new_changes_the_subject(bot: Ragbot) -> None:
    question = "What does an organization trail cover?"
    assert bot.ask(question, [BEFORE]).query == question


def test_a_property_is_asked_of_the_subject(bot: Ragbot) -> None:
    leaning = bot.ask("Is there a size limit?", [BEFORE]).query
    assert leaning == "Firewall Manager policy: Is there a size limit?"


def test_an_acronym_in_capitals_and_no_stop_word_is_spelt_out(bot: Ragbot) -> None:
    assert bot.ask("WHAT IS AN ORGANIZATION TRAIL?").query == "what is an organization trail?"


def test_what_is_told_of_the_subject_leans_on_it(bot: Ragbot) -> None:
    leaning = bot.ask("Is an administrator account needed?", [BEFORE]).query
    assert leaning == "Firewall Manager policy: Is an administrator account needed?"
