"""Markdown -> outline. Front matter, headings, bullets, paragraphs, tables, code.

Nothing in a source is interpreted but its layout, be it written in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence, Set
from dataclasses import replace
from itertools import islice
from typing import Any

from ingest.code_blocks import indented_code
from ingest.front_matter import FrontMatter, front_matter
from ingest.html_layout import as_markdown
from ingest.outline import (
    LINKS_HEADING,
    QUESTIONS_HEADING,
    Block,
    Line,
    Outline,
    Warning,
    drop,
    lines_of,
)
from ingest.questions import asked_in, leave_out
from ingest.reading import SourceText
from ingest.tables import facts_of, group_named, under_one_head
from ragbot.cells import cells_of
from ragbot.fences import FENCE, fenced_code
from ragbot.plain_text import without_markup
from ragbot.types import Document, Fact, Section
from ragbot.whole_lines import BULLET, QUOTE, RULER, begins_item

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)\s*$")
_FENCE = re.compile(rf"^ {{0,3}}{FENCE.pattern}")
_ANCHOR = re.compile(r"\s*\{[#.:][^{}]*\}$")  # {#sizes}, {: .wide}
_RULE = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")


def read_markdown(source: SourceText, doc_id: str) -> Outline:
    """The outline of a Markdown file.

    Raises:
        CorpusError: an `as_of` that is no date; names the line.
    """
    laid = as_markdown(source.text, is_page=source.is_page)
    outline, unnamed = _outline_of(replace(source, text=laid.text), doc_id)
    if unnamed:
        text = _with_names(laid.text, unnamed)
        outline, _ = _outline_of(replace(source, text=text), doc_id)
    outline.numbers = laid.numbers
    return outline


def _outline_of(source: SourceText, doc_id: str) -> tuple[Outline, dict[int, str]]:
    """The outline, and the names of the rows that lack them, by their lines."""
    lines = lines_of(source.text)
    front, body, warnings = front_matter(source, lines)
    reader = _Reader(source, doc_id, front, body)
    outline = reader.read()
    outline.warnings[:0] = warnings
    drop(outline, lines[: len(lines) - len(body)])
    return outline, reader.unnamed


def _with_names(text: str, unnamed: Mapping[int, str]) -> str:
    """The text with each of these rows named, as it is meant: a cell that is merged downwards is
    written once."""
    lines = text.split("\n")
    for number, name in unnamed.items():
        _, _, cells = lines[number - 1].partition("|")
        lines[number - 1] = f"| {name} {cells.lstrip()}"
    return "\n".join(lines)


class _Reader:
    """Walks the lines once; each `_take_*` consumes one block and gives the next position."""

    def __init__(
        self, source: SourceText, doc_id: str, front: FrontMatter, lines: Sequence[Line]
    ) -> None:
        self._source = source
        self._lines = lines
        ends = (at for at in range(len(lines) - 1, -1, -1) if "-->" in lines[at].text)
        self._last_comment = next(ends, -1)  # where the last one ends
        title = front.title or self._first_heading() or source.path.stem
        self._outline = Outline(
            Document(
                doc_id=doc_id,
                title=title,
                source=source.name,
                text=source.text,
                start=0,
                end=len(source.text),
                as_of=front.as_of,
                topic=front.topic,
                services=front.services,
                exams=front.exams,
                references=front.references,
            )
        )
        self.unnamed: dict[int, str] = {}  # line of a table's row without a name -> that above it
        self._headings: list[tuple[int, str]] = []  # (level, text) of the open headings
        self._group: tuple[str, ...] = ()  # what the rows of a table stand under
        self._section_at = lines[0].start if lines else 0

    def read(self) -> Outline:
        at = 0
        if self._lines and not self._heading(0):
            self._set_questions_aside(0, 0)
        while at < len(self._lines):
            line = self._lines[at]
            heading = self._heading(at)
            if line.is_blank or (_RULE.match(line.text) and not heading):
                if not line.is_blank:
                    drop(self._outline, [line])
                at += 1
            elif heading:
                at = self._take_heading(at, *heading)
            elif _FENCE.match(line.text):
                at = self._take_code(at)
            elif size := self._comment(at):
                self._add("paragraph", at, at + size)
                at += size
            elif self._is_table(at):
                at = self._take_table(at)
            elif BULLET.match(line.text):
                at = self._take_bullet(at)
            elif size := self._indented(at):
                self._add("code", at, at + size)
                at += size
            else:
                at = self._take_paragraph(at)
        self._close_section(len(self._source.text))
        return self._outline

    @property
    def _path(self) -> tuple[str, ...]:
        title = self._outline.document.title
        return (title, *(text for _, text in self._headings if text != title), *self._group)

    def _heading(self, at: int) -> tuple[int, str, int] | None:
        """(level, text, lines taken) where a heading starts."""
        line = self._lines[at]
        if match := _ATX.match(line.text):
            return len(match[1]), _plain(match[2] or ""), 1
        below = self._lines[at + 1].text if at + 1 < len(self._lines) else ""
        plain = not BULLET.match(line.text) and not re.match(r"\s*>|.*\|", line.text)
        alone = at == 0 or self._lines[at - 1].is_blank
        if plain and alone and line.text.strip() and _SETEXT.match(below):
            return (1 if "=" in below else 2), _plain(line.text), 2
        return None

    def _first_heading(self) -> str | None:
        at = 0
        while at < len(self._lines):
            found = self._heading(at)
            if found and any(map(str.isalnum, found[1])):
                return found[1]
            at += self._closed(at) or 1
        return None

    def _closed(self, at: int) -> int:
        """How many lines of a fence or a comment begin here, in which no heading stands."""
        if _FENCE.match(self._lines[at].text):
            return fenced_code(self._texts(at))[0]
        return self._comment(at)

    def _comment(self, at: int) -> int:
        """How many lines a comment takes that begins here; 0 where it ends on the same line."""
        text = self._lines[at].text
        if at >= self._last_comment or not text.lstrip().startswith("<!--") or "-->" in text:
            return 0
        return 1 + next(n for n, below in enumerate(self._texts(at)) if "-->" in below)

    def _take_heading(self, at: int, level: int, text: str, size: int) -> int:
        self._close_section(self._lines[at].start)
        # What the front matter calls the text may be worded otherwise than its first heading.
        is_title = text == self._outline.document.title or (
            level == 1 and not self._outline.headings
        )
        self._headings = [(lv, t) for lv, t in self._headings if lv < level]
        self._outline.headings.update(line.number for line in self._lines[at : at + size])
        if QUESTIONS_HEADING.search(text) or LINKS_HEADING.match(text):
            end = self._section_end(at + size, level)
            inside = self._lines[at + size : end]
            named = replace(self._lines[at], text=text)
            if leave_out(self._outline, named, inside, is_title=is_title):
                if end < len(self._lines):
                    self._section_at = self._lines[end].start
                return end
        if not self._set_questions_aside(at, size):
            self._headings.append((level, text or "(untitled)"))
        return at + size

    def _section_end(self, at: int, level: int) -> int:
        """Where the next heading of this level stands, or of a higher one; in code is none."""
        while at < len(self._lines):
            if size := self._closed(at):
                at += size
                continue
            found = self._heading(at)
            if found and found[0] <= level:
                break
            at += 1
        return at

    def _set_questions_aside(self, at: int, size: int) -> bool:
        """Take the practice questions out of what stands directly below a heading; whether the
        heading was the number of one."""
        end = self._section_end(at + size, 6)
        document = self._outline.document
        asked = asked_in(self._lines[at:end], document.doc_id, document.source)
        gone = {line.number for lines, _ in asked for line in lines}
        asked = [each for each in asked if not self._is_in_list(each[0], end, gone)]
        gone = {line.number for lines, _ in asked for line in lines}
        if not gone:
            return False
        self._outline.dropped |= gone
        self._outline.questions += [question for _, question in asked]
        # Blank to all that reads on.
        left = [
            replace(line, text="") if line.number in gone else line for line in self._lines[at:end]
        ]
        self._lines = [*self._lines[:at], *left, *self._lines[end:]]
        return self._lines[at].number in gone

    def _is_in_list(self, question: Sequence[Line], end: int, gone: Set[int]) -> bool:
        """A list that goes on below a question would hold it all the same."""
        after = question[-1].number + 1 - self._lines[0].number
        below = (x for x in self._lines[after:end] if not x.is_blank and x.number not in gone)
        return question[0].indent > 0 and any(x.indent > 0 for x in islice(below, 1))

    def _close_section(self, end: int) -> None:
        if self._source.text[self._section_at : end].strip():
            document = self._outline.document
            self._outline.sections.append(
                Section(document.doc_id, self._path, self._section_at, end)
            )
        self._section_at = end

    def _take_code(self, at: int) -> int:
        size, is_closed = fenced_code(self._texts(at))
        if not is_closed:
            self._warn(self._lines[at], "a code block that is never closed")
        self._add("code", at, at + size)
        return at + size

    def _indented(self, at: int) -> int:
        """How many lines of indented code begin here."""
        after_blank = at == 0 or self._lines[at - 1].is_blank
        return indented_code(self._texts(at)) if after_blank else 0

    def _texts(self, at: int) -> Iterator[str]:
        return (self._lines[i].text for i in range(at, len(self._lines)))

    def _is_table(self, at: int) -> bool:
        if at + 1 >= len(self._lines) or "|" not in self._lines[at].text:
            return False
        ruler = self._lines[at + 1].text
        return RULER.match(ruler) is not None

    def _is_row(self, at: int) -> bool:
        """A bar may stand in what follows a table as well."""
        text = self._lines[at].text
        return "|" in text and not any(sign.match(text) for sign in (BULLET, QUOTE, _ATX, _FENCE))

    def _take_table(self, at: int) -> int:
        head = cells_of(self._lines[at].text)
        begin, end, name = at, at + 2, ""
        if end < len(self._lines) and (both := under_one_head(head, self._lines[end].text)):
            head, end = both, end + 1
        while end < len(self._lines) and self._is_row(end):
            line = self._lines[end]
            cells = cells_of(line.text)
            end += 1
            if not any(cells) or RULER.match(line.text):  # it sets groups of rows apart
                name, self._group = "", ()
                continue
            if cells[0].startswith("**"):
                self._group = group_named(cells)
            if self._group and not any(cells[1:]):
                self._outline.headings.add(line.number)
                continue
            name = cells[0] or name
            facts: tuple[Fact, ...] = ()
            header = None
            if len(cells) == len(head) > 1 and cells[0]:
                facts = facts_of(head, cells)
            elif len(cells) == len(head) > 1 and name:
                self.unnamed[line.number] = name.replace("|", "\\|")
            else:
                header = self._lines[at].text.strip()
                if len(cells) != len(head):
                    self._warn(line, f"a row of {len(cells)} cells under a head of {len(head)}")
                elif not name:
                    self._warn(line, "a row without a name in its first cell")
            # The head belongs to the first row's passage, so that no line is in none.
            if begin == at and header:
                drop(self._outline, [self._lines[at]])
            first = at if begin == at and not header else end - 1
            self._add("table_row", first, end, facts=facts, table_header=header)
            begin = end
        self._group = ()
        if begin == at:  # a head without rows
            self._add("paragraph", at, at + 1)
        return end

    def _take_bullet(self, at: int) -> int:
        base = self._lines[at].indent
        end = at + 1
        while end < len(self._lines):
            line = self._lines[end]
            if line.is_blank:
                # A blank line ends the bullet unless what follows is indented into it.
                following = next((x for x in self._lines[end:] if not x.is_blank), None)
                if following is None or following.indent <= base:
                    break
            # One space further no child could stand, and a rule is meant for all that is above it.
            elif line.indent <= base + bool(_RULE.match(line.text)) and self._begins_anew(end):
                break
            end += 1
        while self._lines[end - 1].is_blank:
            end -= 1
        self._add("bullet", at, end)
        return end

    def _take_paragraph(self, at: int) -> int:
        end = at + 1
        while end < len(self._lines) and not (self._lines[end].is_blank or self._begins_anew(end)):
            end += 1
        self._add("paragraph", at, end)
        return end

    def _begins_anew(self, at: int) -> bool:
        """Whether a line is no rest of the one before, by its own layout."""
        text = self._lines[at].text
        signs = begins_item(text, self._lines[at - 1].text) or _RULE.match(text)
        is_block = self._comment(at) or self._heading(at) or self._is_table(at)
        return bool(signs or _FENCE.match(text) or is_block)

    def _add(self, kind: Any, at: int, end: int, **more: Any) -> None:
        first, last = self._lines[at], self._lines[end - 1]
        start = first.start + len(first.text) - len(first.text.lstrip())
        if kind in ("bullet", "code"):
            start = first.start
        self._outline.blocks.append(
            Block(
                kind,
                self._path,
                start,
                last.start + len(last.text.rstrip()),
                first.number,
                last.number,
                **more,
            )
        )

    def _warn(self, line: Line, message: str) -> None:
        self._outline.warnings.append(Warning(self._source.name, line.number, message))


def _plain(heading: str) -> str:
    """Its words, as they are shown; what a link leads to and what it is linked by, are not."""
    return " ".join(without_markup(_ANCHOR.sub("", heading.strip())).split())
