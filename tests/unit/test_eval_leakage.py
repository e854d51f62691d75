"""Leakage is found by words, by option list and by meaning; clean notes pass."""

from __future__ import annotations

from support.small_notes import passage
from support.word_lengths import WordLengths

from eval.banks import Question, split_of
from eval.leakage import across_splits, in_index

STEM = (
    "A warehouse keeps small parcels in boxes and wants to know how many kilobytes fit in one of "
    "them before another must be opened. What is the limit?"
)
QUESTION = Question(
    id="q", question=STEM, options=("400 KB", "16 MB at most", "4 GB", "64 KB"), answer=(0,)
)
CLEAN = passage("- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels.")


def test_clean_notes_hold_no_question() -> None:
    (overlap,) = in_index([QUESTION], [CLEAN], WordLengths())
    assert not overlap.leaked
    assert overlap.grams == 0


def test_a_pasted_stem_is_found_whatever_its_layout() -> None:
    pasted = passage("* " + STEM.upper().replace(" ", "  "), start=99)
    (overlap,) = in_index([QUESTION], [CLEAN, pasted], WordLengths())
    assert overlap.leaked and overlap.grams == 1
    assert overlap.text == pasted.text


def test_half_a_stem_is_found_too() -> None:
    half = passage(" ".join(STEM.split()[: len(STEM.split()) * 2 // 3]), start=99)
    (overlap,) = in_index([QUESTION], [CLEAN, half], WordLengths())
    assert overlap.leaked


def test_an_option_list_is_found_lettered_or_not() -> None:
    for text in (
        "A) 400 KB B) 16 MB at most C) 4 GB D) 64 KB",
        "- 400 KB\n- 16 MB at most\n- 4 GB\n- 64 KB",
        "Pick: a. 400 KB; b. 16 MB at most; c. 4 GB; d. 64 KB.",
    ):
        (overlap,) = in_index([QUESTION], [CLEAN, passage(text, start=99)], WordLengths())
        assert overlap.options_found and overlap.leaked, text


def test_a_list_of_names_in_the_notes_is_no_leak() -> None:
    names = QUESTION.model_copy(update={"options": ("KMS", "CloudHSM", "Vault")})
    (overlap,) = in_index([names], [passage("KMS, CloudHSM, Vault", start=99)], WordLengths())
    assert not overlap.options_found


def test_twins_in_dev_and_test_are_told() -> None:
    ids = {split_of(str(i)): str(i) for i in range(20)}
    pair = [QUESTION.model_copy(update={"id": id_}) for id_ in ids.values()]
    (twin,) = across_splits(pair, WordLengths())
    assert (twin.id, twin.nearest) == (ids["test"], ids["dev"])
    assert across_splits(pair[:1], WordLengths()) == []


def test_a_short_question_may_share_its_terms_with_the_notes() -> None:
    short = Question(id="s", question="What is the maximum size of a Boxes item?")
    row = passage("| Maximum size of a Boxes item | 400 KB |", start=99)
    (overlap,) = in_index([short], [CLEAN, row], WordLengths())
    assert not overlap.leaked
    copied = passage(f"Quiz: {short.question}", start=150)
    (overlap,) = in_index([short], [CLEAN, copied], WordLengths())
    assert overlap.leaked
