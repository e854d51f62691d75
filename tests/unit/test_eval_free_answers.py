"""Free answers scored by hand-made examples: facts, citations, gaps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support.small_notes import passage

from eval.banks import Nugget, Question
from eval.free_answers import entails_by_rule, score_answer, states, well_done
from ragbot.types import Answer, Citation, RetrievedPassage, Sentence, Why

HELD = passage("- A box holds 400 KB.")
OTHER = passage("- Crates are blue.", "Crates", start=50)
SIZE = Nugget(name="400 KB", accepted=("400 KB", "400 kilobytes"))
QUESTION = Question(id="q", question="How much does a box hold?", kind="lookup", nuggets=(SIZE,))


def answer(*sentences: tuple[str, tuple[int, ...]], abstained: bool = False) -> Answer:
    """Marker 1 stands on the box, 2 on the crates."""
    ids = {1: HELD.passage_id, 2: OTHER.passage_id}
    shown = tuple(Sentence(text, marks, "supported", prefix=" ") for text, marks in sentences)
    citations = tuple(
        Citation(mark, ids[mark], 0, 5, text, "supported", 1.0)
        for text, marks in sentences
        for mark in marks
    )
    found = (RetrievedPassage(HELD, 1.0, 1, Why()), RetrievedPassage(OTHER, 0.5, 2, Why()))
    told = " ".join(text for text, _ in sentences)
    return Answer("q", told, shown, citations, found, abstained, None, "test")


GOLD = frozenset({HELD.passage_id})


def test_a_fact_counts_as_cited_only_where_its_citation_holds_it() -> None:
    good = score_answer(QUESTION, answer(("A box holds 400 KB.", (1,))), GOLD)
    assert (good.nugget_recall, good.cited_nuggets, good.correct) == (1, 1, True)
    assert (good.citation_recall, good.citation_precision, good.gold_cited) == (1, 1, True)
    wrong = score_answer(QUESTION, answer(("A box holds 400 KB.", (2,))), GOLD)
    assert (wrong.nugget_recall, wrong.cited_nuggets, wrong.correct) == (1, 0, False)
    assert (wrong.citation_recall, wrong.citation_precision, wrong.gold_cited) == (0, 0, False)
    bare = score_answer(QUESTION, answer(("A box holds 400 KB.", ())), GOLD)
    assert (bare.correct, bare.citation_recall, bare.supported) == (False, 0, 0)
    assert bare.citation_precision is None


def test_a_needless_citation_costs_precision_and_no_recall() -> None:
    score = score_answer(QUESTION, answer(("A box holds 400 KB.", (1, 2))), GOLD)
    assert (score.citation_recall, score.citation_precision) == (1, 0.5)


def test_a_withheld_sentence_states_nothing() -> None:
    held = answer(("A box holds 400 KB.", (1,)))
    hidden = replace(held, sentences=(replace(held.sentences[0], withheld=True),))
    assert score_answer(QUESTION, hidden, GOLD).nugget_recall == 0


@pytest.mark.parametrize(
    ("kind", "abstained", "right"),
    [("lookup", True, 0), ("near", True, 1), ("far", False, 0), ("false_premise", True, 1)],
)
def test_refusing_is_right_only_where_the_notes_have_a_gap(
    kind: str, abstained: bool, right: float
) -> None:
    question = QUESTION.model_copy(update={"kind": kind})
    told = answer(("It is blue.", ()), abstained=abstained)
    assert well_done(question, score_answer(question, told, GOLD)) == right


@pytest.mark.parametrize(
    ("kind", "eligible"), [("practice", False), ("false_premise", False), ("near", True)]
)
def test_without_a_must_have_fact_only_a_refusal_can_be_scored(kind: str, eligible: bool) -> None:
    assert QUESTION.eligible
    assert QUESTION.model_copy(update={"kind": kind, "nuggets": ()}).eligible is eligible


def test_a_false_premise_is_handled_right_when_it_is_corrected() -> None:
    question = QUESTION.model_copy(update={"kind": "false_premise"})
    score = score_answer(question, answer(("No, a box holds 400 KB.", (1,))), GOLD)
    assert score.corrected and well_done(question, score) == 1
    fooled = score_answer(question, answer(("Crates are blue.", (2,))), GOLD)
    assert not fooled.corrected and well_done(question, fooled) == 0


@pytest.mark.parametrize("text", ["up to 400KB", "400 kb.", "(400 kilobytes)"])
def test_a_nugget_is_found_in_any_of_its_spellings(text: str) -> None:
    assert states(text, SIZE)


@pytest.mark.parametrize("text", ["1,400 KB", "400 MB", "4 00 KB", "400", "400 KBit"])
def test_a_nugget_is_not_found_in_what_only_looks_like_it(text: str) -> None:
    assert not states(text, SIZE)


@pytest.mark.parametrize(
    ("text", "spelling", "stands"),
    [
        ("Очередь хранит сообщения", "очередь", True),
        ("Совсем другое", "очередь", False),
        ("这个队列保存消息", "队列", True),
        ("完全不同", "队列", False),
        ("5 GB", "…", False),
        ("a limit of .5 GB", "5 GB", False),
        ("a limit of .5 GB", ".5 GB", True),
        ("a limit of 5,5 GB", "5 GB", False),
        ("a limit of 5.5.1", "5.5", False),
        ("5,000 GB, 5 GB.", "5 GB", True),
        ("in São Paulo", "são paulo", True),
        ("15min", "15 min", True),
    ],
)
def test_a_nugget_is_read_in_any_script_and_its_figures_whole(
    text: str, spelling: str, stands: bool
) -> None:
    assert states(text, Nugget(name="x", accepted=(spelling,))) is stands


@pytest.mark.parametrize(
    ("claim", "holds"),
    [
        ("A box holds 400 KB.", True),
        ("A box holds up to 400 KB of things.", True),
        ("A box holds 500 KB.", False),
        ("A box never holds 400 KB.", False),
        ("A box may be painted green by its owner.", False),
    ],
)
def test_the_rule_of_entailment(claim: str, holds: bool) -> None:
    assert entails_by_rule("Boxes: A box holds 400 KB of things.", claim) is holds


@pytest.mark.parametrize(
    ("evidence", "claim", "holds"),
    [
        (ORDER := "Standard queues do not keep the order of messages.", ORDER, True),
        (ORDER, "Standard queues keep the order of messages.", False),
        (ORDER[:-1] + "; FIFO queues keep it.", "FIFO queues keep it.", True),
        (ORDER + " They never lose messages.", "Standard queues never lose messages.", True),
        ("A bucket name is not case sensitive. It has 63 characters.", "It has 63 letters.", False),
        (
            "- Gateway endpoints are free.\n- Interface endpoints are not free.",
            "Gateway endpoints are not free.",
            False,
        ),
        (
            "- Gateway endpoints are free.\n- Interface endpoints are not free.",
            "Gateway endpoints are free. Interface endpoints are not free.",
            True,
        ),
        ("- Standard queues do not\n  keep the order.", "Standard queues keep the order.", False),
        (
            "Boxes > Sharing\nKMS - Shared: Yes (by policy)\nHSM - Shared: No (one account)",
            "KMS - Shared: Yes (by policy).",
            True,
        ),
        ("An item has no more than 400 KB.", "An item has up to 400 KB.", True),
        ("| Queue | Ordered | Fee |\n| Standard | no | yes |", "Standard queue: fee yes.", True),
    ],
)
def test_what_negates_has_its_counterpart(evidence: str, claim: str, holds: bool) -> None:
    assert entails_by_rule(evidence, claim) is holds


def test_an_abstention_may_show_the_very_line_that_tells() -> None:
    question = QUESTION.model_copy(update={"kind": "false_premise"})
    beside = score_answer(question, answer(("A box holds 400 KB.", (1,)), abstained=True), GOLD)
    assert (beside.abstained, beside.corrected, beside.nearest_tells) == (True, False, True)
    assert beside.citation_recall is None and beside.gold_cited is None
    other = score_answer(question, answer(("Crates are blue.", (2,)), abstained=True), GOLD)
    assert other.nearest_tells is False
    told = score_answer(question, answer(("No, a box holds 400 KB.", (1,))), GOLD)
    assert told.nearest_tells is None
