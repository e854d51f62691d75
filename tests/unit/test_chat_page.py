"""The chat page without a browser: what it draws for each thing that can happen."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest
from support.boxes_and_crates import bot, boxes_and_crates, ingested_meanwhile
from support.small_notes import passage
from support.word_lengths import WordLengths

from ragbot.settings import Settings
from ragbot.store import Contents, write_generation
from ragbot.types import Answer, Document, Section, Sentence
from ui import markup
from ui.chat import EXAMPLES
from ui.chat import _asides as answer_asides
from ui.sources import drawn as data_of
from ui.sources import section_lines

APP = str(Path(__file__).resolve().parents[2] / "app.py")
TEXT = "- A Boxes item can be at most 400 KB.\n- Boxes rotates its labels automatically."

CONTENTS = Contents(
    [Document("boxes", "Containers", "boxes.md", TEXT, 0, len(TEXT))],
    [Section("boxes", ("Containers", "Boxes"), 0, len(TEXT))],
    [passage(TEXT, title="Containers")],
)


@pytest.fixture
def page(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AppTest]:
    """The page over a tiny index, answering with `quotes` and an embedder that loads nothing."""
    settings = Settings(home=tmp_path, models_dir=tmp_path / "models")
    write_generation(settings.index_dir, CONTENTS, embedder=WordLengths(), fingerprint="f")
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path))
    monkeypatch.setenv("RAGBOT_MODELS_DIR", str(tmp_path / "models"))
    monkeypatch.setenv("RAGBOT_MODEL", "quotes")
    monkeypatch.setattr("ragbot.assembly.open_embedder", lambda _: WordLengths())
    st.cache_resource.clear()
    yield AppTest.from_file(APP, default_timeout=30)
    st.cache_resource.clear()


def drawn(page: AppTest) -> str:
    """All that the page shows as its own HTML, which AppTest has no accessor for."""
    return " ".join(
        str(getattr(element.proto, "body", "")) for element in page.main if element.type == "html"
    )


def marked(data: dict[str, Any]) -> list[str]:
    """What is highlighted in the first source of an answer."""
    cells = [cell for line in data["sources"][0]["lines"] for cell in line["cells"]]
    return [piece["text"] for cell in cells for piece in cell if piece["mark"]]


def test_the_empty_page_says_what_it_covers_and_offers_examples_that_the_notes_answer(
    page: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    page.run()
    assert not page.exception
    assert page.title[0].value == "Ask your notes"
    assert not [b for b in page.button if b.key and b.key.startswith("example-")]
    title = CONTENTS.documents[0].title
    monkeypatch.setattr(
        "ui.chat.EXAMPLES", {title: "How large can it be?", "Lids": "What are they?"}
    )
    page.run()
    offered = [b.label for b in page.button if b.key and b.key.startswith("example-")]
    assert offered == ["How large can it be?"]


def test_each_example_is_of_a_sheet_that_comes_along() -> None:
    sheets = (Path(__file__).parents[2] / "corpus").glob("*.md")
    titles = {
        re.search(r"^title: (.+)$", file.read_text(encoding="utf-8"), re.M)[1] for file in sheets
    }
    assert len(EXAMPLES) == 4 and titles >= EXAMPLES.keys()


def test_a_question_is_answered_and_can_be_asked_again(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("How large can a Boxes item be?").run()
    assert not page.exception
    (exchange,) = page.session_state["exchanges"]
    assert exchange.answer.text.startswith("A Boxes item can be at most 400 KB. [1]")
    assert marked(exchange.data)[0] == "A Boxes item can be at most 400 KB."
    assert [b.label for b in page.button if b.key == "again-0"] == ["Ask again"]


def test_an_abstention_offers_the_nearest_topics_as_text(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("Who won the chess championship in Reykjavik?").run()
    (exchange,) = page.session_state["exchanges"]
    assert exchange.answer.abstained
    assert [b.label for b in page.button if b.key == "topic-0-0"] == ["Boxes"]


def test_small_talk_is_answered_and_is_no_abstention(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("hello!").run()
    assert not page.exception
    (exchange,) = page.session_state["exchanges"]
    assert exchange.answer.kind == "small_talk"
    shown = drawn(page)
    assert "The notes cover: Containers." in shown
    assert "No model was asked" not in shown and "Searched for" not in shown


def test_a_follow_up_tells_what_was_searched_for(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("How large can a Boxes item be?").run()
    assert "Searched for" not in drawn(page)
    page.chat_input[0].set_value("and does it rotate labels?").run()
    assert not page.exception
    assert "Searched for: does Boxes rotate labels?" in drawn(page)
    assert page.session_state["exchanges"][1].as_turn.query == "does Boxes rotate labels?"


def test_a_question_that_a_guardrail_blocks_is_answered_not_failed(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ragbot.toml").write_text('[guardrails]\nwords = ["bluebird"]\n')
    monkeypatch.setenv("RAGBOT_CONFIG", str(tmp_path / "ragbot.toml"))
    page.run()
    page.chat_input[0].set_value("How large can a Bluebird item be?").run()
    assert not page.exception
    (exchange,) = page.session_state["exchanges"]
    assert exchange.trouble is None
    assert exchange.answer.blocked.policy == "word_filter"
    told = " ".join(answer_asides(exchange.answer))
    assert "Held back by the word filter: the question uses a word that is filtered." in told


def test_a_file_of_guardrails_that_is_wrong_is_told_on_the_page(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "ragbot.toml").write_text("[guardrails]\ngrounding = 7\n")
    monkeypatch.setenv("RAGBOT_CONFIG", str(tmp_path / "ragbot.toml"))
    page.run()
    assert not page.exception
    assert len(page.chat_input) == 0


def test_what_is_not_to_be_seen_of_a_section_is_masked_and_turned_text_is_straight() -> None:
    text = "- Ask ann@example.com \u202enow\u202c or never."
    at = text.index("ann@")
    masks = [(at, at + len("ann@example.com"), "[email]")]
    (line,) = section_lines(text, (0, len(text)), (0, len(text)), [(2, at + 4)], masks)
    shown = "".join(piece["text"] for cell in line["cells"] for piece in cell)
    assert shown == "Ask [email] now or never."
    assert markup.plain("a\u202eb") == '<div class="rb-said">ab</div>'


def test_a_question_that_cannot_be_asked_is_told_and_the_page_lives_on(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("x" * 9_000).run()
    (exchange,) = page.session_state["exchanges"]
    assert "9,000 characters" in exchange.trouble[0]
    page.chat_input[0].set_value("How large can a Boxes item be?").run()
    assert page.session_state["exchanges"][1].answer is not None


def test_a_new_conversation_forgets(page: AppTest) -> None:
    page.run()
    page.chat_input[0].set_value("How large can a Boxes item be?").run()
    next(b for b in page.sidebar.button if b.label == "New conversation").click().run()
    assert page.session_state["exchanges"] == []


def test_without_an_index_the_page_names_the_mending_command(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path / "elsewhere"))
    page.run()
    assert not page.exception
    assert [b.label for b in page.button if b.label == "Try again"] == ["Try again"]
    monkeypatch.setenv("RAGBOT_HOME", str(tmp_path))
    page.run()
    assert page.title[0].value == "Ask your notes"


@pytest.mark.parametrize("doc_id", ["boxes", "crates"])
def test_an_ingest_meanwhile_does_not_change_what_is_marked(
    page: AppTest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, doc_id: str
) -> None:
    quotes = ingested_meanwhile(Settings(home=tmp_path), doc_id)
    monkeypatch.setattr("ragbot.chat_models.choosing.quoting_candidate", lambda: quotes)
    page.run()
    page.chat_input[0].set_value("How large can a Boxes item be?").run()
    for _ in range(2):  # and when it is drawn again, the notes that it cites being gone
        assert not page.exception
        (exchange,) = page.session_state["exchanges"]
        assert exchange.data["sources"][0]["place"].startswith("boxes.md")
        assert marked(exchange.data)[0] == "A Boxes item can be at most 400 KB."
        page.run()
    page.chat_input[0].set_value("Are lids sold apart?").run()
    assert marked(page.session_state["exchanges"][1].data)[0] == "Lids are sold apart."


class OtherLengths(WordLengths):
    fingerprint = "other-lengths/1"


@pytest.mark.parametrize("is_gone", [True, False])
@pytest.mark.parametrize("has_asked", [True, False])
def test_an_index_that_can_no_longer_be_asked_is_told_and_a_mended_one_is_read(
    page: AppTest, tmp_path: Path, is_gone: bool, has_asked: bool
) -> None:
    page.run()
    if has_asked:
        page.chat_input[0].set_value("How large can a Boxes item be?").run()
    index = Settings(home=tmp_path).index_dir
    if is_gone:
        shutil.rmtree(index)
    else:
        write_generation(index, CONTENTS, embedder=OtherLengths(), fingerprint="f")
    page.run()
    assert not page.exception
    assert "To mend it: <code>python -m ingest" in drawn(page)
    assert page.chat_input[0].disabled
    write_generation(index, CONTENTS, embedder=WordLengths(), fingerprint="f")
    next(b for b in page.button if b.label == "Try again").click().run()
    assert not page.exception
    assert not page.chat_input[0].disabled


def test_importing_the_page_loads_nothing_heavy() -> None:
    import subprocess
    import sys

    heavy = ("torch", "chromadb", "sentence_transformers", "langchain_core", "onnxruntime", "boto3")
    code = f"import sys, ui.chat; print([m for m in {heavy!r} if m in sys.modules])"
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


@pytest.mark.parametrize("text", ["<b onclick=x>hi</b>", "$x$ & <img src=y>", "[a](http://b)"])
def test_text_stays_text(text: str) -> None:
    assert "<b" not in markup.plain(text) and "<img" not in markup.plain(text)
    assert "<img" not in markup.trouble(text, text)


@pytest.mark.parametrize(
    ("heading", "label"),
    [
        (":material/home: :streamlit:", r"\:'material/home\: \:'streamlit\:"),
        ("a -> b <- c >= d", r"a \-'\> b \<'\- c \>'= d"),
        ("Multi-AZ: what?", r"Multi\-AZ\: what?"),
    ],
)
def test_a_heading_on_a_button_is_no_icon_and_no_arrow(heading: str, label: str) -> None:
    """A word joiner, here ', keeps apart what Streamlit would draw."""
    assert markup.literal(heading).replace("\u2060", "'") == label


def test_the_pieces_of_a_section_are_its_text_and_the_mark_is_exact() -> None:
    text = "## Sizes\n\n| Feature | Boxes | Crates |\n|---|---|---|\n| Size | 4 KB | 8 KB |\n- end"
    row = text.index("| Size")
    cell = text.index("8 KB")
    lines = section_lines(text, (0, len(text)), (row, row + 22), [(cell, cell + 4)])
    assert [line["kind"] for line in lines] == ["heading", "row", "row", "bullet"]
    cells = ["".join(piece["text"] for piece in each) for each in lines[2]["cells"]]
    assert cells == ["Size", "4 KB", "8 KB"]
    marks = [p["text"] for line in lines for each in line["cells"] for p in each if p["mark"]]
    assert marks == ["8 KB"]
    tinted = [p["text"] for line in lines for each in line["cells"] for p in each if p["tint"]]
    assert tinted == ["Size", "4 KB", "8 KB"]


def test_a_wrapped_line_of_the_source_is_shown_as_one() -> None:
    text = (
        "# Help\n\n- The desk is staffed on\n  Friday until 13:00. It\n  rests.\n- Then.\n\n"
        "```\na\n\nb\nc\n```\n"
    )
    at = text.index("The desk")
    lines = section_lines(text, (0, len(text)), (at, at + 60), [(at, text.index(" It"))])
    shown = ["".join(p["text"] for cell in line["cells"] for p in cell) for line in lines]
    assert [" ".join(each.split()) for each in shown] == [
        "Help",
        "The desk is staffed on Friday until 13:00. It rests.",
        "Then.",
        "a",
        "b",
        "c",
    ]
    marked = "".join(p["text"] for p in lines[1]["cells"][0] if p["mark"])
    assert " ".join(marked.split()) == "The desk is staffed on Friday until 13:00."


@pytest.mark.parametrize("row", ["|", "  |  ", "|\x0cNext", "|\u2028Next", "|\x85 Next |"])
def test_a_bar_is_no_table_and_only_a_newline_ends_a_line(row: str) -> None:
    text = f"- One.\n{row}\nand more, wrapped.\n- Two."
    at = text.index("Two")
    lines = section_lines(text, (0, len(text)), (0, len(text)), [(at, at + 4)])
    cells = [cell for line in lines for cell in line["cells"]]
    assert all(line["cells"] for line in lines)
    assert [p["text"] for cell in cells for p in cell if p["mark"]] == ["Two."]


@pytest.mark.parametrize("stroke", ["", "-----\n"])
def test_a_numbered_heading_of_plain_text_is_drawn_as_one(stroke: str) -> None:
    text = f"2. Lids\n{stroke}\n(1) A lid is red.\n(2) It is flat."
    lines = section_lines(text, (0, len(text)), (0, 0), (), heading="2. Lids")
    assert [line["kind"] for line in lines] == ["heading", "bullet", "bullet"]
    assert [piece["text"] for piece in lines[0]["cells"][0]] == ["2. Lids"]


def test_what_a_note_hides_is_not_in_the_sentences_that_quote_it(tmp_path: Path) -> None:
    quoted = Sentence("The \u202emirror\u202c rules.", (), "unsupported", "no \u202eeye")
    sentences = (quoted, replace(quoted, withheld=True))
    answer = Answer("q", "", sentences, (), (), False, None, "quotes")
    asked = bot(boxes_and_crates(tmp_path))
    data = data_of(answer, asked.searcher(), asked.guardrails)
    told = [each["text"] for each in data["sentences"] + data["withheld"]]
    assert told == ["The mirror rules."] * 2
    assert data["sentences"][0]["doubt"] == data["withheld"][0]["reason"] == "no eye"
