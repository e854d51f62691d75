"""Practice questions in a source: stem, options, and the key where the text gives one."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from ingest.outline import (
    QUESTIONS_HEADING,
    Line,
    Outline,
    Warning,
    drop,
    heads_links,
)
from ragbot.fences import parts_of
from ragbot.types import FoundQuestion

_ITEM = re.compile(
    r"^\s*(?:#{1,6}\s+)?(?:[-*•]\s+)?(?:\*\*)?(?P<sign>(?:Q(?:uestion)?\s*)?\d{1,3}|\(?[A-Ha-h])"
    r"(?:[.):]|\s*-|(?<=\d)(?=\*\*\s))(?:\*\*)?\s+(?P<text>\S.*)$"
)
# A number alone, with the stem below it: "**Question 1**", "### Question 2", "Question 3:".
_NUMBER = re.compile(
    r"^\s*(?:#{1,6}\s+)?(?:\*\*)?(?:Q(?:uestion)?\s*#?\d{1,3}(?:\s+of\s+\d+)?|\d{1,3}(?=[.)]))[.):]?(?:\*\*)?[.:]?\s*$",
    re.IGNORECASE,
)
_BOX = re.compile(r"^\s*[-*•]\s+(?:\[(?P<mark>[ xX])\]\s*)?(?P<text>\S.*)$")
_MARK = re.compile(r"(?<=[-*•])\s+\[[ xX]\](?=\s)")
_TICK = re.compile(r"^\s*[-*•]\s+\[[xX]\]\s")
_KEY = re.compile(
    r"^\s*(?:[-*•>]\s*)?(?:\*\*)?(?:correct\s+)?(?:ans(?:wers?)?|key|solution)(?:\*\*)?\s*(?:\(s\))?\s*[:=]\s*"
    r"(?:\*\*)?\s*(?P<keys>[A-Ha-h\d](?:\s*(?:,|&|and)\s*[A-Ha-h\d])*)\b",
    re.IGNORECASE,
)
_REASON = re.compile(
    r"^\s*(?:[-*•>]\s*)?(?:\*\*|_)?(?:explanation|rationale|reason(?:ing)?|why)\b[^:]{0,30}:",
    re.IGNORECASE,
)
_ASKS = re.compile(r"\?|_{3,}|\b(?:choose|select)\b|\bwhich of\b", re.IGNORECASE)
# "Select the plan that fits:" asks only where there is more that tells of a question.
_SURELY_ASKS = re.compile(
    r"\?|_{3,}|\((?:choose|select) (?:one|two|three|[1-3])\b|\bwhich of the following\b",
    re.IGNORECASE,
)
_ENDS = re.compile(r"[.!?:]\s*$|^\s*#")

SHORTEST_LIST = 6  # words
SHORTEST_STEM = 5  # words
FEWEST_OPTIONS = 3  # that tell a question by its form
FARTHEST_NUMBER = 12  # lines from "Question 1" down to where its options begin


def questions_in(lines: Sequence[Line], doc_id: str, source: str) -> list[FoundQuestion]:
    """The questions of a block, in their order.

    A stem is the outermost item; what stands deeper, or is lettered, are its options. Where no
    stem asks, no option is lettered and no key is given, they are lists like any others.
    """
    outer = min((line.indent for line in lines if _opens(line)), default=0)
    # Under "Question 1" the plain numbers are options.
    named = any(_opens(line) and _is_named(line) for line in lines)
    begins = [
        at
        for at, line in enumerate(lines)
        if _opens(line) and line.indent <= outer and (_is_named(line) or not named)
    ]
    found = []
    for begin, end in pairwise([*begins, len(lines)]):
        question = _question(lines[begin:end], doc_id, source)
        if question:
            found.append(question)
    real = any(_letter(line) for line in lines) or any(
        question.answer is not None
        or (len(question.options) >= FEWEST_OPTIONS and _ASKS.search(question.stem))
        for question in found
    )
    return found if real else []


def asked_in(
    lines: Sequence[Line], doc_id: str, source: str
) -> list[tuple[Sequence[Line], FoundQuestion]]:
    """(lines, question) of those known by their form, under whatever heading they stand: a stem
    that asks or has a key, and options A, B, C below it."""
    found = []
    code = _fenced(lines)
    at = floor = 0
    while at < len(lines):
        options, end = (0, at) if at in code else _lettered(lines, at)
        if options < FEWEST_OPTIONS:
            at += 1
            continue
        marked = any(_TICK.search(line.text) for line in lines[at:end])
        end, keyed = _explained(lines, end)
        bottom = at
        while bottom > floor and (lines[bottom - 1].is_blank or bottom - 1 in code):
            bottom -= 1
        begin = _stem_above(lines, floor, bottom, keyed=keyed or marked)
        if begin is not None:
            question = _question(lines[begin:end], doc_id, source, options_at=at - begin)
            if question:
                found.append((lines[begin:end], question))
        at = floor = end
    return found


def leave_out(
    outline: Outline, heading: Line, lines: Sequence[Line], *, is_title: bool = False
) -> bool:
    """Drop a section of practice questions, which are set aside, or of links, with a warning of
    what is kept nowhere; False where it is neither, whatever its heading says.

    A title heads all there is, so that only questions with nothing beside them go under it.
    """
    name = heading.text.strip(" \t#*_")
    document = outline.document
    questions: list[FoundQuestion] = []
    if QUESTIONS_HEADING.search(name):
        questions = questions_in(lines, document.doc_id, document.source) or [
            question for _, question in asked_in(lines, document.doc_id, document.source)
        ]
    spans = [question.lines for question in questions]
    lost = [
        line
        for line in lines
        if not line.is_blank
        and not any(first <= line.number <= last for first, last in spans)
        and not any(reference.name in line.text for reference in document.references)
    ]
    is_links = heads_links(name, lines) and not is_title
    if not is_links and (not questions or (is_title and lost)):
        return False
    drop(outline, [heading, *lines])
    outline.questions += questions
    if lost:
        count = f"{len(lost)} line{'s' if len(lost) > 1 else ''}"
        message = f"left out {count} under {name!r}"
        outline.warnings.append(Warning(document.source, heading.number, message))
    return True


def _question(
    lines: Sequence[Line], doc_id: str, source: str, options_at: int = 1
) -> FoundQuestion | None:
    """The question that the first line opens; no option is looked for before `options_at`."""
    first = lines[0]
    item = None if _NUMBER.match(first.text) else _opening(first)
    stem = [] if _NUMBER.match(first.text) else [item or first.text]
    options: list[str] = []
    marked: list[int] = []
    answer: tuple[int, ...] | None = None
    last = first.number
    told = False  # the key or the reason has been given: no option goes on below it
    after_blank = False
    for at, line in enumerate(lines[1:], start=1):
        if line.is_blank:
            after_blank = True
            continue
        key = _KEY.match(line.text)
        option = _ITEM.match(_MARK.sub("", line.text))
        box = _BOX.match(line.text)
        if key:
            answer = tuple(_place(k) for k in re.split(r"\s*(?:,|&|and)\s*", key["keys"]))
            told = True
        elif _REASON.match(line.text):
            told = True
        elif not told and at >= options_at and stem and (option or box):
            if box and box["mark"] in ("x", "X"):
                marked.append(len(options))
            options.append(_clean((option or box)["text"]))  # type: ignore[index]
        elif not options:
            stem.append(line.text)
        elif not told and (line.indent > first.indent or not after_blank):
            options[-1] += " " + line.text.strip()
        elif after_blank and line.indent <= first.indent:
            continue  # no part of the question, unless the key is still to come
        after_blank = False
        last = line.number
    key_places = answer or (tuple(marked) if marked else None)
    if key_places is not None and any(not 0 <= place < len(options) for place in key_places):
        key_places = None
    if not stem or len(options) < 2:
        return None
    text = " ".join(part.strip(" \t#*_") for part in stem)
    return FoundQuestion(doc_id, source, (first.number, last), text, tuple(options), key_places)


def _opens(line: Line) -> bool:
    """A numbered line, or a number alone."""
    return bool(_NUMBER.match(line.text)) or _opening(line) is not None


def _opening(line: Line) -> str | None:
    item = _ITEM.match(line.text)
    return item["text"] if item and any(c.isdigit() for c in item["sign"]) else None


def _is_named(line: Line) -> bool:
    return line.text.lstrip(" \t#*-•")[:1] in "Qq"


def _letter(line: Line) -> str:
    item = _ITEM.match(_MARK.sub("", line.text))
    sign = item["sign"].strip("(") if item else ""
    return sign if sign.isalpha() and not _heads(line) else ""


def _lettered(lines: Sequence[Line], at: int) -> tuple[int, int]:
    """(how many options A, B, C... begin at this line, the position behind them)."""
    alphabet = "abcdefgh" if _letter(lines[at]).islower() else "ABCDEFGH"
    count, end = 0, at
    while at < len(lines):
        line = lines[at]
        if count < len(alphabet) and _letter(line) == alphabet[count]:
            count += 1
        elif not count or (not line.is_blank and not _goes_on(lines, at)):
            break
        at += 1
        if not line.is_blank:
            end = at
    return count, end


def _goes_on(lines: Sequence[Line], at: int) -> bool:
    """The line is the rest of the one above it."""
    line, above = lines[at], lines[at - 1]
    aside = _letter(line) or _opens(line) or _KEY.match(line.text) or _REASON.match(line.text)
    deeper = line.indent > above.indent or line.text.lstrip()[0].islower()
    return not above.is_blank and not aside and deeper


def _explained(lines: Sequence[Line], end: int) -> tuple[int, bool]:
    """(the position behind the key and the reason that stand there, whether there is a key)."""
    keyed = False
    at = end
    while at < len(lines):
        if lines[at].is_blank:
            at += 1
            continue
        key = bool(_KEY.match(lines[at].text))
        if not key and not _REASON.match(lines[at].text):
            break
        keyed = keyed or key
        at += 1
        while at < len(lines) and not (
            lines[at].is_blank
            or _opens(lines[at])
            or _heads(lines[at])
            or lines[at].text.rstrip().endswith("?")
        ):
            keyed = keyed or bool(_KEY.match(lines[at].text))
            at += 1
        end = at
    return end, keyed


def _fenced(lines: Sequence[Line]) -> set[int]:
    """The positions of code, whose letters are no options but which a stem may end in."""
    parts = parts_of(line.text for line in lines)
    return {at for at, part in enumerate(parts) if part != "text"}


def _stem_above(lines: Sequence[Line], floor: int, bottom: int, *, keyed: bool) -> int | None:
    """Where the stem begins that ends at `bottom`; None where nothing asks."""
    top = bottom
    while top > floor and not lines[top - 1].is_blank:
        top -= 1
    numbered = [number for number in range(top, bottom) if _opens(lines[number])]
    if numbered:
        begin = numbered[-1]
    else:
        begin = bottom
        while begin > top and (begin == bottom or not _ENDS.search(lines[begin - 1].text)):
            begin -= 1
        if begin < bottom and _heads(lines[begin]) and not keyed:
            begin += 1  # "What is a box?" heads what answers it as well
    if begin == bottom:
        return None
    asking = _ASKS if numbered else _SURELY_ASKS
    asks = keyed or any(
        asking.search(line.text) or (_opens(line) and _is_named(line))
        for line in lines[begin:bottom]
    )
    if not numbered:
        # A scenario in paragraphs of its own belongs to the number above it.
        for above in range(begin - 1, max(floor, begin - FARTHEST_NUMBER) - 1, -1):
            if _NUMBER.match(lines[above].text) and _is_named(lines[above]):
                return above
            if _opens(lines[above]) or _heads(lines[above]):
                break
    return begin if asks else None


def _heads(line: Line) -> bool:
    return line.text.lstrip().startswith("#")


def _clean(option: str) -> str:
    return re.sub(r"^(\*\*|__)(.*)\1$", r"\2", option.strip())


def _place(key: str) -> int:
    return int(key) - 1 if key.isdigit() else ord(key.upper()) - ord("A")


def leaked_question(
    texts: Sequence[str], questions: Sequence[FoundQuestion]
) -> tuple[int, FoundQuestion] | None:
    """(position of the text, question) where a text carries a question's stem, or all of its
    options in a row; None where none does."""
    stems = [(_squeeze(question.stem), question) for question in questions]
    # "Mitochondrion" and "What is a box?" stand in the notes that answer them.
    marks = [(stem, question) for stem, question in stems if len(stem.split()) >= SHORTEST_STEM]
    for question in questions:
        together = _squeeze(" ".join(question.options))
        # "A or B" is no list: the head of a table names the same two products.
        if len(question.options) > 2 and len(together.split()) >= SHORTEST_LIST:
            marks.append((together, question))
    for position, text in enumerate(texts):
        squeezed = f" {_squeeze(text)} "
        for mark, question in marks:
            if f" {mark} " in squeezed:
                return position, question
    return None


def _squeeze(text: str) -> str:
    return " ".join(re.findall(r"\w+", text.lower()))
