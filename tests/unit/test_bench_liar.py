"""What the bench of planted lies counts, over replies that can be checked by eye."""

from __future__ import annotations

from typing import Any

import pytest
from support.small_notes import evidence, passage

from bench import lies
from bench.liar import Asked, rows_of, told_apart
from bench.planted import NOWHERE, Line, Planner, fate_of
from bench.unentailed import read_through
from bench.unlearned import unlearned
from eval.banks import Question
from eval.claims import Claim, own_claims
from ragbot.citations import SentenceStream
from ragbot.types import Answer, Citation, Passage, RetrievedPassage, Sentence, Why
from tuning.own_notes import read_texts

SIZE = "A Boxes item can be at most 400 KB."
LABELS = "Boxes rotates its labels automatically once in every thirty days."
BOXES = passage(f"- {SIZE}\n- {LABELS}", "Boxes")
CRATES = passage("- Crates hold documents of 16 MB.", "Crates", start=500)
LIE, TRUTH = "A Boxes item can be at most 700 KB.", "Boxes items may have 400 KB."


def claim(text: str, label: str, kind: str, **changed: Any) -> Claim:
    given = {"doc_id": "boxes", "heading": "Boxes", "quote": SIZE, "topic": "boxes"}
    return Claim.model_validate(
        {"id": text, "label": label, "kind": kind, "claim": text, "question": "How large?"}
        | given
        | changed
    )


def line(text: str, *, truth: bool, quote: str = SIZE, **changed: Any) -> Line:
    plain: dict[str, Any] = {
        "kind": "paraphrase" if truth else "wrong_number",
        "own": True,
        "in_reach": True,
        "marking": "another passage",
        "markers": (2,),
    }
    return Line(text, truth, quotes=(quote,), **(plain | changed))


def cited(text: str, where: Passage, quote: str) -> Citation:
    start = where.start + where.text.index(quote)
    return Citation(1, where.passage_id, start, start + len(quote), text, "supported", 1.0)


def page(sentences: dict[str, str], *citations: Citation) -> Answer:
    """An answer of these sentences: supported, struck or withheld."""
    shown = tuple(
        Sentence(
            text,
            (1,) if how == "supported" else (),
            "supported" if how == "supported" else "unsupported",
            withheld=how == "withheld",
        )
        for text, how in sentences.items()
    )
    passages = tuple(
        RetrievedPassage(each, 1.0, number, Why())
        for number, each in enumerate((BOXES, CRATES), start=1)
    )
    return Answer("How large?", "", shown, citations, passages, False, None, "liar")


@pytest.mark.parametrize(
    ("how", "shown", "struck"),
    [("supported", True, False), ("struck", False, True), ("withheld", False, False)],
)
def test_a_lie_passes_where_it_is_shown_as_supported(how: str, shown: bool, struck: bool) -> None:
    lie = line(LIE, truth=False)
    fate = fate_of(lie, page({LIE: how}), [lie])
    assert (fate.shown, fate.struck) == (shown, struck)


@pytest.mark.parametrize(
    ("how", "shown", "struck"),
    [("supported", True, False), ("struck", False, True), ("withheld", False, False)],
)
def test_a_line_that_runs_on_into_the_next_has_the_fate_of_their_sentence(
    how: str, shown: bool, struck: bool
) -> None:
    lie, truth = (
        line("A Boxes item moves crates, barrels etc.", truth=False),
        line(TRUTH, truth=True),
    )
    stream = SentenceStream()
    drafts = [*stream.feed(f"{lie.text} [1] {truth.text} [1]"), *stream.finish()]
    (joined,) = [draft.text for draft in drafts]  # a stop behind an abbreviation ends no sentence
    answer = told_apart(page({joined: how}, cited(joined, BOXES, SIZE)), [lie, truth])
    for each in (lie, truth):
        fate = fate_of(each, answer, [lie, truth])
        assert (fate.shown, fate.struck, fate.strays) == (shown, struck, False)
        assert not fate.told_instead


def test_a_line_within_another_line_or_within_a_word_is_not_shown() -> None:
    lie, truth = line("items may have 4", truth=False), line(TRUTH, truth=True)
    for text in (TRUTH, f"As they say: {TRUTH}"):
        answer = page({text: "supported"})
        assert not fate_of(lie, told_apart(answer, [lie, truth]), [lie, truth]).shown
        assert fate_of(truth, told_apart(answer, [lie, truth]), [lie, truth]).shown


def test_the_line_that_decides_counts_where_the_page_tells_it_and_the_liar_did_not() -> None:
    lie, truth = line(LIE, truth=False), line(TRUTH, truth=True)
    brought = page({LIE: "withheld", SIZE: "supported"}, cited(SIZE, BOXES, SIZE))
    assert fate_of(lie, brought, [lie, truth]).told_instead
    told = page({LIE: "withheld", TRUTH: "supported"}, cited(TRUTH, BOXES, SIZE))
    assert not fate_of(lie, told, [lie, truth]).told_instead
    beside = page({LIE: "withheld", LABELS: "supported"}, cited(LABELS, BOXES, LABELS))
    assert not fate_of(lie, beside, [lie, truth]).told_instead


def test_a_citation_strays_where_its_passage_does_not_hold_the_quote() -> None:
    truth = line(TRUTH, truth=True)
    moved = page({TRUTH: "supported"}, cited(TRUTH, BOXES, SIZE))
    assert not fate_of(truth, moved, [truth]).strays
    left = page({TRUTH: "supported"}, cited(TRUTH, CRATES, "16 MB"))
    assert fate_of(truth, left, [truth]).strays


def test_a_reply_is_a_lie_of_its_own_and_two_truths() -> None:
    lie = claim(LIE, "false", "wrong_number")
    truth = claim(TRUTH, "true", "paraphrase")
    for seed in range(20):
        lines = Planner([lie, truth], seed).reply(lie, evidence(BOXES, CRATES))
        told = {each.text: each for each in lines}
        assert set(told) == {LIE, TRUTH, LABELS}  # never the line that decides the lie
        assert [each.own for each in lines if not each.truth] == [True]
        assert all(each.in_reach for each in lines)
        allowed: dict[str, tuple[int, ...]] = {
            "right": (1,),
            "missing": (),
            "another passage": (2,),
            "no passage": (NOWHERE,),
        }
        assert all(each.markers == allowed[each.marking] for each in lines)


def test_what_was_not_retrieved_is_out_of_reach_and_has_no_right_marker() -> None:
    lie = claim(LIE, "false", "wrong_number")
    for seed in range(20):
        (told,) = [e for e in Planner([lie], seed).reply(lie, evidence(CRATES)) if e.text == LIE]
        assert not told.in_reach
        assert told.marking != "right"


def test_shares_are_over_what_the_model_was_asked_and_the_gate_stands_apart() -> None:
    lie, truth = line(LIE, truth=False), line(TRUTH, truth=True)
    lines = [lie, truth]
    passed = page({LIE: "supported"}, cited(LIE, BOXES, SIZE))
    held = page({LIE: "withheld", TRUTH: "supported"}, cited(TRUTH, BOXES, SIZE))
    own = claim(LIE, "false", "wrong_number")
    asked = [
        Asked(own, tuple(fate_of(each, answer, lines) for each in lines), False)
        for answer in (passed, held)
    ]
    rows = {
        row["what"]: (row["hits"], row["n"]) for row in rows_of([*asked, Asked(own, (), False)])
    }
    assert rows["refused by the gate: questions of lies"] == (1, 3)
    assert rows["lies shown as supported: all"] == (1, 2)
    assert rows["lies shown as supported: wrong_number"] == (1, 2)
    assert rows["truths withheld: in reach"] == (1, 2)
    assert rows["citation on a passage without the quote: marker another passage"] == (0, 1)


def test_a_sentence_that_its_passage_does_not_say_is_for_a_person_to_read() -> None:
    answer = page(
        {TRUTH: "supported", LIE: "supported", "Boxes burn.": "withheld"},
        cited(TRUTH, BOXES, SIZE),
        cited(LIE, BOXES, SIZE),
    )
    read = read_through(Question(id="q", question="How large?"), answer)
    assert (read.stated, read.unfound) == (2, ((LIE, SIZE),))


def test_a_claim_that_the_model_learned_is_not_scored():
    learned = next(each.text for each in read_texts() if each.kind == "true")
    like = own_claims()[0].model_copy(update={"claim": learned.rstrip(".") + "!"})
    other = own_claims()[0].model_copy(update={"claim": "Boxes are cheaper than crates."})
    assert unlearned([like, other]) == [other]


def test_what_went_wrong_in_test_is_not_for_reading(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--show"], ["--show", "--split", "test"]):
        with pytest.raises(SystemExit):
            lies.main(arguments)
        assert "--split dev --show" in capsys.readouterr().err
