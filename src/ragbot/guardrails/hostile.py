"""Evidence without the sentences that give orders, and the words that only they have.

Such a passage is found, shown and cited like any other, with a flag. But a line that wants to be
obeyed is no fact: no answer is made of it, and no model reads it, unless the question asks for it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from ragbot.evidence import Evidence, EvidenceSentence, evidence_sentences
from ragbot.order_reading import Hears
from ragbot.screening import FLAGS, Flag, decoded, fold, gives_orders, orders_in
from ragbot.screening.orders import ONLY_SHOWN
from ragbot.types import Fact, Passage, RetrievedPassage
from ragbot.whole_lines import BULLET, QUOTE

LEFT_OUT = "(left out)"
HEARD: Flag = "dictated_reply"  # what an order is taken for that no phrase gives away
_ABOUT_ORDERS = re.compile(
    r"\b(?:prompt|instruction|indirect) (?:injection|attack)s?\b|\bjailbreak|\bhidden (?:text|order"
    r"|instruction)|\b(?:hostile|malicious|suspicious|flagged) (?:text|note|passage|instruction)"
)
_COMMENT = re.compile(r"(?:^|\s)(?:#+|//+|--|;+|/?\*|<!--|REM)\s+\w")
_DOCSTRING = re.compile("\"{3}|'{3}")
_COMMENT_SIGN = re.compile(r"^\s*(?:#+|//+|--|;+|/?\*+|<!--|REM)\s+(?=\w)")
# What a program or a page says to a person, within what it says to a machine.
_QUOTED = re.compile(r"\"([^\"\n]{15,})\"|'([^'\n]{15,})'")
_UNQUOTED = re.compile(r"^\s*(?:- )?[\w.-]{1,60}\s*[:=]\s+([^\s\"'\[{(].{15,})$")
_INSIDE = re.compile(
    r"!\[([^\]\n]{15,600})\]|=\s*\"([^\"\n]{15,})\"|=\s*'([^'\n]{15,})'|<!--(.{15,600}?)-->"
    # The title of a link, and of what a link refers to.
    r"|(?:\]\(|^\[[^\]\n]{1,200}\]:\s*)\S{1,400}\s+(?:\"([^\"\n]{15,})\"|'([^'\n]{15,})')"
)
_BREAK = re.compile(r"(?<=[^\W\d_])-\n\s*(?=[^\W\d_])")  # of a word, at the end of a line
_SIGN_OF_QUOTE = re.compile(r"\n[ \t]*(?:>[ \t]?)+")
_WORD = re.compile(r"(?<![\w.:/-])[^\W\d_]+(?![\w/-])")
_PROSE = re.compile(r"(?!.*\w[.:/_=]\w)[\w\s,.'’\"“”!?:-]+")
_BARE_PROSE = re.compile(r"(?!.*\w[./_=]\w)[\w\s,.'’\"“”!?-]+")
FEWEST_WORDS = 5  # of what is read for itself within a line
LONGEST_COMMENT = 8  # lines that are read as one
_BARE = re.compile(r"\W*(?:yes|no|none)?\W*", re.IGNORECASE)

Span = tuple[int, int]
Gives = Callable[[str], bool]  # whether a line, heading or cell gives an order


def asks_for_orders(question: str) -> bool:
    """Whether a question is about text that gives orders."""
    return _ABOUT_ORDERS.search(fold(question).text) is not None


def citable(
    evidence: Sequence[Evidence], question: str, hears: Hears | None = None
) -> list[Evidence]:
    """What an answer may stand on, renumbered; a passage that is all orders is not in it.

    Args:
        hears: the reader of orders, where there is one, for those that no phrase gives away.
    """
    if asks_for_orders(question):
        return list(evidence)
    gives = _listening(hears, [item.passage for item in evidence])
    cleaned = [each for item in evidence if (each := _cleaned(item, gives)).sentences]
    return [replace(item, number=number) for number, item in enumerate(cleaned, start=1)]


def cautioned(
    found: Sequence[RetrievedPassage], hears: Hears | None
) -> tuple[RetrievedPassage, ...]:
    """Found passages, flagged where the reader hears an order that no phrase gives away."""
    gives = _listening(hears, [item.passage for item in found])
    return tuple(
        replace(item, flags=tuple(flag for flag in FLAGS if flag in {*item.flags, HEARD}))
        if ONLY_SHOWN.issuperset(item.flags) and any(map(gives, _lines_of(item.passage)))
        else item
        for item in found
    )


def orders_of(passages: Sequence[Passage], hears: Hears | None = None) -> Iterator[str]:
    """The lines and headings that give orders, and what is encoded in them."""
    gives = _listening(hears, passages)
    for passage in passages:
        told = [passage.table_header or "", *map(str, passage.facts)]
        orders = [text for text in passage.heading_path if _is_order_above(text, gives)]
        orders += [text for text in told if gives(text)]
        orders += [passage.text[start:end] for start, end in _order_lines(passage, gives)]
        yield from orders
        yield from (plain for text in orders for plain in decoded(text))


def _listening(hears: Hears | None, passages: Iterable[Passage]) -> Gives:
    """What tells the orders in these passages: phrases, and what the reader hears in them.

    What handbooks say, too, is left to the reader where there is one."""
    if hears is None:
        return gives_orders
    told = [each for passage in passages for each in _told_in(passage)]
    heard = set(hears(list(dict.fromkeys(read for read, _ in told))))
    orders = {line for read, line in told if read in heard}
    return lambda text: _plain(text) in orders or gives_orders(text, surely=True)


def _is_order_above(heading: str, gives: Gives) -> bool:
    """A heading, which a file's name may be, is no evidence that is lost: doubt is enough."""
    return gives(heading) or gives_orders(heading)


def _lines_of(passage: Passage) -> list[str]:
    return list(dict.fromkeys(line for _, line in _told_in(passage)))


def _told_in(passage: Passage) -> Iterator[tuple[str, str]]:
    """(what is read for itself, the line that is an order if that is one): headings, lines, cells
    and what stands in them and names them. Code speaks in imperatives anyway, of it only comments
    and what is worded for a person."""
    for heading in passage.heading_path:
        yield from _read_as(heading)
    for fact in passage.facts:
        whole = _plain(str(fact))
        for part in map(_plain, filter(None, _parts_of(fact))):
            yield from ((part, part), (part, whole))
    if passage.facts:
        return
    lines = passage.text.splitlines()
    if passage.kind == "code":
        yield from _told_in_code(lines)
        return
    for line in lines:
        yield from _read_as(line)
    # A sentence may stand on several lines, and be harmless on each.
    for sentence in evidence_sentences(passage):
        if "\n" in sentence.text:
            plain = _plain(sentence.text)
            yield _SIGN_OF_QUOTE.sub(" ", _BREAK.sub("", plain)), plain


def _read_as(line: str) -> Iterator[tuple[str, str]]:
    """A line, and what is told in its alt texts, attributes, comments and codes."""
    if not (plain := _plain(line)):
        return
    yield plain, plain
    within = [*_groups(_INSIDE, plain), *decoded(plain)]
    yield from ((each, plain) for each in within if _is_worded(each))


def _told_in_code(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    block: list[str] = []
    in_docstring = False
    for line in (*lines, ""):
        sign = _COMMENT_SIGN.match(line)
        in_docstring ^= len(_DOCSTRING.findall(line)) % 2 == 1
        if sign or (in_docstring and line.strip()):
            block.append(line)
        else:
            if 1 < len(block) <= LONGEST_COMMENT:
                whole = " ".join(_COMMENT_SIGN.sub("", each).strip() for each in block)
                yield from ((whole, _plain(each)) for each in block)
            block = []
        plain = _plain(line)
        if _COMMENT.search(line):
            yield plain, plain
        if sign or not plain:
            continue
        within = [*_groups(_QUOTED, line), *_groups(_UNQUOTED, line), *decoded(line)]
        if _PROSE.fullmatch(plain):
            within.append(plain)
        yield from ((each, plain) for each in within if _is_worded(each))


def _groups(pattern: re.Pattern[str], text: str) -> list[str]:
    return [match[match.lastindex or 0].strip() for match in pattern.finditer(text)]


def _is_worded(text: str) -> bool:
    """Whether it speaks to a person: names and settings have few words."""
    return len(_WORD.findall(text)) >= FEWEST_WORDS


def _parts_of(fact: Fact) -> tuple[str, ...]:
    parts = (fact.subject, fact.feature, fact.value)
    # "WAF - Response team: No" would look like an answer that is dictated.
    return parts if _BARE.fullmatch(fact.value) else (*parts, str(fact))


def _plain(line: str) -> str:
    """Without the signs of a list or a quote that it begins with."""
    while sign := BULLET.match(line) or QUOTE.match(line):
        line = line[sign.end() :]
    return line.strip()


def _cleaned(item: Evidence, gives: Gives) -> Evidence:
    passage = item.passage
    orders = list(_order_lines(passage, gives))
    headings = tuple(
        LEFT_OUT if _is_order_above(each, gives) else each for each in passage.heading_path
    )
    kept = [
        place
        for place, each in enumerate(item.sentences)
        if not (gives(each.text) or _is_in(orders, each))
    ]
    untouched = len(kept) == len(item.sentences) and headings == passage.heading_path
    if untouched and not orders and not gives(passage.table_header or ""):
        return item
    readable = replace(
        passage,
        text=_blanked(passage.text, orders),
        heading_path=headings,
        facts=tuple(fact for fact in passage.facts if not gives(str(fact))),
        table_header=None if gives(passage.table_header or "") else passage.table_header,
    )
    return replace(
        item,
        retrieved=replace(item.retrieved, passage=readable),
        sentences=tuple(_under(readable, item.sentences[place], gives) for place in kept),
        relevance=tuple(item.relevance[place] for place in kept) if item.relevance else (),
        selected=tuple(item.selected[place] for place in kept) if item.selected else (),
        answers=tuple(item.answers[place] for place in kept) if item.answers else (),
    )


def _under(passage: Passage, sentence: EvidenceSentence, gives: Gives) -> EvidenceSentence:
    parent = sentence.parent
    ordering = parent is not None and gives(parent)
    return replace(sentence, passage=passage, parent=None if ordering else parent)


def _span(sentence: EvidenceSentence) -> Span:
    """Where it stands in the text of its passage."""
    return sentence.start - sentence.passage.start, sentence.end - sentence.passage.start


def _is_in(spans: Sequence[Span], sentence: EvidenceSentence) -> bool:
    start, end = _span(sentence)
    return any(a < end and start < b for a, b in spans)


def _order_lines(passage: Passage, gives: Gives) -> Iterator[Span]:
    """Spans of the text that give orders: whole bullets and all that follows in a paragraph.

    A table row has no lines; there the cell is left out.
    """
    orders = (each for each in orders_in(passage.text) if each.flag not in ONLY_SHOWN)
    found = [(each.start, each.end) for each in orders if each.sure]
    if passage.kind == "table_row":
        yield from found
        yield from _cells_that_give(passage, gives)
        return
    wrapped = (each for each in evidence_sentences(passage) if "\n" in each.text)
    found += [_span(each) for each in wrapped if gives(each.text)]
    at, going_on = 0, False
    for line in passage.text.splitlines(keepends=True):
        start, at = at, at + len(line)
        begins = gives(line) or any(a < at and start < b for a, b in found)
        going_on = begins or (going_on and _continues(line, passage))
        if going_on:
            yield start, at


def _continues(line: str, passage: Passage) -> bool:
    """Whether a line below an order may belong to it; in code another setting does not."""
    if passage.kind == "code":
        return bool(_COMMENT_SIGN.match(line) or _BARE_PROSE.fullmatch(_plain(line)))
    return bool(line.strip()) and not BULLET.match(line)


def _cells_that_give(passage: Passage, gives: Gives) -> Iterator[Span]:
    """Of a cell that is not found in the text as it is written, nothing is blanked."""
    for cell in evidence_sentences(passage):
        span = _span(cell)
        if gives(cell.text) and span != (0, len(passage.text)):
            yield span


def _blanked(text: str, spans: Sequence[Span]) -> str:
    """Blanks instead, so that every character stays where it was."""
    for start, end in spans:
        text = text[:start] + re.sub(r"[^\n]", " ", text[start:end]) + text[end:]
    return text
