"""A web page as a browser saves it -> the HTML of what is read on it, each line where it was.

What stands around the text is left out: head, scripts, styles, menus, buttons, and, of a page that
says which part is its main one, all else. What lays the text out, `html_layout` reads.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_UNREAD = "script|style|noscript|template|svg|nav|iframe|select|button|head|title|!--"
_ALONE = re.compile(r"<!doctype\b[^<>]*>|</?(?:html|head|meta|link|base)\b[^<>]*>", re.IGNORECASE)
_PARTS = ("main", "article", "body")
# "[1]" and "[edit]" of a wiki
_REFERENCE = re.compile(
    r"<sup\b[^<>]*>(?:\s|<[^<>]*>){0,6}\[(?:\s|<[^<>]*>){0,4}[\w ]{1,20}(?:\s|<[^<>]*>){0,4}\]"
    r"(?:\s|<[^<>]*>){0,6}?</sup>|\[(?:\s|<[^<>]*>){0,4}edit(?:\s|</[^<>]*>){0,4}\]",
    re.IGNORECASE,
)
_OPENING = re.compile(r"<([a-z][a-z0-9]*)\b([^<>]*)>", re.IGNORECASE)
_HIDDEN = re.compile(
    r"\shidden(?=[\s=/]|$)|\sstyle\s*=\s*[\"'][^\"']*(?:display\s*:\s*none|visibility\s*:\s*hidden)",
    re.IGNORECASE,
)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def what_is_read(page: str) -> str:
    """As many lines as the page has; one without a heading of the first rank begins with its
    title."""
    title = next((page[slice(*span)] for span in _elements("title", page)), "")
    title = " ".join(title[title.find(">") + 1 :].partition("</")[0].split())
    pieces, at = [], 0
    for start, end in _elements(_UNREAD, page):
        pieces += [page[at:start], _lines_of(page[start:end])]
        at = end
    seen = _without_hidden(_REFERENCE.sub("", "".join([*pieces, page[at:]])))
    seen = _part_of(_ALONE.sub(lambda alone: _lines_of(alone[0]), seen))
    # Indented lines are code in Markdown, and nothing in HTML, but where it is set as it stands.
    pieces, at = [], 0
    for start, end in _elements("pre", seen):
        pieces += [_INDENT.sub("", seen[at:start]), seen[start:end]]
        at = end
    seen = "".join([*pieces, _INDENT.sub("", seen[at:])])
    if not title or re.search(r"<h1\b", seen, re.IGNORECASE):
        return seen
    return f"<h1>{title}</h1>{seen}"


def _elements(tags: str, page: str) -> Iterator[tuple[int, int]]:
    """Where each begins and ends, the outermost only, and none that is never closed."""
    at, unclosed = 0, set[str]()
    for opening in re.finditer(rf"<(?:{tags})(?:(?<=--)|(?!\w))", page, re.IGNORECASE):
        tag = opening[0][1:].lower()
        if opening.start() < at or tag in unclosed:
            continue
        closing = "-->" if tag == "!--" else rf"</{tag}\s*>"
        end = re.compile(closing, re.IGNORECASE).search(page, opening.end())
        if end is None:  # nor is any further one, for which the page need not be searched again
            unclosed.add(tag)
            continue
        at = end.end()
        yield opening.start(), at


def _without_hidden(page: str) -> str:
    """Without what a browser shows nobody; what is never closed is left, to be seen."""
    pieces, at, unclosed = [], 0, set[str]()
    for opening in _OPENING.finditer(page):
        tag = opening[1].lower()
        if opening.start() < at or tag in unclosed or not _HIDDEN.search(opening[2]):
            continue
        end = _end_of(tag, page, opening.end())
        if end is None:
            unclosed.add(tag)
            continue
        pieces += [page[at : opening.start()], _lines_of(page[opening.start() : end])]
        at = end
    return "".join([*pieces, page[at:]])


def _end_of(tag: str, page: str, at: int) -> int | None:
    """Behind the closing tag of an element whose text begins here."""
    depth = 1
    for each in re.compile(rf"<(/?){tag}\b[^<>]*>", re.IGNORECASE).finditer(page, at):
        depth += -1 if each[1] else 1
        if not depth:
            return each.end()
    return None


def _part_of(page: str) -> str:
    """The main part, where the page has one of its kind; not every page closes its body."""
    for tag in _PARTS:
        openings = [*re.finditer(rf"<{tag}\b[^<>]*>", page, re.IGNORECASE)]
        if len(openings) == 1:
            start = openings[0].end()
            closing = re.compile(rf"</{tag}\b", re.IGNORECASE).search(page, start)
            end = closing.start() if closing else len(page)
            return _lines_of(page[:start]) + page[start:end] + _lines_of(page[end:])
    return page


def _lines_of(text: str) -> str:
    return "\n" * text.count("\n")
