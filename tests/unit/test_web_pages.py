"""A saved web page is read like notes: what a reader sees of it, line by line."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_on_disk import ingested

from ingest.pipeline import ingest_sources, read_sources
from ingest.reading import left_out
from ingest.web_pages import what_is_read

PAGE = """<!DOCTYPE html>
<html>
<head>
  <title>Boxes and crates</title>
  <style>p { color: red }</style>
  <script>if (1 < 2) { load("<p>A box holds 9 KB.</p>") }</script>
</head>
<body>
  <nav>
    <a href="/">Home</a>
  </nav>
  <main>
    <h2>Sizes</h2>

        <p>A box holds 4&nbsp;KB.</p>
    <!-- <p>A box holds 5 KB.</p> -->
    <table>
      <tr><th>Thing</th><th>Colour</th></tr>
      <tr><td>Crate</td><td>blue</td></tr>
    </table>
    <pre>
open:
    lid: up
</pre>
  </main>
  <button>Buy a box</button>
</body>
</html>
"""


def test_what_a_reader_sees_is_evidence_and_stands_on_its_line(tmp_path: Path) -> None:
    result = ingested(tmp_path, "boxes.html", PAGE)
    (document,) = result.contents.documents
    assert document.title == "Boxes and crates"
    (size,) = (each for each in result.contents.passages if "A box holds 4 KB." in each.body)
    assert size.heading_path[-1] == "Sizes"
    assert PAGE.splitlines()[size.lines[0] - 1].strip() == "<p>A box holds 4&nbsp;KB.</p>"
    assert ["Colour", "blue"] in [
        [fact.feature, fact.value] for each in result.contents.passages for fact in each.facts
    ]
    assert not result.warnings


@pytest.mark.parametrize("unread", ["9 KB", "5 KB", "red", "Home", "Buy", "DOCTYPE", "html>"])
def test_what_stands_around_it_is_none(tmp_path: Path, unread: str) -> None:
    (document,) = ingested(tmp_path, "boxes.htm", PAGE).contents.documents
    assert unread not in document.text


def test_what_is_set_as_it_stands_keeps_its_indent() -> None:
    assert "open:\n    lid: up\n" in what_is_read(PAGE)
    assert what_is_read(PAGE).count("\n") == PAGE.count("\n")


def test_a_page_with_a_heading_needs_no_title() -> None:
    page = "<title>Shop | Boxes</title>\n<body><h1>Boxes</h1>\n<p>A box is red.</p></body>"
    assert what_is_read(page) == "\n<h1>Boxes</h1>\n<p>A box is red.</p>"


@pytest.mark.parametrize("body", ["<body class='x'>", ""])
def test_a_page_that_closes_nothing_is_read(body: str) -> None:
    page = f"<!doctype html>\n<html lang=en><meta charset=utf-8>{body}\n<h1>Boxes</h1>\n<p>Red."
    assert what_is_read(page).strip() == "<h1>Boxes</h1>\n<p>Red."
    assert what_is_read(page).count("\n") == page.count("\n")


@pytest.mark.parametrize("opened", ["<script>", "<!--", "<pre ", "<title>", "<main>", "<meta "])
def test_what_is_opened_without_end_does_not_hold_the_rest_back(opened: str) -> None:
    assert "A box is red." in what_is_read(f"{opened * 40_000}<p>A box is red.")


def test_of_several_articles_all_are_read() -> None:
    page = "<body><article>A box is red.</article>\n<article>A crate is blue.</article></body>"
    assert "red" in what_is_read(page) and "blue" in what_is_read(page)


def test_of_a_folder_it_is_told_what_was_left_out(tmp_path: Path) -> None:
    (tmp_path / "boxes.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "slides.pdf").write_bytes(b"%PDF-1.7")
    (tmp_path / "lid.png").write_bytes(b"\x89PNG")
    assert left_out([tmp_path]) == [tmp_path / "slides.pdf"]
    (warning,) = ingest_sources(read_sources([tmp_path]), left_out([tmp_path])).warnings
    assert warning.file.endswith("slides.pdf") and "left out" in warning.message
