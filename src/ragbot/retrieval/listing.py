"""The things that an answer lists, so that a follow-up can mean one of them.

"It has two modes: A, for this, and B, for that."   A, B
"""

from __future__ import annotations

import re

from ragbot.retrieval.names import Names, is_plural, words_in

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\W*[A-Z])|\n")
_MARKERS = re.compile(r"\s*\[\d+\]")
_ITEM_END = re.compile(
    r"[,:]|\s(?:for|which|that|with|is|are|has|have|can|costs?|holds?|fits?|uses?|runs?|keeps?|needs?"
    r"|takes?|gives?|stores?)\s|\s(?:Yes|No|None)\b"
)
_COUNTS = re.compile(
    r"\b(?:two|three|four|five|six|seven|eight|nine|ten|these|following|several)\b", re.IGNORECASE
)
_NO_ITEM = re.compile(r"(?:yes|no|up to|about|at)\b|\W|\d", re.IGNORECASE)
# What opens an explanation of the item before it and is no item of a list itself.
_EXPLAINS = re.compile(
    r"^(?:for|which|who|that|with|without|where|when|so|created|under|by|in|on|to|as|its?|their"
    r"|via|through|such|like|ideal|each)\b",
    re.IGNORECASE,
)


def first_sentence(answer: str) -> str:
    lines = _SENTENCE_END.split(_MARKERS.sub("", answer).strip())
    return lines[0].lstrip("-•* ").strip()


def listed(answer: str, names: Names) -> tuple[str, ...]:
    """The items of "X has two modes: A, for this, and B, for that." or of a list of bullets."""
    text = _MARKERS.sub("", answer).strip()
    bullets = [line[2:] for line in text.split("\n") if line.startswith("- ")]
    lead, colon, tail = first_sentence(answer).partition(": ")
    if not colon or len(tail.split()) < 2:
        heads = [_head(each, names) for each in bullets if not each.rstrip().endswith(":")]
        return tuple(dict.fromkeys(filter(None, heads))) if len(heads) > 1 else ()
    parts = tail.rstrip(".").split(";") if ";" in tail else re.split(r",\s+", tail.rstrip("."))
    items: list[str] = []
    for part in parts:
        plain = re.sub(r"^\s*(?:and|or)\s+", "", part).strip()
        if not plain or _EXPLAINS.match(plain):
            continue
        pair = [] if ";" in tail else re.split(r"\s+(?:and|or)\s+", plain)
        items += (
            pair if len(pair) == 2 and all(len(each.split()) <= 3 for each in pair) else [plain]
        )
    heads = [_ITEM_END.split(item)[0].strip() for item in items]
    heads = [head for head in heads if len(head.split()) <= 6 and not _NO_ITEM.match(head)]
    named = all(head[0].isupper() for head in heads)
    return tuple(heads) if len(heads) > 1 and (named or _announces(lead)) else ()


def _announces(lead: str) -> bool:
    """As in "It has two modes: ..."; not as in "It is used for one thing: ...", nor in a row."""
    word = words_in(lead)[-1:]
    return bool(_COUNTS.search(lead)) or (bool(word) and is_plural(word[0].low))


def _head(line: str, names: Names) -> str:
    """What a bullet is on: the name that it begins with."""
    first = next(iter(names.pieces(line)), None)
    if first is None or not first.is_named:
        return ""
    return line[first.core[0].start : first.core[-1].end]
