"""What is compared, and whether anything more is asked."""

import pytest

from ragbot.retrieval.comparisons import asked_of_each, compared_in, told_apart
from ragbot.retrieval.names import Names

NAMES = Names(
    """AWS, Boxes, Crates, Harbour Crane, Shield, Shield Advanced, Barrels, Sacks, Northern Route,
    Southern Route, Labels Office""".split(",")
)


@pytest.mark.parametrize(
    ("question", "things"),
    [
        ("Boxes vs Crates", ("Boxes", "Crates")),
        ("How do I pick between boxes and Crates?", ("boxes", "Crates")),
        ("When should I take Boxes instead of Crates?", ("Boxes", "Crates")),
        (
            "What's the difference between Boxes, Crates and Barrels?",
            ("Boxes", "Crates", "Barrels"),
        ),
        ("AWS Boxes vs Amazon Crates?", ("Boxes", "Crates")),
        ("AWS vs Boxes", ("AWS", "Boxes")),
        ("Shall I prefer Boxes over Crates?", ("Boxes", "Crates")),
        ("How do Boxes differ from Crates?", ("Boxes", "Crates")),
        ("Shield or Shield Advanced?", ("Shield", "Shield Advanced")),
        ("northern vs southern?", ("northern route", "southern route")),
        ("How does northern differ from southern route?", ("northern route", "southern route")),
        ("Is Harbour Crane better than Boxes?", ("Harbour Crane", "Boxes")),
    ],
)
def test_things_side_by_side(question: str, things: tuple[str, ...]) -> None:
    assert compared_in(question, NAMES) == things


@pytest.mark.parametrize(
    "question",
    [
        "Which is cheaper, Boxes or Crates?",  # asks for a property
        "Boxes or Crates for wet cargo?",
        "What is the largest Box, compared with Crates?",
        "Do Boxes work with Crates?",  # compares nothing
        "Boxes and Crates",
        "Can I use Boxes or Crates with Barrels?",
        "Can Boxes or Crates use Barrels?",
        "How do I get to Boxes from Crates or Barrels?",
        "Can I move Boxes over Crates?",
        "Do Boxes need a Crate or not?",
        "Labels or Boxes?",  # hardly their office
        "Boxes or Trunks?",  # of one the notes know nothing
        "What is the difference between Boxes and Boxes?",
        "Boxes, Crates, Barrels or Sacks?",  # too many to tell what each is for
        "",
    ],
)
def test_what_asks_for_more_or_less(question: str) -> None:
    assert compared_in(question, NAMES) == ()


@pytest.mark.parametrize(
    ("question", "questions"),
    [
        ("What is our RPO and our RTO?", ("What is our RPO?", "What is our RTO?")),
        (
            "Which has the longer shelf life, the Harbour Crane or Boxes?",
            ("shelf life of the Harbour Crane?", "shelf life of Boxes?"),
        ),
        (
            "Harbour Crane vs Boxes: how much do they hold?",
            ("Harbour Crane: how much do they hold?", "Boxes: how much do they hold?"),
        ),
        ("b1 vs b2 Wide, largest load?", ("b1, largest load?", "b2 Wide, largest load?")),
        (
            "Can both Boxes and Crates be used at sea?",
            ("Can Boxes be used at sea?", "Can Crates be used at sea?"),
        ),
        (
            "How high is the toll of a Box vs a Crate?",
            (
                "How high is the toll of a Box?",
                "How high is the toll of a Crate?",
            ),
        ),
        (
            "How do the largest loads of Boxes and Crates compare?",
            ("the largest loads of Boxes", "the largest loads of Crates"),
        ),
        (
            "How does the largest load of Boxes compare to that of Crates?",
            ("the largest load of Boxes", "the largest load of Crates"),
        ),
        (
            "What does a box cost compared with a Harbour Crane?",
            ("What does a box cost", "What does a Harbour Crane cost"),
        ),
        (
            "how long do boxes last vs crates?",
            ("how long do boxes last", "how long do crates last"),
        ),
        (
            "What are the largest loads of Boxes and Crates?",
            ("What are the largest loads of Boxes?", "What are the largest loads of Crates?"),
        ),
        (
            "How many men do Boxes and Harbour Cranes take aboard?",
            ("How many men do Boxes take aboard?", "How many men do Harbour Cranes take aboard?"),
        ),
        (
            "Small or Large Boxes: how often are they moved?",
            ("Small: how often are they moved?", "Large Boxes: how often are they moved?"),
        ),
    ],
)
def test_the_same_of_both(question: str, questions: tuple[str, ...]) -> None:
    assert asked_of_each(question) == questions


@pytest.mark.parametrize(
    "question",
    [
        "Boxes vs Crates",
        "Boxes vs Crates: which is cheaper?",  # the larger or better of them: one question
        "Boxes or Crates: what should I take?",
        "Boxes vs Crates, is one older than the other?",
        "Do Boxes or Crates float?",
        "What do Boxes add compared with Crates?",
        "What are the advantages of Boxes compared with Crates?",
        "How fast does the crane turn compared with the old kind?",
        "Does a quay with both Boxes and Crates need a gate?",
        "Boxes vs Crates: is there a way to move things between them?",
        "True or false: boxes float",
        "How do Boxes and Crates work together?",
        "What is the difference of Boxes and Crates?",
        "How many men do Boxes take, and who pays them?",
        "We sign and seal, and the keys must stay. What can do that?",
        "How do the harbour's cranes and the weather compare to those that we had last year?",
        "",
    ],
)
def test_what_is_one_question(question: str) -> None:
    assert asked_of_each(question) == ()


@pytest.mark.parametrize(
    ("question", "things"),
    [
        (
            "What is the difference between Box Lids, Box Labels and paper straps?",
            ("Box Lids", "Box Labels", "paper straps"),
        ),
        (
            "How do lids, labels, the straps and cords differ?",
            ("lids", "labels", "straps", "cords"),
        ),
        ("Compare lids, labels and straps.", ("lids", "labels", "straps")),
    ],
)
def test_things_are_told_apart_by_the_form_of_the_question(
    question: str, things: tuple[str, ...]
) -> None:
    assert told_apart(question) == tuple(f"What is {thing} for?" for thing in things)


def test_where_things_are_compared_is_asked_of_each() -> None:
    assert told_apart("lids vs straps vs labels in Boxes") == tuple(
        f"What is {thing} in Boxes for?" for thing in ("lids", "straps", "labels")
    )


@pytest.mark.parametrize(
    "question",
    [
        "What is the difference in price between lids and labels?",
        "How do lids and labels differ in price?",
        "What is the difference between A, B, C, D and E?",
        "How do lids and labels work together?",
        "Is it true or false?",
    ],
)
def test_what_asks_for_more_than_the_difference_is_no_such_question(question: str) -> None:
    assert told_apart(question) == ()
