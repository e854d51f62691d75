"""The text of a passage -> its lines as they were written, before an editor wrapped them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from ragbot.fences import parts_of
from ragbot.types import PassageKind

_MONTH = "jan|feb|m[aä]r|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]"
BULLET = re.compile(  # "12. Mai 2024" is a date
    r"^[ \t]*(?:[-*+•◦▪‣·●○◆■]|o(?=\s)|\(\d{1,2}\)|[a-h]\)"
    r"|\((?:[a-z]|[ivx]{2,5})\)(?=\t)"
    rf"|\d{{1,3}}(?:\)|\.(?!\s+(?i:{_MONTH})[a-zä]*\.?\s+\d{{4}})))[ \t]+(?:[▶▸][ \t]+)?"
)
# A quote, and the kind of a callout; "> 15 minutes" is more than that, ">>>" a prompt.
QUOTE = re.compile(r"^[ \t]*(?:>(?!>>)(?![ \t]?[\d$€£~])[ \t]?)+(?:\[!\w+\][+-]?[ \t]*)?")
HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+")
# Below the head of a table, `|---|:-:|`; below a heading of plain text, `-----`.
RULER = re.compile(r"^(?=[^\n]*\|)\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_ASIDE = re.compile(r"[ \t]*\[(?://|comment)\]:\s*(?:#|<>)")  # a comment as a link to nowhere
STROKE = re.compile(r"\s*([=~_*-])\1{2,}\s*")
_DEFINES = re.compile(r":[ \t]+(?=\S)")  # the term on the line above
_IN_QUOTE = re.compile(r"[ \t]*(?:>[ \t]?)+")
# "Q: ...?", "**Q:** ...?", "**May I ...?**"
QUESTION = re.compile(
    r"(?:\*\*)?(?:Q|Question)\s?\d*\s?[:.](?:\*\*)?\s.*\?(?:\*\*)?|\*\*[^*]+\?\*\*", re.DOTALL
)
# The same with its answer behind it, on one line.
ASKED = re.compile(
    r"(?:\*\*)?(?:Q|Question)\s?\d*\s?[:.](?:\*\*)?\s[^?\n]*\?(?:\*\*)?(?=\s+\S)"
    r"|\*\*[^*?\n]+\?\*\*(?=\s+\S)"
)
ANSWER = re.compile(r"(?:\*\*)?(?:A|Answer)\s?\d*\s?[:.](?:\*\*)?\s+")
# "Freshness: time since ...", "**Freshness** Time since ...", "Orphan file - a file that ..."
TERM = re.compile(
    r"(?:\*\*[^*\n]{2,60}\*\*:?|[A-Z][\w/()&+.'-]*(?: [\w/()&+.'-]+){0,4}?(?::| [-–—]))\s+(?=\S)"
)
# A full stop after one of these ends no sentence; nor does that of "1." at the beginning.
_ABBREVIATION = re.compile(
    r"\b(?:e\.g|i\.e|etc|vs|approx|incl|excl|cf|ca|vol|dept|min|max|resp|avg|dr|mrs?|prof|st|mt|al)\.$"
    r"|\b(?:capt|gen|sen|rev|hon|bldg|thm|def|ex|tel|ext|ref)\.$"
    r"|(?<![\d/=] )(?<!/)\b[a-z]\.$"  # but "4 t. A boat", "m/s. It falls" and "V = I R. The"
    r"|[:;]\s\d{1,2}(?:\.\d{1,2})*\.$",
    re.IGNORECASE,
)
_BEFORE_NUMBER = re.compile(
    r"\b(?:no|nr|fig|art|abs|paras?|secs?|pp?|ch|eq|tab|jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec"
    r"|mon|tue|wed|thu|fri|sat|sun)\.$",
    re.IGNORECASE,
)
_MEASURED = re.compile(r"(?:\d|\d )(?:min|max|[ap]\.m)\.$", re.IGNORECASE)  # "for 4 min. The rinse"
_OPENS = re.compile(r"\s+(?:The|It|In|If|This|There|They|After|But)\b")
_ITEM = re.compile(r"\s*\d{1,2}(?:\.\d{1,2})*\.")
_LONGEST_ABBREVIATION = 12  # characters, its full stop and what stands before it among them

NARROWEST = 40  # characters that a wrapped line has
RAGGED = 2  # lines ended early, before small letters, from which a block is one of short notes


def ends_shortened(text: str, start: int, end: int) -> bool:
    """Whether the full stop before `end` is that of an abbreviation, or of an item's number, in the
    sentence that begins at `start`."""
    told = text[max(start, end - _LONGEST_ABBREVIATION) : end]
    if _MEASURED.search(told) and _OPENS.match(text, end):
        return False
    if _ABBREVIATION.search(told) or _ITEM.fullmatch(text, start, end):
        return True
    return (
        _BEFORE_NUMBER.search(told) is not None
        and re.match(r"\s*\d", text[end : end + 9]) is not None
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a passage without its sign, with those that an editor broke off it; `start` is its
    first character in the passage's text."""

    start: int
    indent: int
    has_sign: bool
    text: str
    is_code: bool = False


def begins_item(line: str, above: str) -> re.Match[str] | None:
    """The sign of a bullet. "o" is a word in more than one language, so that below a line of text
    it may be one that was wrapped there."""
    sign = BULLET.match(line)
    if sign is None or sign[0].strip() != "o" or not above.strip():
        return sign
    deeper = len(above) - len(above.lstrip()) > len(line) - len(line.lstrip())
    listed = BULLET.match(above) or HEADING.match(above) or above.rstrip()[-1] in ".:!?"
    return sign if listed or deeper else None


def whole_lines(text: str, kind: PassageKind = "paragraph") -> list[Line]:
    """What was one line before it was wrapped; left out are blank lines, the fences of code, and
    the rulers of tables."""
    whole: list[Line] = []
    lines = text.split("\n")
    width = max(map(len, lines))
    in_prose = text.rstrip().endswith((".", "!", "?"))
    is_list = not in_prose and _is_list(lines, width)
    in_quote = kind != "code" and all(x.lstrip().startswith(">") for x in lines if x.strip())
    unquoted = [_IN_QUOTE.sub("", line, count=1) for line in lines] if in_quote else lines
    offset, before, above = 0, "", ""
    for body, plain, part in zip(lines, unquoted, parts_of(unquoted), strict=True):
        is_code = part != "text" or kind == "code"
        quote = None if is_code else QUOTE.match(body)
        inside = quote.end() if quote else len(body) - len(plain) if is_code else 0
        rest = body[inside:]
        sign = None if is_code else begins_item(rest, above) or HEADING.match(rest)
        if not (sign or is_code) and (not before or _DEFINES.match(above)):
            sign = _DEFINES.match(rest)  # a further meaning; the first is read with its term
        above = rest
        indent = len(rest) - len(rest.lstrip())
        lead = inside + (sign.end() if sign else indent)
        own = body[lead:].rstrip()
        if not is_code and (RULER.match(rest) or _ASIDE.match(rest)):
            offset, before = offset + len(body) + 1, ""
            continue
        if before and own and not sign and not is_code:
            last = whole[-1]
            filled = _is_filled(before, own, width)
            # In prose; but a term opens an entry of its own, however long the last one is.
            sure = last.has_sign or (in_prose and filled and not TERM.match(own))
            if _goes_on(before, own, sure, small=not is_list):
                whole[-1] = replace(last, text=text[last.start : offset + lead + len(own)])
                offset, before = offset + len(body) + 1, body.rstrip()
                continue
        if own and part != "fence":
            whole.append(Line(offset + lead, indent, sign is not None, own, is_code))
        offset, before = offset + len(body) + 1, body.rstrip() if own and not is_code else ""
    return whole


def is_asked_of(line: Line, below: Sequence[Line]) -> bool:
    """Whether an item is a question, and what is indented below it its answer."""
    return line.text.rstrip("*_ ").endswith("?") and bool(below) and below[0].indent > line.indent


def _is_filled(line: str, following: str, width: int) -> bool:
    """Whether the next word would not have fitted behind a line; what is short was never full."""
    return len(line) >= NARROWEST and len(line) + 1 + len(following.split()[0]) > width


def _is_list(lines: Sequence[str], width: int) -> bool:
    """Whether short lines without signs are notes of their own, in small letters as people jot
    them down: most were ended before they were full."""
    pairs = [(a.rstrip(), b) for a, b in pairwise(lines) if a.strip() and b[:1].islower()]
    short = sum(not _is_filled(a, b, width) for a, b in pairs)
    return short >= RAGGED and short > len(pairs) / 2


def _goes_on(before: str, text: str, sure: bool, *, small: bool) -> bool:
    """Whether a line is the rest of the one before: that ends no sentence, and this one opens none
    or is `sure` to be no line of its own. `small` letters open none."""
    if _DEFINES.match(text):
        return True
    if before.endswith((":", "|")) or HEADING.match(before):
        return False
    if QUESTION.fullmatch(before) or ANSWER.match(text):
        return False
    if before.endswith((".", "!", "?")) and not ends_shortened(before, 0, len(before)):
        return False
    # Without a blank behind any comma, "Alba,12 m,3," is a row of cells.
    broken = before.endswith(",") and (", " in before or before.count(",") == 1)
    return sure or (small and text[0].islower()) or broken
