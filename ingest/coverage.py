"""Did every content line of a source end up in exactly one passage?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from ingest.outline import Line, Outline, lines_of
from ragbot.types import Passage


@dataclass(frozen=True, slots=True)
class Coverage:
    """`content` lines there are, and those in no passage or in several."""

    content: int
    missed: tuple[Line, ...]
    doubled: tuple[Line, ...]

    @property
    def share(self) -> float:
        """Of the content lines, those in exactly one passage; 1.0 where there are none."""
        if not self.content:
            return 1.0
        return 1 - (len(self.missed) + len(self.doubled)) / self.content


def coverage_of(outline: Outline, passages: Sequence[Passage]) -> Coverage:
    """Hold the passages against the lines of their document.

    Content is every line with a letter or digit that is neither heading, nor dropped on
    purpose, nor front matter. The lines are read anew from the text: a parser that lost
    one cannot hide it.
    """
    document = outline.document
    covered = Counter(
        number for passage in passages for number in range(passage.lines[0], passage.lines[1] + 1)
    )
    aside = outline.dropped | outline.headings
    content = [
        line
        for line in lines_of(document.text)
        if document.start <= line.start < max(document.end, 1)
        and any(c.isalnum() for c in line.text)
        and line.number not in aside
    ]
    return Coverage(
        len(content),
        tuple(line for line in content if not covered[line.number]),
        tuple(line for line in content if covered[line.number] > 1),
    )
