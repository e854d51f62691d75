"""The HTML that a Markdown file is laid out with -> Markdown that says the same.

Tables, lists, headings and definitions become their like, what only looks (bold, links, colours)
is taken off its words, and `&nbsp;` is a space. What a page would run, hide or fetch is no layout:
it stays as it is written, so that whoever reads the notes sees it. Code, be it fenced, indented or
`so`, is left alone, and so is a tag that HTML does not have, like <your-name>.
"""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import dataclass

from ingest.code_blocks import pieces
from ingest.html_attributes import attributes_of, only_looks
from ingest.html_tables import Table
from ragbot.whole_lines import BULLET

_CELLS, _PARTS = frozenset({"td", "th"}), frozenset({"thead", "tbody", "tfoot"})
_BLOCKS = frozenset(
    """p div center section article aside header footer main figure figcaption details summary
    blockquote hr ul ol dl table caption thead tbody tfoot colgroup col tr""".split()
)
_HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_MARKS = {"b": "**", "strong": "**", "s": "~~", "del": "~~", "strike": "~~"}
_PLAIN = frozenset(
    "a i em u small big mark span font sub ins abbr cite q kbd samp var code time label img".split()
)
_ITEMS, _DEFINES = frozenset({"li", "dt", "dd"}), frozenset({"dl", "dt", "dd"})
_KNOWN = _CELLS | _BLOCKS | _HEADINGS | _MARKS.keys() | _PLAIN | _ITEMS | {"sup", "pre"}
_FOLDED = frozenset({"summary", "details"})
_LONGEST_TERMS = 200  # characters that are told with every meaning
_LEADING = frozenset({"p", "div"})  # with which what is folded begins
_SIGN = re.compile(r"[|>#*+-]|\d{1,3}[.)]\s")  # of a block of Markdown
_TOKEN = re.compile(
    r"(?P<code>(?<!`)(?P<ticks>`+)(?!`)[^\n]*?(?<!`)(?P=ticks)(?!`)|<!--)"
    r"|<(?P<close>/?)(?P<tag>[a-zA-Z][a-zA-Z0-9]*)(?P<more>(?:\s[^<>]*)?)/?>"
    r"|(?P<entity>&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[a-zA-Z][a-zA-Z0-9]{1,31});)"
)
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_HASH = re.compile(r"^(?= {0,3}#{1,6}(?:\s|$))", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Laid:
    """The text without HTML layout; `numbers[i]` is the line of the file that line i comes from."""

    text: str
    numbers: tuple[int, ...]


def as_markdown(text: str, *, is_page: bool = False) -> Laid:
    """The same text where no HTML is in it. On a web page (`is_page`), "# of boxes" is a text."""
    if "<" not in text and "&" not in text and not is_page:
        return Laid(text, tuple(range(1, text.count("\n") + 2)))
    writer = _Writer(is_page=is_page)
    number = 1
    for kind, piece in pieces(re.split(r"(?<=\n)", text)):
        if kind == "fenced" or (kind == "indented" and writer.is_outside):
            writer.end_lead()
            writer.write(piece, number)
        else:
            writer.read(piece, number)
        number += piece.count("\n")
    return writer.laid()


class _Writer:
    """Lines as they come, each with its number."""

    def __init__(self, *, is_page: bool) -> None:
        self._is_page = is_page
        self._lines: list[str] = [""]
        self._numbers: list[int] = [1]
        self._number = 1  # the line of the file that is being read
        self._table: Table | None = None
        self._kept: list[str] | None = None  # the text of a cell or a term
        self._terms: list[str] = []
        self._is_told = False  # whether what they mean has begun
        self._in_summary = False
        self._leads = False  # "**Sizes**: ", behind which what it is of begins
        self._depth = 0  # of lists
        self._heading = False
        self._verbatim = False  # in <pre>
        self._raised = False  # in <sup>
        self._marked: list[str] | None = None  # the text since <b> or <s>
        self._mark = ""  # what Markdown sets around it
        self._marked_at = 1  # the line of the file where that begins
        self._parted = False  # whether the last that was said in a list ended in a line's end
        self._left: Counter[str] = Counter()  # tags that were left as they are, and not closed yet

    @property
    def is_outside(self) -> bool:
        """Of everything that indents its lines for the eye alone."""
        return self._table is None and self._kept is None and not (self._depth or self._verbatim)

    def laid(self) -> Laid:
        if self._table is not None:  # never closed
            self._table.inner = 0
            self._end_table()
        self._put_terms()
        return Laid("\n".join(self._lines), tuple(self._numbers))

    def read(self, text: str, number: int) -> None:
        """Text outside fences that begins on this line of the file."""
        at, last_comment = 0, text.rfind("-->")
        while token := _TOKEN.search(text, at):
            self._say(text[at : token.start()], number)
            number += text.count("\n", at, token.start())
            at = token.end()
            tag = (token["tag"] or "").lower()
            if token["entity"]:
                self._say(self._meant(token, text), number)
            elif tag in _KNOWN and self._is_layout(tag, bool(token["close"]), token["more"]):
                self._number = number
                self._tag(tag, bool(token["close"]), token["more"])
            else:
                if token[0] == "<!--" and at <= last_comment:
                    at = text.index("-->", at) + 3
                self._say(text[token.start() : at], number)
            number += text.count("\n", token.start(), at)
        self._say(text[at:], number)
        self._end_mark()

    def _meant(self, token: re.Match[str], text: str) -> str:
        """The character of an entity. `&#124;` is how a bar is written that parts no cells."""
        meant = html.unescape(token["entity"])
        if meant == "|" and self._kept is None:
            begin, end = text.rfind("\n", 0, token.start()) + 1, text.find("\n", token.end())
            return "\\|" if "|" in text[begin : end if end > 0 else None] else "|"
        return " " if meant == "\u00a0" else meant

    def write(self, text: str, number: int) -> None:
        for place, part in enumerate(text.split("\n")):
            if place:
                self._lines.append("")
                self._numbers.append(number + place)
            if not self._lines[-1].strip():
                self._numbers[-1] = number + place
            self._lines[-1] += part

    def _say(self, text: str, number: int) -> None:
        """Text as it is meant where it stands."""
        if not text or (self._leads and not text.strip()):
            return
        self._number = number
        if self._leads and self._marked is None:
            text = text.lstrip()
            if _SIGN.match(text):
                self.end_lead()
            self._leads = False
        if self._raised and not text.strip("0123456789+-n "):  # 2<sup>nd</sup> is no power
            text = text.translate(_RAISED)
        if self._marked is not None:
            if not self._marked:
                self._marked_at = number
            self._marked.append(text)
        elif self._kept is not None:
            self._kept.append(text)
        elif self._table is not None:
            if text.strip():  # between cells: it stands before the table
                self._break()
                self.write(" ".join(text.split()), number)
                self._break()
        elif self._heading:
            self.write(" ".join(text.split()) if "\n" in text else text, number)
        elif self._depth and not self._verbatim:
            self._say_in_list(text, number)
        elif self._is_page and not self._verbatim:
            # A line that has begun is none to begin with a sign.
            begun = (text.find("\n") + 1 or len(text)) if self._lines[-1].strip() else 0
            self.write(text[:begun] + _HASH.sub("\\\\", text[begun:]), number)
        else:
            self.write(text, number)

    def _end_mark(self) -> None:
        """Say what was bold or struck out, the signs at its words; none where Markdown would not
        read them."""
        said, self._marked = "".join(self._marked or ()), None
        words, mark = said.strip(), self._mark
        if words and mark not in words and not re.search(r"\n\s*\n", words):
            # What is struck out is one line in Markdown.
            told = " ".join(words.split()) if mark == "~~" else words
            said = said.replace(words, f"{mark}{told}{mark}", 1)
        number = self._number
        self._say(said, self._marked_at)
        self._number = number

    def _say_in_list(self, text: str, number: int) -> None:
        """What an item says on further lines is indented into it."""
        # The end of a line, not yet written, parts it from words that follow a tag.
        if self._parted and not text[0].isspace() and self._lines[-1][-1:].strip():
            self.write(" ", number)
        self._parted = text.rstrip(" \t").endswith("\n")
        for place, part in enumerate(text.split("\n")):
            if place and part.strip():
                self._fresh()
                self.write("  " * self._depth + part.strip(), number + place)
            elif part.strip() or not place:
                self.write(part.rstrip() if "\n" in text else part, number + place)

    def _is_layout(self, tag: str, closes: bool, more: str) -> bool:
        """Of what is left as it is, the end is left, too."""
        if closes:
            self._left[tag] -= (is_left := self._left[tag] > 0)
            return not is_left
        self._left[tag] += (is_left := not only_looks(more))
        return not is_left

    def _tag(self, tag: str, closes: bool, more: str) -> None:
        if tag not in _MARKS.keys() | _PLAIN | {"sup"}:
            self._end_mark()
        if self._leads and tag not in _MARKS.keys() | _PLAIN | _LEADING:
            self.end_lead()
        if tag == "table" or (self._table is not None and tag in _CELLS | {"tr"}):
            self._tag_of_table(tag, closes, more)
        elif mark := _MARKS.get(tag):
            if closes:
                if mark == self._mark:
                    self._end_mark()
            elif not self._verbatim and (self._marked is None or mark == "~~"):
                self._end_mark()  # what is bold may be struck out in part
                self._marked, self._mark = [], mark
        elif tag == "code":
            self._say("" if self._verbatim else "`", self._number)
        elif tag == "img":
            self._say(attributes_of(more).get("alt", ""), self._number)
        elif tag == "sup":
            self._raised = not closes
        elif self._leads and tag in _LEADING:
            return
        elif tag in _FOLDED and (self._in_summary or (tag == "summary" and self.is_outside)):
            self._tag_of_summary(closes)
            if tag == "details":
                self.end_lead()
        elif tag in _PARTS and self._table is not None and not self._table.inner:
            self._end_cell()
            self._table.begin_part(is_head=tag == "thead" and not closes)
        elif self._table is not None or (self._kept is not None and tag not in _DEFINES):
            self._say(" " if tag in _BLOCKS | _ITEMS else "", self._number)
        elif tag in _HEADINGS:
            self._break()
            self.write("" if closes else f"{'#' * int(tag[1])} ", self._number)
            self._heading = not closes
        elif tag == "pre":
            self._fresh()
            self.write("```", self._number)
            self._new_line()
            self._verbatim = not closes
        elif tag in _ITEMS:
            self._tag_of_item(tag, closes)
        elif tag in _BLOCKS:
            self._depth = max(0, self._depth + (tag in {"ul", "ol"}) * (-1 if closes else 1))
            if tag == "dl":
                self._put_terms()
            if not self._depth:
                self._break()
            elif not BULLET.fullmatch(f"{self._lines[-1].rstrip()} "):
                self._fresh()
                self.write("  " * self._depth, self._number)

    def _tag_of_summary(self, closes: bool) -> None:
        """What is folded is told with its name: a question, or "Sizes: "."""
        self._in_summary = not closes and not self._in_summary
        if self._in_summary:
            self._break()
            self._kept = []
        elif name := self._taken().replace("**", ""):
            self._leads = not name.endswith(("?", ".", "!"))
            self.write(f"**{name.rstrip(':')}**: " if self._leads else f"**{name}**", self._number)
        if not self._leads:
            self._break()

    def end_lead(self) -> None:
        if self._leads:
            self._leads = False
            self._break()

    def _tag_of_item(self, tag: str, closes: bool) -> None:
        if tag == "dt":
            self._end_term()
            if not closes:
                if self._is_told:
                    self._terms, self._is_told = [], False
                self._kept = []
            return
        if closes:
            return
        lead = ""
        if tag == "dd":
            self._end_term()
            # Every meaning is told with its term, and of several terms at once.
            lead = f"**{', '.join(self._terms)}**: " if self._terms else ""
            if self._is_told and len(lead) > _LONGEST_TERMS:
                lead = ""
            self._is_told = True
        self._fresh()
        self.write(f"{'  ' * max(0, self._depth - 1)}- {lead}", self._number)

    def _end_term(self) -> None:
        """<dt> may be left open."""
        if self._kept is not None and (term := self._taken()):
            self._terms.append(term)

    def _put_terms(self) -> None:
        """Those that nothing explains."""
        self._end_term()
        for term in () if self._is_told else self._terms:
            self._fresh()
            self.write(f"- **{term}**", self._number)
        self._terms, self._is_told = [], False

    def _tag_of_table(self, tag: str, closes: bool, more: str) -> None:
        table = self._table
        if table is None:
            if not closes:
                self._put_terms()
                self._break()
                self._table = Table()
            return
        if tag == "table" and not closes:
            table.inner += 1
        elif table.inner:
            table.inner -= tag == "table"
            self._say(" ", self._number)
        elif tag == "table":
            self._end_table()
        elif tag == "tr":
            self._end_cell()
            if not closes:
                table.begin_row(self._number)
        else:
            self._end_cell()
            if closes:
                return
            table.begin_cell(self._number, tag, attributes_of(more))
            self._kept = []

    def _end_cell(self) -> None:
        if self._table is not None and self._table.is_open:
            self._table.end_cell(self._taken())

    def _end_table(self) -> None:
        self._end_cell()
        table, self._table = self._table or Table(), None
        self._break()
        heads, lines = table.laid()
        for text, number in heads:
            self.write(text, number)
            self._break()
        for text, number in lines:
            self._fresh()
            self.write(text, number)
        self._break()

    def _taken(self) -> str:
        """What was kept, on one line."""
        said = " ".join("".join(self._kept or ()).split())
        self._kept = None
        return said

    def _fresh(self) -> None:
        """Begin a line, if there is something on this one."""
        if self._lines[-1].strip():
            self._new_line()
        else:
            self._lines[-1] = ""

    def _new_line(self) -> None:
        self._lines.append("")
        self._numbers.append(self._number)

    def _break(self) -> None:
        """End the paragraph; an item of a list that says nothing yet goes on."""
        self._raised = False
        if BULLET.fullmatch(f"{self._lines[-1].rstrip()} "):
            return
        self._fresh()
        if len(self._lines) > 1 and self._lines[-2].strip():
            self._new_line()
