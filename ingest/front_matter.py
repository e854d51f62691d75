"""What stands above the notes of a Markdown file, between two rules: title, date, topic."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

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
_ENDS = {"---": ("---", "..."), "+++": ("+++",)}  # the rules around YAML, and around TOML


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What of it is read; an empty value where it tells nothing, or nothing that is text."""

    title: str = ""
    as_of: date | None = None
    topic: str = ""
    services: tuple[str, ...] = ()
    exams: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()


def front_matter(
    source: SourceText, lines: list[Line]
) -> tuple[FrontMatter, list[Line], list[Warning]]:
    """What stands above the notes, the lines of the notes, and what could not be read above them.

    The front matter of other programs is taken as far as it goes: none of it is worth a folder.

    Raises:
        CorpusError: an `as_of` that is no date; names the line.
    """
    rule = lines[0].text.rstrip()
    ends = (at for at, x in enumerate(lines) if at and x.text.rstrip() in _ENDS.get(rule, ()))
    end = next(ends, None)
    if end is None:
        return FrontMatter(), lines, []
    inside = lines[1:end]
    loaded, unread = _loaded(source.text[lines[1].start : lines[end].start], inside, rule)
    if loaded is None:
        return FrontMatter(), lines[end + 1 :], []
    if not isinstance(loaded, dict) or not any(map(_is_key, loaded)):
        told = f"the lines between the two '{rule}' are no front matter and read as text"
        return FrontMatter(), lines, [Warning(source.name, 1, told)]
    warnings = [
        Warning(source.name, line.number, f"front matter that cannot be read: {line.text[:60]}")
        for line in unread
        if _key_of(line) in _READ
    ]
    as_of, undated = _as_of(source, loaded, inside)
    front = FrontMatter(
        title=_word(loaded.get("title")) or "",
        as_of=as_of,
        topic=_word(loaded.get("topic")) or "",
        services=_words(loaded.get("services")),
        exams=_words(loaded.get("exams")),
        references=_references(loaded.get("references")),
    )
    unsaid = [key for key in _READ if loaded.get(key) and not getattr(front, key, True)]
    warnings += [
        Warning(source.name, _line_of(key, inside), f"{key}: neither text nor number, and left out")
        for key in unsaid
    ]
    return front, lines[end + 1 :], warnings + undated


def _loaded(text: str, lines: Sequence[Line], rule: str) -> tuple[object, list[Line]]:
    """What YAML or TOML makes of it, and the lines whose values cannot be told."""
    try:
        return (tomllib.loads(text) if rule == "+++" else yaml.safe_load(text)), []
    except _NO_YAML:
        return _key_by_key(lines) if rule == "---" else (text, [])


def _key_of(line: Line) -> str:
    return re.split("[:=]", line.text, maxsplit=1)[0].strip()


def _line_of(key: str, lines: Sequence[Line]) -> int:
    return next((line.number for line in lines if _key_of(line) == key), lines[0].number)


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
    source: SourceText, front: Mapping[str, object], lines: Sequence[Line]
) -> tuple[date | None, list[Warning]]:
    """The day of the notes. `as_of` is ours, so that a wrong one is a slip; a `date` may be written
    in any way, and which month 05/01/2024 is in nobody can tell."""
    key = "as_of" if front.get("as_of") else "date"
    value = front.get(key)
    if value is None:
        return None, []
    said = _word(value) or f"a {type(value).__name__}"
    try:
        return date.fromisoformat(said[:10]), []
    except ValueError as error:
        at = _line_of(key, lines)
        told = f"{key}: {said!r} is not a date"
        if key == "as_of":
            raise CorpusError(
                told, path=source.path, line=at, mend="write it as 2026-11-01"
            ) from error
        return None, [Warning(source.name, at, f"{told} like 2026-11-01, and is left out")]


def _word(value: object) -> str | None:
    """What a value says; None of a list, which by its anchors may hold itself a million times, of
    a mapping, and of yes or no. The halves of a character, as JSON writes it, are put together."""
    if isinstance(value, bool) or not isinstance(value, str | int | float | date):
        return None
    try:
        said = str(value)
    except ValueError:  # a number of thousands of digits
        return None
    return " ".join(said.encode("utf-16", "surrogatepass").decode("utf-16", "replace").split())


def _words(value: object) -> tuple[str, ...]:
    """Those of a list, or of a text with commas between them."""
    named = value if isinstance(value, list) else (_word(value) or "").split(",")
    return tuple(said.strip() for said in map(_word, named) if said and said.strip())


def _references(value: object) -> tuple[Reference, ...]:
    found = []
    for item in value if isinstance(value, list) else [value]:
        told = item if isinstance(item, dict) else {"name": item}
        if name := _word(told.get("name")):
            found.append(Reference(name, _word(told.get("url"))))
    return tuple(found)
