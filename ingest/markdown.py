"""Markdown -> outline. Front matter, headings, bullets, paragraphs, tables, code.

Nothing in a source is interpreted but its layout, be it written in HTML.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import yaml

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
from ingest.questions import questions_in
from ingest.reading import SourceText
from ragbot.errors import CorpusError
from ragbot.types import Document, Fact, Reference, Section
from ragbot.whole_lines import BULLET

_ATX = re.compile(r"^ {0,3}(#{1,6})(?:\s+(.*?))?(?:\s+#+)?\s*$")
_SETEXT = re.compile(r"^ {0,3}(=+|-+)\s*$")
_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")
_RULER = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_RULE = re.compile(r"^ {0,3}(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,})$")
_FEATURE_COLUMNS = frozenset(
    """feature features aspect aspects property criteria criterion attribute characteristic
    capability dimension category factor comparison question""".split()
) | {""}
_CELL = re.compile(r"(?<!\\)\|")


def read_markdown(source: SourceText, doc_id: str) -> Outline:
    """The outline of a Markdown file.

    Raises:
        CorpusError: front matter that cannot be read; names the line.
    """
    laid = as_markdown(source.text)
    source = replace(source, text=laid.text)
    lines = lines_of(source.text)
    front, body = _front_matter(source, lines)
    outline = _Reader(source, doc_id, front, body).read()
    drop(outline, lines[: len(lines) - len(body)])
    outline.numbers = laid.numbers
    return outline


class _Reader:
    """Walks the lines once; each `_take_*` consumes one block and gives the next position."""

    def __init__(
        self, source: SourceText, doc_id: str, front: dict[str, Any], lines: Sequence[Line]
    ) -> None:
        self._source = source
        self._lines = lines
        title = str(front.get("title") or "") or _first_heading(lines) or source.path.stem
        self._outline = Outline(
            Document(
                doc_id=doc_id,
                title=title,
                source=source.name,
                text=source.text,
                start=0,
                end=len(source.text),
                as_of=_as_of(source, front),
                topic=str(front.get("topic") or ""),
                services=_strings(front.get("services")),
                exams=_strings(front.get("exams")),
                references=_references(front.get("references")),
            )
        )
        self._headings: list[tuple[int, str]] = []  # (level, text) of the open headings
        self._section_at = lines[0].start if lines else 0

    def read(self) -> Outline:
        at = 0
        while at < len(self._lines):
            line = self._lines[at]
            heading = self._heading(at)
            if line.is_blank or (_RULE.match(line.text) and not heading):
                if not line.is_blank:
                    drop(self._outline, [line])
                at += 1
            elif heading:
                at = self._take_heading(at, *heading)
            elif fence := _FENCE.match(line.text):
                at = self._take_code(at, fence[1])
            elif self._is_table(at):
                at = self._take_table(at)
            elif BULLET.match(line.text):
                at = self._take_bullet(at)
            else:
                at = self._take_paragraph(at)
        self._close_section(len(self._source.text))
        return self._outline

    @property
    def _path(self) -> tuple[str, ...]:
        title = self._outline.document.title
        return (title, *(text for _, text in self._headings if text != title))

    def _heading(self, at: int) -> tuple[int, str, int] | None:
        """(level, text, lines taken) where a heading starts."""
        line = self._lines[at]
        if match := _ATX.match(line.text):
            return len(match[1]), (match[2] or "").strip(), 1
        below = self._lines[at + 1].text if at + 1 < len(self._lines) else ""
        plain = not BULLET.match(line.text) and "|" not in line.text
        alone = at == 0 or self._lines[at - 1].is_blank
        if plain and alone and line.text.strip() and _SETEXT.match(below):
            return (1 if "=" in below else 2), line.text.strip(), 2
        return None

    def _take_heading(self, at: int, level: int, text: str, size: int) -> int:
        self._close_section(self._lines[at].start)
        self._headings = [(lv, t) for lv, t in self._headings if lv < level]
        self._outline.headings.update(line.number for line in self._lines[at : at + size])
        if QUESTIONS_HEADING.search(text) or LINKS_HEADING.match(text):
            end = at + size
            while end < len(self._lines):
                found = self._heading(end)
                if found and found[0] <= level:
                    break
                end += 1
            inside = self._lines[at + size : end]
            drop(self._outline, self._lines[at:end])
            if QUESTIONS_HEADING.search(text):
                document = self._outline.document
                self._outline.questions += questions_in(inside, document.doc_id, document.source)
            if end < len(self._lines):
                self._section_at = self._lines[end].start
            return end
        self._headings.append((level, text or "(untitled)"))
        return at + size

    def _close_section(self, end: int) -> None:
        if self._source.text[self._section_at : end].strip():
            document = self._outline.document
            self._outline.sections.append(
                Section(document.doc_id, self._path, self._section_at, end)
            )
        self._section_at = end

    def _take_code(self, at: int, fence: str) -> int:
        end = at + 1
        while end < len(self._lines) and not self._lines[end].text.strip().startswith(fence[:3]):
            end += 1
        if end == len(self._lines):
            self._warn(self._lines[at], "a code block that is never closed")
        end = min(end + 1, len(self._lines))
        self._add("code", at, end)
        return end

    def _is_table(self, at: int) -> bool:
        if at + 1 >= len(self._lines) or "|" not in self._lines[at].text:
            return False
        ruler = self._lines[at + 1].text
        return "-" in ruler and "|" in ruler and bool(_RULER.match(ruler))

    def _take_table(self, at: int) -> int:
        head = cells_of(self._lines[at].text)
        end = at + 2
        while end < len(self._lines) and "|" in self._lines[end].text:
            line = self._lines[end]
            cells = cells_of(line.text)
            if len(cells) == len(head) and len(head) > 1 and cells[0]:
                pairs = zip(head[1:], cells[1:], strict=True)
                facts = tuple(
                    Fact(cells[0], subject, value)
                    if len(head) == 2 or _names_the_row(head[0])
                    else Fact(subject, cells[0], value)
                    for subject, value in pairs
                    if value
                )
                header = None
            else:
                self._warn(line, f"a row of {len(cells)} cells under a head of {len(head)}")
                facts, header = (), self._lines[at].text.strip()
            # The head belongs to the first row's passage, so that no line is in none.
            begin = at if end == at + 2 else end
            self._add(
                "table_row",
                begin,
                end + 1,
                facts=facts,
                table_header=header if begin == end else None,
            )
            end += 1
        if end == at + 2:  # a head without rows
            self._add("paragraph", at, end)
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
            elif self._heading(end) and line.indent <= base:
                break
            elif BULLET.match(line.text):
                if line.indent <= base:
                    break
            elif line.indent <= base and (_FENCE.match(line.text) or self._is_table(end)):
                break
            end += 1
        while self._lines[end - 1].is_blank:
            end -= 1
        self._add("bullet", at, end)
        return end

    def _take_paragraph(self, at: int) -> int:
        end = at + 1
        while end < len(self._lines) and not (
            self._lines[end].is_blank
            or self._heading(end)
            or _FENCE.match(self._lines[end].text)
            or BULLET.match(self._lines[end].text)
            or self._is_table(end)
        ):
            end += 1
        self._add("paragraph", at, end)
        return end

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


def cells_of(row: str) -> list[str]:
    """The cells of a table row; `\\|` is a bar inside a cell."""
    inner = row.strip()
    inner = inner[1:] if inner.startswith("|") else inner
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return [cell.strip().replace("\\|", "|") for cell in _CELL.split(inner)]


def _names_the_row(corner: str) -> bool:
    """In a table headed "Service | Limit | Price" the row, not the column, is the subject."""
    return corner.strip().lower() not in _FEATURE_COLUMNS


def _front_matter(source: SourceText, lines: list[Line]) -> tuple[dict[str, Any], list[Line]]:
    if not lines or lines[0].text.rstrip() != "---":
        return {}, lines
    end = next((i for i, x in enumerate(lines[1:], 1) if x.text.rstrip() in ("---", "...")), None)
    if end is None:
        return {}, lines  # a rule, not front matter
    try:
        loaded = yaml.safe_load(source.text[lines[1].start : lines[end].start])
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        raise CorpusError(
            f"front matter cannot be read: {getattr(error, 'problem', None) or error}",
            path=source.path,
            line=2 + (mark.line if mark else 0),
            mend="mend the lines between the two '---'",
        ) from error
    if loaded is None:
        loaded = {}
    if not isinstance(loaded, dict):
        raise CorpusError(
            "front matter is not a list of `key: value` lines",
            path=source.path,
            line=2,
            mend="mend the lines between the two '---'",
        )
    return loaded, lines[end + 1 :]


def _first_heading(lines: Sequence[Line]) -> str | None:
    return next((m[2] for x in lines if (m := _ATX.match(x.text)) and m[2]), None)


def _as_of(source: SourceText, front: dict[str, Any]) -> date | None:
    value = front.get("as_of") or front.get("date")
    if value is None or type(value) is date:
        return value
    try:
        return date.fromisoformat(str(value)[:10])
    except ValueError as error:
        raise CorpusError(
            f"as_of: {value!r} is not a date", path=source.path, mend="write it as 2026-11-01"
        ) from error


def _strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def _references(value: Any) -> tuple[Reference, ...]:
    found = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and item.get("name"):
            url = item.get("url")
            found.append(Reference(str(item["name"]), None if url is None else str(url)))
        elif isinstance(item, str):
            found.append(Reference(item))
    return tuple(found)
