from __future__ import annotations

import re
from collections import Counter

import pytest

from ragbot.store.acronyms import acronyms_of, shortened

NOTES = [
    "Amazon ECR (Elastic Container Registry) stores images. ECR scans them. ECR is regional.",
    "The Shield Response Team (SRT) is there at all hours. SRT access needs a role; ask the SRT.",
    "Infrequent Access (IA) is cheap. Infrequent Access has a fee. Infrequent Access waits.",
    "Step Functions (2024) and API Gateway (APIs) explain no acronym.",
]
KNOWN = {"elastic container registry": "ECR", "shield response team": "SRT"}


def test_what_the_notes_explain_and_then_use_is_learned() -> None:
    words = Counter(re.findall(r"\w+", " ".join(NOTES).lower()))
    assert acronyms_of(NOTES, words) == KNOWN


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Does elastic container registry scan?", "Does ECR scan?"),
        ("What is the Elastic Container Registry (ECR)?", "What is the ECR?"),
        ("Who is in the Shield Response Teams?", "Who is in the SRT?"),
        ("What is elastic about containers?", "What is elastic about containers?"),
    ],
)
def test_a_question_in_the_long_form_is_asked_in_the_short_one(asked: str, searched: str) -> None:
    assert shortened(asked, KNOWN) == searched
