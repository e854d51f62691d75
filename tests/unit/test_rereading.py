"""A judge that may overrule the rules is shown the nearest lines, the fewest that will do."""

from collections.abc import Sequence

import pytest
from support.small_notes import evidence, passage, words_in_common

from ragbot.citations import Checks, CitationChecker, DraftSentence
from ragbot.evidence import EvidenceSentence, Ruling
from ragbot.types import Fact

NOTES = passage(
    "- A box holds 400 KB.\n- A crate holds 16 MB.\n- Labels are printed in black ink.\n", "Boxes"
)


class Reader:
    """Says "supported" of notes that hold all of its words, and "unsupported" of all others."""

    def __init__(self, *words: str, rereads: bool = True) -> None:
        self.words, self.rereads = words, rereads
        self.asked: list[tuple[int, bool]] = []

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        self.asked.append((len(notes), surely))
        text = " ".join(note.text for note in notes)
        return "supported" if all(word in text for word in self.words) else "unsupported"


def checked(claim: str, judge: Reader):
    checker = CitationChecker(
        evidence(NOTES), Checks(similarity=words_in_common, judge=judge), withhold=True
    )
    return checker.check(DraftSentence(claim, (1,), ""))


def test_it_may_overrule_the_rules_where_it_has_no_doubt():
    claim = "A box takes 400 KB, never more."
    assert checked(claim, Reader("nowhere")).sentence.verdict != "supported"
    judge = Reader("400 KB")
    found = checked(claim, judge)
    assert found.sentence.verdict == "supported"
    assert [span.text for span in found.spans] == ["A box holds 400 KB."]
    assert judge.asked[-1] == (1, True)


def test_two_lines_together_are_read_where_neither_does_alone():
    claim = "With 16 MB the crate outdoes what 400 KB allow a box."
    found = checked(claim, Reader("400 KB", "16 MB"))
    assert found.sentence.verdict == "supported"
    assert {span.text for span in found.spans} == {"A box holds 400 KB.", "A crate holds 16 MB."}


def test_a_figure_that_no_line_has_is_never_overruled():
    claim = "A box holds 500 KB at the most, and no more."
    judge = Reader()
    assert checked(claim, judge).sentence.verdict != "supported"
    assert judge.asked == []


def test_which_of_two_is_larger_is_left_to_the_rules():
    judge = Reader("400 KB", "16 MB")
    for claim in (
        "Filled to 400 KB, boxes take more of it than a crate with 16 MB.",
        "The 400 KB of boxes outweigh what 16 MB give crates.",
    ):
        assert checked(claim, judge).sentence.verdict != "supported"
    assert judge.asked == []


@pytest.mark.parametrize(
    ("claim", "asked"),
    [
        ("Three things come with every box: a lid, a label and a key.", True),
        ("Every box comes with up to three things: a lid, a label and a key.", False),
        ("At least two halls are what a crate wants.", True),
        ("At least three halls are what a crate wants.", False),
    ],
)
def test_what_the_notes_list_may_be_counted(claim: str, asked: bool):
    notes = passage(
        "- With each box come a lid, a label and a key.\n- Crates need more than one hall.", "Boxes"
    )
    judge = Reader(*(("lid",) if "lid" in claim else ("hall",)))
    checker = CitationChecker(
        evidence(notes), Checks(similarity=words_in_common, judge=judge), withhold=True
    )
    found = checker.check(DraftSentence(claim, (1,), ""))
    assert (found.sentence.verdict == "supported") is asked


def test_a_judge_that_does_not_reread_is_asked_once_of_what_the_rules_believe():
    judge = Reader("nowhere", rereads=False)
    assert checked("Labels are printed in ink that is black.", judge).sentence.verdict == "partly"
    assert judge.asked == [(1, False)]


def test_the_first_word_of_a_sentence_is_no_name_for_its_capital():
    claim = "Pick crates where 16 MB are to be held, for they can."
    for known, names, asked in ((True, False, True), (True, True, False), (False, False, False)):
        judge = Reader("16 MB")
        checker = CitationChecker(
            evidence(NOTES),
            Checks(
                similarity=words_in_common,
                judge=judge,
                recognizes=lambda word, known=known: known or word != "pick",
                opens_with_name=lambda claim, names=names: names,
            ),
            withhold=True,
        )
        verdict = checker.check(DraftSentence(claim, (1,), "")).sentence.verdict
        assert (verdict == "supported") is asked
        assert bool(judge.asked) is asked


def test_each_statement_of_a_sentence_has_a_line_that_is_read():
    crowd = "".join(f"- A box of class {n} stands upright in the hall.\n" for n in "ABCDE")
    notes = passage(f"{crowd}- Ink of labels dries overnight.\n", "Boxes")
    claim = "A box of class A stands upright in the hall always, and labels want a night."
    judge = Reader("class A", "dries")
    checker = CitationChecker(
        evidence(notes), Checks(similarity=words_in_common, judge=judge), withhold=True
    )
    found = checker.check(DraftSentence(claim, (1,), ""))
    assert found.sentence.verdict == "supported"
    assert len(found.spans) == 2


def test_a_sentence_that_names_nothing_is_not_borne_out_by_another_product():
    notes = [
        passage("- Boxes are for letters.", "Boxes"),
        passage("- Crates are for wine.", "Crates"),
    ]
    checker = CitationChecker(
        evidence(*notes),
        Checks(
            similarity=words_in_common,
            judge=Reader("wine"),
            recognizes=lambda word: True,
            opens_with_name=lambda claim: False,
            about=["boxes"],
        ),
        withhold=True,
    )
    found = checker.check(DraftSentence("Pick it where wine is to be kept.", (), ""))
    assert found.sentence.verdict != "supported"


def test_a_yes_or_no_of_a_table_is_left_to_the_rules():
    table = passage(
        "| Room | Box |\n| Cross-account | No (same hall) |",
        "Sizes",
        kind="table_row",
        facts=(Fact("Box", "Cross-account", "No (same hall)"),),
    )
    judge = Reader()
    checker = CitationChecker(
        evidence(table), Checks(similarity=words_in_common, judge=judge), withhold=True
    )
    claim = "A box can be used across accounts and is not held to the same hall."
    assert checker.check(DraftSentence(claim, (1,), "")).sentence.verdict != "supported"
    assert judge.asked == []


def test_a_line_that_only_lends_its_name_bears_nothing_out():
    notes = [
        passage("- Crates offload what is heavy for the hall.", "Crates"),
        passage("- Barrels are painted.", "Barrels"),
    ]
    judge = Reader("offload")  # it does not know that barrels are not crates
    checker = CitationChecker(
        evidence(*notes), Checks(similarity=words_in_common, judge=judge), withhold=True
    )
    lie = "For the hall Barrels offload what is heavy, they do."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"
    truth = "For the hall Crates offload what is heavy, they do."
    assert checker.check(DraftSentence(truth, (1,), "")).sentence.verdict == "supported"


def test_what_one_thing_does_is_not_true_of_another_that_a_line_beside_it_names():
    notes = [
        passage("- Crates offload what is heavy for the hall.", "Crates"),
        passage("- Barrels are painted.", "Barrels"),
    ]

    class Lends(Reader):
        """Believes it of both lines together, and of neither alone."""

        def __call__(
            self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
        ) -> Ruling | None:
            return "supported" if len(notes) > 1 else "unsupported"

    checker = CitationChecker(
        evidence(*notes), Checks(similarity=words_in_common, judge=Lends()), withhold=True
    )
    lie = "For the hall Barrels offload what is heavy, they do."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"
    both = "For the hall Barrels are in paint and Crates offload heavy things."
    assert checker.check(DraftSentence(both, (1,), "")).sentence.verdict == "supported"


def test_a_line_that_gives_the_name_alone_lends_it():
    notes = [
        passage("- Crane Plus pays credits for what growth costs in a storm.", "Cranes"),
        passage("- Crane Basic covers the storms that are common.", "Cranes", start=90),
    ]
    checker = CitationChecker(
        evidence(*notes),
        Checks(similarity=words_in_common, judge=Reader("credits", "covers")),
        withhold=True,
    )
    lie = "Yes, Crane Basic gives credits for what growth costs when a storm comes."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"
    both = "Yes, Crane Basic covers a common storm, and Crane Plus gives credits for growth."
    assert checker.check(DraftSentence(both, (1,), "")).sentence.verdict == "supported"


@pytest.mark.parametrize(
    ("lends", "tells", "words", "lie"),
    [
        (
            "MegaCraneDB fits when growth comes at an extreme scale.",
            "Aurora scales at once between 2 and 9 units.",
            ("scale", "units"),
            "MegaCraneDB scales at once between 2 and 9 units.",
        ),
        (
            "Model Crane Logging writes notes to a shelf.",
            "Crate records every call of a customer for auditors.",
            ("writes", "call"),
            "Model Crane Logging keeps track of each call of a customer so that auditors see it.",
        ),
    ],
)
def test_a_name_of_several_words_is_one_that_a_line_lends(
    lends: str, tells: str, words: tuple[str, ...], lie: str
) -> None:
    notes = [passage(f"- {lends}", "Cranes"), passage(f"- {tells}", "Others", start=90)]
    checks = Checks(similarity=words_in_common, judge=Reader(*words))
    checker = CitationChecker(evidence(*notes), checks, withhold=True)
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"


def test_a_line_that_has_a_figure_of_its_own_lends_nothing():
    notes = [
        passage("- Crane Plus lifts 400 KB at once, and is heavy.", "Cranes"),
        passage("- Crane Basic takes up to 16 MB.", "Cranes", start=90),
    ]
    checker = CitationChecker(
        evidence(*notes),
        Checks(similarity=words_in_common, judge=Reader("400", "16 MB")),
        withhold=True,
    )
    truth = "Crane Plus is heavy and lifts 400 KB at once, while Crane Basic goes to 16 MB."
    assert checker.check(DraftSentence(truth, (1,), "")).sentence.verdict == "supported"


def test_a_line_on_another_thing_does_not_overrule_the_one_that_denies_it():
    notes = [
        passage("- Lids cannot be put on simple boxes.", "Simple boxes"),
        passage("- In crate boxes each has a lid put on it of its own.", "Crate boxes", start=90),
    ]
    checker = CitationChecker(
        evidence(*notes), Checks(similarity=words_in_common, judge=Reader("crate")), withhold=True
    )
    lie = "Simple boxes can have lids put on each."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"


def test_no_line_beside_the_one_that_denies_it_overrules_the_denial():
    claim = "A box can't hold 400 KB."
    judge = Reader("400 KB", "Labels")  # convinced by the two together
    assert checked(claim, judge).sentence.verdict == "contradicted"
    assert checked(claim, Reader("400 KB")).sentence.verdict == "supported"


def test_nobody_overrules_that_the_same_words_go_together_otherwise():
    note = passage("- Bake boxes at 250 MB for 15 minutes, then at 200 MB for 40 minutes.")
    judge = Checks(similarity=words_in_common, judge=Reader("Bake"))
    checker = CitationChecker(evidence(note), judge, withhold=True)
    lie = "Bake boxes at 200 MB for 15 minutes, then at 250 MB for 40 minutes."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict == "contradicted"


def test_no_line_helps_another_that_has_all_the_words_and_means_something_else() -> None:
    notes = [
        passage("- Patients may leave the ward unless a doctor forbids it."),
        passage("- Visitors must not use lifts unless asked.", "Lifts", start=90),
    ]

    class Swayed:
        rereads = True

        def __call__(
            self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
        ) -> Ruling | None:
            return "supported" if len(notes) > 1 else "unsupported"

    judge = Checks(similarity=words_in_common, judge=Swayed())
    checker = CitationChecker(evidence(*notes), judge, withhold=True)
    lie = "Patients may leave the ward if a doctor forbids it."
    assert checker.check(DraftSentence(lie, (1,), "")).sentence.verdict != "supported"
