"""HTML in Markdown: what it lays out is read, what it would run or hide is left to be seen."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from support.notes_on_disk import ingested

from ingest.html_layout import as_markdown
from ragbot.evidence import evidence_sentences

SHEET = """# Crane

<p align="center"><b>Crane</b> lifts boxes&nbsp;&mdash; and <a href="https://example.org">crates</a>.</p>

<table>
  <tr>
    <th>Model</th>
    <th>Load</th>
    <th>Price</th>
  </tr>
  <tr>
    <td>Small</td>
    <td>5&nbsp;t</td>
    <td rowspan="2">$9 | $10</td>
  </tr>
  <tr>
    <td>Large</td>
    <td>12 t<br>with care</td>
  </tr>
</table>

The crane stands still in a storm.
"""


def test_a_table_becomes_facts_that_know_their_lines(tmp_path: Path) -> None:
    found = ingested(tmp_path, "crane.md", SHEET)
    assert found.coverage == 1.0
    assert not found.warnings
    (document,) = found.contents.documents
    for each in found.contents.passages:
        assert document.text[each.start : each.end] == each.text
    rows = [each for each in found.contents.passages if each.kind == "table_row"]
    facts = [str(fact) for row in rows for fact in row.facts]
    assert facts == [
        "Small - Load: 5 t",
        "Small - Price: $9 | $10",
        "Large - Load: 12 t<br>with care",
        "Large - Price: $9 | $10",
    ]
    lines = SHEET.split("\n")
    below = [lines[row.lines[1]].strip() for row in rows]
    assert below == ["<td>Small</td>", "<td>Large</td>"]
    last = found.contents.passages[-1]
    assert lines[last.lines[0] - 1] == last.text == "The crane stands still in a storm."
    first = found.contents.passages[0]
    assert first.text == "**Crane** lifts boxes — and crates."


@pytest.mark.parametrize(
    ("html", "markdown"),
    [
        ("one <i>two</i> <kbd>Ctrl</kbd>", "one two Ctrl"),
        ("10<sup>5</sup> m<sup>2</sup>, H<sub>2</sub>O", "10⁵ m², H2O"),
        ("<ul>\n<li>one\n  more</li>\n<li>two</li>\n</ul>", "- one\n  more\n- two"),
        ("<ol><li>a<ul><li>b</li></ul></li></ol>", "- a\n  - b"),
        ("<dl><dt>Hash</dt><dd>equal</dd>\n<dt>Alone\n</dl>", "- **Hash**: equal\n- **Alone**"),
        ("<h2>Size <i>and</i> load</h2>\ntext", "## Size and load\n\ntext"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<table><tr><td>Size</td><td>5 t</td></tr></table>", "- Size: 5 t"),
        ("<table><tr><td>alone</td></tr></table>", "- alone"),
        (
            "<table><tr><th>A<th>B<th>C<tr><td>1<td>2</table>",
            "| A | B | C |\n|---|---|---|\n| 1 | 2 |  |",
        ),
        (
            "<table>stray<tr><th colspan=2>A</th><th>B</th></tr></table>",
            "stray\n\n| A | A | B |\n|---|---|---|",
        ),
        ("``` npm i zip ```\n<b>Then</b>", "``` npm i zip ```\n**Then**"),
        ("- one\n\n    <b>two</b>", "- one\n\n    **two**"),
        ("one\n    <b>two</b>\n\n    <i>three</i>\nfour", "one\n    **two**\n\n    three\nfour"),
        ("<ul>\n\n    <li>one</li>\n\n    <li>two</li>\n</ul>", "- one\n- two"),
        (
            "<table><tr><td>Apple<td>52 kcal<td>autumn<tr><td>Melon<td>34 kcal<td>a | b</table>",
            "- Apple: 52 kcal; autumn\n- Melon: 34 kcal; a | b",
        ),
        (
            "<table><tr><th>Apple<td>52<td>autumn<tr><th>Melon<td>34<td></table>",
            "- Apple: 52; autumn\n- Melon: 34",
        ),
        (
            "<table><tr><td>Fruit<td>EC2<td>Season<tr><td>Apple<td>52<td>autumn</table>",
            "| Fruit | EC2 | Season |\n|---|---|---|\n| Apple | 52 | autumn |",
        ),
        (
            "<table><tr><td><td>2023<td>2024<tr><td>Load<td>5 t<td>6 t</table>",
            "|  | 2023 | 2024 |\n|---|---|---|\n| Load | 5 t | 6 t |",
        ),
        (
            "<table><tr><td><b>Load</b><td><b>2023</b><td><b>2024</b><tr><td>t<td>5<td>6</table>",
            "| **Load** | **2023** | **2024** |\n|---|---|---|\n| t | 5 | 6 |",
        ),
        (
            "<table><thead><tr><th>Plan<th>A<th>B</thead><tr><th>Pro<th>1<th>2"
            "<tr><th>Max<td>3<td>4</table>",
            "| Plan | A | B |\n|---|---|---|\n| Pro | 1 | 2 |\n| Max | 3 | 4 |",
        ),
        ("<table><tr><td>Load<td>heavy<td>light</table>", "- Load: heavy; light"),
        (
            "<table><thead><tr><td>Load<td>2023<tbody><tr><td>5 t<td>6 t</table>",
            "| Load | 2023 |\n|---|---|\n| 5 t | 6 t |",
        ),
        (
            "<table><tr><th rowspan=2>Plan<th colspan=2>Price<tr><th>EUR<th>USD"
            "<tr><td>Pro<td>10<td>12</table>",
            "| Plan | Price EUR | Price USD |\n|---|---|---|\n| Pro | 10 | 12 |",
        ),
        (
            "<table><tr><th colspan=3>Fruit<tr><th>Name<th>kcal<th>Season"
            "<tr><th colspan=3>Round<tr><td>Apple<td>52<td>autumn</table>",
            "Fruit\n\n| Name | kcal | Season |\n|---|---|---|\n| **Round** |  |  |\n"
            "| Apple | 52 | autumn |",
        ),
        ("<pre><code>a &lt; <b>b</b></code></pre>", "```\na < b\n```"),
        ('<img src="x.png" alt="A crane"> lifts', "A crane lifts"),
        (
            "<table><tr><th>A<th>B<th>C<tr><td>x<dl><dt>y<dd>z</dl><td>1<td>2</table>",
            "| A | B | C |\n|---|---|---|\n| x y z | 1 | 2 |",
        ),
        (
            "<ul><li><p>One is here.</p>\n<p>Two is here.</p></li>\n<li>Three</li></ul>",
            "- One is here.\n  Two is here.\n- Three",
        ),
        (
            "<ul>\n<li>Use\n<code>aws s3</code>\nnow</li>\n<li>two</li></ul>",
            "- Use `aws s3`\n  now\n- two",
        ),
        ("<ul><li>one<ul><li>two</li></ul>three</li></ul>", "- one\n  - two\n  three"),
        ("2<sup>nd</sup> try<sup>[1]</sup>, 2<sup>n-1</sup>", "2nd try[1], 2ⁿ⁻¹"),
        ("<strong>Note: </strong>text <b></b>and<b> </b>more", "**Note:** text and more"),
        ("<b><p>One <i>is</i></p></b> two", "One is\n\n two"),
        ("<b>one <strong>two</strong>\n\nthree", "**one two**\n\nthree"),
        ("<b>one\n\ntwo **three**</b>", "one\n\ntwo **three**"),
        ("| a &#124; b | or |\n|---|---|\n\nx &vert; y", "| a \\| b | or |\n|---|---|\n\nx | y"),
    ],
)
def test_layout_becomes_its_like(html: str, markdown: str) -> None:
    lines = [line.rstrip() for line in as_markdown(html).text.split("\n")]
    assert re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() == markdown


@pytest.mark.parametrize(
    "text",
    [
        "`<b>` and ``a `<i>` b`` are tags",
        "```html\n<b>bold</b> &amp;\n```",
        "~~~\n<table>\n~~~",
        "put <your-name> into <bucket>",
        "a < b & c > d, https://example.org/?a=1&copy=2",
        "<script>steal()</script>",
        '<b onclick="steal()">bold</b>',
        '<a href=" JavaScript:steal()">link</a>',
        '<span style="display:none">unseen</span>',
        '<p style="color:white">unseen</p>',
        '<iframe src="https://example.org"></iframe>',
        "<!-- <b>for later</b> -->",
        "- one<br>two",
        "````html\n```\n<b>bold</b>\n```\n<b>bold</b>\n````",
        "~~~\n<b>bold</b>\n~~~ no end\n<b>bold</b>\n~~~~",
        'Link:\n\n    <a href="x.html">Go</a>\n\n\t<b>&amp;</b>\n',
        '- item\n\ntext\n\n    <a href="x.html">Go</a>\n',
        "plain\n\ntext\n",
    ],
)
def test_the_rest_is_left_as_it_is(text: str) -> None:
    laid = as_markdown(text)
    assert laid.text == text
    assert laid.numbers == tuple(range(1, text.count("\n") + 2))


def test_a_table_that_is_never_closed_is_read() -> None:
    assert "| 1 | 2 | 3 |" in as_markdown("<table><tr><th>A<th>B<th>C<tr><td>1<td>2<td>3").text


@given(
    st.lists(
        st.sampled_from(
            "<table> </table> <tr> </tr> <td> <td> </td> <th> <ul> </ul> <li> <dl> <dt> <dd> </dl>"
            " <pre> </pre> <sup> </sup> <h2> </h2> <p> <b> &amp; &#0; ` ``` \n - | word".split(" ")
        ),
        max_size=30,
    )
)
@example(["<table>", "<dt>", "word", "<td>"])
@example(["<dt>", "word", "<table>", "<td>"])
def test_no_word_is_lost_and_every_line_has_its_number(pieces: list[str]) -> None:
    text = "".join(pieces)
    laid = as_markdown(text)
    assert laid.text.count("word") >= text.count("word")
    lines = laid.text.split("\n")
    assert len(laid.numbers) == len(lines)
    assert all(1 <= number <= text.count("\n") + 1 for number in laid.numbers)


def test_a_bar_in_a_cell_parts_no_cells(tmp_path: Path) -> None:
    table = "# Flags\n\n| Flag | Meaning |\n|---|---|\n| a &#124; b | or |\n"
    found = ingested(tmp_path, "flags.md", table)
    assert [str(fact) for fact in found.contents.passages[0].facts] == ["a | b - Meaning: or"]
    assert not found.warnings


def test_what_heads_a_group_of_rows_is_no_fact(tmp_path: Path) -> None:
    head = "<table><tr><th>Name<th>X<th>Y"
    rows = "<tr><td>A<td>1<td>2<tr><td colspan=3>Group<tr><td>B<td>3<td>4</table>"
    found = ingested(tmp_path, "groups.md", head + rows)
    assert [[str(fact) for fact in each.facts] for each in found.contents.passages] == [
        ["A - X: 1", "A - Y: 2"],
        ["B - X: 3", "B - Y: 4"],
    ]


@pytest.mark.parametrize(
    "page",
    [
        "<p># of shards times 1 MB/s is the throughput.</p>",
        "<div>\n# of shards times 1 MB/s is the throughput.\n</div>",
        "<p>It is <b>fast</b>.<br>\n# of shards times 1 MB/s is the throughput.</p>",
    ],
)
def test_what_a_web_page_says_is_no_heading(tmp_path: Path, page: str) -> None:
    found = ingested(tmp_path, "shards.html", f"<h1>Shards</h1>{page}<h2># of C</h2><p>One.</p>")
    told = [each.quoted for p in found.contents.passages for each in evidence_sentences(p)]
    assert any("# of shards times 1 MB/s is the throughput." in each for each in told)
    assert not any("\\" in each for each in told)
    assert [s.heading_path for s in found.contents.sections] == [
        ("Shards",),
        ("Shards", "# of C"),
    ]


def test_comments_that_never_close_are_text() -> None:
    text = "<!-- " * 20_000
    assert as_markdown(f"<!-- <b>one</b> --> <b>two</b> {text}").text == (
        f"<!-- <b>one</b> --> **two** {text}"
    )


def test_a_cell_that_reaches_down_in_the_last_column_does_so_in_its_own_rows() -> None:
    page = (
        "<table><tr><th>Country</th><th>Days</th><th>Fee</th></tr>"
        "<tr><td>Albania</td><td>90</td><td rowspan=2>free</td></tr>"
        "<tr><td>Bosnia</td><td>60</td></tr>"
        "<tr><td>Denmark</td><td>15</td><td>80 EUR</td></tr></table>"
    )
    assert as_markdown(page).text.strip().splitlines()[2:] == [
        "| Albania | 90 | free |",
        "| Bosnia | 60 | free |",
        "| Denmark | 15 | 80 EUR |",
    ]


@pytest.mark.parametrize("tag", ["del", "s", "strike"])
def test_what_is_struck_out_stays_so(tag: str) -> None:
    text = f"A crate holds <{tag}>99 MB\n</{tag}> <b>16 <{tag}>KB</{tag}></b>MB."
    assert as_markdown(text).text == "A crate holds ~~99 MB~~\n **16** ~~KB~~MB."
