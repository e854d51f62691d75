from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.small_notes import evidence, passage

from ragbot.evidence import evidence_sentences, indexed_spans
from ragbot.types import Fact, PassageKind


def test_bullets_give_their_lines_without_the_sign_and_with_their_parent() -> None:
    text = "- Boxes come in kinds:\n  - A flat box is thin. It stacks.\n- Crates are wood"
    found = evidence_sentences(passage(text, start=50))
    assert [(s.text, s.parent) for s in found] == [
        ("Boxes come in kinds:", None),
        ("A flat box is thin.", "Boxes come in kinds:"),
        ("It stacks.", "A flat box is thin."),
        ("Crates are wood", None),
    ]


WRAPPED = """The desk for boxes is staffed from Monday to Thursday from
08:30 to 16:00, and on Friday and the days before it until
Easter. Boxes are red. The lids that come with them are
never removed by Amazon Logistics or anybody else on the
First Floor."""
WRAPPED_LIST = """- Crates last for
  Sunday: afternoons
  - in the North and
    the South
- Jam"""


def test_a_wrapped_line_is_read_whole() -> None:
    prose, listed = (evidence_sentences(passage(text)) for text in (WRAPPED, WRAPPED_LIST))
    assert [" ".join(s.text.split()) for s in (*prose, *listed)] == [
        "The desk for boxes is staffed from Monday to Thursday from 08:30 to 16:00, and on Friday"
        " and the days before it until Easter.",
        "Boxes are red.",
        "The lids that come with them are never removed by Amazon Logistics or anybody else on the"
        " First Floor.",
        "Crates last for Sunday: afternoons",
        "in the North and the South",
        "Jam",
    ]
    assert listed[1].parent == listed[0].text
    assert all(WRAPPED[s.start : s.end] == s.text for s in prose)


@pytest.mark.parametrize(
    "text",
    [
        "Maximum item size 400 KB, partition key limit 2048 bytes, TTL free\nLatency 5 ms\nBackups",
        "A box has these lids:\nred ones\nRound ones",
        "- A box holds 4 KB.\n- It is red",
        "kiln: 3 layers, the brick is the outer\nglaze kept out\nash = soil\npine burns hot",
    ],
)
def test_lines_of_their_own_stay_apart(text: str) -> None:
    assert len(evidence_sentences(passage(text))) == text.count("\n") + 1


def test_prose_that_is_broken_at_its_clauses_is_one_sentence() -> None:
    (sentence,) = evidence_sentences(passage("A box is light\nand is carried\nby one hand alone."))
    assert sentence.text.count("\n") == 2


def test_what_leans_on_the_sentence_before_is_read_with_it() -> None:
    text = "UDP is connectionless. Its header has eight bytes. It has no order. IT likes it."
    first, *_ = found = evidence_sentences(passage(text))
    assert [s.parent for s in found] == [None, first.text, first.text, None]


def test_a_question_in_the_notes_is_no_evidence_but_what_its_answer_stands_under() -> None:
    text = "Q: Which port has SFTP?\nA: 2222. Not 22.\n\nQ: Is there FTP?\nAnswer: No."
    found = evidence_sentences(passage(text, kind="paragraph"))
    assert [(s.text, s.parent) for s in found] == [
        ("2222.", "Q: Which port has SFTP?"),
        ("Not 22.", "Q: Which port has SFTP?"),
        ("No.", "Q: Is there FTP?"),
    ]
    (alone,) = evidence_sentences(passage("Q: Which port has SFTP?"))
    assert alone.text == "Q: Which port has SFTP?"


def test_a_later_sentence_of_a_glossary_stands_under_its_term() -> None:
    text = (
        "Orphan file - a file that no snapshot of a table points to any more, kept for 5 days\n"
        "Cold start: The 40 seconds that a cluster needs when it was idle. Happens at night.\n"
        "**Freshness** Time since the newest row. The target is two hours."
    )
    (item,) = evidence(passage(text, kind="paragraph"))
    assert [s.parent for s in item.sentences] == [None, None, "Cold start:", None, "**Freshness**"]
    *_, first, last = item.sentences
    assert last.in_context.endswith(": Freshness The target is two hours.")
    assert item.antecedent_of(last) == first and item.antecedent_of(first) is None
    assert first.quoted == "Freshness Time since the newest row."


def test_code_is_quoted_line_by_line_as_it_is() -> None:
    text = "```sh\nexport HOME_DIR=/srv\nstash init sftp://host/home\n```"
    found = evidence_sentences(passage(text, kind="code"))
    assert [s.quoted for s in found] == ["export HOME_DIR=/srv", "stash init sftp://host/home"]


def test_code_in_a_step_is_not_run_together() -> None:
    text = "1. Create a vault:\n   ```sh\n   export A=1\n   stash init home\n   ```\n2. Push it."
    found = evidence_sentences(passage(text))
    assert [(s.quoted, s.parent) for s in found] == [
        ("Create a vault:", None),
        ("export A=1", "Create a vault:"),
        ("stash init home", "Create a vault:"),
        ("Push it.", None),
    ]


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("- Set `a.bC`. `x` is slow.", ["Set `a.bC`.", "`x` is slow."]),
        ("- It is 4. work_mem grows.", ["It is 4.", "work_mem grows."]),
        ("- Use it. spec.gateIP is gone.", ["Use it.", "spec.gateIP is gone."]),
        ("- See e.g. the notes. and more", ["See e.g. the notes. and more"]),
    ],
)
def test_a_name_written_small_opens_a_sentence(text: str, sentences: list[str]) -> None:
    assert [each.text for each in evidence_sentences(passage(text))] == sentences


def test_a_name_set_as_code_is_quoted_as_a_name() -> None:
    (found,) = evidence_sentences(passage("- Set `SET LOCAL` and `work_mem`, not ``a ` b``"))
    assert found.quoted == "Set SET LOCAL and work_mem, not ``a ` b``."


def test_a_quote_has_no_markup() -> None:
    text = "- See [the guide](https://example.com/a) for **all** modes<br>of ![it](x.png)"
    (found,) = evidence_sentences(passage(text))
    assert found.quoted == "See the guide for all modes; of it."
    assert found.in_context.endswith("See the guide for all modes; of it")


@pytest.mark.parametrize(
    "note",
    [
        "  - As of May 2026: queues keep them for 14 days.",
        "  - **As of March 2026:** 14 days",
        "  - (As of 2026-03: 14 days)",
        "- as of 1 March 2026, queues keep them 14 days",
        "- As of March 1, 2026: 14 days",
    ],
)
def test_a_dated_note_is_on_the_line_before_it(note: str) -> None:
    text = f"- A queue keeps messages for 4 days.\n{note}"
    (item,) = evidence(passage(text))
    first, dated = item.sentences
    assert item.updates_of(first) == (dated,)


def test_what_was_once_so_is_read_with_what_is() -> None:
    text = "The Elm room seats 6 people. Was 8 people until March 2024. Previously a store."
    room, *before = evidence_sentences(passage(text, kind="paragraph"))
    assert [each.parent for each in before] == [room.text, room.text]


def test_a_dated_note_on_something_else_is_none() -> None:
    text = (
        "- A queue keeps messages for four days.\n"
        "- As of May 2026: the days that a box has for its lid are nine.\n"
        "- As of June 2026: no red box."
    )
    assert [s.parent for s in evidence_sentences(passage(text))] == [None, None, None]


ENDED = "\n".join(
    [
        "- A blue box holds spoons.",
        "- The Crane Hub lifts boxes.",
        "  - As of May 2026: the Crane Hub {end}.",
        "- It lifts 40 boxes an hour.",
    ]
)


@pytest.mark.parametrize(
    "end",
    [
        "ended on 3 April 2026",
        "has ended",
        "has been closed to new customers since 3 April 2026",
        "is no longer sold",
        "is believed to be retired",
    ],
)
def test_that_something_has_ended_is_a_note_on_all_that_its_heading_holds(end: str) -> None:
    (item,) = evidence(passage(ENDED.format(end=end), heading="Acme Crane Hub"))
    boxes, lifts, note, speed = item.sentences
    assert [item.updates_of(each) for each in (boxes, lifts, note, speed)] == [
        (note,),
        (note,),
        (),
        (note,),
    ]


@pytest.mark.parametrize(
    ("heading", "end"),
    [("Cranes", "ended on 3 April 2026"), ("Crane Hub", "lifts 50"), ("Hub", "has ended")],
)
def test_what_has_not_ended_or_is_not_what_the_heading_names_is_a_note_on_its_line_alone(
    heading: str, end: str
) -> None:
    (item,) = evidence(passage(ENDED.format(end=end), heading=heading))
    boxes, lifts, note, speed = item.sentences
    assert item.updates_of(lifts) == (note,)
    assert item.updates_of(boxes) == item.updates_of(speed) == ()


def test_a_row_gives_a_sentence_a_cell_each_with_the_place_of_the_cell() -> None:
    row = "| Size | 4 KB | 8 KB |"
    facts = (Fact("Boxes", "Size", "4 KB"), Fact("Crates", "Size", "8 KB"))
    found = evidence_sentences(passage(row, kind="table_row", facts=facts))
    assert [s.text for s in found] == ["Boxes - Size: 4 KB", "Crates - Size: 8 KB"]
    assert [row[s.start : s.end] for s in found] == ["4 KB", "8 KB"]


@pytest.mark.parametrize(
    ("row", "feature", "places"),
    [
        ("| Node lifts | No | Yes |", "Node lifts", (15, 20)),
        ("| gp3 price | 3 | 8 |", "gp3 price", (14, 18)),
        ("| 5 boxes | 15 | 5 |", "5 boxes", (12, 17)),
        ("Node lifts No Yes", "Node lifts", (11, 14)),
    ],
)
def test_a_cell_is_not_looked_for_in_the_one_that_names_its_row(
    row: str, feature: str, places: tuple[int, int]
) -> None:
    values = row.strip("| ").removeprefix(feature).strip("| ").replace("|", " ").split()
    facts = tuple(Fact(name, feature, value) for name, value in zip("AB", values, strict=True))
    found = evidence_sentences(passage(row, kind="table_row", facts=facts))
    assert tuple(each.start for each in found) == places


def test_names_that_are_set_as_code_keep_their_underscores() -> None:
    (line,) = evidence_sentences(passage("- `__init__` and `__main__` are **old** `x`, __very__."))
    assert line.quoted == "__init__ and __main__ are old x, very."


@given(st.text(alphabet="aB. \n-•!?1)", max_size=80), st.integers(0, 9))
def test_offsets_are_exact_whatever_the_text(text: str, start: int) -> None:
    each = passage(text, start=start)
    for sentence in evidence_sentences(each):
        assert text[sentence.start - start : sentence.end - start] == sentence.text
        assert sentence.text.strip()


def test_what_is_struck_out_is_no_evidence() -> None:
    note = passage("- ~~A barrel holds 5 MB.~~\n- A cask holds ~~3 MB~~ 7 MB. It is round.")
    assert [each.text for each in evidence_sentences(note)] == [
        "A cask holds 7 MB.",
        "It is round.",
    ]
    assert [note.text[each.start : each.end] for each in evidence_sentences(note)] == [
        "A cask holds ~~3 MB~~ 7 MB.",
        "It is round.",
    ]
    assert [note.indexed_text[a:b] for a, b in indexed_spans(note)] == [
        "A cask holds ~~3 MB~~ 7 MB.",
        "It is round.",
    ]


@pytest.mark.parametrize(
    "note",
    [
        "<!--\n- A crate holds 99 MB.\n-->",
        "%% A crate holds 99 MB. %%",
        '[//]: # (A crate holds 99 MB.)\n[comment]: <> "or 5 MB"',
        "| **Stoneware** | | |",
    ],
)
def test_what_its_author_set_aside_is_no_evidence(note: str) -> None:
    kind: PassageKind = "table_row" if note.startswith("|") else "paragraph"
    assert evidence_sentences(passage(note, kind=kind)) == ()


@pytest.mark.parametrize(
    ("note", "answers"),
    [
        ("Q: Is there wifi? A: No.", [("No.", "Is there wifi? – No.")]),
        (
            "1. **Is fishing allowed?** No.\n2. **Are there chairs?** Yes, 120 of wood. Ask Tom.",
            [
                ("No.", "Is fishing allowed? – No."),
                ("Yes, 120 of wood.", "Are there chairs? – Yes, 120 of wood."),
                ("Ask Tom.", "Are there chairs? – Ask Tom."),
            ],
        ),
        (
            "- How do I cancel?\n  Write to the office by post.",
            [("Write to the office by post.",) * 2],
        ),
        (
            "- ▶ Can I carry days over?\n  - Up to 5 days each year",
            [("Up to 5 days each year",) * 2],
        ),
    ],
)
def test_a_question_is_told_with_an_answer_that_leans_on_it(
    note: str, answers: list[tuple[str, str]]
) -> None:
    found = evidence_sentences(passage(note))
    assert [(each.text, each.quoted.rstrip(".")) for each in found] == [
        (text, quoted.rstrip(".")) for text, quoted in answers
    ]


def test_tabbed_lines_without_a_head_are_read_sentence_by_sentence() -> None:
    note = "5.2\tThe tenant keeps no pets. One cat is permitted."
    found = evidence_sentences(passage(note, kind="table_row"))
    assert [each.quoted for each in found] == [
        "5.2 The tenant keeps no pets.",
        "One cat is permitted.",
    ]


def test_short_lines_of_a_list_in_small_letters_stay_apart() -> None:
    note = "pitch: 14 m²\npower: 10 A\ncheck-out: 11 am\nmax guests: 6"
    assert len(evidence_sentences(passage(note, kind="paragraph"))) == 4
