"""Sentences that must pass, and the kinds of lies that must not."""

from __future__ import annotations

import pytest
from support.small_notes import evidence, passage

from ragbot.citations import CheckedSentence, Checks, CitationChecker, DraftSentence
from ragbot.types import Fact

STACKING = passage(
    "| Stacking | Yes | No |",
    "Comparison",
    kind="table_row",
    facts=(Fact("Boxes", "Stacking support", "Yes"), Fact("Crates", "Stacking support", "No")),
    start=500,
)
BOXES = passage("- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels automatically.")
CRATES = passage(
    "- Rotation of labels decides between Boxes and Crates.\n"
    "- Crates has no built-in rotation of labels.\n"
    "- A Crates document can be up to 16 MB.",
    "Crates",
    start=200,
)
ROW = passage(
    "| Rotation | Yes, built in | No built-in rotation |",
    "Comparison",
    kind="table_row",
    facts=(
        Fact("Boxes", "Rotation", "Yes, built in"),
        Fact("Crates", "Rotation", "No built-in rotation"),
    ),
    start=400,
)


def check(text: str, *markers: int, withhold: bool = False) -> CheckedSentence:
    checker = CitationChecker(evidence(BOXES, CRATES, ROW, STACKING), withhold=withhold)
    return checker.check(DraftSentence(text, markers, ""))


@pytest.mark.parametrize(
    "claim",
    [
        "A Boxes item can be at most 400 KB.",
        "The largest Boxes item is 400KB.",
        "Boxes rotates labels automatically.",
        "Crates has no built-in rotation.",
        "Crates does not have built-in rotation.",
        "A Crates document can be up to 16 MB.",
        "Crates does not support stacking.",
    ],
)
def test_true_sentences_pass(claim: str) -> None:
    assert check(claim, 1, 2, 3).sentence.verdict == "supported"


@pytest.mark.parametrize(
    ("lie", "kind"),
    [
        ("A Boxes item can be at most 4 MB.", "figure"),
        ("A Crates item can be at most 400 KB.", "speaks of"),
        ("Crates rotates its labels automatically.", "opposite"),
        ("Crates has stacking support.", "opposite"),
        ("Boxes has no stacking support.", "opposite"),
        ("Crates has built-in rotation of labels.", "opposite"),
        ("Boxes does not rotate its labels automatically.", "opposite"),
        ("Boxes is free for the first twelve months.", ""),
        ("Yes, Crates rotates labels automatically.", "opposite"),
        ("Barrels rotates its labels automatically.", "speaks of"),
    ],
)
def test_lies_do_not(lie: str, kind: str) -> None:
    sentence = check(lie, 1, 2, 3).sentence
    assert sentence.verdict in ("unsupported", "contradicted", "partly")
    assert sentence.markers == ()
    assert kind in (sentence.reason or "")


def test_a_contradicted_sentence_is_replaced_by_what_the_notes_say() -> None:
    checker = CitationChecker(evidence(BOXES, CRATES), withhold=False)
    lie, truth = checker.sentences(DraftSentence("Crates rotates its labels.", (2,), "\n- "))
    assert lie.sentence.verdict == "contradicted"
    assert lie.sentence.withheld and lie.citations == ()
    assert truth.sentence.text == "Crates has no built-in rotation of labels."
    assert truth.sentence.verdict == "supported" and truth.sentence.prefix == "\n- "
    assert [c.passage_id for c in truth.citations] == [CRATES.passage_id]


@pytest.mark.parametrize(("first", "behind"), [("", " "), ("- ", "\n- "), ("\n- ", "\n- ")])
def test_a_dated_note_follows_its_fact_on_a_line_of_its_own(first: str, behind: str) -> None:
    noted = passage(
        "- A Boxes item can be at most 400 KB.\n"
        "  - As of March 2026: a Boxes item can be at most 800 KB."
    )
    checker = CitationChecker(evidence(noted), withhold=False)
    draft = DraftSentence("A Boxes item can be at most 400 KB.", (1,), first)
    fact, note = checker.sentences(draft)
    assert fact.sentence.prefix == first
    assert note.sentence.text == "As of March 2026: a Boxes item can be at most 800 KB."
    assert note.sentence.prefix == behind and note.sentence.markers == (1,)


def test_of_a_sentence_that_holds_in_part_the_part_is_quoted() -> None:
    checker = CitationChecker(evidence(BOXES, CRATES), withhold=False)
    half, quote = checker.sentences(
        DraftSentence("A Boxes item can be at most 400 KB and Boxes costs five dollars.", (1,), "")
    )
    assert half.sentence.verdict == "partly" and half.sentence.withheld
    assert quote.sentence.text == "A Boxes item can be at most 400 KB."


def test_a_paraphrase_passes_where_the_cross_encoder_vouches_for_it() -> None:
    claim = "Labels are renewed by Boxes without anybody's help."
    unsure = CitationChecker(
        evidence(BOXES), Checks(similarity=lambda _, t: [-9.0] * len(t)), withhold=False
    )
    assert unsure.check(DraftSentence(claim, (1,), "")).sentence.verdict == "unsupported"
    claim = "Boxes renews its labels by itself."
    sure = CitationChecker(
        evidence(BOXES), Checks(similarity=lambda _, t: [9.0] * len(t)), withhold=False
    )
    assert sure.check(DraftSentence(claim, (1,), "")).sentence.verdict == "supported"
    lie = "Boxes renews its 40 labels by itself."
    assert sure.check(DraftSentence(lie, (1,), "")).sentence.verdict == "unsupported"


def test_the_citation_has_the_exact_span() -> None:
    (citation,) = check("A Boxes item can be at most 400 KB.", 1).citations
    assert (citation.start, citation.end) == (2, 37)
    assert BOXES.text[citation.start : citation.end] == "A Boxes item can be at most 400 KB."


def test_two_lines_of_a_passage_are_both_cited_under_one_marker() -> None:
    claim = "Boxes rotates its labels automatically, and a Boxes item can be at most 400 KB."
    checked = check(claim, 1)
    assert checked.sentence.markers == (1,)
    assert [BOXES.text[c.start : c.end] for c in checked.citations] == [
        "A Boxes item can be at most 400 KB.",
        "Boxes rotates its labels automatically.",
    ]


def test_a_forgotten_marker_is_set() -> None:
    checked = check("A Crates document can be up to 16 MB.")
    assert checked.sentence.markers == (1,)
    assert checked.citations[0].passage_id == CRATES.passage_id


def test_a_wrong_marker_is_moved() -> None:
    checked = check("A Crates document can be up to 16 MB.", 1)
    assert [c.passage_id for c in checked.citations] == [CRATES.passage_id]


@pytest.mark.parametrize("marker", [0, 5, 99])
def test_a_dangling_marker_never_reaches_the_page(marker: int) -> None:
    checked = check("A Boxes item can be at most 400 KB.", marker)
    assert checked.sentence.markers == (1,)
    assert checked.citations[0].passage_id == BOXES.passage_id


def test_withheld_only_where_asked() -> None:
    assert check("Boxes costs $5.", 1, withhold=True).sentence.withheld
    assert not check("Boxes costs $5.", 1, withhold=False).sentence.withheld


def test_a_lead_in_claims_nothing_but_a_figure_in_it_does() -> None:
    assert check("Choose Boxes when:").sentence.verdict == "supported"
    assert check("Boxes has 7 advantages:").sentence.verdict == "unsupported"


@pytest.mark.parametrize("claim", ["Crates always rotates its labels:", "Boxes never rotates:"])
def test_what_the_notes_contradict_leads_in_nothing(claim: str) -> None:
    assert check(claim).sentence.verdict != "supported"


def test_a_denial_is_told_apart_from_a_claim() -> None:
    checked = check("The notes do not mention the price of Boxes.")
    assert checked.denies and checked.citations == ()


@pytest.mark.parametrize(
    "denial",
    [
        "The provided context does not contain information about pricing.",
        "The passages say nothing about it.",
        "The provided information does not include a price.",
        "There is no information on prices in the notes.",
        "No information is given on the price.",
        "The price is not mentioned in the notes.",
        "The price of Boxes is not specified.",
        "Based on the provided notes, I cannot find the price.",
        "The given sources don’t specify the region.",
        "The notes do not tell which region is meant, so I cannot answer.",
        "However, the notes do not mention prices, fees, and quotas.",
        "For Boxes, the notes do not mention a price.",
        "Unfortunately, the passages do not say whether it is free, or when it was.",
    ],
)
def test_denials_in_many_words(denial: str) -> None:
    assert check(denial).denies


@pytest.mark.parametrize(
    "claim",
    [
        "The encryption context is not logged in Boxes.",
        "Information in Boxes is not encrypted.",
        "The information in Boxes is not held in plain text.",
        "The documents of Boxes do not have a schema.",
        "Boxes' full-text search: No (integrate Crates).",
        "Keys are not provided by Boxes.",
        "Boxes keeps no details of its labels.",
    ],
)
def test_a_claim_with_the_words_of_a_denial_is_checked(claim: str) -> None:
    checked = check(claim)
    assert not checked.denies
    assert checked.sentence.verdict != "supported"


@pytest.mark.parametrize(
    "claim",
    [
        "The notes do not mention it, but a Boxes item costs five dollars.",
        "The passages do not state a limit, so a Boxes item can be huge.",
        "The notes do not mention a limit, and a Boxes item lives for 90 days.",
        "The notes do not tell more, and Boxes is always free.",
        "A Boxes item lives for 90 days; the passages do not say more.",
        "A Boxes item is free, which is not stated in the notes.",
        "Boxes throws labels away after 7 days with no evidence left.",
        "Boxes is free for all and the notes do not mention a price.",
        "Boxes is free for all, the notes do not say how often.",
        "Boxes is free for all (the notes do not say why).",
        "Boxes is free for all - the notes do not mention a price.",
        "Although the notes do not mention a price, Boxes is free for all.",
        "The notes do not specify a limit, Boxes items are unlimited.",
        "The notes do not mention a price because Boxes is free.",
        "For Boxes it is free, the notes do not mention a price.",
        "In Boxes labels rotate by hand alone, the notes do not say how.",
        "According to the notes Boxes is free, the passages do not say why.",
    ],
)
def test_a_denial_with_an_answer_beside_it_is_a_claim(claim: str) -> None:
    checked = check(claim)
    assert not checked.denies
    assert checked.sentence.verdict != "supported"


def test_a_figure_of_the_question_may_be_denied() -> None:
    checker = CitationChecker(evidence(BOXES), withhold=False, question="Can Boxes hold 64 GB?")
    draft = DraftSentence("The notes do not say whether Boxes can hold 64 GB.", (), "")
    assert checker.check(draft).denies


@pytest.mark.parametrize("claim", ["兰姆达永远免费。", "Лямбда бесплатна для всех."])
def test_what_is_said_in_another_script_is_not_taken_for_layout(claim: str) -> None:
    assert check(claim).sentence.verdict == "unsupported"


def test_the_number_of_a_list_is_not_given_to_a_note_behind_it() -> None:
    note = passage(
        "- A fixed gate: set `crane.gateIP`.\n- `crane.gateIP` is deprecated since v1.24."
    )
    checker = CitationChecker(evidence(note), withhold=False)
    told = list(checker.sentences(DraftSentence("A fixed gate: set crane.gateIP.", (1,), "1. ")))
    assert [each.sentence.prefix for each in told] == ["1. ", " "]


def test_a_lead_in_of_foreign_words_is_a_claim() -> None:
    assert check("Hastrubel kestrovane zorblatt:").sentence.verdict == "unsupported"


def test_markers_are_numbered_by_appearance() -> None:
    checker = CitationChecker(evidence(BOXES, CRATES), withhold=False)
    first = checker.check(DraftSentence("A Crates document can be up to 16 MB.", (2,), ""))
    second = checker.check(DraftSentence("A Boxes item can be at most 400 KB.", (1,), " "))
    third = checker.check(DraftSentence("Crates has no built-in rotation.", (2,), " "))
    assert [c.sentence.markers for c in (first, second, third)] == [(1,), (2,), (1,)]


def test_two_facts_in_one_sentence_need_both_sources() -> None:
    claim = "A Boxes item can be at most 400 KB and a Crates document up to 16 MB."
    assert check(claim, 1, 2).sentence.markers == (1, 2)


def test_a_sentence_of_the_notes_is_cited_where_it_stands_whatever_its_marker():
    first = passage("- Boxes are stacked at night.", "Boxes")
    second = passage("- Crates cannot be stacked.\n  - Crates can be stacked since May.", "Crates")
    checker = CitationChecker(evidence(first, second), withhold=False)
    told = checker.check(DraftSentence("Crates can be stacked since May.", (1,), ""))
    assert told.sentence.verdict == "supported"
    (citation,) = told.citations
    assert citation.passage_id == second.passage_id


@pytest.mark.parametrize(
    ("claim", "line", "verdict"),
    [
        ("Access is not allowed by default.", "Access is denied by default.", "supported"),
        ("Access is denied by default.", "Access is not allowed by default.", "supported"),
        ("Lids are not public by default.", "Lids are private by default.", "supported"),
        ("Access is not denied by default.", "Access is denied by default.", "contradicted"),
        ("Lids are not private by default.", "Lids are private by default.", "contradicted"),
        ("Access is allowed by default.", "Access is not allowed by default.", "contradicted"),
    ],
)
def test_what_is_not_one_end_is_the_other(claim: str, line: str, verdict: str) -> None:
    checker = CitationChecker(evidence(passage(f"- {line}")), withhold=False)
    assert checker.check(DraftSentence(claim, (1,), "")).sentence.verdict == verdict


def test_words_about_an_answer_are_words_like_others_where_there_are_no_others() -> None:
    note = passage("- The state must provide evidence.", "Law")
    checker = CitationChecker(evidence(note), withhold=True)
    for lie in ("The state need not provide evidence.", "No state has to provide evidence."):
        assert checker.check(DraftSentence(lie, (1,), "")).sentence.withheld
    told = checker.check(DraftSentence("The state must provide evidence.", (1,), ""))
    assert told.sentence.markers == (1,)


def test_a_line_on_something_else_that_stands_under_the_same_heading_turns_nothing_round() -> None:
    notes = passage(
        "- The starter survives two weeks in the fridge.\n"
        "- Do not keep the bread in the fridge, as mould grows.",
        "Keeping",
        title="Bread",
    )
    checker = CitationChecker(evidence(notes), withhold=True)
    true = checker.check(DraftSentence("Do not keep the bread in the fridge.", (1,), ""))
    assert true.sentence.verdict == "supported"
    lie = checker.check(DraftSentence("Keep the bread in the fridge.", (1,), ""))
    assert lie.sentence.verdict == "contradicted"


DUTIES = passage(
    "- Interns may not travel abroad.\n- Lifts must not be used.\n- Receipts are kept."
)


@pytest.mark.parametrize(
    ("denial", "verdict"),
    [
        ("The notes do not say that lifts must not be used.", "contradicted"),
        ("The notes do not explain why interns may travel abroad.", "contradicted"),
        ("I cannot find the reason why interns may travel abroad.", "contradicted"),
        ("There is no evidence that interns may not travel abroad.", "contradicted"),
        ("No information is needed when interns travel abroad.", ""),
        ("No evidence of payment is needed for receipts.", ""),
        ("There are no details to be kept for interns.", ""),
        ("The notes do not say that interns are paid.", "denies"),
        ("The notes do not explain why receipts are kept.", "denies"),
        ("There is no information on visas.", "denies"),
        ("No details are given.", "denies"),
        ("I found no mention of visas for interns.", "denies"),
    ],
)
def test_a_denial_is_one_where_the_notes_do_not_tell(denial: str, verdict: str) -> None:
    checker = CitationChecker(evidence(DUTIES), withhold=True)
    checked = checker.check(DraftSentence(denial, (1,), ""))
    if verdict == "denies":
        assert checked.denies
    else:
        assert not checked.denies
        assert checked.sentence.verdict == (verdict or checked.sentence.verdict)


TRIPS = passage(
    "- Alcohol is not reimbursed, except at dinners with clients.\n"
    "- Labels are accepted, except in red.\n- Crates are accepted only for posters."
)


@pytest.mark.parametrize(
    ("claim", "is_so"),
    [
        ("Alcohol is not reimbursed, except at dinners with clients.", True),
        ("Alcohol is reimbursed at dinners with clients.", True),
        ("Alcohol is not reimbursed.", True),
        ("Alcohol is not reimbursed at dinners with clients.", False),
        ("Alcohol is never reimbursed.", False),
        ("All labels are accepted.", False),
        ("Labels are accepted in red.", False),
        ("Crates are accepted except for posters.", False),
    ],
)
def test_an_exception_turns_what_it_excepts(claim: str, is_so: bool) -> None:
    checked = CitationChecker(evidence(TRIPS), withhold=True).check(DraftSentence(claim, (1,), ""))
    assert (checked.sentence.verdict == "supported") is is_so
