"""What the evidence does not bear out is looked up: the notes may hold it elsewhere."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from support.small_notes import evidence, passage, words_in_common

from ragbot.citations import CheckedSentence, Checks, CitationChecker, DraftSentence
from ragbot.evidence import Evidence, EvidenceSentence, Ruling

BOXES = passage("- A box holds 400 KB.", "Boxes")
CRATES = passage(
    "- Crates may be up to 16 MB large.\n  - As of May 2026: crates may be up to 20 MB large.",
    "Crates",
    start=100,
)
CLAIM = "Crates take as much as 16 MB without complaint."


class Doubter:
    """Says "supported" of notes that hold the word; surely only if it is `sure`."""

    rereads = True

    def __init__(self, word: str, *, sure: bool = True) -> None:
        self.word, self.sure = word, sure

    def __call__(
        self, claim: str, notes: Sequence[EvidenceSentence], *, surely: bool = False
    ) -> Ruling | None:
        if self.word not in " ".join(note.text for note in notes):
            return "unsupported"
        return "supported" if self.sure or not surely else None


class Shelf:
    """Further passages, and what was looked for among them."""

    def __init__(self, *found: Evidence) -> None:
        self.found, self.asked = found, list[str]()

    def __call__(self, sentence: str) -> Sequence[Evidence]:
        self.asked.append(sentence)
        return self.found


def checker(shelf: Shelf, judge: Doubter | None) -> CitationChecker:
    return CitationChecker(
        evidence(BOXES),
        Checks(similarity=words_in_common, judge=judge, look_up=shelf),
        withhold=True,
    )


def checked(claim: str, shelf: Shelf, judge: Doubter | None) -> list[CheckedSentence]:
    return list(checker(shelf, judge).sentences(DraftSentence(claim, (1,), "")))


def test_what_stands_elsewhere_is_found_and_cited_there() -> None:
    shelf = Shelf(*evidence(CRATES))
    fact, note = checked(CLAIM, shelf, Doubter("16 MB"))
    assert shelf.asked == [CLAIM]
    assert fact.sentence.verdict == "supported"
    (citation,) = fact.citations
    assert citation.passage_id == CRATES.passage_id
    assert citation.support == 0.4  # of its own words, not of what the evidence had at first
    # As with any fact, the dated note on it follows.
    assert note.sentence.text == "As of May 2026: crates may be up to 20 MB large."


def test_only_a_reader_without_a_doubt_is_heard() -> None:
    for judge in (Doubter("16 MB", sure=False), None):
        (fact,) = checked(CLAIM, Shelf(*evidence(CRATES)), judge)
        assert fact.sentence.verdict != "supported"


def test_what_the_evidence_bears_out_is_not_looked_up() -> None:
    shelf = Shelf(*evidence(CRATES))
    (fact,) = checked("A box holds 400 KB.", shelf, Doubter("400 KB"))
    assert fact.sentence.verdict == "supported" and shelf.asked == []


def test_which_of_two_is_larger_is_not_looked_up() -> None:
    shelf = Shelf(*evidence(CRATES))
    (fact, *_) = checked("Crates at 16 MB are larger than barrels.", shelf, Doubter("16 MB"))
    assert fact.sentence.verdict != "supported" and shelf.asked == []


def test_what_was_found_for_one_sentence_is_evidence_for_the_next() -> None:
    shelf = Shelf(*evidence(CRATES))
    holds = checker(shelf, Doubter("16 MB"))
    holds.check(DraftSentence(CLAIM, (1,), ""))
    again = holds.check(DraftSentence("Crates may be up to 16 MB large.", (1,), ""))
    assert again.sentence.markers == (1,) and len(shelf.asked) == 1


@pytest.mark.parametrize(
    "leaning",
    [
        "It takes as much as 16 MB without complaint.",
        "Yes, and they take as much as 16 MB in a CRATE hall.",
        "The maximum is 16 MB without complaint.",
        "The service takes 16 MB as Crates do.",
    ],
)
def test_what_leans_on_the_sentence_before_is_not_looked_up(leaning: str) -> None:
    shelf = Shelf(*evidence(CRATES))
    (fact, *_) = checked(leaning, shelf, Doubter("16 MB"))
    assert fact.sentence.verdict != "supported" and shelf.asked == []
