"""Cut a reply into sentences while it is being written, and take the markers out of them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from ragbot.cells import cells_of
from ragbot.citations.named import leans
from ragbot.evidence import split_sentences
from ragbot.whole_lines import RULER, ends_shortened

# [1], [1, 2], [1-3], and the forms that some models prefer: 【1】, 【1†source】, [^1], [source 1]
MARKER = re.compile(
    r"(?<![ \t])[ \t]*(?:\[(?:\^|source\s+|passage\s+)?(?P<a>\d{1,4}(?:\s*[-–,;]\s*\d{1,4})*)\]"
    r"|【(?P<b>\d{1,4})[^】]{0,40}】)",
    re.IGNORECASE,
)
_LEAD = re.compile(r"^(?P<indent>[ \t]*)(?:(?P<bullet>[-*+•])|(?P<number>\d{1,3}[.)]))[ \t]+")
_HEADING = re.compile(r"^[ \t]*#{1,6}[ \t]+")
# What sets a sentence off from a marker that leads it: "[4] - Boxes are light."
_BEHIND_MARKER = re.compile(r"^(?:[-–—*•][ \t]+|:[ \t]*)")
_EMPHASIS = re.compile(r"(\*\*|__)(?=\S)(.+?)(?<=\S)\1")
# What may still become part of the sentence before it: markers that follow its full stop.
_TRAILING = re.compile(r"\s*(?:[\[【][^\[\]【】\n]{0,24}(?:[\]】]\s*)?)*$")
# A cross before a sentence, or a line through it, turns it round, and no check would hear it.
_SIGNS = re.compile("[\u2600-\u27bf\u2b50-\u2b55\U0001f300-\U0001faff][\ufe0e\ufe0f]?\\s?|~~")
# What is left of a sentence that was cut off behind its first word.
_BROKEN_OFF = re.compile(
    r"(?:and|or|but|so|then|also|however|the|an?|it|this|these|in|for|with|to|of|if|as|on|at)",
    re.IGNORECASE,
)
_BOLD = re.compile(r"(?:\*\*|__)[^*_\n]+(?:\*\*|__):?")
_TITLE, _TEXT = -2, -1  # depths; those of items are their indents
_LONGEST_WORD = 80  # characters
_WORD_BEFORE = re.compile(r"\S+$")
_LONGEST_MARKERS = 40  # characters of the markers behind one sentence
_NEXT = re.compile(r"[ \t]+(?=\S)")


@dataclass(frozen=True, slots=True)
class DraftSentence:
    """A sentence as the model wrote it, markers taken out; `prefix` is its layout.

    `under` are the lines that it stands below, outermost first: a heading, "Queue Lite:", the item
    that a deeper one is nested in. `leads` is True where it is a heading, or bold as a whole, or
    the head of a table, whose cells are the `columns` of the rows below it. `after` is the last
    sentence before it that speaks of something by itself, which "It" may mean.
    """

    text: str
    markers: tuple[int, ...]
    prefix: str
    under: tuple[str, ...] = ()
    leads: bool = False
    columns: tuple[str, ...] = ()
    after: str = ""


class SentenceStream:
    """Feed it text in any pieces; it gives each sentence as soon as it surely is one.

    Args:
        notes: what the reply may quote; brackets and underscores that stand there behind the same
            word ("xs[0]", "the interval [0, 1]", `__init__`) are text.
    """

    def __init__(self, notes: str = "") -> None:
        self._notes = notes
        self._line = ""
        self._new_lines = 0
        self._begun = False
        self._open: list[tuple[int, str]] = []  # (depth, text) of the lines that head what follows
        self._under: tuple[str, ...] = ()
        self._before = ""  # what "It" may mean; and the same of the last line that leads in others
        self._led_in_from = ""
        self._row: str | None = None  # the first of a table, until the next line tells what it is
        self._columns: tuple[str, ...] = ()

    def feed(self, text: str) -> Iterator[DraftSentence]:
        self._line += text
        while "\n" in self._line:
            line, self._line = self._line.split("\n", 1)
            yield from self._whole_line(line)
            self._new_lines += 1
        if not self._line.lstrip().startswith("|"):  # a table's row is one sentence
            yield from self._finished(self._line, whole=False)

    def finish(self) -> Iterator[DraftSentence]:
        """What is left when the reply has ended."""
        line, self._line = self._line, ""
        yield from self._whole_line(line)
        yield from self._waiting(is_head=False)

    def _whole_line(self, line: str) -> Iterator[DraftSentence]:
        is_row = line.lstrip().startswith("|")
        if self._row is not None:
            yield from self._waiting(is_head=RULER.match(line) is not None)
        elif is_row and not self._columns:
            self._row = line
            return
        if not is_row:
            self._columns = ()
        yield from self._finished(line, whole=True)

    def _waiting(self, *, is_head: bool) -> Iterator[DraftSentence]:
        """The first row of a table, once it is known whether that is its head."""
        row, self._row = self._row, None
        columns = tuple(cells_of(row)) if row is not None and is_head else ()
        for draft in self._finished(row, whole=True) if row is not None else ():
            yield replace(draft, leads=is_head, columns=columns)
        self._columns = columns or ("",)

    def _finished(self, line: str, *, whole: bool) -> Iterator[DraftSentence]:
        pieces = _pieces(line)
        if not whole:
            if not pieces:  # blanks, which may be an indent
                return
            # The last piece may go on, and the one before may be followed by its markers.
            last = pieces.pop() if pieces else ""
            if pieces and _TRAILING.fullmatch(last):
                last = pieces.pop() + last
            self._line = last
        for piece in pieces:
            draft = self._draft(piece)
            if draft is not None:
                yield draft

    def _draft(self, piece: str) -> DraftSentence | None:
        lead = _LEAD.match(piece)
        heading = None if lead else _HEADING.match(piece)
        body = piece[lead.end() :] if lead else piece[heading.end() :] if heading else piece
        found = [m for m in MARKER.finditer(body) if not self._is_quoted(m)]
        markers = tuple(dict.fromkeys(number for m in found for number in _numbers(m)))
        text = MARKER.sub(lambda m: m[0] if self._is_quoted(m) else "", body)
        text = _EMPHASIS.sub(lambda m: m[0] if self._is_named(m) else m[2], text).strip()
        text = _SIGNS.sub(lambda m: m[0] if m[0] in self._notes else "", text).strip()
        if found and found[0].start() == 0:
            text = _BEHIND_MARKER.sub("", text)
        # A full stop that followed the marker stays with the sentence.
        text = re.sub(r"\s+([.,;:!?])$", r"\1", text)
        if not re.search(r"\w", text) or _BROKEN_OFF.fullmatch(text):
            return None
        prefix = self._prefix(lead)
        leads = heading is not None or _BOLD.fullmatch(MARKER.sub("", body).strip()) is not None
        if prefix != " ":  # else it goes on with the line of the one before
            self._under = self._heads(text, prefix, leads=leads)
        elif text.endswith(":"):
            self._open = [*(each for each in self._open if each[0] < _TEXT), (_TEXT, text)]
        after = self._gone_on_from(text, begins_anew=leads or prefix.strip() != "")
        self._begun, self._new_lines = True, 0
        columns = self._columns if body.lstrip().startswith("|") else ()
        return DraftSentence(text, markers, prefix, self._under, leads, columns, after)

    def _gone_on_from(self, text: str, *, begins_anew: bool) -> str:
        """What a sentence may lean on; and the next one may lean on it."""
        if begins_anew:
            self._before = self._led_in_from if self._under else ""
        before = self._before
        if text.endswith(":"):
            self._led_in_from = before
        self._before = before if leans(text) else text
        return before

    def _heads(self, text: str, prefix: str, *, leads: bool) -> tuple[str, ...]:
        """What a line stands under; and it may head those that follow."""
        sign = prefix.lstrip("\n")
        depth = len(sign) - len(sign.lstrip()) if sign else _TITLE if leads else _TEXT
        # A text may stand directly below the line that leads it in.
        goes_on = depth == _TEXT and not text.endswith(":") and "\n\n" not in prefix
        self._open = [each for each in self._open if each[0] < depth + goes_on]
        under = tuple(head for _, head in self._open)
        if depth != _TEXT or text.endswith(":"):
            self._open.append((depth, text))
        return under

    def _is_quoted(self, bracket: re.Match[str]) -> bool:
        # Not from the line's beginning: a reply may be thousands of markers.
        begin = max(0, bracket.start() - _LONGEST_WORD)
        before = _WORD_BEFORE.search(bracket.string[begin : bracket.start()])
        return before is not None and before[0] + bracket[0] in self._notes

    def _is_named(self, emphasis: re.Match[str]) -> bool:
        return emphasis[1] == "__" and emphasis[0] in self._notes

    def _prefix(self, lead: re.Match[str] | None) -> str:
        breaks = "" if not self._begun else "\n" * min(self._new_lines, 2)
        if lead is None:
            return breaks or (" " if self._begun else "")
        sign = "-" if lead["bullet"] else lead["number"]
        indent = "  " * min(len(lead["indent"].expandtabs(4)) // 2, 3)
        return f"{breaks}{indent}{sign} "


def _pieces(line: str) -> list[str]:
    """Sentences of a line, each with the white space and the markers that follow it."""
    if line.lstrip().startswith("|"):
        return [line]
    lead = _LEAD.match(line)
    body_at = lead.end() if lead else 0
    # Markers hide the capital letter that shows where the next sentence begins.
    body = line[body_at:]
    masked = MARKER.sub(lambda m: " " * len(m[0]), body)
    starts = {start for start, _ in split_sentences(masked)}
    if not starts:
        return [line] if line.strip() else []
    starts.update(_behind_markers(body, masked))
    cuts = [0, *(body_at + start for start in sorted(starts)[1:]), len(line)]
    return [line[a:b] for a, b in itertools.pairwise(cuts)]


def _behind_markers(body: str, masked: str) -> Iterator[int]:
    """Where a sentence begins behind the marker of one that has ended, in whatever letter: notes
    are jotted down in small ones."""
    for marker in MARKER.finditer(body):
        begins = max(0, marker.start() - _LONGEST_MARKERS)
        end = begins + len(masked[begins : marker.start()].rstrip())
        following = _NEXT.match(body, marker.end())
        if following is None or MARKER.match(body, marker.end()):
            continue
        if masked[end - 1 : end] in (".", "!", "?") and not ends_shortened(masked, 0, end):
            yield following.end()


def is_head_of(row: str, draft: DraftSentence) -> bool:
    """Whether a row is the head of the table that a draft is a row of."""
    return bool(draft.columns) and tuple(cells_of(row)) == draft.columns


def _numbers(match: re.Match[str]) -> Iterator[int]:
    for part in re.split(r"\s*[,;]\s*", match["a"] or match["b"]):
        first, *rest = (int(number) for number in re.split(r"\s*[-–]\s*", part))
        last = rest[0] if rest else first
        yield from range(first, last + 1) if first <= last <= first + 20 else (first, last)
