"""A web page as a browser saves it -> the HTML of what is read on it, each line where it was.

What stands around the text is left out: head, scripts, styles, menus, buttons, and, of a page that
says which part is its main one, all else. What lays the text out, `html_layout` reads.
"""

from __future__ import annotations

import re

_FLAGS = re.IGNORECASE | re.DOTALL
_UNREAD = re.compile(
    r"<!--.*?-->|<(?P<tag>script|style|noscript|template|svg|nav|iframe|select|button|head|title)\b"
    r"[^>]*>.*?</(?P=tag)\s*>|<!doctype\b[^>]*>|</?(?:html|head|meta|link|base)\b[^>]*>",
    _FLAGS,
)
_TITLE = re.compile(r"<title\b[^>]*>(.*?)</title\s*>", _FLAGS)
_PARTS = tuple(  # not every page closes its body
    re.compile(rf"<{tag}\b[^>]*>(.*?)(?:</{tag}\s*>|\Z)", _FLAGS)
    for tag in ("main", "article", "body")
)
_PRE = re.compile(r"(<pre\b.*?</pre\s*>)", _FLAGS)
_INDENT = re.compile(r"^[ \t]+", re.MULTILINE)


def what_is_read(page: str) -> str:
    """As many lines as the page has; one without a heading of the first rank begins with its
    title."""
    title = _TITLE.search(page)
    seen = _UNREAD.sub(lambda unread: _lines_of(unread[0]), page)
    part = next((found for each in _PARTS if (found := _only(each, seen))), None)
    if part is not None:
        start, end = part.span(1)
        seen = _lines_of(seen[:start]) + seen[start:end] + _lines_of(seen[end:])
    # Indented lines are code in Markdown, and nothing in HTML, but where it is set as it stands.
    pieces = _PRE.split(seen)
    pieces[::2] = [_INDENT.sub("", piece) for piece in pieces[::2]]
    seen = "".join(pieces)
    if title is None or not title[1].strip() or re.search(r"<h1\b", seen, re.IGNORECASE):
        return seen
    first, _, rest = seen.partition("\n")
    return f"<h1>{' '.join(title[1].split())}</h1>{first}\n{rest}"


def _lines_of(text: str) -> str:
    return "\n" * text.count("\n")


def _only(part: re.Pattern[str], page: str) -> re.Match[str] | None:
    """The part where the page has one of that kind."""
    found = part.search(page)
    opening = part.pattern.partition("(")[0]
    return found if found and len(re.findall(opening, page, _FLAGS)) == 1 else None
