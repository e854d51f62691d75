"""Figures with their units, so that 400 KB = 400KB and 11 nines = 99.999999999%."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

NUMBER_WORDS = {
    "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
    "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14,
    "fifteen": 15, "sixteen": 16, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50,
    "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100,
}  # fmt: skip
# What is below a figure: "sub-millisecond" is below one, "single-digit milliseconds" below ten.
_BELOW = {"sub": 1, "single-digit": 10, "single digit": 10}
MOST_COUNTED = 10  # things that a reader counts in a list
_SCALES = {
    "hundred": 1e2,
    "thousand": 1e3,
    "k": 1e3,
    "million": 1e6,
    "m": 1e6,
    "billion": 1e9,
    "trillion": 1e12,
}
_UNITS = {
    "b": "byte", "byte": "byte", "bytes": "byte", "kb": "kb", "kib": "kb", "mb": "mb",
    "mib": "mb", "gb": "gb", "gib": "gb", "tb": "tb", "tib": "tb", "pb": "pb", "ms": "ms",
    "millisecond": "ms", "milliseconds": "ms", "s": "second", "sec": "second",
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute",
    "min": "minute", "mins": "minute", "hour": "hour", "hours": "hour", "h": "hour", "hr": "hour",
    "hrs": "hour", "day": "day", "days": "day", "week": "week", "weeks": "week",
    "month": "month", "months": "month",
    "year": "year", "years": "year", "%": "%", "percent": "%", "acu": "acu", "acus": "acu",
    "iops": "iops", "x": "x", "times": "x", "nine": "nines", "nines": "nines",
    "dollar": "money", "dollars": "money", "usd": "money", "cent": "cent", "cents": "cent",
}  # fmt: skip
# "two weeks" are 14 days: times are compared in one unit. Months are not days.
_IN_ONE_UNIT = {
    "ms": ("second", 1e-3), "minute": ("second", 60), "hour": ("second", 3600),
    "day": ("second", 86_400), "week": ("second", 604_800), "year": ("month", 12),
    "cent": ("money", 0.01),
}  # fmt: skip

_FIGURE = re.compile(
    r"(?<![\w.])(?P<money>[$€£]\s?)?"
    r"(?P<number>\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    r"\b(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty[ -](?:"
    + "|".join(list(NUMBER_WORDS)[1:10])
    + r")|"
    + "|".join([*NUMBER_WORDS, *_BELOW])
    + r")\b)"
    r"(?P<gap>[\s-]?)"
    r"(?P<scale>(?:hundred|thousand|million|billion|trillion|(?:k|(?-i:M))(?![A-Za-z]))\b)?\+?"
    r"[\s-]?(?P<unit>%|[A-Za-z]+)?",
    re.IGNORECASE,
)

_RANGE = re.compile(
    r"\s*(?:[-–—]|\b(?:and|to|or)\b(?: (?:at (?:the )?most|at (?:the )?least|up to))?)\s*"
)


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is meant; `unit` is None where the text names none that is known."""

    value: float
    unit: str | None
    text: str
    start: int = 0  # characters of the text that it stands in
    written: float | None = None  # the value in the unit that the text has, where that differs
    range_at: int | None = None  # of both ends of a range, where it starts

    @property
    def is_count(self) -> bool:
        """Of a few things, in letters: "three kinds"."""
        return self.unit is None and self.text[:1].isalpha() and 2 <= self.value <= MOST_COUNTED

    def agrees_with(self, other: Figure) -> bool:
        """Equal in value, and in unit where both name one."""
        if self.unit and other.unit:
            return self.unit == other.unit and _equal(self.value, other.value)
        return _equal(self._as_written, other._as_written)

    @property
    def _as_written(self) -> float:
        return self.value if self.written is None else self.written


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-12 * max(1.0, abs(one))  # 11 nines are not 12


def figures_of(text: str) -> list[Figure]:
    """The figures of a text. Versions (`v2`), names (`S3`, `EC2`) and list numbers are none."""
    found: list[Figure] = []
    ends: list[int] = []
    for match in _FIGURE.finditer(text):
        word = match["number"].lower()
        if word[0].isdigit():
            value = float(word.replace(",", ""))
        else:
            known = (match["unit"] or "").lower() in _UNITS or match["scale"]
            # "one" is seldom a count in English, and "two-way" is a word; the others count.
            uncounted = word == "one" or word in _BELOW or (match["unit"] and match["gap"] == "-")
            if not known and uncounted:
                continue
            parts = re.split(r"[ -]", word)
            value = float(_BELOW.get(word) or sum(NUMBER_WORDS[part] for part in parts))
        if match["scale"]:
            value *= _SCALES[match["scale"].lower()]
        unit = _UNITS.get((match["unit"] or "").lower())
        if match["money"]:
            unit = "money"
        if unit == "nines":
            value, unit = 100 - 10 ** (2 - value), "%"
        written = None
        if unit in _IN_ONE_UNIT:
            written, (unit, factor) = value, _IN_ONE_UNIT[unit]
            value *= factor
        found.append(Figure(value, unit, match[0].strip(), match.start(), written))
        ends.append(match.end("scale") if match["scale"] else match.end("number"))
    for at in reversed(range(len(found) - 1)):
        one, other = found[at], found[at + 1]
        shares = one.unit is None and _RANGE.fullmatch(text, ends[at], other.start)
        if shares and other.unit is not None and one.text[0].isdigit():
            found[at] = replace(_in_the_unit_of(other, one), range_at=one.start)
            found[at + 1] = replace(other, range_at=one.start)
    return found


def _in_the_unit_of(other: Figure, one: Figure) -> Figure:
    """Of "between 8 and 48 hours" the first are hours, too."""
    if other.written is None:
        return replace(one, unit=other.unit)
    each = other.value / other.written if other.written else 1.0
    return replace(one, value=one.value * each, unit=other.unit, written=one.value)
