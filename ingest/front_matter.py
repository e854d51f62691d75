"""What stands above the notes of a Markdown file, between two rules: title, date, topic."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

import yaml

from ingest.outline import Line, Warning
from ingest.reading import SourceText
from ragbot.errors import CorpusError
from ragbot.types import Reference

_KEY = re.compile(r"([A-Za-z_][\w .-]*?)\s*:(?:\s+(\S.*?))?\s*$")
# Not all of yaml's errors are its own: the 30th of February, `!!int ""`, a thousand brackets.
_NO_YAML = (
    yaml.YAMLError, ValueError, LookupError, AttributeError, OverflowError, RecursionError,
)  # fmt: skip
_READ = ("title", "as_of", "date", "topic", "services", "exams", "references")


def front_matter(
    source: SourceText, lines: list[Line]
) -> tuple[dict[str, Any], list[Line], list[Warning]]:
    """What stands above the notes, the lines of the notes, and what could not be read above them.

    The front matter of other programs is taken as far as it goes: none of it is worth a folder.
    """
    ends = (at for at, line in enumerate(lines) if at and line.text.rstrip() in ("---", "..."))
    end = next(ends, None)
    if lines[0].text.rstrip() != "---" or end is None:
        return {}, lines, []
    inside = lines[1:end]
    unread: list[Line] = []
    try:
        loaded = yaml.safe_load(source.text[lines[1].start : lines[end].start])
    except _NO_YAML:
        loaded, unread = _key_by_key(inside)
    if loaded is None:
        return {}, lines[end + 1 :], []
    if not isinstance(loaded, dict) or not any(map(_is_key, loaded)):
        told = "the lines between the two '---' are no front matter and read as text"
        return {}, lines, [Warning(source.name, 1, told)]
    warnings = [
        Warning(source.name, line.number, f"front matter that cannot be read: {line.text[:60]}")
        for line in unread
        if _key_of(line) in _READ
    ]
    as_of, undated = _as_of(source, loaded, inside)
    return loaded | {"as_of": as_of}, lines[end + 1 :], warnings + undated


def _key_of(line: Line) -> str:
    return line.text.partition(":")[0].strip()


def _is_key(key: object) -> bool:
    """`Note: bring cash` between two rules is a note."""
    return isinstance(key, str) and (
        re.fullmatch(r"[a-z][\w.-]*", key) is not None
        or key.lower() in {*_READ, "author", "aliases", "tags", "status"}
    )


def _key_by_key(lines: Sequence[Line]) -> tuple[object, list[Line]]:
    """What is no YAML as a whole, and the lines whose values cannot be told; no dict where a line
    belongs to no key."""
    entries: list[list[Line]] = []
    for line in lines:
        if _KEY.match(line.text):
            entries.append([line])
        elif not line.is_blank and not line.text.startswith((" ", "\t", "-", "#")):
            return line.text, []
        elif entries:
            entries[-1].append(line)
    found: dict[object, object] = {}
    unread = []
    for first, *more in entries:
        try:
            found |= yaml.safe_load("\n".join(line.text for line in (first, *more)))
        except _NO_YAML:
            key, told = _KEY.match(first.text).groups()  # type: ignore[union-attr]
            # "title: Boxes: a story" means what it says, {{title}} and a list left open do not.
            is_text = key == "as_of" or (told and told[0] not in "[{")
            found[key] = told if is_text else None
            unread += [] if is_text else [first]
    return found, unread


def _as_of(
    source: SourceText, front: dict[str, Any], lines: Sequence[Line]
) -> tuple[date | None, list[Warning]]:
    """The day of the notes. `as_of` is ours, so that a wrong one is a slip; a `date` may be written
    in any way, and which month 05/01/2024 is in nobody can tell."""
    key = "as_of" if front.get("as_of") else "date"
    value = front.get(key)
    if value is None or type(value) is date:
        return value, []
    try:
        return date.fromisoformat(str(value)[:10]), []
    except ValueError as error:
        at = next((line.number for line in lines if _key_of(line) == key), lines[0].number)
        told = f"{key}: {str(value)!r} is not a date"
        if key == "as_of":
            raise CorpusError(
                told, path=source.path, line=at, mend="write it as 2026-11-01"
            ) from error
        return None, [Warning(source.name, at, f"{told} like 2026-11-01, and is left out")]


def strings(value: Any) -> tuple[str, ...]:
    if value is None:
        return ()
    return tuple(str(item) for item in value) if isinstance(value, list) else (str(value),)


def references(value: Any) -> tuple[Reference, ...]:
    found = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and item.get("name"):
            url = item.get("url")
            found.append(Reference(str(item["name"]), None if url is None else str(url)))
        elif isinstance(item, str):
            found.append(Reference(item))
    return tuple(found)
