from __future__ import annotations

import pytest

from ragbot.retrieval.answer_types import Wanted, holds, wanted_answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("How many rules can a web ACL hold?", "count"),
        ("how long may a function run", "duration"),
        ("How long may the name of a secret be?", None),
        ("What is the largest item of a table?", "size"),
        ("max size of an object", "size"),
        ("What does a secret cost per month?", "money"),
        ("what is the price of an alarm", "money"),
        ("Which port does the client use?", "port"),
        ("When should I choose a queue?", None),
        ("How do I rotate a key?", None),
    ],
)
def test_the_kind_of_answer_that_is_wanted(question: str, kind: str | None) -> None:
    wanted = wanted_answer(question)
    assert (wanted.kind if wanted else None) == kind


@pytest.mark.parametrize(
    ("question", "sentence", "held"),
    [
        ("How many layers can a function have?", "Up to 5 layers each.", True),
        ("How many ready-made rules does it have?", "There are 400+ AWS managed rules.", True),
        ("How many policies are there?", "Route 53 has eight routing policies.", True),
        ("How many rules can it hold?", "A web ACL holds up to 5,000 WCUs.", False),
        ("How long may it run?", "It runs for 15 minutes at most.", True),
        ("How long may it run?", "It runs as a Lambda function.", False),
        ("How long may it run?", "An express workflow takes five minutes.", True),
        ("How large may an item be?", "An item holds at most 400 KB.", True),
        ("How long may it run?", "It runs for fifteen minutes.", True),
        ("How large may an item be?", "An item holds five gigabytes.", True),
        ("What does it cost?", "It is five dollars.", True),
        ("How many locks does it have?", "It has thirteen locks.", True),
        ("How large may an item be?", "There are 2 kinds of item.", False),
        ("What does it cost?", "Standard is free.", True),
        ("What does it cost per hour?", "It costs $0.10 an hour.", True),
        ("What does it cost per hour?", "It is priced by usage.", False),
    ],
)
def test_a_sentence_holds_an_answer_of_the_kind_or_not(
    question: str, sentence: str, held: bool
) -> None:
    wanted = wanted_answer(question)
    assert wanted is not None
    assert holds(wanted, [sentence]) is held


def test_a_count_names_what_is_counted() -> None:
    assert wanted_answer("how many read replicas does it have") == Wanted(
        "count", ("read", "replica")
    )
