"""An answer -> the data that the answer component draws: text in pieces, never markup.

The section around a citation is cut into lines and cells here, where the offsets are exact;
the browser only puts the pieces one after the other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any

from ragbot.fences import parts_of
from ragbot.guardrails import Guardrails
from ragbot.retrieval import Searcher
from ragbot.screening import FLAGS, MEANINGS, without_hidden
from ragbot.types import Answer, Citation, RetrievedPassage
from ragbot.whole_lines import QUOTE, RULER, STROKE, begins_item, whole_lines

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Layers:
    """What lies over a section: the passage, the sentences cited, what is not to be read."""

    tint: Span
    marks: tuple[Span, ...]
    masks: tuple[tuple[int, int, str], ...]


_BLOCK = re.compile(r"(?:[^\n]*\S[^\n]*(?:\n|$))+")
_HEADING = re.compile(r"^ {0,3}#{1,6}\s+")


def drawn(answer: Answer, notes: Searcher, guardrails: Guardrails) -> dict[str, Any]:
    """Everything that the component needs, as plain JSON data; `notes` are what was asked."""
    # What the checker quotes stands here as it is written in the notes.
    sentences = [
        replace(each, text=without_hidden(each.text), reason=without_hidden(each.reason or ""))
        for each in answer.sentences
    ]
    return {
        "sentences": [
            {
                "prefix": sentence.prefix,
                "text": sentence.text,
                "markers": list(sentence.markers),
                "doubt": sentence.reason if sentence.verdict == "unsupported" else None,
            }
            for sentence in sentences
            if not sentence.withheld
        ],
        "withheld": [
            {"text": sentence.text, "reason": sentence.reason}
            for sentence in sentences
            if sentence.withheld
        ],
        "sources": _sources(answer, notes, guardrails),
    }


def _sources(answer: Answer, notes: Searcher, guardrails: Guardrails) -> list[dict[str, Any]]:
    by_id = {item.passage.passage_id: item for item in answer.passages}
    marks: dict[int, list[Citation]] = {}
    for citation in answer.citations:
        marks.setdefault(citation.marker, []).append(citation)
    return [
        _source(marker, by_id[citations[0].passage_id], citations, notes, guardrails)
        for marker, citations in sorted(marks.items())
    ]


def _source(
    marker: int,
    found: RetrievedPassage,
    citations: Sequence[Citation],
    notes: Searcher,
    guardrails: Guardrails,
) -> dict[str, Any]:
    passage = found.passage
    document = notes.document(passage.doc_id)
    section = notes.section_of(passage)
    return {
        "marker": marker,
        "path": list(map(without_hidden, passage.heading_path)),
        "flags": [MEANINGS[flag] for flag in FLAGS if flag in found.flags],
        "place": ", ".join(
            filter(None, (without_hidden(guardrails.shown(passage.source)), passage.place))
        ),
        "as_of": document.as_of.isoformat() if document.as_of else None,
        "lines": section_lines(
            document.text,
            (section.start, section.end),
            (passage.start, passage.end),
            [(citation.start, citation.end) for citation in citations],
            heading=passage.heading_path[-1] if passage.heading_path else "",
            masks=[
                (section.start + each.start, section.start + each.end, each.mask)
                for each in guardrails.hidden_in(document.text[section.start : section.end])
            ],
        ),
    }


def section_lines(
    text: str,
    section: Span,
    tint: Span,
    marks: Sequence[Span],
    masks: Sequence[tuple[int, int, str]] = (),
    heading: str = "",
) -> list[dict[str, Any]]:
    """The lines of a section: `kind` is heading, bullet, row, code or text; `depth` of a bullet;
    `cells` each a list of pieces {text, tint, mark}. Characters are those of the document;
    `masks` are (start, end, what is shown instead). In plain text the first line is one where it
    is the `heading`, be it numbered or above a stroke."""
    layers = _Layers(tint, tuple(marks), tuple(masks))
    lines: list[dict[str, Any]] = []
    opening = _opening(text, section)
    at = section[0]
    bodies = text[section[0] : section[1]].split("\n")
    for above, body, part in zip(["", *bodies], bodies, parts_of(bodies), strict=False):
        start, at = at, at + len(body) + 1
        is_code = part == "code"
        ruled = not is_code and RULER.match(body)
        if not body.strip() or ruled or part == "fence":
            continue
        if not is_code and body.lstrip().startswith("|") and (row := [*_cells(body, start)]):
            cells = [_pieces(text, cell, layers) for cell in row]
            lines.append({"kind": "row", "depth": 0, "cells": cells})
            continue
        if len(lines) == 1 and lines[0]["kind"] == "heading" and STROKE.fullmatch(body):
            continue
        is_first = not lines and body.strip() == heading
        kind, lead = ("text", 0) if is_first else ("code", 0) if is_code else _sign_of(body, above)
        if not body[lead:].strip():  # the kind of a callout
            continue
        indent = len(body.expandtabs(4)) - len(body.expandtabs(4).lstrip())
        whole = (start + lead, start + len(body))
        opens = start + len(body) - len(body[lead:].lstrip()) in opening
        if lines and not opens and part == "text":
            lines[-1]["cells"][-1] += _pieces(text, (start - 1, whole[1]), layers)
            continue
        lines.append(
            {
                "kind": "heading" if is_first else kind,
                "depth": min(indent // 2, 4) if kind == "bullet" else 0,
                "cells": [_pieces(text, whole, layers)],
            }
        )
    return lines


def _sign_of(body: str, above: str) -> tuple[str, int]:
    """The kind of a line by its sign, and where its words begin."""
    quote = QUOTE.match(body)
    inside = quote.end() if quote else 0
    if bullet := begins_item(body[inside:], above):
        return "bullet", inside + bullet.end()
    if marked := _HEADING.match(body[inside:]):
        return "heading", inside + marked.end()
    return "text", inside


def _opening(text: str, section: Span) -> frozenset[int]:
    """Where lines begin that are not the rest of the one before, as an editor wrapped it."""
    blocks = _BLOCK.finditer(text, *section)
    lines = ((block.start(), line) for block in blocks for line in whole_lines(block[0]))
    return frozenset(start + line.start for start, line in lines)


def _cells(row: str, start: int) -> Iterable[Span]:
    """The spans between the bars of a table row, white space trimmed."""
    bars = [match.start() for match in re.finditer(r"(?<!\\)\|", row)]
    ends = bars[1:] if bars[-1] == len(row.rstrip()) - 1 else [*bars[1:], len(row)]
    for left, right in zip(bars, ends, strict=False):
        cell = row[left + 1 : right]
        lead = len(cell) - len(cell.lstrip())
        yield start + left + 1 + lead, start + left + 1 + max(lead, len(cell.rstrip()))


def _pieces(text: str, span: Span, layers: _Layers) -> list[dict[str, Any]]:
    edges = {*span}
    masks = ((start, end) for start, end, _ in layers.masks)
    for start, end in (layers.tint, *layers.marks, *masks):
        edges.update(edge for edge in (start, end) if span[0] < edge < span[1])
    cuts = sorted(edges)
    return [
        {
            "text": _seen(text, a, b, layers.masks),
            "tint": layers.tint[0] <= a < layers.tint[1],
            "mark": any(start <= a < end for start, end in layers.marks),
        }
        for a, b in pairwise(cuts)
    ]


def _seen(text: str, start: int, end: int, masks: Sequence[tuple[int, int, str]]) -> str:
    for first, last, mask in masks:
        if first <= start < last:
            return mask if start == first else ""
    return without_hidden(text[start:end])
