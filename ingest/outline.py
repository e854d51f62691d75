"""What a parser finds in a source text: documents made of headed blocks."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ragbot.types import Document, Fact, FoundQuestion, HeadingPath, Section

BlockKind = Literal["bullet", "paragraph", "table_row", "code"]

# Either only raises a suspicion: it is what stands below that tells. Open questions have no key.
QUESTIONS_HEADING = re.compile(
    r"^(?!.*\bopen questions?\b).*?"
    r"(?:\b(?:practice|exam|sample|review|quiz|test)\b.*\bquestions?\b|\bquiz\b|\bself[- ]test\b"
    r"|\b(?:practice|mock|sample)[- ](?:exams?|tests?)\b|\bknowledge checks?\b"
    r"|\bcheck your (?:understanding|knowledge)\b|\btest (?:yourself|your knowledge)\b"
    r"|\bMCQs?\b|\bmultiple[- ]choice\b)",
    re.IGNORECASE,
)
LINKS_HEADING = re.compile(
    r"^(?:related (?:posts?|articles?|reading|links?)|references?|further reading|see also"
    r"|external links?|sources?|recommended (?:posts?|reading))\W*$",
    re.IGNORECASE,
)
# Of data, too, there are sources: only what leads somewhere tells that it is one of the notes.
_SOURCES = re.compile(r"^sources?\b", re.IGNORECASE)
_LEADS = re.compile(r"\bhttps?://|\bwww\.|\]\(|\[\[")
_NO_LINK = re.compile(r"[.!?][\"'”’)\]*_]*\s*$|^\s*(?:\||`{3}|~{3})")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a source: `start` and `end` are its characters, without the newline."""

    number: int
    start: int
    end: int
    text: str

    @property
    def is_blank(self) -> bool:
        return not self.text.strip()

    @property
    def indent(self) -> int:
        return len(self.text.expandtabs(4)) - len(self.text.expandtabs(4).lstrip())


@dataclass(frozen=True, slots=True)
class Block:
    """A piece that belongs together: a top-level bullet with all below it, a paragraph, a row."""

    kind: BlockKind
    heading_path: HeadingPath
    start: int
    end: int
    first_line: int
    last_line: int
    facts: tuple[Fact, ...] = ()
    table_header: str | None = None


@dataclass(frozen=True, slots=True)
class Warning:
    """Something in a source that a person may want to look at."""

    file: str
    line: int
    message: str

    def to_json(self) -> dict[str, object]:
        return {"file": self.file, "line": self.line, "message": self.message}


@dataclass(slots=True)
class Outline:
    """One document with its sections, blocks and set-aside questions.

    `dropped` holds the numbers of the lines that are no content: advertisement, links,
    practice questions, table heads; `headings` those of titles and headings. Lines are counted in
    the document's text; `in_file` tells which of the file they were.
    """

    document: Document
    sections: list[Section] = field(default_factory=list)
    blocks: list[Block] = field(default_factory=list)
    questions: list[FoundQuestion] = field(default_factory=list)
    warnings: list[Warning] = field(default_factory=list)
    dropped: set[int] = field(default_factory=set)
    headings: set[int] = field(default_factory=set)
    numbers: tuple[int, ...] = ()  # of each line of the text that of the file; the same where empty

    def in_file(self, number: int) -> int:
        return self.numbers[number - 1] if self.numbers else number


def lines_of(text: str) -> list[Line]:
    found = []
    at = 0
    for number, line in enumerate(text.split("\n"), start=1):
        found.append(Line(number, at, at + len(line), line))
        at += len(line) + 1
    return found


def slug(title: str) -> str:
    """`AWS WAF vs Shield` -> `aws-waf-vs-shield`; never empty."""
    plain = unicodedata.normalize("NFKD", title)
    words = re.findall(r"\w+", plain.lower(), re.UNICODE)
    return (
        "-".join("".join(c for c in word if not unicodedata.combining(c)) for word in words)
        or "document"
    )


def drop(outline: Outline, lines: Iterable[Line]) -> None:
    outline.dropped.update(line.number for line in lines if not line.is_blank)


def are_links(lines: Iterable[Line]) -> bool:
    """No line ends a sentence, or is of a table or of code: they name things and say nothing."""
    return not any(_NO_LINK.search(line.text) for line in lines)


def heads_links(name: str, lines: Sequence[Line]) -> bool:
    """Whether a heading of this name is over nothing but links, or the names of further reading."""
    if not LINKS_HEADING.match(name) or not are_links(lines):
        return False
    return not _SOURCES.match(name) or any(_LEADS.search(line.text) for line in lines)
