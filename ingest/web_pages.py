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
    seen = "".join([*pieces, page[at:]])
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
