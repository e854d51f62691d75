"""Figures with their units, so that 400 KB = 400KB and 11 nines = 99.999999999%."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
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
    "mib": "mb", "gb": "gb", "gib": "gb", "tb": "tb", "tib": "tb", "pb": "pb", "kilobyte": "kb",
    "kilobytes": "kb", "megabyte": "mb", "megabytes": "mb", "gigabyte": "gb", "gigabytes": "gb",
    "terabyte": "tb", "terabytes": "tb", "petabyte": "pb", "petabytes": "pb", "ms": "ms",
    "millisecond": "ms", "milliseconds": "ms", "µs": "µs", "μs": "µs",
    "microsecond": "µs", "microseconds": "µs", "nanosecond": "nanosecond",
    "nanoseconds": "nanosecond", "s": "second", "sec": "second",
    "second": "second", "seconds": "second", "minute": "minute", "minutes": "minute",
    "min": "minute", "mins": "minute", "hour": "hour", "hours": "hour", "h": "hour", "hr": "hour",
    "hrs": "hour", "day": "day", "days": "day", "week": "week", "weeks": "week",
    "month": "month", "months": "month",
    "year": "year", "years": "year", "%": "%", "percent": "%", "acu": "acu", "acus": "acu",
    "iops": "iops", "x": "x", "times": "x", "nine": "nines", "nines": "nines",
    "dollar": "dollar", "dollars": "dollar", "usd": "dollar", "cent": "cent", "cents": "cent",
    "euro": "euro", "euros": "euro", "eur": "euro", "pound": "pound", "pounds": "pound",
    "gbp": "pound", "g": "gram", "gram": "gram", "grams": "gram", "mg": "mg", "milligram": "mg",
    "milligrams": "mg", "kg": "kg", "kilo": "kg", "kilos": "kg", "kilogram": "kg",
    "kilograms": "kg", "ml": "ml", "l": "litre", "litre": "litre", "litres": "litre",
    "liter": "litre", "liters": "litre", "km": "km", "cm": "cm", "mm": "mm", "°c": "°c",
    "°f": "°f",
}  # fmt: skip
# "two weeks" are 14 days: times are compared in one unit. Months are not days.
_IN_ONE_UNIT = {
    "ms": ("second", 1e-3), "µs": ("second", 1e-6), "nanosecond": ("second", 1e-9),
    "minute": ("second", 60), "hour": ("second", 3600),
    "day": ("second", 86_400), "week": ("second", 604_800), "year": ("month", 12),
    "mg": ("gram", 1e-3), "kg": ("gram", 1e3), "ml": ("litre", 1e-3),
    "cent": ("hundredth", 0.01),  # of whichever currency
}  # fmt: skip
_CURRENCIES = {"$": "dollar", "€": "euro", "£": "pound"}

_FIGURE = re.compile(
    r"(?<![\w.])(?P<sign>(?<![^\s(:])(?:[-−–](?=[$€£]?\d)|minus\s+(?=[$€£]?\d)))?"
    r"(?P<money>[$€£]\s?)?"
    r"(?P<number>\d{1,2}:\d\d(?![:\d])|\d+(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?|"
    r"\b(?:(?:twen|thir|for|fif|six|seven|eigh|nine)ty[ -](?:"
    + "|".join(list(NUMBER_WORDS)[1:10])
    + r")|"
    + "|".join([*NUMBER_WORDS, *_BELOW])
    + r")\b)"
    r"(?P<gap>[\s-]?)"
    r"(?P<scale>(?:hundred|thousand|million|billion|trillion|(?:k|(?-i:M))(?![A-Za-z]))\b)?\+?"
    r"[\s-]?(?P<unit>%|°[CF]\b|[A-Za-zµμ]+)?",
    re.IGNORECASE,
)

_FRACTIONS = {"half": 1 / 2, "quarter of": 1 / 4, "three quarters of": 3 / 4}
_OF_A_UNIT = re.compile(
    rf"\b(?:an? )?(?P<part>{'|'.join(_FRACTIONS)}) an? (?P<unit>[a-z]+)\b", re.IGNORECASE
)
_SHARES = {"half": 50.0, "quarter": 25.0, "fifth": 20.0, "tenth": 10.0}
# "a fifth cheaper"; a fifth of what is told is the reader's to work out.
_LESS_BY = re.compile(
    rf"\b(?:an? )?(?P<part>{'|'.join(_SHARES)}) (?=(?:cheaper|less|more|off|faster|slower)\b)",
    re.IGNORECASE,
)
_RANGE = re.compile(
    r"\s*(?:[-–—]|\b(?:and|to|or)\b(?: (?:at (?:the )?most|at (?:the )?least|up to))?)\s*"
)
# "$1 a month", "100 requests per second", "$5 monthly"
_RATE = re.compile(
    r"(?:\s+[a-z]+){0,2}?(?:\s*/\s*|\s+(?:per|an?|each|every)\s+)"
    r"(?P<of>thousand|million|billion|second|minute|hour|day|week|month|year)\b"
    r"|\s?/\s?(?P<short>s|sec|min|h|hr|d)\b"
    r"|\s+(?P<how>hour|dai|week|month|year)ly\b",
    re.IGNORECASE,
)
_RATE_FIRST = re.compile(
    r"\W*(?:per|each|every)\s+(?P<of>second|minute|hour|day|week|month|year)\b", re.IGNORECASE
)
_SHORT = {"s": "second", "sec": "second", "min": "minute", "h": "hour", "hr": "hour", "d": "day"}
_SIZES = frozenset({"byte", "kb", "mb", "gb", "tb", "pb"})
_OF_MANY = frozenset({"thousand", "million", "billion"})
_IS_RANGE = re.compile(r"\s*(?:[-–—]|to\b)")


@dataclass(frozen=True, slots=True)
class Figure:
    """A number as it is meant; `unit` is None where the text names none that is known."""

    value: float
    unit: str | None
    text: str
    start: int = 0  # characters of the text that it stands in
    written: float | None = None  # the value in the unit that the text has, where that differs
    range_at: int | None = None  # of both ends of a range, where it starts
    per: str | None = None  # of a rate: "month", "million"

    @property
    def is_count(self) -> bool:
        """Of a few things, in letters: "three kinds"."""
        return self.unit is None and self.text[:1].isalpha() and 2 <= self.value <= MOST_COUNTED

    def agrees_with(self, other: Figure) -> bool:
        """Equal in value, and in unit where both name one; no dollar a month is one a year."""
        alike = self.per and other.per and (self.per in _OF_MANY) == (other.per in _OF_MANY)
        if alike and self.per != other.per:
            return False
        if {self.unit, other.unit} <= _SIZES and self._is_throughput != other._is_throughput:
            return False
        units = {self.unit, other.unit} - {None, "x"}
        if units and (self.is_count or other.is_count):
            return False  # three shifts are no 3 hours, though three tries are 3 times
        if self.unit and other.unit:
            return _is_same_unit(self.unit, other.unit) and _equal(self.value, other.value)
        return _equal(self._as_written, other._as_written)

    @property
    def _is_throughput(self) -> bool:
        return self.per in ("second", "minute", "hour")

    @property
    def _as_written(self) -> float:
        return self.value if self.written is None else self.written


def _is_same_unit(one: str, other: str) -> bool:
    return one == other or {one, other} in ({"hundredth", "dollar"}, {"hundredth", "euro"})


def _equal(one: float, other: float) -> bool:
    return abs(one - other) <= 1e-12 * max(1.0, abs(one))  # 11 nines are not 12


def figures_of(text: str) -> list[Figure]:
    """The figures of a text. Versions (`v2`), names (`S3`, `EC2`) and list numbers are none."""
    found: list[Figure] = []
    ends: list[int] = []
    for match in _FIGURE.finditer(text):
        word = match["number"].lower()
        hour, is_clock, minute = word.partition(":")
        if is_clock:
            value = int(hour) + int(minute) / 60
        elif word[0].isdigit():
            value = float(word.replace(",", ""))
        else:
            known = (match["unit"] or "").lower() in _UNITS or match["scale"]
            # "one" is seldom a count in English, and "two-way" is a word; the others count.
            uncounted = word == "one" or word in _BELOW or (match["unit"] and match["gap"] == "-")
            # "The smaller of the two" counts nothing.
            refers = match["unit"] is None and text[: match.start()].lower().endswith("of the ")
            if not known and (uncounted or refers):
                continue
            parts = re.split(r"[ -]", word)
            value = float(_BELOW.get(word) or sum(NUMBER_WORDS[part] for part in parts))
        if match["sign"]:
            value = -value
        if match["scale"]:
            value *= _SCALES[match["scale"].lower()]
        unit = "o'clock" if is_clock else _UNITS.get((match["unit"] or "").lower())
        if match["money"]:
            unit = _CURRENCIES[match["money"][0]]
        if unit == "nines":
            value, unit = 100 - 10 ** (2 - value), "%"
        written = None
        if unit in _IN_ONE_UNIT:
            written, (unit, factor) = value, _IN_ONE_UNIT[unit]
            value *= factor
        # What is counted ("1,000 reads") is a word of the claim like any other.
        ends.append(match.end("scale") if match["scale"] else match.end("number"))
        has_unit = (match["unit"] or "").lower() in _UNITS  # "$5 monthly" is 5 dollars
        end = match.end() if unit is not None and (has_unit or not match["money"]) else ends[-1]
        figure = text[match.start() : end].strip()
        rate = _RATE.match(text, end)
        per = _per(rate) if rate else None
        found.append(Figure(value, unit, figure, match.start(), written, per=per))
    for at in reversed(range(len(found) - 1)):
        one, other = found[at], found[at + 1]
        joined = _RANGE.fullmatch(text, ends[at], other.start) if one.unit is None else None
        in_words = one.is_count and joined is not None and _IS_RANGE.match(joined[0])
        if joined is None or not (one.text[-1].isdigit() or in_words):
            continue
        if other.unit is not None:
            found[at] = replace(_in_the_unit_of(other, one), range_at=one.start)
            found[at + 1] = replace(other, range_at=one.start)
        elif _IS_RANGE.match(joined[0]) or text[: one.start].lower().endswith("between "):
            found[at : at + 2] = (replace(each, range_at=one.start) for each in (one, other))
    if led := _RATE_FIRST.match(text):
        found = [each if each.per else replace(each, per=led["of"].lower()) for each in found]
    fractions = list(_fractions_of(text))
    inside = {at for each in fractions for at in range(each.start, each.start + len(each.text))}
    whole = (figure for figure in found if figure.start not in inside)
    return sorted([*whole, *fractions], key=lambda figure: figure.start)


def _per(rate: re.Match[str]) -> str:
    if rate["short"]:
        return _SHORT[rate["short"].lower()]
    told: str = rate["of"] or rate["how"].replace("dai", "day")
    return told.lower()


def _fractions_of(text: str) -> Iterator[Figure]:
    """Such as "a quarter of an hour" and "a fifth cheaper"."""
    for match in _OF_A_UNIT.finditer(text):
        unit, part = _UNITS.get(match["unit"].lower()), _FRACTIONS[match["part"].lower()]
        if unit in _IN_ONE_UNIT:
            into, factor = _IN_ONE_UNIT[unit]
            yield Figure(part * factor, into, match[0], match.start(), part)
        elif unit is not None:
            yield Figure(part, unit, match[0], match.start())
    for match in _LESS_BY.finditer(text):
        yield Figure(_SHARES[match["part"].lower()], "%", match[0].strip(), match.start())


def in_figures_of(held: Sequence[Figure], claim: str) -> str:
    """The claim with its figures as a text writes them, whose `held` are: 120 seconds as the
    2 minutes of the text, which no reader of words takes for the same."""
    written = {figure.text.lower() for figure in held}
    for figure in reversed(figures_of(claim)):
        in_digits = figure.text[-1].isdigit()
        if figure.text.lower() in written or (figure.unit is None and not in_digits):
            continue
        alike = (each for each in held if (each.unit is None) == (figure.unit is None))
        same = next((each for each in alike if figure.agrees_with(each)), None)
        if same is not None:
            end = figure.start + len(figure.text)
            claim = claim[: figure.start] + same.text + claim[end:]
    return claim


def _in_the_unit_of(other: Figure, one: Figure) -> Figure:
    """Of "between 8 and 48 hours" the first are hours, too."""
    if other.written is None:
        return replace(one, unit=other.unit)
    each = other.value / other.written if other.written else 1.0
    return replace(one, value=one.value * each, unit=other.unit, written=one.value)
