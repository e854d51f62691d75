from __future__ import annotations

import re
from collections import Counter

import pytest

from ragbot.store.acronyms import (
    abbreviated,
    acronyms_of,
    names_by_initials,
    shortened,
    spelt_out,
)

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
    ("explained", "long", "short"),
    [
        ("Every consumer gets enhanced fan-out (EFO) of its own.", "enhanced fan out", "EFO"),
        ("Abbrevs: EFO = enhanced fan-out, CO = cardiac output", "enhanced fan out", "EFO"),
        ("CO (cardiac output) is a volume.", "cardiac output", "CO"),
        ("the cost of goods sold (COGS)", "cost of goods sold", "COGS"),
        ("one line of defence (LD)", "line of defence", "LD"),
        ("They weigh the goods (EFO).", None, "EFO"),
        ("EFO = a thing of its own", None, "EFO"),
        ("the size of (OF) it", None, "OF"),
    ],
)
def test_what_is_explained_in_small_letters_is_learned_too(
    explained: str, long: str | None, short: str
) -> None:
    notes = [explained, f"{short} is quick.", f"{short} costs more."]
    words = Counter(re.findall(r"\w+", " ".join(notes).lower()))
    found = acronyms_of(notes, words)
    assert found.get(long or "") == (short if long else None)
    assert long is not None or not found


def test_a_question_in_small_letters_is_asked_in_the_short_form_too() -> None:
    known = {"enhanced fan out": "EFO"}
    assert shortened("how quick is enhanced fan-out?", known) == (
        "how quick is EFO (enhanced fan-out)?"
    )


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Does elastic container registry scan?", "Does ECR (elastic container registry) scan?"),
        (
            "What is the Elastic Container Registry (ECR)?",
            "What is the ECR (Elastic Container Registry)?",
        ),
        ("Is ECR (Elastic Container Registry) free?", "Is ECR (Elastic Container Registry) free?"),
        ("Who is in the Shield Response Teams?", "Who is in the SRT (Shield Response Teams)?"),
        ("What is elastic about containers?", "What is elastic about containers?"),
    ],
)
def test_a_question_in_the_long_form_is_asked_in_the_short_one_too(
    asked: str, searched: str
) -> None:
    assert shortened(asked, KNOWN) == searched


ZONES = [
    "Clusters spread over several Availability Zones; a volume is replicated inside its own.",
    "A Good Thing and a Grand Tour are two names with one spelling; Storage Gateway has but one.",
    "ECR scans images; its Early Check Run is a name, too. Once Read is a mode.",
    "Snowball Edge Storage Optimized holds 210 TB. Multi-factor authentication works by SMS.",
    "- Time to stop the Big\n- Zebra. Multi-Attach and Multi Attach are the same.",
]


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("What if an AZ fails?", "What if an Availability Zone fails?"),
        ("How many AZs?", "How many Availability Zones?"),
        ("What is a GT?", "What is a GT?"),  # which of the two?
        ("Is an SG stateful?", "Is an SG stateful?"),  # hardly the thing that the notes treat
        ("Does ECR scan?", "Does ECR scan?"),  # known as it is
        ("this OR that", "this OR that"),
        ("What is an XQZ?", "What is an XQZ?"),
        ("What is SES?", "What is SES?"),  # the beginning of a name is none
        ("Which MFA?", "Which multi-factor authentication?"),
        ("What is BZ?", "What is BZ?"),  # across two lines
        ("Is MA free?", "Is Multi Attach free?"),
        ("azure or AZ1, 4 MA, 4.5 MA", "azure or AZ1, 4 MA, 4.5 MA"),
    ],
)
def test_an_acronym_that_the_notes_never_use_is_spelt_out(asked: str, searched: str) -> None:
    by_initials = names_by_initials(ZONES)
    found = spelt_out(
        asked, {"ECR", "OR"}.__contains__, "Storage Gateway".__eq__, lambda: by_initials
    )
    assert found == searched


USED, SAID = {"ALB", "TTL", "MOS", "GSI", "IAM", "WOW"}, {"multi orbit satellite"}


@pytest.mark.parametrize(
    ("asked", "searched"),
    [
        ("Is an Application Load Balancer shielded?", "Is an ALB shielded?"),
        ("Is the application load balancer (ALB) free?", "Is the ALB free?"),
        ("Is an ALB (application load balancer) free?", "Is an ALB free?"),
        ("Are application load-balancers free?", "Are ALBs free?"),
        ("how long is the time to live", "how long is the TTL"),
        ("Who has Global Secondary Indexes?", "Who has GSI?"),
        ("identity and access management", "IAM"),
        ("What is a Written Order Waiver?", "What is a WOW?"),
        ("What is the Old Written Order Waiver?", "What is the Old WOW?"),
        ("What Orange Wagons weigh", "What Orange Wagons weigh"),  # "What" opens the sentence
        ("Amazon Large Boxes", "Amazon Large Boxes"),
        ("Is Application Load Balancer free?", "Is ALB free?"),
        ("we often wait", "we often wait"),  # initials of a sentence mean nothing
        ("A Multi Orbit Satellite", "A Multi Orbit Satellite"),  # the notes say so themselves
        ("a Network Load Balancer", "a Network Load Balancer"),  # of which they have no acronym
    ],
)
def test_what_the_notes_have_as_an_acronym_alone_is_asked_so(asked: str, searched: str) -> None:
    assert abbreviated(asked, USED.__contains__, SAID.__contains__) == searched
