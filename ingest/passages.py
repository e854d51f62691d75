"""Outline -> passages: small enough to be found, never cut inside a thought."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from ingest.outline import Block, Outline, lines_of
from ragbot.evidence import sentence_starts
from ragbot.types import Passage, PassageKind
from ragbot.whole_lines import BULLET, QUESTION

TARGET_WORDS = 60  # bullets are packed up to here
LONGEST_WORDS = 150  # a longer block is cut between nested bullets or sentences

_KINDS: dict[str, PassageKind] = {
    "bullet": "bullets",
    "paragraph": "paragraph",
    "table_row": "table_row",
    "code": "code",
}


def passages_of(outline: Outline, target_words: int = TARGET_WORDS) -> list[Passage]:
    """The passages of a document, in its order; they cover every block exactly once.

    Invariant: `document.text[p.start:p.end] == p.text` for each.
    """
    text = outline.document.text
    pieces = [piece for block in outline.blocks for piece in _cut(block, text)]
    seen: Counter[str] = Counter()
    return [_passage(outline, group, seen) for group in _packed(pieces, text, target_words)]


def _packed(blocks: Sequence[Block], text: str, target: int) -> Iterator[list[Block]]:
    """Consecutive bullets of a section, together up to the target, with what introduces them; all
    else alone."""
    group: list[Block] = []
    words = 0
    for block in blocks:
        size = _words(block, text)
        # A list that is parted loses what introduces it.
        limit = LONGEST_WORDS if group and _introduces(group[0], text) else target
        joins = (
            group
            and (block.kind == group[-1].kind or _introduces(group[-1], text))
            and block.heading_path == group[-1].heading_path
            and not text[group[-1].end : block.start].strip()
            and (_is_list(block, words + size, limit) or _asks(group[-1], text))
        )
        if group and not joins:
            yield group
            group, words = [], 0
        group.append(block)
        words += size
    if group:
        yield group


def _is_list(block: Block, words: int, target: int) -> bool:
    return block.kind == "bullet" and words <= target


def _introduces(block: Block, text: str) -> bool:
    """`Sizes of a box:`, without which the bullets below it mean little, or a question."""
    ends = block.kind == "paragraph" and text[block.start : block.end].endswith(":")
    return ends or _asks(block, text)


def _asks(block: Block, text: str) -> bool:
    """`Q: ...?`, which means nothing without the paragraph below it."""
    return block.kind == "paragraph" and bool(QUESTION.fullmatch(text[block.start : block.end]))


def _cut(block: Block, text: str) -> list[Block]:
    """The block, or its parts where it is too long to be found by its vector."""
    if block.kind == "table_row" or _words(block, text) <= LONGEST_WORDS:
        return [block]
    body = text[block.start : block.end]
    begins = {"bullet": _children, "paragraph": sentence_starts, "code": _paragraphs}
    starts = begins[block.kind](body)
    parts: list[Block] = []
    begin, last = 0, 0
    for start in [*starts[1:], len(body)]:
        if last > begin and len(body[begin:start].split()) > LONGEST_WORDS:
            parts.append(_part(block, text, begin, last))
            begin = last
        last = start
    parts.append(_part(block, text, begin, len(body)))
    return parts


def _children(body: str) -> list[int]:
    """Where the parent line and each of its nested bullets begin."""
    lines = lines_of(body)
    nested = [line for line in lines[1:] if BULLET.match(line.text)]
    outer = min((line.indent for line in nested), default=0)
    return [0, *(line.start for line in nested if line.indent <= outer)]


def _paragraphs(body: str) -> list[int]:
    """Where a piece of code begins anew after a blank line."""
    lines = lines_of(body)
    after_blank = [b.start for a, b in pairwise(lines) if a.is_blank and not b.is_blank]
    return [0, *after_blank]


def _part(block: Block, text: str, begin: int, end: int) -> Block:
    start = block.start + begin
    stop = block.start + len(text[block.start : block.start + end].rstrip())
    before = text.count("\n", block.start, start)
    return replace(
        block,
        start=start,
        end=stop,
        first_line=block.first_line + before,
        last_line=block.first_line + text.count("\n", block.start, stop),
    )


def _passage(outline: Outline, group: Sequence[Block], seen: Counter[str]) -> Passage:
    document = outline.document
    first, last = group[0], group[-1]
    text = document.text[first.start : last.end]
    content = "\x1f".join((document.doc_id, *first.heading_path, text))
    seen[content] += 1
    digest = hashlib.sha256(f"{content}\x1f{seen[content]}".encode()).hexdigest()
    return Passage(
        passage_id=digest[:20],
        doc_id=document.doc_id,
        source=document.source,
        heading_path=first.heading_path,
        start=first.start,
        end=last.end,
        text=text,
        kind=_KINDS[last.kind],
        lines=(first.first_line, last.last_line),
        facts=first.facts,
        table_header=first.table_header,
    )


def _words(block: Block, text: str) -> int:
    return len(text[block.start : block.end].split())
