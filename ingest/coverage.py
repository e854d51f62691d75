"""Did every content line of a source end up in exactly one passage?"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise, takewhile

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
    purpose, nor front matter. The lines are read anew from the document's text: a parser
    that lost one cannot hide it. What was lost where HTML was laid out is not told.
    """
    document = outline.document
    aside = outline.dropped | outline.headings
    content = [
        line
        for line in lines_of(document.text)
        if document.start <= line.start < max(document.end, 1)
        and any(c.isalnum() for c in line.text)
        and line.number not in aside
    ]
    spans = sorted((passage.start, passage.end) for passage in passages)
    covered = [_covered(line, spans) for line in content]
    return Coverage(
        len(content),
        tuple(x for x, (taken, _) in zip(content, covered, strict=True) if not taken),
        tuple(x for x, (_, doubled) in zip(content, covered, strict=True) if doubled),
    )


def _covered(line: Line, spans: Sequence[tuple[int, int]]) -> tuple[bool, bool]:
    """(all its letters and digits are in a passage, some are in two). A long line may be
    shared by passages, sentence by sentence."""
    behind = (spans[at] for at in range(_first_behind(spans, line.start), len(spans)))
    own = [
        (max(start, line.start), min(end, line.end))
        for start, end in takewhile(lambda span: span[0] < line.end, behind)
    ]
    left = line.text
    for start, end in own:
        a, b = start - line.start, end - line.start
        left = left[:a] + " " * (b - a) + left[b:]
    doubled = any(one[1] > other[0] for one, other in pairwise(own))
    return not any(c.isalnum() for c in left), doubled


def _first_behind(spans: Sequence[tuple[int, int]], start: int) -> int:
    """Passages stand in order, so all that end before a line can be passed over."""
    return bisect_right(spans, start, key=lambda span: span[1])
