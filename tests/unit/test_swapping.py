"""Follow-ups of a few words: the question before, asked of something else."""

from __future__ import annotations

import pytest
from support.asked_before import NAMES, meant

from ragbot.retrieval.followups import readings
from ragbot.types import Turn


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("What does KMS cost?", "and CloudHSM?", "What does CloudHSM cost?"),
        ("What does Nova Lite do?", "and Nova Sonic?", "What does Nova Sonic do?"),
        ("What is the purpose of AWS WAF?", "and of Shield?", "What is the purpose of Shield?"),
        (
            "How fast is Neptune?",
            "what about the price of CloudHSM?",
            "What is the price of CloudHSM?",
        ),
        ("What does the ECS control plane cost?", "and the one of EKS?", "What does the EKS "
         "control plane cost?"),
        (
            "What is the allowance of the Platform rota?",
            "and the Data rota?",
            "What is the allowance of the Data rota?",
        ),
        (
            "What is the allowance of the Platform rota?",
            "and the other rota?",
            "What is the allowance of the other rota?",
        ),
        ("What is weighted routing best for?", "how about failover", "What is failover routing "
         "best for?"),
        ("How long is data kept in CloudTrail?", "and in Config?", "How long is data kept in "
         "Config?"),
        ("ECS vs EKS in terms of price?", "and scheduling?", "ECS vs EKS in terms of scheduling?"),
        ("difference between ECS and EKS?", "and EFS?", "difference between ECS and EFS?"),
        ("difference between ECS and EKS?", "and for teams?", "difference between ECS and EKS for "
         "teams?"),
        ("KMS or CloudHSM for keys?", "and Shield?", "KMS or Shield for keys?"),
        ("Is Neptune faster than EFS?", "and DynamoDB?", "Is DynamoDB faster than EFS?"),
        ("How long do wheat loaves keep?", "sorry, rye", "How long do rye loaves keep?"),
        ("Is KMS multi-tenant?", "and is CloudHSM?", "Is CloudHSM multi-tenant?"),
        ("Is KMS multi-tenant?", "CloudHSM too?", "Is CloudHSM multi-tenant?"),
        ("How long do Step Functions Express Workflows run?", "and the standard ones?", "How long "
         "do Step Functions standard Workflows run?"),
    ],
)  # fmt: skip
def test_and_x_asks_the_same_of_x(before: str, question: str, expected: str) -> None:
    # What is no known name may also be an X of what was spoken of: that is the other reading.
    assert readings(question, [Turn(before, "")], NAMES)[0] == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (
            "How long must a blob stay in the Cool tier?",
            "And in the one that is cold?",
            "How long must a blob stay in the one that is cold?",
        ),
        ("What is a gate SAS signed with?", "How long is it?", "How long is gate SAS?"),
        (
            "How large can an append blob get?",
            "And a page blob?",
            "How large can a page blob get?",
        ),
        ("How long does a wheat loaf keep?", "And a rye loaf?", "How long does a rye loaf keep?"),
        ("How long does Lambda run?", "Does that hold for ECS?", "How long does ECS run?"),
        (
            "How early must one tell of 30 boats?",
            "And if it were 150?",
            "How early must one tell of 30 boats? if it were 150?",
        ),
        (
            "What is the toll for a car at night?",
            "and for a van?",
            "What is the toll for a van at night?",
        ),
        (
            "How often is descaling due with soft Config?",
            "and with hard Config?",
            "How often is descaling due with hard Config?",
        ),
        ("What is a role?", "Does it apply to EKS?", "Does role apply to EKS?"),
    ],
)
def test_what_is_asked_of_something_else(before: str, question: str, expected: str) -> None:
    assert meant(question, before) == expected


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        ("lambda max timeout", "memory?", "What is the memory of lambda?"),
        ("EBS gp3 baseline iops?", "and the max of io2?", "EBS io2 max iops?"),
        ("How much disk does Fargate have by default?", "ok and the max?", "How much disk does "
         "Fargate have max?"),
        ("What is the throughput of EBS gp3?", "in MB/s?", "What is the throughput of EBS gp3 in "
         "MB/s?"),
        ("What is the limit of API Gateway?", "per account or per region?", "What is the limit of "
         "API Gateway per account or per region?"),
        ("What does Firewall Manager need?", "why Config?", "Firewall Manager: why Config?"),
        ("How long can a Lambda run?", "eks price", "eks price"),
        ("which EBS disk is the fastest?", "and the slowest?", "which EBS disk is the slowest?"),
        ("which EBS volume is best?", "which one is the most durable?", "which EBS volume is most "
         "durable?"),
        ("hello, what does KMS cost?", "thanks! and CloudHSM?", "what does CloudHSM cost?"),
        ("How large can a DynamoDB item be?", "and a DocumentDB document?", "How large can a "
         "DocumentDB document be?"),
        ("how long are Lambda logs kept?", "and CloudTrail events?", "how long are CloudTrail "
         "events kept?"),
        ("how often can I rotate customer managed KMS keys?", "and the AWS managed ones?",
         "how often can I rotate AWS managed KMS keys?"),
    ],
)  # fmt: skip
def test_a_few_words_go_with_the_question_before(before: str, question: str, expected: str) -> None:
    assert meant(question, before) == expected


def test_the_standard_ones_are_of_what_was_spoken_of() -> None:
    asked = meant("and the standard ones?", "How long do Step Functions Express Workflows run?")
    assert asked == "How long do Step Functions standard Workflows run?"


def test_what_was_joined_to_is_still_spoken_of() -> None:
    joined = Turn("throughput?", "", query="EFS: throughput")
    assert meant("what does it cost?", joined) == "what does EFS cost?"
    assert meant("and in Neptune?", joined) == "Neptune: throughput"
