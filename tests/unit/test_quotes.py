"""Answers composed of verbatim sentences: the right ones, in an order that reads well."""

from __future__ import annotations

from dataclasses import replace

from langchain_core.messages import HumanMessage
from support.small_notes import evidence, passage

from ragbot.chat_models.quotes import QuotesChatModel
from ragbot.chat_models.quoting import composed
from ragbot.evidence import Evidence, Prompt
from ragbot.prompts import messages
from ragbot.question_parts import question_parts
from ragbot.types import Fact, Passage


def scored(each: Passage, *relevance: float) -> Evidence:
    (item,) = evidence(each)
    assert len(item.sentences) == len(relevance)
    return replace(item, relevance=relevance)


KINDS = (("Storage", 210), ("Compute", 28))


def lines(question: str, *items: Evidence) -> list[str]:
    numbered = tuple(replace(item, number=n) for n, item in enumerate(items, start=1))
    return composed(Prompt(question, (), numbered))


def test_the_best_sentence_alone_where_nothing_else_answers() -> None:
    item = scored(passage("- A box holds 400 KB.\n- Boxes come in many colors."), 7.0, -4.0)
    assert lines("how much does a box hold?", item) == ["A box holds 400 KB. [1]"]


def test_what_speaks_of_the_subject_comes_first() -> None:
    crates = scored(passage("- Crates rotates its labels by itself.", "Crates"), 6.0)
    boxes = scored(passage("- Boxes has no built-in rotation of labels.", "Boxes", start=90), 5.5)
    said = lines("does boxes rotate labels?", crates, boxes)
    assert said[0] == "Boxes has no built-in rotation of labels. [2]"


def test_cells_of_a_row_become_one_sentence_without_other_products() -> None:
    row = passage(
        "| Size | 4 KB | 8 KB | 9 KB |",
        "Comparison",
        kind="table_row",
        facts=(
            Fact("Boxes", "Largest size", "4 KB"),
            Fact("Crates", "Largest size", "8 KB"),
            Fact("Barrels", "Largest size", "9 KB"),
        ),
    )
    item = scored(row, 5.0, 5.0, 5.0)
    assert lines("how large are boxes and crates?", item) == [
        "Largest size: Boxes 4 KB; Crates 8 KB. [1]"
    ]
    assert lines("how large are boxes?", item) == ["Boxes' largest size: 4 KB. [1]"]


def test_a_dated_note_and_its_fact_are_never_quoted_apart() -> None:
    text = "- A box holds at most 5 TB.\n  - As of November 2026: a box holds 48 TB."
    expected = ["A box holds at most 5 TB. [1]", "As of November 2026: a box holds 48 TB. [1]"]
    for relevance in ((7.0, 0.0), (0.0, 7.0)):
        assert lines("how much does a box hold?", scored(passage(text), *relevance)) == expected


def test_a_list_is_quoted_whole_and_in_its_order() -> None:
    text = (
        "- Boxes come in these kinds:\n"
        "  - The flat kind is cheap.\n"
        "  - The deep kind holds liquids.\n"
        "  - The round kind rolls away."
    )
    item = scored(passage(text), 3.0, 5.0, 6.0, 0.0)
    assert lines("which kinds of boxes are there?", item) == [
        "The flat kind is cheap. [1]",
        "The deep kind holds liquids. [1]",
        "The round kind rolls away. [1]",
    ]


def test_an_item_is_quoted_with_what_introduces_its_list() -> None:
    text = "Given by the maker, by age of the box:\n- below 2 years: 1 lid\n- above: 3 lids"
    item = scored(replace(passage(text), kind="bullets"), 1.0, 6.0, -6.0)
    assert lines("how many lids for a box of one year?", item) == [
        "Given by the maker, by age of the box: [1]",
        "below 2 years: 1 lid. [1]",
    ]


def test_where_all_of_them_are_wanted_those_that_answer_less_well_are_told_too() -> None:
    text = "- Boxes are for tools.\n- Crates are for fish.\n- Sacks are for flour.\n- Ask Ann."
    item = scored(passage(text, "Containers"), 9.0, 8.5, 3.0, -4.0)
    elsewhere = scored(passage("- Barrels are for wine.", "Cellar", start=900), 4.0)
    said = lines("Which containers are there?", item, elsewhere)
    assert said == [
        "Boxes are for tools. [1]",
        "Crates are for fish. [1]",
        "Sacks are for flour. [1]",
    ]
    assert "Sacks are for flour. [1]" not in lines("Which container is for tools?", item)


def test_the_same_thing_is_not_said_twice() -> None:
    one = scored(passage("- A box holds at most 400 KB."), 7.0)
    two = scored(passage("- At most 400 KB is what a box holds.", start=50), 6.9)
    assert len(lines("how much does a box hold?", one, two)) == 1


def test_what_differs_in_a_figure_is_not_the_same_thing() -> None:
    facts = [Fact(f"{kind} Optimized Box", "Storage", f"{tb} TB") for kind, tb in KINDS]
    rows = [
        scored(
            passage(f"| {f.subject} | {f.value} |", f.subject, kind="table_row", facts=(f,)), 7.0
        )
        for f in facts
    ]
    assert lines("how much storage has Storage Optimized or Compute Optimized?", *rows) == [
        "Storage Optimized Box: 210 TB. [1]",
        "Compute Optimized Box: 28 TB. [2]",
    ]
    notes = scored(passage("- A box is kept for 4 days.\n- A box is kept for 9 days."), 7.0, 6.9)
    assert len(lines("how long is a box kept?", notes)) == 2


def test_a_sentence_that_leans_on_another_is_quoted_with_it() -> None:
    item = scored(passage("UDP is plain. Its header has eight bytes. TCP is not."), -3.0, 7.0, -9.0)
    assert lines("how large is the header of UDP?", item) == [
        "UDP is plain. [1]",
        "Its header has eight bytes. [1]",
    ]


def test_a_sentence_that_owes_its_score_to_the_one_it_leans_on_is_left_out() -> None:
    item = scored(passage("A box holds 4 KB. It is made of oak."), 7.0, 6.0)
    assert lines("how much does a box hold?", item) == ["A box holds 4 KB. [1]"]


def test_a_line_is_quoted_with_the_one_above_it_that_has_more_of_the_question() -> None:
    text = "- Prune keeps 7 daily snapshots. It runs at night.\n  - Tagged ones are exempt."
    item = scored(passage(text), -4.0, -4.0, 6.0)
    assert lines("how many snapshots does prune keep?", item) == [
        "Prune keeps 7 daily snapshots. [1]",
        "Tagged ones are exempt. [1]",
    ]
    assert lines("which tagged ones are exempt?", item) == ["Tagged ones are exempt. [1]"]


def test_a_line_under_the_heading_of_the_subject_need_not_name_it() -> None:
    named = scored(passage("- AUTO lets Boxes decide by itself.", "Ways"), 3.0)
    headed = scored(passage("- ALL copies the whole lot.", "Boxes", start=90), 4.5)
    assert lines("which way shall boxes take?", named, headed)[0] == "ALL copies the whole lot. [2]"


def test_a_title_is_compared_with_nothing_on_its_sheet() -> None:
    windows = passage("- Use winget for it.", "Windows", title="Stash")
    settings = passage(
        "- Stash reads a file for its settings.", "Settings", title="Stash", start=90
    )
    items = scored(windows, 6.0), scored(settings, -2.0)
    assert lines("how do I install stash on windows?", *items) == ["Use winget for it. [1]"]


def test_another_version_is_another_thing() -> None:
    text = "- TLS 1.2 needs two round trips.\n- TLS 1.3, which is newer, needs one."
    item = scored(passage(text), 6.0, 4.0)
    assert lines("how many round trips does TLS 1.3 need?", item)[-1].startswith("TLS 1.3")
    assert lines("how many round trips does TLS 1.2 need?", item)[0].startswith("TLS 1.2")


def test_a_question_of_two_parts_gets_an_answer_to_both() -> None:
    item = scored(
        passage("- A box holds at most 400 KB.\n- Larger things go into crates."), 7.0, -1.0
    )
    assert question_parts("what does a box hold, and what if my things are larger?") == [
        "What does a box hold?",
        "What if my things are larger?",
    ]
    said = lines("what does a box hold, and what if my things are larger?", item)
    assert said == ["A box holds at most 400 KB. [1]", "Larger things go into crates. [1]"]


def test_as_a_chat_model_it_streams_what_it_generates() -> None:
    item = scored(passage("- A box holds 400 KB.\n- A box is flat.\n- A box is red."), 7, 6, 5)
    prompt = Prompt("what is a box?", (), (item,))
    model = QuotesChatModel()
    whole = model.invoke(messages(prompt)).text
    assert "".join(chunk.text for chunk in model.stream(messages(prompt))) == whole
    assert whole.count("\n- ") == 2


def test_without_a_prompt_it_says_what_is_wrong() -> None:
    try:
        QuotesChatModel().invoke([HumanMessage("hello")])
    except TypeError as error:
        assert "carries no ragbot Prompt" in str(error)
    else:
        raise AssertionError("a message without a prompt was answered")


def test_a_word_or_two_may_answer_where_they_say_something() -> None:
    dogs = scored(passage("Q: Are dogs allowed?\nA: No.", kind="paragraph"), 5.0)
    assert lines("Are dogs allowed?", dogs) == ["Are dogs allowed? – No. [1]"]
    roof = scored(passage("- Roof: slate\n- Walls\n- Is it old?"), 5.0, 7.0, 9.0)
    assert lines("What is the roof made of?", roof) == ["Roof: slate. [1]"]


def test_what_lies_far_behind_the_sentence_that_answers_is_not_quoted() -> None:
    item = scored(passage("- Energy is power times time.\n- These are:"), -9.0, 4.0)
    assert lines("Which are they?", item) == []


def test_there_may_be_nothing_to_quote() -> None:
    prompt = Prompt("Which are they?", (), (scored(passage("- These are:"), 4.0),))
    assert "".join(str(each.text) for each in QuotesChatModel().stream(messages(prompt))) == ""


def test_a_thing_that_is_named_by_the_way_has_no_line_that_answers_nothing() -> None:
    line = scored(passage("- The bus leaves at ten.", "Timetable"), 6.0)
    toll = scored(passage("- Bus: six euros a crossing.", "Bus", start=90), -9.0)
    said = lines("When does the bus leave by the timetable?", line, toll)
    assert said == ["The bus leaves at ten. [1]"]


def test_each_part_of_a_question_is_answered_be_the_best_line_on_whichever() -> None:
    text = "- The toll is 4 coins.\n- A box holds jam.\n- A box holds tea too.\n- Berths are wide."
    item = scored(passage(text), 2.0, 7.5, 7.0, 2.5)
    said = lines("What is the toll, what does a box hold, and how wide are berths?", item)
    assert {"The toll is 4 coins. [1]", "A box holds jam. [1]", "Berths are wide. [1]"} <= set(said)


def test_what_a_thing_is_is_told_first_by_the_line_that_introduces_it() -> None:
    text = "- Boxes are containers of wood.\n- Boxes cost 4 coins.\n- Boxes float."
    item = scored(passage(text), 2.0, 7.0, -9.0)
    assert lines("What are boxes?", item)[0] == "Boxes are containers of wood. [1]"
    assert lines("What do boxes cost?", item) == ["Boxes cost 4 coins. [1]"]


def test_a_cell_does_not_say_again_what_a_sentence_says() -> None:
    said = scored(passage("- A box has no built-in lid at all.", "Box"), 7.0)
    cell = Fact("Box", "Way of closing it", "No built-in lid")
    row = scored(passage("| Box | No built-in lid |", "Box", kind="table_row", facts=(cell,)), 6.9)
    assert len(lines("does it close?", said, row)) == 1


def test_a_cell_may_hold_a_question() -> None:
    row = passage(
        "| Answers | How is it? | Who was it? |",
        "Comparison",
        kind="table_row",
        facts=(Fact("Watch", "Answers", "How is it?"), Fact("Trail", "Answers", "Who was it?")),
    )
    assert lines("What does Watch answer?", scored(row, 5.0, -5.0)) == [
        "Watch's answers: How is it? [1]"
    ]
