"""Cutting a reply into sentences while it is being written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ragbot.citations import DraftSentence, SentenceStream


def drafts(reply: str, size: int = 10_000, notes: str = "") -> list[DraftSentence]:
    stream = SentenceStream(notes)
    found = []
    for first in range(0, len(reply), size):
        found += stream.feed(reply[first : first + size])
    return found + list(stream.finish())


def test_marker_before_and_behind_the_full_stop_belong_to_the_same_sentence() -> None:
    found = drafts("Boxes hold 400 KB [1]. Crates hold more. [2] [3]\nDone.")
    assert [(d.text, d.markers) for d in found] == [
        ("Boxes hold 400 KB.", (1,)),
        ("Crates hold more.", (2, 3)),
        ("Done.", ()),
    ]


@pytest.mark.parametrize(
    ("written", "markers"),
    [
        ("A box [1, 2].", (1, 2)),
        ("A box [1][4].", (1, 4)),
        ("A box [2-4].", (2, 3, 4)),
        ("A box 【3†source】.", (3,)),
        ("A box [0].", (0,)),
        ("A box [99999].", ()),
    ],
)
def test_forms_of_markers(written: str, markers: tuple[int, ...]) -> None:
    assert drafts(written)[0].markers == markers


@pytest.mark.parametrize(
    "note",
    [
        "A weight lies in the interval [0, 1].",
        "The first box is xs[0].",
        "A box is built by __init__.",
        "Boxes [2] are old.",
    ],
)
def test_brackets_and_underscores_of_the_notes_are_text(note: str) -> None:
    assert drafts(f"{note} [3]", notes=note) == [DraftSentence(note, (3,), "")]


def test_many_open_brackets_are_read_at_once() -> None:
    assert drafts("Ok then. " + "[" * 200 + "Abc" + 32 * "x", size=1)


def test_abbreviations_and_decimals_end_no_sentence() -> None:
    found = drafts("Use e.g. Boxes for 1.5 GB. Crates vs. Boxes is a choice.")
    assert [d.text for d in found] == [
        "Use e.g. Boxes for 1.5 GB.",
        "Crates vs. Boxes is a choice.",
    ]


def test_a_name_written_small_opens_a_sentence() -> None:
    found = drafts("io1 reaches 64,000 [1]. io2 reaches 256,000 [2]. iSCSI is a protocol.")
    assert [d.text for d in found] == [
        "io1 reaches 64,000.",
        "io2 reaches 256,000.",
        "iSCSI is a protocol.",
    ]


def test_layout_is_kept_in_the_prefix() -> None:
    found = drafts("Two kinds:\n- **Boxes** are small [1]\n- Crates are large\n\nChoose well.")
    assert [(d.prefix, d.text) for d in found] == [
        ("", "Two kinds:"),
        ("\n- ", "Boxes are small"),
        ("\n- ", "Crates are large"),
        ("\n\n", "Choose well."),
    ]


@pytest.mark.parametrize(
    ("written", "prefix"),
    [
        ("[4] - Boxes are light.", ""),
        ("[4]: Boxes are light.", ""),
        ("- [4] • Boxes are light.", "- "),
        ("[4] Boxes are light.", ""),
    ],
)
def test_what_stands_behind_a_leading_marker_is_no_part_of_the_sentence(
    written: str, prefix: str
) -> None:
    assert drafts(written) == [DraftSentence("Boxes are light.", (4,), prefix)]


def test_a_sentence_is_given_before_the_reply_ends() -> None:
    stream = SentenceStream()
    assert list(stream.feed("Boxes are small [1]. Crates ")) != []


def test_a_sentence_waits_for_its_late_marker() -> None:
    stream = SentenceStream()
    assert list(stream.feed("Boxes are small. [")) == []
    (first,) = stream.feed("1] Crates are large")
    assert first == DraftSentence("Boxes are small.", (1,), "")


@given(st.integers(1, 12))
def test_any_cutting_of_the_stream_gives_the_same_sentences(size: int) -> None:
    reply = (
        "Boxes hold 400 KB. [1] Crates, e.g. big ones, 2 TB [2][3]. io2 too.\n- One\n- Two [1]\n"
    )
    assert drafts(reply, size) == drafts(reply)


def test_open_brackets_without_end_are_text_and_hold_nothing_up() -> None:
    reply = f"Boxes are light. [A {'[ ' * 40}{'a' * 40}"
    assert drafts(reply)[0].text == "Boxes are light."


def test_a_marker_behind_a_full_stop_ends_a_sentence_in_small_letters() -> None:
    reply = "keep the pan away from soap. [1] never leave it in water. [1][2] it rusts [3]."
    assert [(each.text, each.markers) for each in drafts(reply)] == [
        ("keep the pan away from soap.", (1,)),
        ("never leave it in water.", (1, 2)),
        ("it rusts.", (3,)),
    ]
    (one,) = drafts("Fruit, e.g. [1] apples, keeps. [1]")
    assert one.text == "Fruit, e.g. apples, keeps."


def test_a_line_knows_what_it_stands_under() -> None:
    reply = (
        "Two boxes.\n\n### Sizes\n- Small:\n  - holds 4 KB. It is red. [1]\n- Large:\n"
        "  - holds 8 KB\n\n**Prices** [2]\n\nIn France:\nThey cost more.\nBy far.\n\nNobody knows."
    )
    assert [(each.text, each.under) for each in drafts(reply)] == [
        ("Two boxes.", ()),
        ("Sizes", ()),
        ("Small:", ("Sizes",)),
        ("holds 4 KB.", ("Sizes", "Small:")),
        ("It is red.", ("Sizes", "Small:")),
        ("Large:", ("Sizes",)),
        ("holds 8 KB", ("Sizes", "Large:")),
        ("Prices", ()),
        ("In France:", ("Prices",)),
        ("They cost more.", ("Prices", "In France:")),
        ("By far.", ("Prices", "In France:")),
        ("Nobody knows.", ("Prices",)),
    ]
    assert [each.text for each in drafts(reply) if each.leads] == ["Sizes", "Prices"]


def test_a_lead_in_behind_another_sentence_heads_what_follows() -> None:
    *_, item = drafts("### Sizes\nSure! Small boxes have limits:\n- 4 KB")
    assert item.under == ("Sizes", "Small boxes have limits:")


def test_a_sentence_knows_the_last_one_that_speaks_of_something_by_itself() -> None:
    reply = (
        "Small boxes are red. They hold 4 KB. It is said so.\n\nLarge ones are blue. "
        "They hold 8 KB. They also do this:\n- stack\n- They roll.\n\n### Prices\nIt is cheap."
    )
    assert [each.after for each in drafts(reply)] == [
        "",
        "Small boxes are red.",
        "Small boxes are red.",
        "Small boxes are red.",
        "Large ones are blue.",
        "Large ones are blue.",
        "Large ones are blue.",
        "Large ones are blue.",
        "",
        "Prices",
    ]


def test_an_indent_that_comes_by_itself_is_kept() -> None:
    stream = SentenceStream()
    pieces = ("- a is [1].\n", "  ", "- b is [2].\n")
    found = [each for piece in pieces for each in stream.feed(piece)]
    assert [each.prefix for each in found] == ["- ", "\n  - "]


@pytest.mark.parametrize(
    ("reply", "text"),
    [
        ("\u274c A crate holds 16 MB.", "A crate holds 16 MB."),
        ("A crate holds ~~16 MB~~.", "A crate holds 16 MB."),
        ("\u2705 Crates are red.", "\u2705 Crates are red."),
    ],
)
def test_signs_that_turn_a_sentence_are_taken_off_where_the_notes_have_none(
    reply: str, text: str
) -> None:
    assert [each.text for each in drafts(reply, notes="\u2705 Crates are red.")] == [text]


def test_a_first_word_before_a_reply_breaks_off_is_no_sentence() -> None:
    assert [each.text for each in drafts("Boxes are red [1]. And")] == ["Boxes are red."]
    assert [each.text for each in drafts("No")] == ["No"]
