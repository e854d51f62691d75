"""Pasted lines -> groups: runs without a blank line between, and which of them may head others."""

from __future__ import annotations

import csv
import re
import unicodedata
from collections.abc import Sequence

from ingest.outline import LINKS_HEADING, QUESTIONS_HEADING, Line, are_links
from ragbot.whole_lines import BULLET, STROKE

_LONGEST_HEADING = 12  # words
_LONGEST_ROW = 10_000  # characters
_HABIT = 3  # capitals on top of so many groups are their headings
_BRACKETED = re.compile(r"\([^)]*\)")
_CALL = re.compile(
    r"\b(?:sponsored|advertisement|sign up (?:now|today|for free)|subscribe (?:now|today|to our)"
    r"|enroll (?:now|today)|buy now|click here|start the.*(?:→|»|>>)|free trial"
    r"|earn an? (?:certificat|badge|degree|diploma)|no experience required|limited offer"
    r"|learn more)",
    re.IGNORECASE,
)
# Lines of a question block that look like headings: stems, options, keys.
_ASKED = re.compile(
    r"(?:Q(?:uestion)?\s*)?\d{1,3}\s*[.):]|Q(?:uestion)?\s*#?\d{1,3}$|\(?[A-H][.)]\s"
    r"|(?:correct\s+)?(?:answers?|key|solution|explanation)\b",
    re.IGNORECASE,
)
_COMMAS = re.compile(r",\S.*,(?:\S|$)|,,")
_NUMBER = re.compile(r"\d{1,2}[.)][ \t]+(?=[^\W\d])")  # of a heading
_FIGURE = re.compile(r"[~<>≈]?\d[\d.,/]*(?:\s*%| [a-zµ]\S*(?: \S+)?)?$")  # 12 months


def groups_of(lines: Sequence[Line], asked: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Runs of lines without a blank between them; bullets and plain lines apart, and each of
    `asked`, the practice questions, in one."""
    groups: list[list[Line]] = []
    runs = {line.number: run for run in asked for line in run}
    for line in lines:
        if run := runs.get(line.number):
            if line is run[0]:
                groups += [list(run), []]
        elif line.is_blank:
            groups.append([])
        elif groups and groups[-1] and _belongs(line, groups[-1]):
            groups[-1].append(line)
        else:
            groups.append([line])
    return [group for group in groups if group]


def _belongs(line: Line, group: Sequence[Line]) -> bool:
    if len(group) == 1 and STROKE.fullmatch(line.text) and _NUMBER.match(group[0].text):
        return True
    bullet = (bool(BULLET.match(line.text)) and line.indent > 0) or (
        line.text[:1] in "•*-" and not STROKE.fullmatch(line.text)
    )
    in_list = bool(BULLET.match(group[0].text))
    return in_list == bullet or (in_list and line.indent > 0)


def headed(groups: Sequence[Sequence[Line]]) -> list[Sequence[Line]]:
    """The groups, with headings on their own that no blank line sets off from what they head: a
    stroke below tells them, or that they are in capitals, where that is a habit."""
    capitals = {
        group[0].number for group in groups if len(group) > 1 and _is_in_capitals(group[0].text)
    }
    habit = len(capitals) >= _HABIT
    headed: list[Sequence[Line]] = []
    for group in groups:
        stroked = len(group) > 1 and STROKE.fullmatch(group[1].text) is not None
        if stroked and may_be_heading(_unnumbered(group[0].text)):
            cut = 2
        else:
            cut = int(habit and group[0].number in capitals)
        headed += filter(None, (group[:cut], group[cut:]))
    return headed


def may_head(groups: Sequence[Sequence[Line]], at: int) -> bool:
    group = groups[at]
    text = group[0].text
    if len(unstroked(group)) != 1 or not may_be_heading(_unnumbered(text)):
        return False
    if _NUMBER.match(text) and len(group) == 1 and not _tells(groups, at + 1):
        return False
    # The one line directly below a heading is what it heads.
    below = at > 0 and groups[at - 1][-1].number == group[0].number - 1
    return not (below and may_head(groups, at - 1))


def _unnumbered(text: str) -> str:
    """`1. The contract`, without the number: an item of a list, or a heading of what is told below
    it."""
    number = _NUMBER.match(text)
    return text[number.end() :] if number else text


def _tells(groups: Sequence[Sequence[Line]], at: int) -> bool:
    """Whether these lines are a text or a list, and no further number's."""
    if at >= len(groups) or _NUMBER.match(groups[at][0].text):
        return False
    first = groups[at][0].text.lstrip()
    if BULLET.match(first):
        return True
    return not first[0].islower() and (len(groups[at]) > 1 or first.rstrip()[-1] in ".!?:")


def opens_aside(groups: Sequence[Sequence[Line]], at: int) -> bool:
    name = groups[at][0].text.strip()
    aside = LINKS_HEADING.match(name) or QUESTIONS_HEADING.search(name)
    return bool(aside) and may_head(groups, at)


def asks(group: Sequence[Line]) -> bool:
    text = group[0].text.strip()
    return text.endswith("?") or bool(_ASKED.match(text))


def behind_links(groups: Sequence[Sequence[Line]], at: int) -> int:
    """Where the names of further readings end that stand below the heading at `at`. They look
    like headings, so that only a text tells: the name right above it is its heading."""
    end = at + 1
    while end < len(groups):
        group = groups[end]
        if len(unstroked(group)) == 1 and LINKS_HEADING.match(group[0].text.strip()):
            return end
        if not are_links(group) or is_tabbed(group):
            return end - 1 if end - 1 > at and may_head(groups, end - 1) else end
        end += 1
    return end


def cells_of_line(line: Line) -> list[str]:
    """Parted by tabs, or by commas without a blank behind any, as programs write them."""
    cells = line.text.split("\t")
    if len(cells) == 1 and len(line.text) < _LONGEST_ROW and _COMMAS.search(line.text):
        parted = next(csv.reader(cells))
        cells = cells if any(cell[:1].isspace() for cell in parted[1:]) else parted
    return [cell.strip() for cell in cells]


def is_tabbed(group: Sequence[Line]) -> bool:
    """Two lines or more of as many cells; a tab that only indents parts none."""
    rows = [cells_of_line(line) for line in group]
    return (
        len(rows) > 1
        and len(rows[0]) > 1
        and len({len(row) for row in rows}) == 1
        and all(row[0] for row in rows[1:])
    )


def unstroked(group: Sequence[Line]) -> Sequence[Line]:
    return [line for line in group if not STROKE.fullmatch(line.text)]


def _is_in_capitals(text: str) -> bool:
    """`COVERINGS (in -> out)`; what stands in brackets may be in small letters."""
    text = _unnumbered(text)
    plain = _BRACKETED.sub("", text)
    return may_be_heading(text) and plain.isupper() and sum(map(str.isalpha, plain)) > 2


def is_advertisement(group: Sequence[Line]) -> bool:
    """A plain block that opens with a picture sign or ends in a call to do something."""
    text = " ".join(line.text.strip() for line in group)
    if BULLET.match(group[0].text):
        return False
    picture = _is_pictograph(group[0].text.strip()[0])
    arrow = group[-1].text.rstrip().endswith(("→", "»", ">>"))
    return (picture or arrow) and ((picture and arrow) or bool(_CALL.search(text)))


def may_be_heading(text: str) -> bool:
    words = text.split()
    return (
        0 < len(words) <= _LONGEST_HEADING
        and not text[0].isspace()
        and text[0] != "("
        and not BULLET.match(text)
        and not _FIGURE.match(text.rstrip())
        and " = " not in text
        and text.rstrip()[-1] not in ".!;,:→"
        and any(c.isalpha() for c in text)
        and not _is_pictograph(text[0])
    )


def _is_pictograph(character: str) -> bool:
    return unicodedata.category(character) == "So"
