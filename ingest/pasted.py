"""Text pasted from a web page -> outlines: several sheets in one file, layout half lost.

What a page loses on the way to plain text is found again by its habits: a sheet opens
with its title twice, headings are short lines alone, tables are runs of lines under a head
that names the columns.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.flattened_rows import columns_of, compared_in, split_row
from ingest.groups import (
    asks,
    behind_links,
    cells_of_line,
    groups_of,
    headed,
    is_advertisement,
    is_tabbed,
    may_be_heading,
    may_head,
    opens_aside,
    unstroked,
)
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
from ingest.questions import asked_in, leave_out
from ingest.reading import SourceText
from ingest.tables import facts_of
from ragbot.types import Document, Fact, Reference, Section
from ragbot.whole_lines import BULLET

# What a line says that is a cell of a table and no title, even if it stands there twice.
_CELL = re.compile(
    r"(?i:yes|no|none|n/a|true|false|open|closed|same|free|included|unlimited|optional|required"
    r"|(?:not )?(?:supported|available|allowed)|low|medium|high)$"
    r"|(?:[a-z]|[~<>≈$€£]?\d)\S*(?: \S+)?$|\S+ [a-z]\S*$"
)
_CLAUSE = re.compile(r"\(?(?:\d{1,3}(?:\.\d{1,3})*|[a-z]|[ivx]{1,4})[.)]*$", re.IGNORECASE)
_ARTICLE = re.compile(r"(?:the|an?)\s", re.IGNORECASE)
_SLUG = re.compile(r"[a-z]+(?:_[a-z]+)*$")
_NUMBERED = re.compile(r"\d{1,2}(?:\.\d{1,2})*(?=\s|$|[.)])")
# "Price per month", but no figure and no sentence.
_NAMES_COLUMN = re.compile(r"[^\W\d_a-z]\S*(?: \S+){0,3}(?<![.!?;,])$")


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
        outline = Outline(document)
        if not (heads and leave_out(outline, heads[0], body, is_title=True)):
            outline = _Reader(document, body).read()
        outline.headings.update(head.number for head in heads)
        outlines.append(outline)
    return outlines


def _sheets(
    lines: Sequence[Line], untitled: str
) -> Iterator[tuple[str, Sequence[Line], Sequence[Line], int, int]]:
    """(title, its lines, lines behind it, start, end); a title stands twice at its start. What has
    no title is `untitled`."""
    filled = [line for line in lines if not line.is_blank]
    texts = [line.text.strip() for line in filled]
    # The cells of a table, pasted one a line, are equal as well: inside a run of lines, as one of
    # the words that fill tables, or more than once.
    twice = Counter(one for one, other in pairwise(texts) if one == other)
    opens = [
        at
        for at in range(1, len(filled) - 1)
        if texts[at] == texts[at + 1]
        and twice[texts[at]] == 1
        and lines[filled[at].number - 2].is_blank
        and may_be_heading(filled[at].text)
        and not _CELL.match(texts[at])
    ]
    opens.insert(0, 0)
    for place, at in enumerate(opens):
        after = opens[place + 1] if place + 1 < len(opens) else len(filled)
        first = filled[at]
        doubled = at + 1 < after and filled[at + 1].text.strip() == first.text.strip()
        # A line with nothing under it is no title but all there is.
        titled = (
            may_be_heading(first.text)
            and at + (2 if doubled else 1) < after
            and not is_tabbed(filled[at : at + 2])
            and (doubled or not _is_asked(lines[first.number - 1 :]))
        )
        title = first.text.strip() if titled else untitled
        skip = (2 if doubled else 1) if titled else 0
        end = filled[after].start if after < len(filled) else lines[-1].end
        begin = filled[at + skip].number if at + skip < after else first.number + skip
        last = filled[after].number if after < len(filled) else lines[-1].number + 1
        yield title, filled[at : at + skip], lines[begin - 1 : last - 1], first.start, end


def _is_asked(lines: Sequence[Line]) -> bool:
    """Whether the first line is the stem of a practice question, or begins it. What stands above a
    whole stem is a title."""
    whole, below = (asked_in(each, "", "") for each in (lines, lines[1:]))
    is_stem = any(lines[0] in question for question, _ in whole[:1])
    return is_stem and (asks(lines) or len(whole) > len(below))


def _names_columns(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row is a head. "Buyer - The party that buys" is an entry like those below
    it, and what is numbered as they are is a clause."""
    corner, *columns = rows[0]
    if len(columns) > 1 and all(map(_SLUG.match, rows[0])):  # over figures, as programs write it
        return any(any(map(str.isdigit, cell)) for row in rows[1:] for cell in row[1:])
    if _CLAUSE.match(corner) or len(corner.split()) > 4:
        return False
    if any(_NAMES_COLUMN.match(each) is None or _ARTICLE.match(each) for each in columns):
        return False
    return not any(each.endswith(":") for each in columns)


def _clauses(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Each line alone, but "3.1 The tenant repairs:" with those below it that are numbered in
    another way: it is half of what they say."""
    clause: list[Line] = []
    for line in lines:
        opening = clause[0].text.rstrip() if clause else ""
        if clause and not (opening.endswith(":") and _is_other_sign(line.text, opening)):
            yield clause
            clause = []
        clause.append(line)
    yield clause


def _is_other_sign(text: str, above: str) -> bool:
    one, other = (each.partition("\t")[0].strip() for each in (text, above))
    is_clause = _CLAUSE.match(one) and _CLAUSE.match(other)
    return bool(is_clause) and any(map(str.isdigit, one)) != any(map(str.isdigit, other))


def _is_no_deeper(opening: str, parent: str) -> bool:
    """Whether both are numbered, and neither 2.3 nor 3 stands under 2.2."""
    one, other = (_NUMBERED.match(text) for text in (opening, parent))
    return bool(one and other and one[0].count(".") <= other[0].count("."))


class _Reader:
    def __init__(self, document: Document, lines: Sequence[Line]) -> None:
        self._lines = lines
        self._outline = Outline(document)
        self._parent: str | None = None
        self._heading: str | None = None
        self._section_at = document.start
        self._children: set[str] = set()  # first words of headings that stood under a parent

    def read(self) -> Outline:
        document = self._outline.document
        asked = asked_in(self._lines, document.doc_id, document.source)
        groups = headed(groups_of(self._lines, [lines for lines, _ in asked]))
        by_form = {lines[0].number: question for lines, question in asked}
        at = 0
        while at < len(groups):
            group = groups[at]
            if may_head(groups, at):
                at = self._leave_out(groups, at) or self._take_short_lines(groups, at)
                continue
            if group[0].number in by_form:
                drop(self._outline, group)
                self._outline.questions.append(by_form[group[0].number])
            elif not unstroked(group):
                drop(self._outline, group)
            elif is_advertisement(group):
                drop(self._outline, group)
                self._warn(group[0], "left out an advertisement")
            elif BULLET.match(group[0].text):
                self._take_bullets(group)
            elif self._is_table(group):
                self._take_table(group)
            else:
                self._add("paragraph", group)
            at += 1
        self._close_section(self._outline.document.end)
        if not self._outline.blocks and not self._outline.questions:
            # Short lines with nothing under any of them are no headings but the text.
            self._heading = self._parent = None
            self._outline.headings.clear()
            for group in groups:
                if group[0].number not in self._outline.dropped:
                    self._add("paragraph", group)
        return self._outline

    def _leave_out(self, groups: Sequence[Sequence[Line]], at: int) -> int | None:
        """The position behind the questions or links below the heading at `at`; None where it is
        over neither."""
        head = groups[at]
        name = head[0].text.strip()
        end = at + 1
        if LINKS_HEADING.match(name):
            end = behind_links(groups, at)
            if end == at + 1 < len(groups) and not opens_aside(groups, end):
                return None
        elif QUESTIONS_HEADING.search(name):
            while end < len(groups) and (asks(groups[end]) or not may_head(groups, end)):
                end += 1
        else:
            return None
        last = groups[end][0].number if end < len(groups) else self._lines[-1].number + 1
        before = self._lines[0].number
        below = self._lines[head[-1].number + 1 - before : last - before]
        if not leave_out(self._outline, head[0], below):
            return None
        drop(self._outline, head)
        self._close_section(head[0].start)
        document = self._outline.document
        self._section_at = groups[end][0].start if end < len(groups) else document.end
        self._heading = self._parent = None
        if LINKS_HEADING.match(name) and not name.lower().startswith("related"):
            filled = (line.text.strip(" \t•*-") for line in below if not line.is_blank)
            names = tuple(Reference(text) for text in filled)
            self._outline.document = replace(document, references=document.references + names)
        return end

    def _take_short_lines(self, groups: Sequence[Sequence[Line]], at: int) -> int:
        """A heading, alone or under its parent, opens what follows; more short lines in a row, or
        short lines that nothing follows, are a list whose items a blank line sets apart."""
        end = at + 1
        while end < len(groups) and may_head(groups, end) and not opens_aside(groups, end):
            end += 1
        run = groups[at:end]
        if end < len(groups) and not opens_aside(groups, end):
            listed, heads = (run[:-1], run[-1:]) if len(run) > 2 else ([], run)
        elif len(run) == 2:
            self._open_heading(run[0], followed_by_heading=False)
            listed, heads = run[1:], []
        else:
            listed, heads = run, []
        if listed:
            self._add("paragraph", [line for group in listed for line in group])
        for group in heads:
            self._open_heading(group, followed_by_heading=group is not heads[-1])
        return end

    def _open_heading(self, group: Sequence[Line], *, followed_by_heading: bool) -> None:
        text = " ".join(group[0].text.split())
        self._outline.headings.update(line.number for line in group)
        self._close_section(group[0].start)
        if followed_by_heading:
            self._parent = text
        elif self._parent is not None:
            opening = text.split()[0]
            kin = opening in self._children or any(c.isdigit() for c in opening)
            kin &= not _is_no_deeper(opening, self._parent)
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
        if document.text[self._section_at : end].strip():
            self._outline.sections.append(
                Section(document.doc_id, self._path, self._section_at, end)
            )
        self._section_at = end

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
        if is_tabbed(group):
            return True
        if len(group) < 3:
            return False
        head = group[0].text.strip()
        comparing = (
            "comparison" in (self._heading or "").lower()
            or "table" in (self._heading or "").lower()
        )
        names = compared_in(self._outline.document.title)
        named = sum(name.lower() in head.lower() for name in names)
        return (comparing or named >= 2) and head[-1] not in ".:;!?"

    def _take_table(self, group: Sequence[Line]) -> None:
        if is_tabbed(group):
            self._take_tabbed(group)
            return
        head, *rows = group
        header = head.text.strip()
        named = columns_of(header, compared_in(self._outline.document.title))
        for row in rows:
            facts = split_row(row.text.strip(), named)
            # The head belongs to the first row's passage, so that no line is in none.
            first = row is rows[0]
            self._add(
                "table_row",
                [head, row] if first else [row],
                facts=facts,
                table_header=None if facts or first else header,
            )

    def _take_tabbed(self, group: Sequence[Line]) -> None:
        """Copied from a spreadsheet; without a head each row stands for itself."""
        columns, *rows = (cells_of_line(line) for line in group)
        if not _names_columns([columns, *rows]):
            for clause in _clauses(group):
                self._add("table_row" if len(clause) == 1 else "bullet", clause)
            return
        for line, row in zip(group[1:], rows, strict=True):
            lines = [group[0], line] if line is group[1] else [line]
            self._add("table_row", lines, facts=facts_of(columns, row))

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
