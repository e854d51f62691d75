"""Which lines are fenced code, to whoever reads them."""

from __future__ import annotations

import pytest
from support.small_notes import passage

from ragbot.evidence import evidence_sentences
from ragbot.fences import fenced_code, parts_of
from ui.sources import section_lines


@pytest.mark.parametrize(
    ("lines", "parts"),
    [
        ("```sh\nx\n```\ny", ["fence", "code", "fence", "text"]),
        ("````\n```\nx\n```\n````\ny", ["fence", "code", "code", "code", "fence", "text"]),
        ("```npm install```\ny", ["text", "text"]),
        ("~~~\n```\n~~~\n", ["fence", "code", "fence", "text"]),
        ("  ```\nx", ["fence", "code"]),
    ],
)
def test_what_each_line_is(lines: str, parts: list[str]) -> None:
    assert [*parts_of(lines.split("\n"))] == parts


def test_how_far_a_block_goes() -> None:
    assert fenced_code(["```", "x", "```", "```", "y"]) == (3, True)
    assert fenced_code(["```", "x"]) == (2, False)


def test_three_ticks_inside_four_are_code_to_quotes_and_panel() -> None:
    text = "````\n```\nlift(3)\n```\n````\nA crane lifts 4 tons."
    quoted = [each.quoted for each in evidence_sentences(passage(text, kind="paragraph"))]
    assert quoted == ["```", "lift(3)", "```", "A crane lifts 4 tons."]
    shown = section_lines(text, (0, len(text)), (0, 0), ())
    told = ["".join(piece["text"] for cell in line["cells"] for piece in cell) for line in shown]
    assert told == quoted
