"""A question that asks for several things is taken apart; one that asks one thing is not."""

import pytest

from ragbot.retrieval import parts_of


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        (
            "How much memory can a function have, and how many GPUs does it get?",
            ("How much memory can a function have?", "How many GPUs does it get?"),
        ),
        ("Is it free? How fast is it?", ("Is it free?", "How fast is it?")),
        (
            "What are the size limit and the price of a secret?",
            ("What are the size limit of a secret?", "What are the price of a secret?"),
        ),
        ("Where do logs go but who pays?", ("Where do logs go?", "Who pays?")),
        ("What is the difference between EBS and EFS?", ()),
        ("Which is cheaper, EBS or EFS?", ()),
        ("How do ECS and EKS run containers?", ()),
        ("A company runs a fleet and wants logs. What should it do?", ()),
        ("What is a queue?", ()),
        ("", ()),
    ],
)
def test_parts(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts
