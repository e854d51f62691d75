"""A yes or no is held to the question, and "it" to what the question names."""

import pytest
from support.small_notes import evidence, passage

from ragbot.citations import Checks, CitationChecker, DraftSentence
from ragbot.citations.yes_no import as_statement, opens_with, says_little_more, statement_of
from ragbot.types import Fact

BOXES = passage("- Boxes rotates its labels automatically.", "Boxes")
ROW = passage(
    "| Rotation | Automatic | No built-in rotation |",
    "Comparison",
    kind="table_row",
    facts=(
        Fact("Boxes", "Rotation", "Automatic"),
        Fact("Crates", "Rotation", "No built-in rotation"),
    ),
    start=100,
)
BOTH = passage(
    "- Boxes is for labels that rotate.\n- Crates is for heavy goods.", "Which", start=200
)
QUESTION = "Does Crates rotate its labels automatically?"


def verdict(claim: str, question: str = QUESTION, about: tuple[str, ...] = ("crates",)) -> str:
    checker = CitationChecker(
        evidence(BOXES, ROW, BOTH), Checks(about=about), withhold=True, question=question
    )
    sentence = checker.check(DraftSentence(claim, (1,), "")).sentence
    assert sentence.withheld == (sentence.verdict != "supported")
    return sentence.verdict


@pytest.mark.parametrize(
    "claim",
    [
        "Yes.",
        "Yes, it does.",
        "Yes, automatically.",
        "Yes, it rotates its labels automatically.",
        "It rotates its labels automatically.",
        "They are rotated automatically.",
    ],
)
def test_what_is_true_of_something_else_is_not_said_of_what_was_asked(claim: str) -> None:
    assert verdict(claim) != "supported"
    boxes = "Does Boxes rotate its labels automatically?"
    assert verdict(claim, boxes, ("boxes",)) == "supported"


@pytest.mark.parametrize("claim", ["It can.", "They do so.", "It does.", "Correct, it does."])
def test_an_answer_of_stop_words_alone_is_a_yes(claim: str) -> None:
    assert verdict(claim) != "supported"
    assert verdict(claim, "Does Boxes rotate its labels automatically?", ("boxes",)) == "supported"


@pytest.mark.parametrize(
    "claim",
    [
        "Absolutely not.",
        "Correct, it does not.",
        "Right, it doesn’t.",
        "Of course not.",
        "It can't.",
    ],
)
def test_a_yes_that_goes_on_with_a_not_is_a_no(claim: str) -> None:
    assert verdict(claim, "Does Crates rotate?") == "supported"
    assert verdict(claim, "Does Boxes rotate labels?", ("boxes",)) != "supported"


def test_a_no_is_held_to_the_question_turned_round() -> None:
    assert verdict("No.", "Does Crates rotate?") == "supported"
    assert verdict("No, it does not.", "Does Crates rotate?") == "supported"
    assert verdict("No.", "Does Boxes rotate labels?", ("boxes",)) != "supported"


def test_a_value_without_its_subject_is_that_of_what_was_asked() -> None:
    assert verdict("No built-in rotation.") == "supported"


def test_a_yes_to_what_is_no_yes_or_no_question_is_not_shown() -> None:
    assert verdict("Yes.", "How many labels does Crates rotate?") == "unsupported"
    assert verdict("Yes.", "Is Crates cheap or dear?") == "unsupported"


def test_a_sentence_may_go_on_with_what_the_one_before_spoke_of() -> None:
    checker = CitationChecker(
        evidence(BOXES, ROW), Checks(about=("crates",)), withhold=True, question=QUESTION
    )
    first = checker.check(DraftSentence("Boxes rotates its labels.", (1,), ""))
    assert first.sentence.verdict == "supported"
    then = checker.check(DraftSentence("It rotates them automatically.", (1,), ""))
    assert then.sentence.verdict == "supported"


def test_the_words_that_answer() -> None:
    assert opens_with("Yes, it does.") is True
    assert opens_with("No.") is False
    assert opens_with("No built-in rotation.") is None
    assert opens_with("Notes are kept.") is None
    assert says_little_more("Yes, it does.", QUESTION)
    assert not says_little_more("Yes, Crates rotates labels of goods by night.", QUESTION)
    assert statement_of("Is EFS regional?", True, ()) == "EFS regional."
    assert statement_of("Can EFS grow?", False, ("efs",)) == "EFS can not grow."
    assert statement_of("Can it grow?", False, ("efs",)) is None


def test_a_word_behind_a_yes_that_was_not_asked_for_is_checked() -> None:
    boxes = "Does Boxes rotate its labels?"
    assert verdict("Yes, it does.", boxes, ("boxes",)) == "supported"
    assert verdict("Yes, manually.", boxes, ("boxes",)) != "supported"


@pytest.mark.parametrize(
    ("asked", "stated"),
    [
        ("Boxes can be stacked, right?", "Boxes can be stacked."),
        ("Boxes can be stacked, can't they?", "Boxes can be stacked."),
        ("Did you know that boxes can be stacked?", "boxes can be stacked."),
        ("Why shouldn't boxes be stacked?", "boxes be stacked."),
        ("Is it true that boxes rust?", "boxes rust."),
        ("Boxes can be stacked.", "Boxes can be stacked."),
    ],
)
def test_a_question_of_a_model_is_held_to_what_it_states(asked: str, stated: str) -> None:
    assert as_statement(asked) == stated


def test_a_lie_is_no_truer_as_a_question() -> None:
    notes = passage("- Boxes must not be stacked.\n- Crates may be stacked.")
    checker = CitationChecker(evidence(notes), withhold=True, question="May boxes be stacked?")
    for lie in ("Boxes may be stacked, right?", "Did you know that boxes may be stacked?"):
        assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict == "contradicted"


DUTIES = passage("- Interns may not travel abroad.\n- Receipts are kept.", "Duties")


@pytest.mark.parametrize(
    ("question", "reply", "is_so"),
    [
        ("May interns travel abroad?", "No.", True),
        ("May interns travel abroad?", "No, they may not.", True),
        ("May interns travel abroad?", "Yes.", False),
        ("Are receipts kept?", "Yes.", True),
        ("Are receipts kept?", "No.", False),
        ("Do interns get paid?", "No.", False),
        ("Do you keep receipts?", "Yes.", False),
        ("Do you keep receipts?", "Yes, I keep receipts.", False),
        ("Do you keep receipts?", "I am kept for receipts.", False),
        ("Do you keep receipts?", "Your receipts are kept.", True),
    ],
)
def test_a_no_stands_on_what_denies_the_question_and_nothing_tells_of_the_model(
    question: str, reply: str, is_so: bool
) -> None:
    checker = CitationChecker(evidence(DUTIES), withhold=True, question=question)
    verdict = checker.check(DraftSentence(reply, (1,), "")).sentence.verdict
    assert (verdict == "supported") is is_so
