"""Notes out of Word and of web pages: what the layout meant is kept, its marks are not."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.notes_as_read import passages, sentences

from ragbot.evidence import split_sentences
from ragbot.plain_text import as_sentence

TOLD = "\n\nIt lifts crates. It is slow.\n\n"


@pytest.mark.parametrize(
    ("headings", "last"),
    [
        (("2.2 Cranes", "2.3 Winches"), ("2.3 Winches",)),
        (("2.2 Cranes", "2.2.1 Of steel", "2.3 Winches"), ("2.3 Winches",)),
        (("2.2 Cranes", "2.2.1 Of steel", "3 Winches"), ("3 Winches",)),
        (("2 Lifting", "2.1 Cranes", "2.2 Winches"), ("2 Lifting", "2.2 Winches")),
        (("Lifting", "2.1 Cranes", "2.2 Winches"), ("Lifting", "2.2 Winches")),
    ],
)
def test_a_numbered_heading_stands_under_none_that_is_as_deep(
    tmp_path: Path, headings: tuple[str, ...], last: tuple[str, ...]
) -> None:
    first, *others = headings
    parent = "" if len(headings) == 2 else first
    heads = others if parent else headings
    note = f"Harbour\n\n{parent}\n\n" + TOLD.join(heads) + TOLD
    assert passages(tmp_path, "harbour.txt", note)[-1].heading_path == ("Harbour", *last)


def test_a_formula_on_its_own_line_is_no_heading(tmp_path: Path) -> None:
    note = "Cranes\n\n2.2 Power\n\nP = F v\n\nPower is measured in watts. It is never negative.\n"
    formula, *_ = passages(tmp_path, "cranes.txt", note)
    assert formula.text == "P = F v"


MARKS = [
    ('<sup id="a"><a href="#note-1">[1]</a></sup>', ""),
    ('<sup class="reference">[<i><a href="/x">citation needed</a></i>]</sup>', ""),
    ('<span class="mw-editsection">[<a href="/x">edit</a>]</span>', ""),
    ("<sup>3</sup>", "³"),
    (" [1]", " [1]"),
    ("[editor]", "[editor]"),
]


@pytest.mark.parametrize(("mark", "left"), MARKS)
def test_the_marks_of_a_wiki_are_no_text(tmp_path: Path, mark: str, left: str) -> None:
    page = f"<html><body><h2>Cranes{mark}</h2><p>A crane lifts a box{mark}.</p></body></html>"
    (only,) = passages(tmp_path, "cranes.html", page)
    assert (only.heading_path[-1], only.body) == (f"Cranes{left}", f"A crane lifts a box{left}.")


@pytest.mark.parametrize(
    ("attribute", "is_seen"),
    [
        ("hidden", False),
        ("hidden=''", False),
        ('style="color:red; display: none"', False),
        ("style='visibility:hidden'", False),
        ('class="hidden"', True),
        ('style="text-align:left"', True),
    ],
)
def test_what_a_browser_shows_nobody_is_no_text(
    tmp_path: Path, attribute: str, is_seen: bool
) -> None:
    hidden = f"<div {attribute}><div>A crate</div> here.</div>"
    page = f"<html><body><p>A box.</p>{hidden}<p>A barrel.</p>"
    text = "\n".join(each.body for each in passages(tmp_path, "boxes.html", page))
    assert ("crate" in text, "here" in text) == (is_seen, is_seen)
    assert "A box." in text and "A barrel." in text


LEASE = """Lease

3.\tRepairs

3.1\tThe landlord shall repair:
(i)\tthe roof, the gutters and the walls;
(ii)\tthe boiler, within three days of notice; and
(iii)\tthe windows.
3.2\tThe tenant replaces bulbs. Fuses are replaced, too.
(a)\tA bulb costs 3 €.
"""


def test_what_a_clause_is_over_is_read_with_it(tmp_path: Path) -> None:
    found = sentences(tmp_path, "lease.txt", LEASE)
    assert {each.passage.heading_path for each in found} == {("Lease", "3. Repairs")}
    over = "3.1\tThe landlord shall repair:"
    assert [(each.quoted, each.parent) for each in found] == [
        ("3.1 The landlord shall repair:", None),
        ("the roof, the gutters and the walls.", over),
        ("the boiler, within three days of notice.", over),
        ("the windows.", over),
        ("3.2 The tenant replaces bulbs.", None),
        ("Fuses are replaced, too.", None),
        ("A bulb costs 3 €.", None),
    ]
    assert LEASE[found[5].start : found[5].end] == "Fuses are replaced, too."


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("the roof; and", "the roof."),
        ("the roof (old);", "the roof (old)."),
        ("the roof, or", "the roof."),
        ("Buyer\tWho buys.", "Buyer: Who buys."),
        ("Open:\t9-17", "Open: 9-17."),
        ("3.1\tThe tenant pays.", "3.1 The tenant pays."),
        ("with the roof,", "with the roof,."),
        ("red and", "red and."),
        ("End it with `;`", "End it with ;."),
    ],
)
def test_what_sets_the_cells_and_items_off_is_no_part_of_them(item: str, said: str) -> None:
    assert as_sentence(item) == said


LOCK = "<dl><dt>Lock<dt>Sluice</dt><dd>A gate.</dd><dd>A box. It is wet.</dd><dt>Alone</dl>"


@pytest.mark.parametrize(
    ("name", "note", "told"),
    [
        (
            "lock.md",
            "Lock\n: A gate. Also called a *sluice*.\n: A box. It is wet.\n\nWeir\n: A dam.\n",
            [
                ("Lock: A gate.", None),
                ("Also called a sluice.", "Lock\n: A gate."),
                ("A box.", "Lock:"),
                ("It is wet.", "A box."),
                ("Weir: A dam.", None),
            ],
        ),
        (
            "lock.html",
            f"<html><body>{LOCK}<p>Boats pass.</p></body></html>",
            [
                ("Lock, Sluice: A gate.", None),
                ("Lock, Sluice: A box.", None),
                ("It is wet.", "**Lock, Sluice**: A box."),
                ("Alone.", None),
                ("Boats pass.", None),
            ],
        ),
    ],
)
def test_each_meaning_is_of_all_its_terms(
    tmp_path: Path, name: str, note: str, told: list[tuple[str, str | None]]
) -> None:
    assert [(each.quoted, each.parent) for each in sentences(tmp_path, name, note)] == told


@pytest.mark.parametrize(
    ("name", "inside", "told"),
    [
        (
            "Are dogs allowed?",
            "\n\nNo. They bite.\n\n",
            [("Are dogs allowed? – No.", "**Are dogs allowed?**"), ("They bite.", "No.")],
        ),
        ("Are dogs allowed?", "<p>No.</p>", [("Are dogs allowed? – No.", "**Are dogs allowed?**")]),
        (
            "Why not?",
            "<ul><li>They bite boats.<li>They bark.</ul>",
            [
                ("Why not? – They bite boats.", "**Why not?**"),
                ("Why not? – They bark.", "**Why not?**"),
            ],
        ),
        (
            "<b>Dogs</b>",
            "\n\nA dog bites. Cats do not.\n\n",
            [("Dogs: A dog bites.", None), ("Cats do not.", "**Dogs**:")],
        ),
        ("Dogs:", "<p><code>rex</code> bites.</p>", [("Dogs: rex bites.", None)]),
        (
            "Dogs",
            "\n\n- Rex\n- Max\n",
            [("Dogs:", None), ("Rex.", "**Dogs**:"), ("Max.", "**Dogs**:")],
        ),
        ("Dogs", "\n\n```\nbark()\n```\n", [("Dogs:", None), ("bark()", None)]),
        ("Dogs", "\n\n### Rex\n\nHe bites.\n", [("Dogs:", None), ("He bites.", None)]),
        (
            "Dogs",
            "<table><tr><th>A<th>B<th>C<tr><td>x<td>1</table>",
            [("Dogs:", None), ("x - B: 1.", None)],
        ),
        ("", "<p>A dog bites.</p>", [("A dog bites.", None)]),
    ],
)
def test_what_is_folded_is_read_with_its_name(
    tmp_path: Path, name: str, inside: str, told: list[tuple[str, str | None]]
) -> None:
    note = f"# Harbour\n\n<details>\n<summary>{name}</summary>{inside}</details>\n\nBoats pass.\n"
    found = [(each.quoted, each.parent) for each in sentences(tmp_path, "harbour.md", note)]
    assert found == [*told, ("Boats pass.", None)]


@pytest.mark.parametrize("name", ["Dogs", "Dogs bite.", "Are there dogs?"])
def test_a_summary_that_is_never_closed_takes_no_more_than_its_fold(
    tmp_path: Path, name: str
) -> None:
    note = f"# Harbour\n\n<details><summary>{name}</details>\n\nA boat.\n\nA crate.\n"
    last = [each.quoted for each in sentences(tmp_path, "harbour.md", note)][-2:]
    assert last[0].endswith("A boat.") and last[1] == "A crate."


@pytest.mark.parametrize(
    ("item", "said"),
    [
        ("- [ ] Oil the crane", "☐ Oil the crane."),
        ("- [x] Oil the crane", "☑ Oil the crane."),
        ("- ▶ Oil the crane", "Oil the crane."),
        ("1. [X] Oil the crane", "☑ Oil the crane."),
        ("- [x](a.md) is the crane", "x is the crane."),
        ("[x] is the crane of all.", "[x] is the crane of all."),
        ("- a list is `[ ]` here", "a list is [ ] here."),
        ("- see ![[crane.png|300]] there", "see crane.png there."),
        ("- see ![[crane.png\\|300x20]] there", "see crane.png there."),
        ("- see ![crane|300](crane.png) there", "see crane there."),
        ("- see [[Crane|the crane]] there", "see the crane there."),
        ("- see [[Crane|the crane|old]] there", "see the crane|old there."),
        ("- Oil the crane. ^oiling", "Oil the crane."),
        ("- Oil the crane ^37066d", "Oil the crane."),
        ("- It is 2 ^10", "It is 2 ^10."),
        ("- It is x ^n", "It is x ^n."),
        ("<aside>\nOil the crane.\n</aside>", "Oil the crane."),
    ],
)
def test_marks_of_an_editor_are_shown_as_they_look(tmp_path: Path, item: str, said: str) -> None:
    (only,) = sentences(tmp_path, "cranes.md", f"# Cranes\n\n{item}\n")
    assert only.quoted == said


def test_a_box_begins_a_sentence() -> None:
    assert len(split_sentences("☐ Oil the crane. ☑ Paint it.")) == 2


@pytest.mark.parametrize(
    "note",
    [
        "- **May I smoke?**\n  Never here.\n- Bring shoes.",
        "- May I smoke?\n\n    - Never here.\n- Bring shoes.",
        "1. **May I smoke?** Never here.\n2. Bring shoes.",
        "- Q: May I smoke? A: Never here.\n- Bring shoes.",
    ],
)
def test_what_an_item_asks_is_not_asked_of_the_next(tmp_path: Path, note: str) -> None:
    never, shoes = sentences(tmp_path, "rules.md", f"# Rules\n\n{note}\n")
    assert (never.quoted, shoes.parent) == ("May I smoke? – Never here.", None)


@pytest.mark.parametrize("list_", ["- small\n- large", "1. small\n2. large"])
def test_a_list_answers_the_question_above_it(tmp_path: Path, list_: str) -> None:
    note = f"# Boxes\n\n**Which sizes are there?**\n\n{list_}\n\nThe end.\n"
    question = "**Which sizes are there?**"
    parents = [each.parent for each in sentences(tmp_path, "boxes.md", note)]
    assert parents == [question, question, None]


def test_a_term_as_long_as_a_text_is_told_but_once(tmp_path: Path) -> None:
    page = f"<html><body><dl><dt>{'Lock ' * 60}</dt><dd>A gate.</dd><dd>A box.</dd></dl>"
    *_, last = sentences(tmp_path, "lock.html", page)
    assert last.quoted == "A box."
