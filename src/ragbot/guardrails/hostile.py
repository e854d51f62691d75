"""Evidence without the sentences that give orders, and the words that only they have.

Such a passage is found, shown and cited like any other, with a flag. But a line that wants to be
obeyed is no fact: no answer is made of it, and no model reads it, unless the question asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from ragbot.evidence import BULLET, Evidence, EvidenceSentence
from ragbot.screening import decoded, fold, gives_orders, orders_in
from ragbot.screening.orders import ONLY_SHOWN
from ragbot.types import Passage

LEFT_OUT = "(left out)"
_ABOUT_ORDERS = re.compile(
    r"\b(?:prompt|instruction|indirect) (?:injection|attack)s?\b|\bjailbreak|\bhidden (?:text|order"
    r"|instruction)|\b(?:hostile|malicious|suspicious|flagged) (?:text|note|passage|instruction)"
)

Span = tuple[int, int]


def asks_for_orders(question: str) -> bool:
    """Whether a question is about text that gives orders."""
    return _ABOUT_ORDERS.search(fold(question).text) is not None


def citable(evidence: Sequence[Evidence], question: str) -> list[Evidence]:
    """What an answer may stand on, renumbered; a passage that is all orders is not in it."""
    if asks_for_orders(question):
        return list(evidence)
    cleaned = [each for item in evidence if (each := _cleaned(item)).sentences]
    return [replace(item, number=number) for number, item in enumerate(cleaned, start=1)]


def orders_of(passages: Iterable[Passage]) -> Iterator[str]:
    """The lines and headings that give orders, and what is encoded in them."""
    for passage in passages:
        told = [*passage.heading_path, passage.table_header or "", *map(str, passage.facts)]
        orders = [text for text in told if gives_orders(text)]
        orders += [passage.text[start:end] for start, end in _order_lines(passage)]
        yield from orders
        yield from (plain for text in orders for plain in decoded(text))


def _cleaned(item: Evidence) -> Evidence:
    passage = item.passage
    orders = list(_order_lines(passage))
    headings = tuple(LEFT_OUT if gives_orders(each) else each for each in passage.heading_path)
    kept = [place for place, each in enumerate(item.sentences) if not _is_order(each, orders)]
    untouched = len(kept) == len(item.sentences) and headings == passage.heading_path
    if untouched and not orders and not gives_orders(passage.table_header or ""):
        return item
    readable = replace(
        passage,
        text=_blanked(passage.text, orders),
        heading_path=headings,
        facts=tuple(fact for fact in passage.facts if not gives_orders(str(fact))),
        table_header=None if gives_orders(passage.table_header or "") else passage.table_header,
    )
    return replace(
        item,
        retrieved=replace(item.retrieved, passage=readable),
        sentences=tuple(_under(readable, item.sentences[place]) for place in kept),
        relevance=tuple(item.relevance[place] for place in kept) if item.relevance else (),
        selected=tuple(item.selected[place] for place in kept) if item.selected else (),
        answers=tuple(item.answers[place] for place in kept) if item.answers else (),
    )


def _under(passage: Passage, sentence: EvidenceSentence) -> EvidenceSentence:
    parent = sentence.parent
    ordering = parent is not None and gives_orders(parent)
    return replace(sentence, passage=passage, parent=None if ordering else parent)


def _is_order(sentence: EvidenceSentence, orders: Sequence[Span]) -> bool:
    start, end = sentence.start - sentence.passage.start, sentence.end - sentence.passage.start
    return gives_orders(sentence.text) or any(a < end and start < b for a, b in orders)


def _order_lines(passage: Passage) -> Iterator[Span]:
    """Spans of the text that give orders: whole bullets and all that follows in a paragraph.

    A table row has no lines; there the cell is left out.
    """
    orders = (each for each in orders_in(passage.text) if each.flag not in ONLY_SHOWN)
    found = [(each.start, each.end) for each in orders]
    if not found or passage.kind == "table_row":
        yield from found
        return
    at, going_on = 0, False
    for line in passage.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        begins = any(a < at and start < b for a, b in found)
        going_on = begins or (going_on and bool(line.strip()) and not BULLET.match(line))
        if going_on:
            yield start, at


def _blanked(text: str, spans: Sequence[Span]) -> str:
    """Blanks instead, so that every character stays where it was."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text
