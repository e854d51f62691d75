"""Names that a claim has and the note has not."""

from __future__ import annotations

import pytest
from support.small_notes import passage

from ragbot.citations.named import foreign_name, readable, told_by
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.types import Fact


def test_one_and_several_are_the_same_name() -> None:
    note = "DNS returns the Pod IPs and keeps the AMI of each VM."
    assert foreign_name("DNS returns the IP of the Pods.", note, frozenset()) is None
    assert foreign_name("DNS keeps the AMIs of VMs.", note, frozenset()) is None
    assert foreign_name("DNS returns the ID of the Pods.", note, frozenset()) is not None


def test_a_small_letter_with_a_figure_is_a_name() -> None:
    assert foreign_name("Use gp2 for it.", "Use gp3 for it.", frozenset()) is not None
    assert foreign_name("Use gp3 for it.", "Use gp3 for it.", frozenset()) is None


def told(feature: str, value: str, heading: str = "Comparison") -> EvidenceSentence:
    facts = (Fact("SNS", feature, value),)
    row = passage(f"| {feature} | {value} |", heading, kind="table_row", facts=facts)
    return evidence_sentences(row)[0]


@pytest.mark.parametrize(
    ("value", "says"),
    [
        ("No", "SNS - no Encrypted. "),
        ("✗", "SNS - no Encrypted. "),
        ("No, rules are needed", "SNS - no Encrypted. rules are needed"),
        ("Nonstop", "SNS - Encrypted: Nonstop"),
    ],
)
def test_a_cell_that_only_denies_is_read_as_a_denial(value: str, says: str) -> None:
    assert told_by(told("Encrypted", value)).startswith(says)


def test_of_a_heading_that_joins_things_a_line_lends_itself_the_one_it_names() -> None:
    line = told("Encrypted", "Yes", "SNS and SQS")
    assert "SQS" not in readable(line)
    assert "SQS" in readable(evidence_sentences(passage("- It is free.", "SNS and SQS"))[0])
