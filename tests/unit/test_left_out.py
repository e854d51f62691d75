"""What a heading suspects is left out only where the lines below it bear it out, and practice
questions are known by their form under any heading."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_on_disk import assert_offsets, ingested

from ingest.pipeline import Ingested, ingest_sources, read_sources

MCQ = "Which one is light?\nA. Barrel\nB. Crate\nC. Box\n"


def passages(result: Ingested) -> list[str]:
    return [passage.text for passage in result.contents.passages]


@pytest.mark.parametrize(
    ("heading", "line"),
    [
        ("### Sources", "Mackerel holds 16 µg of vitamin D per 100 g."),
        ("## References", "A reference never owns its value."),
        ("## References", "```rust\nlet r = &x\n```"),
        ("## Pub quiz", "It takes place on Mondays"),
        ("## Test results and open questions", "1. Load\n   - 300 a second\n   - 500 a second"),
        ("## Test results, open questions", "1. Load?\n   a) 300 a second\n   b) 500 a second"),
        ("## Review of open questions", "- Whether boxes may be stacked"),
        ("## Practice exam", "It takes 130 minutes"),
    ],
)
def test_a_section_is_text_whatever_its_heading_says(
    tmp_path: Path, heading: str, line: str
) -> None:
    result = ingested(tmp_path, "notes.md", f"# Notes\n\n{heading}\n\n{line}\n\n## More\n\nEnd.\n")
    assert_offsets(result)
    assert (result.coverage, result.warnings) == (1.0, ())
    assert passages(result) == [line, "End."]
    assert [s.heading_path[-1] for s in result.contents.sections] == [
        "Notes",
        heading.strip("# "),
        "More",
    ]


@pytest.mark.parametrize("title", ["# Quiz app", "# Sources"])
def test_a_title_is_under_no_suspicion(tmp_path: Path, title: str) -> None:
    result = ingested(
        tmp_path, "app.md", f"{title}\n\n- It asks in rounds\n\n## Rounds\n\n- Five\n"
    )
    assert passages(result) == ["- It asks in rounds", "- Five"]


def test_what_is_left_out_is_told_with_its_line(tmp_path: Path) -> None:
    page = (
        "# Boxes\n\nA box folds.\n\n## Quiz\n\nTake your time.\n\n1. Which one folds?\n"
        "   - A. Box\n   - B. Crate\n\n   Answer: A\n\nWell done!\n\n## Sources\n\n- [Guide](https://a.example)\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["A box folds."]
    assert [question.answer for question in result.contents.questions] == [(0,)]
    assert [(w.line, w.message) for w in result.warnings] == [
        (5, "left out 2 lines under 'Quiz'"),
        (17, "left out 1 line under 'Sources'"),
    ]


@pytest.mark.parametrize(
    "heading",
    """Knowledge check; MCQs; Check your understanding; Test yourself; Practice exam; Practice test
    Mock exam; Multiple-choice""".replace("\n", ";").split(";"),
)
@pytest.mark.parametrize("sign", ["#", ""])
def test_questions_have_many_headings(tmp_path: Path, heading: str, sign: str) -> None:
    question = "1. Which one is light?\n    1. Box\n    2. Crate\n    3. Barrel\n"
    page = f"{sign} Boxes\n\nA box folds.\n\n{sign * 2} {heading.strip()}\n\n{question}"
    page = page if sign else page.replace("\n ", "\n", 2).lstrip()
    result = ingested(tmp_path, "boxes.md" if sign else "boxes.txt", page)
    assert passages(result) == ["A box folds."]
    assert [q.options for q in result.contents.questions] == [("Box", "Crate", "Barrel")]


@pytest.mark.parametrize("heading", ["Practice questions", "Weights"])
@pytest.mark.parametrize("suffix", [".md", ".txt"])
@pytest.mark.parametrize(
    "number",
    [
        "**Question 1**\n",
        "**Question 1:**\n\n",
        "### Question 1\n\n",
        "Question 1:\n",
        "1. ",
        "Q1) ",
        "",
    ],
)
def test_the_stem_may_stand_below_its_number(
    tmp_path: Path, heading: str, suffix: str, number: str
) -> None:
    if "#" in number and suffix == ".txt":
        pytest.skip("a heading of Markdown")
    signs = ("# ", "## ") if suffix == ".md" else ("", "")
    asked = "".join(
        f"{number.replace('1', str(n))}{MCQ.replace('light', kind)}\nAnswer: C\n"
        f"Explanation: it is {kind}.\n\n"
        for n, kind in ((1, "light"), (2, "cheap"))
    )
    page = (
        f"{signs[0]}Boxes\n\nA box folds.\n\n{signs[1]}{heading}\n\n{asked}"
        f"{signs[1]}Care\n\nKeep it dry.\n"
    )
    result = ingested(tmp_path, f"boxes{suffix}", page)
    assert_offsets(result)
    assert (result.coverage, result.warnings) == (1.0, ())
    assert passages(result) == ["A box folds.", "Keep it dry."]
    assert result.contents.passages[-1].heading_path[-1] == "Care"
    found = [(q.stem, q.options, q.answer) for q in result.contents.questions]
    assert found == [
        (f"Which one is {kind}?", ("Barrel", "Crate", "Box"), (2,)) for kind in ("light", "cheap")
    ]


@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_text_around_a_question_stays(tmp_path: Path, suffix: str) -> None:
    title = "# Boxes" if suffix == ".md" else "Boxes"
    page = (
        f"{title}\n\nA box folds.\n\nA shop sends boxes.\nWhich are sent flat?\n\n"
        "a) the small\nones\nb) the old ones\nc) the wet ones\n\nBoxes burn.\n"
    )
    result = ingested(tmp_path, f"boxes{suffix}", page)
    assert_offsets(result)
    assert passages(result) == ["A box folds.", "A shop sends boxes.", "Boxes burn."]
    (question,) = result.contents.questions
    assert question.options == ("the small ones", "the old ones", "the wet ones")


@pytest.mark.parametrize(
    "listed",
    [
        "A box has three parts:\n\na) a lid\nb) a floor\nc) a wall",
        "1. The parts of a box\n   a) a lid\n   b) a floor\n   c) a wall",
        "Is it a box?\n\n- it has a lid\n- it has a floor\n- it has a wall",
        "Vitamins that dissolve in fat?\n\nA: liver\nD: fish\nE: nuts",
    ],
)
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_a_lettered_list_of_facts_is_no_question(tmp_path: Path, listed: str, suffix: str) -> None:
    title = "# Boxes" if suffix == ".md" else "Boxes"
    result = ingested(tmp_path, f"boxes{suffix}", f"{title}\n\nA box folds.\n\n{listed}\n")
    assert result.coverage == 1.0
    assert result.contents.questions == []
    text = "\n".join(passages(result))
    assert all(line in text or line.endswith("?") for line in listed.split("\n"))


def test_a_scenario_belongs_to_its_number_and_a_key_makes_up_for_a_question_mark(
    tmp_path: Path,
) -> None:
    page = (
        "# Boxes\n\n## Weights\n\nA box folds.\n\n### Question 7\n\nA shop sends boxes.\n\n"
        "What does it need?\n\n- **A.** Tape\n- **B.** Rope\n- **C.** Nails\n\n**Answer: A**\n\n"
        "The lightest of all is\n\nA. a box\nB. a crate\nC. a barrel\n\nCorrect answer: A\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["A box folds."]
    assert [(q.stem, q.options, q.answer) for q in result.contents.questions] == [
        ("A shop sends boxes. What does it need?", ("Tape", "Rope", "Nails"), (0,)),
        ("The lightest of all is", ("a box", "a crate", "a barrel"), (0,)),
    ]


def test_ticks_are_a_key(tmp_path: Path) -> None:
    page = (
        "# Boxes\n\nA box folds.\n\n### Which one is light?\n\n"
        "- [ ] A. Barrel\n- [ ] B. Crate\n- [x] C. Box\n\n### Care\n\nKeep it dry.\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["A box folds.", "Keep it dry."]
    (question,) = result.contents.questions
    assert (question.options, question.answer) == (("Barrel", "Crate", "Box"), (2,))


def test_a_file_of_nothing_but_questions_gives_no_passage(tmp_path: Path) -> None:
    (tmp_path / "notes.md").write_text("# Boxes\n\nA box folds.\n")
    question = "1. Which one is light?\n   1. Barrel\n   2. Crate\n   3. Box\n"
    for name, title in (("a.txt", "Practice questions"), ("b.md", "# Quiz")):
        (tmp_path / name).write_text(f"{title}\n\n{question}")
    result = ingest_sources(read_sources([tmp_path]))
    assert passages(result) == ["A box folds."]
    assert len(result.contents.questions) == 2


def test_the_lines_of_a_numbered_stem_may_each_be_a_sentence(tmp_path: Path) -> None:
    page = (
        "# Boxes\n\n## Weights\n\nA box folds.\n\n**1. A shop sends boxes.**\nIt is far away.\n"
        "What does it need?\nA. Tape\nB. Rope\nC. Nails\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["A box folds."]
    (question,) = result.contents.questions
    assert question.stem == "A shop sends boxes. It is far away. What does it need?"


def test_a_question_inside_a_list_that_goes_on_stays_in_it(tmp_path: Path) -> None:
    page = "# Boxes\n\n- Ask:\n  1. {}\n     a) Box\n     b) Crate\n     c) Jar\n\n{}\n"
    stem = "Which of them holds the most water?"
    whole = ingested(tmp_path, "boxes.md", page.format(stem, "  and go on"))
    assert (whole.contents.questions, len(whole.contents.passages)) == ([], 1)
    cut = ingested(tmp_path, "boxes.md", page.format(stem, "Go on"))
    assert (len(cut.contents.questions), passages(cut)) == (1, ["- Ask:", "Go on"])


def test_a_stem_may_end_in_code_and_letters_in_code_are_no_options(tmp_path: Path) -> None:
    page = (
        "# Boxes\n\n## Code\n\n1. What does it print?\n\n```\nprint(1)\n```\n\nA. 1\nB. 2\nC. 3\n\n"
        "Answer: A\n\n## Dialogue\n\n```\nQ1 Which one?\nA. 1\nB. 2\nC. 3\n```\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["```\nQ1 Which one?\nA. 1\nB. 2\nC. 3\n```"]
    (question,) = result.contents.questions
    assert (question.stem.split()[0], question.options) == ("What", ("1", "2", "3"))


@pytest.mark.parametrize("heading", ["Quiz", "Code"])
def test_a_comment_in_the_code_of_a_question_ends_no_section(tmp_path: Path, heading: str) -> None:
    page = (
        f"# Boxes\n\nA box folds.\n\n## {heading}\n\n1. What does it print?\n\n"
        "```\n# one line\nprint(1)\n```\n\nA. 1\nB. 2\nC. 3\n\nAnswer: A\n"
    )
    result = ingested(tmp_path, "boxes.md", page)
    assert passages(result) == ["A box folds."]
    assert [(q.options, q.answer) for q in result.contents.questions] == [(("1", "2", "3"), (0,))]


@pytest.mark.parametrize(
    "listed",
    [
        "Select the plan that fits your needs:\n\na) Basic is free of charge.\n"
        "b) Developer costs 29 dollars.\nc) Business costs 100 dollars.",
        "To choose an index, look at:\n- A. size\n- B. speed\n- C. price",
    ],
)
@pytest.mark.parametrize("suffix", [".md", ".txt"])
def test_to_choose_and_to_select_is_no_question(tmp_path: Path, listed: str, suffix: str) -> None:
    title = "# Boxes" if suffix == ".md" else "Boxes"
    result = ingested(tmp_path, f"boxes{suffix}", f"{title}\n\nA box folds.\n\n{listed}\n")
    assert (result.coverage, result.contents.questions) == (1.0, [])
    text = "\n".join(passages(result))
    assert all(line in text for line in listed.split("\n"))


def test_how_many_to_choose_is_told_by_a_question(tmp_path: Path) -> None:
    asked = "A box that is light is full of (select two):\nA. Air\nB. Lead\nC. Foam\n"
    result = ingested(tmp_path, "boxes.md", f"# Boxes\n\nA box folds.\n\n{asked}")
    assert passages(result) == ["A box folds."]


def test_sources_may_be_those_of_data(tmp_path: Path) -> None:
    page = "# Glue\n\nIt joins.\n\n## Sources\n\n- Amazon S3 buckets\n- Kinesis streams\n"
    result = ingested(tmp_path, "glue.md", page)
    assert passages(result) == ["It joins.", "- Amazon S3 buckets\n- Kinesis streams"]
    assert not result.warnings
    links = ingested(tmp_path, "glue.md", page.replace("Kinesis", "https://a.example"))
    assert passages(links) == ["It joins."]
    assert [w.message for w in links.warnings] == ["left out 2 lines under 'Sources'"]


@pytest.mark.parametrize(
    "line",
    [
        "✅ Consumers subscribe to an SNS topic with a filter policy.",
        "✅ Users sign up with a phone number.",
        "⚠ Start the writer before the readers.",
        "✅ Customers earn a refund of 10%.",
    ],
)
def test_a_picture_before_a_fact_makes_no_advertisement(tmp_path: Path, line: str) -> None:
    result = ingested(tmp_path, "topics.txt", f"Topics\n\nA topic is a channel.\n\n{line}\n")
    assert line in passages(result)
    assert not result.warnings


@pytest.mark.parametrize(
    "stem",
    [
        "Q1. Which box is the lightest?",
        "Which box is the lightest?",
        "1. Which box of all those that\nare shown is the lightest?",
    ],
)
def test_a_file_may_begin_with_a_question(tmp_path: Path, stem: str) -> None:
    options = "A. Barrel\nB. Crate\nC. Box\nAnswer: C\n"
    result = ingested(tmp_path, "dump.txt", f"{stem}\n{options}\nA box folds.\n")
    assert passages(result) == ["A box folds."]
    assert [q.answer for q in result.contents.questions] == [(2,)]
    assert result.contents.documents[0].title == "dump"


def test_a_title_right_above_a_question_is_one(tmp_path: Path) -> None:
    result = ingested(tmp_path, "dump.txt", f"Weights of boxes\n{MCQ}\nA box folds.\n")
    assert passages(result) == ["A box folds."]
    assert len(result.contents.questions) == 1
    assert result.contents.documents[0].title == "Weights of boxes"
