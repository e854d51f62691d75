"""A question that asks for several things is taken apart; one that asks one thing is not."""

import pytest

from ragbot.question_parts import parts_of


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
            ("What is the size limit of a secret?", "What is the price of a secret?"),
        ),
        (
            "What are the lids and the weight of a box?",
            ("What are the lids of a box?", "What is the weight of a box?"),
        ),
        (
            "Please tell me the toll and the dock fee.",
            ("What is the toll?", "What is the dock fee?"),
        ),
        (
            "What is the toll, how much jam does a box hold, and what's the limit?",
            ("What is the toll?", "How much jam does a box hold?", "What's the limit?"),
        ),
        ("What is the toll; and also, who pays?", ("What is the toll?", "Who pays?")),
        ("What is the toll & who pays?", ("What is the toll?", "Who pays?")),
        ("Who pays or when does it open?", ("Who pays?", "When does it open?")),
        ("How long is jam kept, and in which box?", ("How long is jam kept?", "In which box?")),
        ("1. What is the toll?\n2. Who pays?", ("What is the toll?", "Who pays?")),
        (
            "Tell me:\n- the dock fee\n- the toll fee",
            ("What is the dock fee?", "What is the toll fee?"),
        ),
        ("- Explain the toll.\n- compare boats", ("Explain the toll?", "Compare boats?")),
        ("what is the toll\nwhere is it paid", ("What is the toll?", "Where is it paid?")),
        (
            "What is the largest box that fits, and what the least in a crate?",
            (
                "What is the largest box that fits?",
                "What the least in a crate?",
            ),
        ),
        ("Where do logs go but who pays?", ("Where do logs go?", "Who pays?")),
        ("What is the difference between EBS and EFS?", ()),
        ("Which is cheaper, EBS or EFS?", ()),
        ("How do ECS and EKS run containers?", ()),
        ("A company runs a fleet and wants logs. What should it do?", ()),
        ("What is a queue?", ()),
        ("When the toll rises, what is the limit?", ()),
        ("What is the gate, which is closed at night, made of?", ()),
        ("How does it float\nwhen it is full?", ()),
        ("Is it free or do I have to pay?", ()),
        ("In which order, and how, are boxes stacked?", ()),
        ("Tell me the difference between the box and the crate", ()),
        ("Do you know, what is the toll?", ()),
        ("Which of these floats?\n1. Box\n2. Crate", ()),
        ("", ()),
    ],
)
def test_parts(question: str, parts: tuple[str, ...]) -> None:
    assert parts_of(question) == parts
