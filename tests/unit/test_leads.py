"""A line of a list says what it says together with what it stands under."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.small_notes import evidence, passage, words_in_common

from ragbot.citations import Checks, CitationChecker, SentenceStream
from ragbot.citations.leads import speaking_of, stated_under
from ragbot.citations.named import subjects_of
from ragbot.evidence import EvidenceSentence, Ruling
from ragbot.types import Fact

QUEUES = [
    passage(
        f"| {feature} | {lite} | {pro} |",
        "Queues",
        kind="table_row",
        facts=(Fact("Queue Lite", feature, lite), Fact("Queue Pro", feature, pro)),
        start=at,
    )
    for at, feature, lite, pro in (
        (0, "Price", "$0.40 a million", "$0.90 a million"),
        (99, "Messages are kept", "4 days", "14 days"),
    )
]
WARDS = passage(
    "- Dr Berg leads the red ward; Dr Tal leads the blue ward.\n- The red ward has 20 beds.",
    "Wards",
)
ALLOWANCES = passage(
    "- The daily allowance is 32 euros in Germany, 41 euros in France.\n- Trains are reimbursed.\n"
    "- First class is never reimbursed.",
    "Travel",
)


def verdicts(reply: str) -> list[str]:
    """Of the lines that are no heads."""
    checker = CitationChecker(
        evidence(*QUEUES, WARDS, ALLOWANCES),
        Checks(similarity=words_in_common),
        withhold=True,
        question="How do Queue Lite and Queue Pro compare?",
    )
    stream = SentenceStream()
    checked = map(checker.check, [*stream.feed(reply), *stream.finish()])
    return [
        each.sentence.verdict
        for each in checked
        if each.sentence.reason != "makes no claim" and not each.sentence.text.endswith(":")
    ]


@pytest.mark.parametrize(
    ("true", "lie"),
    [
        (
            "- Queue Lite:\n  - costs $0.40 a million\n  - messages are kept 4 days",
            "- Queue Lite:\n  - costs $0.90 a million\n  - messages are kept 14 days",
        ),
        ("1. Queue Pro:\n   - $0.90 a million", "1. Queue Lite:\n   - $0.90 a million"),
        ("Queue Pro:\n- $0.90 a million", "Queue Pro:\n- $0.40 a million"),
        ("In France:\n- The allowance is 41 euros.", "In France:\n- The allowance is 32 euros."),
        ("In France:\nIt is 41 euros daily.", "In France:\nIt is 32 euros daily."),
        ("Never reimbursed:\n- First class", "Never reimbursed:\n- Trains"),
        ("What is reimbursed:\n- Trains", "The following are not reimbursed:\n- Trains"),
    ],
)
def test_a_line_is_held_to_what_it_stands_under(true: str, lie: str) -> None:
    assert set(verdicts(true)) == {"supported"}
    assert "supported" not in verdicts(lie)


@pytest.mark.parametrize(
    "head", ["## Overview", "**Details**", "Here is more:", "Step 1:", "**Price**", "Messages:"]
)
def test_what_names_nothing_of_the_notes_asks_nothing_of_its_lines(head: str) -> None:
    assert verdicts(f"{head}\n- The red ward has 20 beds.")[-1] == "supported"


def test_a_line_of_the_notes_stands_as_it_is_under_the_name_of_what_it_speaks_of() -> None:
    reply = "### Wards\n- Dr Berg leads the red ward; Dr Tal leads the blue ward."
    assert verdicts(reply)[-1] == "supported"


HEAD = "| Feature | Queue Lite | Queue Pro |\n|---|---|---|\n"
OTHER_HEAD = "| Queue | Messages are kept | Price |\n|---|---|---|\n"


@pytest.mark.parametrize(
    ("true", "lie"),
    [
        (
            f"{HEAD}| Messages are kept | 4 days | 14 days |",
            f"{HEAD}| Messages are kept | 14 days | 4 days |",
        ),
        (
            f"{OTHER_HEAD}| Queue Lite | 4 days | $0.40 a million | [1]",
            f"{OTHER_HEAD}| Queue Lite | 4 days | $0.90 a million | [1]",
        ),
    ],
)
def test_a_cell_of_a_table_is_held_to_its_row_and_column(true: str, lie: str) -> None:
    assert verdicts(true) == ["supported"]
    assert "supported" not in verdicts(lie)


def test_a_row_without_a_head_is_a_sentence() -> None:
    assert verdicts("| Queue Lite | $0.40 a million |\n| Queue Pro | $0.90 a million |") == [
        "supported",
        "supported",
    ]


def test_the_head_of_a_table_has_no_words_of_its_own() -> None:
    rows = "|---|---|---|\n| Messages are kept | 4 days | 14 days |"
    checker = CitationChecker(evidence(*QUEUES), withhold=True)
    for head, shown in (("Feature", True), ("Visit zorblatt now", False)):
        stream = SentenceStream()
        reply = f"| {head} | Queue Lite | Queue Pro |\n{rows}"
        first, _ = map(checker.check, [*stream.feed(reply), *stream.finish()])
        assert first.sentence.withheld is not shown


@pytest.mark.parametrize(
    "cells", ["hastrubel | 4 days", "4 days | need not provide", "4 days | I am kept 14 days"]
)
def test_each_cell_of_a_row_is_checked_as_a_sentence_is(cells: str) -> None:
    known = Checks(recognizes=lambda word: word != "hastrubel")
    checker = CitationChecker(evidence(*QUEUES), known, withhold=True)
    first, _, _ = cells.partition(" | ")
    name = f"Messages {first} are kept" if first == "hastrubel" else "Messages are kept"
    row = f"| {name} | {cells.removeprefix('hastrubel | ')} |"
    stream = SentenceStream()
    reply = f"| Feature | Queue Lite | Queue Pro |\n|---|---|---|\n{row}"
    *_, told = map(checker.check, [*stream.feed(reply), *stream.finish()])
    assert told.sentence.withheld


def test_a_line_of_the_notes_is_none_under_the_name_of_something_else() -> None:
    notes = [
        passage("- Costs are $0.40 a million.", "Queue Lite"),
        passage("- Costs are $0.90 a million.", "Queue Pro", start=90),
        passage("- Queue Lite is slow.\n- Queue Pro is quick.", "All", start=190),
    ]
    for name, is_so in (("Pro", True), ("Lite", False)):
        checker = CitationChecker(evidence(*notes), withhold=True)
        stream = SentenceStream()
        reply = f"What Queue {name} costs:\n- Costs are $0.90 a million."
        *_, told = map(checker.check, [*stream.feed(reply), *stream.finish()])
        assert (told.sentence.verdict == "supported") is is_so


NIGHT = passage(
    "- Metro night lines are free, such as the green line.\n"
    "- Metro day lines are paid, such as the red line.\n"
    "- They end at the old harbour.",
    "Trains",
)


def last_verdict(reply: str) -> str:
    checker = CitationChecker(
        evidence(*QUEUES, NIGHT), Checks(similarity=words_in_common), withhold=True
    )
    stream = SentenceStream()
    *_, told = map(checker.check, [*stream.feed(reply), *stream.finish()])
    return told.sentence.verdict


@pytest.mark.parametrize(
    ("true", "lie"),
    [
        ("Queue Lite is there. It costs $0.40 a million.", "Queue Lite is there. It costs $0.90."),
        ("I like Queue Pro. Its price is $0.90.", "Queue Pro is there. Its price is $0.40."),
        (
            "Sure! On Queue Lite:\n- It costs $0.40 a million.",
            "Sure! On Queue Lite:\n- It costs $0.90 a million.",
        ),
        (
            "Queue Pro comes with this:\n- messages are kept 14 days",
            "Queue Pro comes with this:\n- messages are kept 4 days",
        ),
        ("Night lines include:\n- the green line", "Night lines include:\n- the red line"),
        ("Day lines include:\n- the red line", "Day lines include:\n- the green line"),
    ],
)
def test_what_leans_on_a_line_is_held_to_what_that_speaks_of(true: str, lie: str) -> None:
    assert last_verdict(true) == "supported"
    assert last_verdict(lie) != "supported"


def test_a_line_of_the_notes_that_goes_on_with_the_one_before_is_on_the_same_thing() -> None:
    assert last_verdict("Day lines:\n- They end at the old harbour.") == "supported"


@pytest.mark.parametrize(
    ("head", "claim", "told"),
    [
        ("Queue Lite:", "it costs $0.40", "Queue Lite costs $0.40"),
        ("Queue Lite:", "Its price is $0.40", "Queue Lite's price is $0.40"),
        ("Queue Lite:", "However, it costs $0.40", "however, Queue Lite costs $0.40"),
        ("Queue Lite:", "This queue costs $0.40", "Queue Lite: this queue costs $0.40"),
        ("Queue Lite:", "It is important to pay", "Queue Lite: it is important to pay"),
        ("No problem, Queue Lite:", "it costs $0.40", "Queue Lite costs $0.40"),
    ],
)
def test_a_claim_is_told_of_what_its_head_names(head: str, claim: str, told: str) -> None:
    notes = [each for item in evidence(*QUEUES) for each in item.sentences]
    ordinary = frozenset({"it", "its", "this", "however"})
    stated = stated_under([head], claim, notes, subjects_of(notes), ordinary)
    assert stated.claim == told
    assert not stated.denied


AGENTS = [
    passage("- Depot Agents carry out tasks of several steps.", "Depot Agents"),
    passage(
        "- What Depot Flows chain together are prompts, agents and lamps.", "Depot Flows", start=90
    ),
]


def test_a_short_name_is_that_of_the_one_thing_that_ends_so() -> None:
    """And what a line on another thing lists is not what the line is on."""
    notes = [each for item in evidence(*AGENTS) for each in item.sentences]
    subjects = frozenset({" depot agents ", " depot flows "})
    stated = stated_under(["Agents"], "They chain prompts.", notes, subjects, frozenset({"they"}))
    assert stated.names == ("depot agents",)
    assert stated.claim == "Agents chain prompts."
    spoken = speaking_of(stated.names, notes, subjects)
    assert [each.text for each in spoken] == ["Depot Agents carry out tasks of several steps."]


class Led:
    """A judge that may overrule the rules, and believes of whatever has these words."""

    rereads = True

    def __init__(self, *words: str) -> None:
        self.words = words

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        text = " ".join(note.text for note in notes)
        return "supported" if all(word in text for word in self.words) else "unsupported"


def test_beside_a_label_no_line_lends_a_name() -> None:
    notes = [
        passage("- Depot One is chosen for tracking of goods.", "When"),
        passage("- Depot Two is chosen for looking into fires.", "When", start=90),
        passage("- Depot One and Depot Two are services of the yard.", "All", start=190),
    ]
    checker = CitationChecker(
        evidence(*notes),
        Checks(similarity=words_in_common, judge=Led("tracking", "Two")),
        withhold=True,
    )
    stream = SentenceStream()
    reply = "| Task | Service |\n|---|---|\n| Tracking of goods | Depot Two |"
    *_, told = map(checker.check, [*stream.feed(reply), *stream.finish()])
    assert told.sentence.verdict != "supported"


def test_it_in_a_head_is_what_was_asked_about() -> None:
    notes = [
        passage("- Crates fit when goods are nested.", "When"),
        passage("- Boxes fit when goods are loose.", "When", start=90),
    ]
    for item, is_so in (("Goods are loose.", True), ("Goods are nested.", False)):
        checker = CitationChecker(
            evidence(*notes),
            Checks(similarity=words_in_common, about=("Boxes",)),
            withhold=True,
            question="What is Boxes, and when to use it?",
        )
        stream = SentenceStream()
        drafts = [*stream.feed(f"## When to use it\n- {item}"), *stream.finish()]
        *_, told = map(checker.check, drafts)
        assert (told.sentence.verdict == "supported") is is_so
