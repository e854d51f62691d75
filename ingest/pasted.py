"""Text pasted from a web page -> outlines: several sheets in one file, layout half lost.

What a page loses on the way to plain text is found again by its habits: a sheet opens
with its title twice, headings are short lines alone, tables are runs of lines under a head
that names the columns.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from ingest.outline import (
    LINKS_HEADING,
    QUESTIONS_HEADING,
    Block,
    BlockKind,
    Line,
    Outline,
    Warning,
    drop,
    lines_of,
    slug,
)
from ingest.questions import questions_in
from ingest.reading import SourceText
from ragbot.types import Document, Fact, Reference, Section
from ragbot.whole_lines import BULLET

_LONGEST_HEADING = 12  # words
_HABIT = 3  # capitals on top of so many groups are their headings
_BRACKETED = re.compile(r"\([^)]*\)")
_STROKE = re.compile(r"\s*([=~_*-])\1{2,}\s*")
_CALL = re.compile(
    r"\b(?:sponsored|advertisement|sign up|subscribe|enroll|buy now|click here|start the|free trial"
    r"|earn an?|no experience required|limited offer|learn more)\b",
    re.IGNORECASE,
)
# Lines of a question block that look like headings: stems, options, keys.
_ASKED = re.compile(
    r"(?:Q(?:uestion)?\s*)?\d{1,3}\s*[.):]|\(?[A-H][.)]\s"
    r"|(?:correct\s+)?(?:answers?|key|solution|explanation)\b",
    re.IGNORECASE,
)
_BRAND = re.compile(r"^(?:AWS|Amazon|Azure|Google|Microsoft)\s+")
# A cell that opens with one of these surely opens here.
_STRONG = re.compile(r"^(?:yes|no|n/a|none|[$€£]?\d[\d,.]*\+?(?:%|[KMGT]?B|ms)?)$", re.IGNORECASE)
_JOINS = re.compile(
    r"(?:[,:;/(+<>=~&–—-]|\b(?:to|or|and|of|up|by|per|at|level|for|in|max|least|most))$",
    re.IGNORECASE,
)


def read_pasted(source: SourceText, new_id: Callable[[str], str]) -> list[Outline]:
    """The outlines of the sheets in a pasted file; `new_id` gives each title its doc_id."""
    lines = lines_of(source.text)
    outlines = []
    for title, heads, body, start, end in _sheets(lines, source.path.stem):
        document = Document(
            doc_id=new_id(slug(title)),
            title=title,
            source=source.name,
            text=source.text,
            start=start,
            end=end,
        )
        outline = _Reader(document, body).read()
        outline.headings.update(head.number for head in heads)
        outlines.append(outline)
    return outlines


def _sheets(
    lines: Sequence[Line], untitled: str
) -> Iterator[tuple[str, list[Line], list[Line], int, int]]:
    """(title, its lines, lines behind it, start, end); a title stands twice at its start. What has
    no title is `untitled`."""
    filled = [line for line in lines if not line.is_blank]
    opens = [0]
    for at in range(1, len(filled) - 1):
        same = filled[at].text.strip() == filled[at + 1].text.strip()
        if same and _may_be_heading(filled[at].text):
            opens.append(at)
    for place, at in enumerate(opens):
        after = opens[place + 1] if place + 1 < len(opens) else len(filled)
        first = filled[at]
        doubled = at + 1 < after and filled[at + 1].text.strip() == first.text.strip()
        # A line with nothing under it is no title but all there is.
        titled = _may_be_heading(first.text) and at + (2 if doubled else 1) < after
        title = first.text.strip() if titled else untitled
        skip = (2 if doubled else 1) if titled else 0
        end = filled[after].start if after < len(filled) else lines[-1].end
        begin = filled[at + skip].number if at + skip < after else first.number + skip
        last = filled[after].number if after < len(filled) else lines[-1].number + 1
        body = [line for line in lines if begin <= line.number < last]
        yield title, filled[at : at + skip], body, first.start, end


def _may_be_heading(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= _LONGEST_HEADING
        and not text[0].isspace()
        and text[0] != "("
        and not BULLET.match(text)
        and text.rstrip()[-1] not in ".!;,:→"
        and any(c.isalpha() for c in text)
        and not _is_pictograph(text[0])
    )


def _is_pictograph(character: str) -> bool:
    return unicodedata.category(character) == "So"


class _Reader:
    def __init__(self, document: Document, lines: list[Line]) -> None:
        self._lines = lines
        self._outline = Outline(document)
        self._parent: str | None = None
        self._heading: str | None = None
        self._section_at = document.start
        self._asked: list[Line] = []  # the lines of question blocks
        self._children: set[str] = set()  # first words of headings that stood under a parent

    def read(self) -> Outline:
        groups = _headed(_groups(self._lines))
        for place, group in enumerate(groups):
            following = groups[place + 1] if place + 1 < len(groups) else []
            if self._is_heading(group):
                self._outline.headings.update(line.number for line in group)
                self._open_heading(group[0], followed_by_heading=self._is_heading(following))
            elif not _unstroked(group):
                drop(self._outline, group)
            elif self._heading is not None and LINKS_HEADING.match(self._heading):
                self._take_references(group)
            elif self._in_questions:
                drop(self._outline, group)
                self._asked += group
            elif _is_advertisement(group):
                drop(self._outline, group)
                self._warn(group[0], "left out an advertisement")
            elif BULLET.match(group[0].text):
                self._take_bullets(group)
            elif self._is_table(group):
                self._take_table(group)
            else:
                self._add("paragraph", group)
        self._close_section(self._outline.document.end)
        document = self._outline.document
        self._outline.questions = questions_in(self._asked, document.doc_id, document.source)
        if not self._outline.blocks and not self._outline.questions:
            # Short lines with nothing under any of them are no headings but the text.
            self._heading = self._parent = None
            self._outline.headings.clear()
            for group in groups:
                if group[0].number not in self._outline.dropped:
                    self._add("paragraph", group)
        return self._outline

    def _is_heading(self, group: Sequence[Line]) -> bool:
        if len(_unstroked(group)) != 1 or not _may_be_heading(group[0].text):
            return False
        if group[0].number - 1 in self._outline.headings:  # the one line below a heading
            return False
        # Names of further readings look like headings; what ends them is a sheet or a title
        # that questions or content follow, and in a pasted sheet they end it.
        text = group[0].text.strip()
        if self._in_questions and (text.endswith("?") or _ASKED.match(text)):
            return False
        in_links = self._heading is not None and LINKS_HEADING.match(self._heading)
        return not in_links or bool(LINKS_HEADING.match(group[0].text.strip()))

    @property
    def _in_questions(self) -> bool:
        return self._heading is not None and bool(QUESTIONS_HEADING.search(self._heading))

    def _open_heading(self, line: Line, *, followed_by_heading: bool) -> None:
        text = line.text.strip()
        self._close_section(line.start)
        special = LINKS_HEADING.match(text) or QUESTIONS_HEADING.search(text)
        if special:
            self._parent = None
            drop(self._outline, [line])
        elif followed_by_heading:
            self._parent = text
        elif self._parent is not None:
            opening = text.split()[0]
            kin = opening in self._children or any(c.isdigit() for c in opening)
            if self._parent == self._heading:
                self._children.add(opening)
            elif not kin:
                self._parent = None
        self._heading = text

    @property
    def _path(self) -> tuple[str, ...]:
        inner = [self._parent] if self._parent and self._parent != self._heading else []
        return (
            self._outline.document.title,
            *inner,
            *([self._heading] if self._heading else []),
        )

    def _close_section(self, end: int) -> None:
        document = self._outline.document
        special = self._heading and (
            LINKS_HEADING.match(self._heading) or QUESTIONS_HEADING.search(self._heading)
        )
        if not special and document.text[self._section_at : end].strip():
            self._outline.sections.append(
                Section(document.doc_id, self._path, self._section_at, end)
            )
        self._section_at = end

    def _take_references(self, group: Sequence[Line]) -> None:
        drop(self._outline, group)
        if self._heading and not self._heading.lower().startswith("related"):
            names = tuple(Reference(line.text.strip(" \t•*-")) for line in group)
            document = self._outline.document
            self._outline.document = replace(document, references=document.references + names)

    def _take_bullets(self, group: Sequence[Line]) -> None:
        base = min(line.indent for line in group if BULLET.match(line.text))
        tree: list[Line] = []
        for line in group:
            if BULLET.match(line.text) and line.indent <= base and tree:
                self._add("bullet", tree)
                tree = []
            tree.append(line)
        self._add("bullet", tree)

    def _is_table(self, group: Sequence[Line]) -> bool:
        """A head that names columns, then rows: lines of a paragraph have no such head."""
        if len(group) < 3:
            return False
        head = group[0].text.strip()
        comparing = (
            "comparison" in (self._heading or "").lower()
            or "table" in (self._heading or "").lower()
        )
        names = _products(self._outline.document.title)
        named = sum(name.lower() in head.lower() for name in names)
        return (comparing or named >= 2) and head[-1] not in ".:;!?"

    def _take_table(self, group: Sequence[Line]) -> None:
        head, *rows = group
        header = head.text.strip()
        products = _columns(header, _products(self._outline.document.title))
        for row in rows:
            facts = _split_row(row.text.strip(), products)
            # The head belongs to the first row's passage, so that no line is in none.
            first = row is rows[0]
            self._add(
                "table_row",
                [head, row] if first else [row],
                facts=facts,
                table_header=None if facts or first else header,
            )

    def _add(
        self,
        kind: BlockKind,
        lines: Sequence[Line],
        facts: tuple[Fact, ...] = (),
        table_header: str | None = None,
    ) -> None:
        first, last = lines[0], lines[-1]
        start = first.start if kind == "bullet" else first.end - len(first.text.lstrip())
        self._outline.blocks.append(
            Block(
                kind,
                self._path,
                start,
                last.start + len(last.text.rstrip()),
                first.number,
                last.number,
                facts,
                table_header,
            )
        )

    def _warn(self, line: Line, message: str) -> None:
        self._outline.warnings.append(Warning(self._outline.document.source, line.number, message))


def _groups(lines: Sequence[Line]) -> list[list[Line]]:
    """Runs of lines without a blank between them; bullets and plain lines apart."""
    groups: list[list[Line]] = []
    for line in lines:
        if line.is_blank:
            groups.append([])
            continue
        bullet = (bool(BULLET.match(line.text)) and line.indent > 0) or (
            line.text[:1] in "•*-" and not _STROKE.fullmatch(line.text)
        )
        if groups and groups[-1]:
            before = groups[-1][-1]
            in_list = bool(BULLET.match(groups[-1][0].text))
            continues = in_list and line.indent > 0
            if (in_list == bullet or continues) and before.number == line.number - 1:
                groups[-1].append(line)
                continue
        groups.append([line])
    return [group for group in groups if group]


def _headed(groups: Sequence[Sequence[Line]]) -> list[Sequence[Line]]:
    """The groups, with headings on their own that no blank line sets off from what they head: a
    stroke below tells them, or that they are in capitals, where that is a habit."""
    capitals = [group for group in groups if len(group) > 1 and _is_in_capitals(group[0].text)]
    habit = len(capitals) >= _HABIT
    headed: list[Sequence[Line]] = []
    for group in groups:
        stroked = len(group) > 1 and _STROKE.fullmatch(group[1].text) is not None
        if stroked and _may_be_heading(group[0].text):
            cut = 2
        else:
            cut = int(habit and group in capitals)
        headed += filter(None, (group[:cut], group[cut:]))
    return headed


def _unstroked(group: Sequence[Line]) -> Sequence[Line]:
    return [line for line in group if not _STROKE.fullmatch(line.text)]


def _is_in_capitals(text: str) -> bool:
    """`COVERINGS (in -> out)`; what stands in brackets may be in small letters."""
    plain = _BRACKETED.sub("", text)
    return _may_be_heading(text) and plain.isupper() and sum(map(str.isalpha, plain)) > 2


def _is_advertisement(group: Sequence[Line]) -> bool:
    """A plain block that opens with a picture sign or ends in a call to do something."""
    text = " ".join(line.text.strip() for line in group)
    if BULLET.match(group[0].text):
        return False
    picture = _is_pictograph(group[0].text.strip()[0])
    arrow = group[-1].text.rstrip().endswith(("→", "»", ">>"))
    return (picture or arrow) and ((picture and arrow) or bool(_CALL.search(text)))


def _products(title: str) -> list[str]:
    """`AWS WAF vs Shield vs Firewall Manager` -> WAF, Shield, Firewall Manager."""
    if not re.search(r"\bvs\b", title):
        return []
    parts = re.split(r"\s+vs\.?\s+", title)
    return [_BRAND.sub("", part).strip() for part in parts if part.strip()]


def _columns(header: str, products: Sequence[str]) -> list[str]:
    """The products as the header spells them, in its order; empty unless it names them all."""
    found: list[str] = []
    at = 0
    for product in products:
        match = re.compile(rf"(?:(?:AWS|Amazon)\s+)?{re.escape(product)}", re.IGNORECASE).search(
            header, at
        )
        if match is None or (found and match.start() != at + 1):
            return []
        found.append(match[0])
        at = match.end()
    return found if header[at:].strip() == "" and len(found) > 1 else []


def _split_row(row: str, products: Sequence[str]) -> tuple[Fact, ...]:
    """The row's cells, where it is sure where each begins; else none.

    A wrong cut would invent a fact, so only cells that open with yes, no, n/a or a figure
    count, and only if there are exactly as many of them as products.
    """
    if not products:
        return ()
    words = list(re.finditer(r"\S+", row))
    depth = 0
    starts: list[int] = []
    for place, word in enumerate(words):
        before = row[: word.start()].rstrip()
        if depth == 0 and place and _STRONG.match(word[0]) and not _JOINS.search(before):
            starts.append(word.start())
        depth += word[0].count("(") - word[0].count(")")
    if len(starts) != len(products):
        return ()
    feature = row[: starts[0]].strip()
    cells = [row[a:b].strip() for a, b in zip(starts, [*starts[1:], len(row)], strict=True)]
    if any(c.isdigit() for c in feature):
        return ()  # "FIPS 140-2 Level 3 ...": the figures may belong to the label
    return tuple(
        Fact(product, feature, cell) for product, cell in zip(products, cells, strict=True)
    )
