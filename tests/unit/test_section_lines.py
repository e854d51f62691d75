"""The section around a citation, cut into the lines and cells that the page draws."""

from __future__ import annotations

from ui.sources import section_lines


def drawn(text: str) -> list[tuple[str, list[str]]]:
    """The kind of each line and the text of its cells."""
    lines = section_lines(text, (0, len(text)), (0, 0), ())
    return [
        (line["kind"], ["".join(p["text"] for p in cell) for cell in line["cells"]])
        for line in lines
    ]


def test_a_quote_is_a_line_of_its_own_and_stays_out_of_what_stands_above() -> None:
    assert drawn("## Limits\n\n> Note: x is so.\n> y\n") == [
        ("heading", ["Limits"]),
        (
            "text",
            [
                "Note: x is so.",
            ],
        ),
        ("text", ["y"]),
    ]
    assert drawn("| a | b |\n|---|---|\n| 1 | 2 |\n\n> Both are soft.")[-1] == (
        "text",
        ["Both are soft."],
    )


def test_a_list_in_a_quote_is_a_list_and_the_kind_of_a_callout_is_no_line() -> None:
    assert drawn("> [!NOTE]\n> - One.\n> - Two.") == [("bullet", ["One."]), ("bullet", ["Two."])]


def test_code_is_drawn_as_it_is_written() -> None:
    code = ["# the web tier", "- name: web", "  | jq .x", "|----|", "> out.txt"]
    text = "Run:\n\n```yaml\n" + "\n".join(code) + "\n```"
    assert drawn(text) == [("text", ["Run:"]), *(("code", [line]) for line in code)]


def test_a_word_that_could_be_a_bullet_goes_on_where_the_line_was_wrapped() -> None:
    text = "Los datos pueden estar en varias r\u00e9plicas\no un almac\u00e9n."
    assert drawn(text) == [("text", [text])]
