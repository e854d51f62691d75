"""Dated notes: what tells of a fact how it has changed.

    Paternity leave has to be taken in one block.
    Since 6 April 2024: paternity leave can be split into two weeks.

They stand right below the fact, or far from it under a heading of their own ("Updates"). One is
known by its date, or by saying that a thing has ended, and by speaking of hardly anything but what
the fact speaks of.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

# A note that says so in as many words: "As of May 2026: ...", in whatever dress.
UPDATE = re.compile(
    r"^[*_(\[]*as of (?:(?:\d{1,2} )?[a-z]+\.? (?:\d{1,2}, )?)?\d{4}\b(?:-\d\d)*", re.IGNORECASE
)
# "As of November 2026: the Copilot CLI has been closed to new customers"
_END_OF = re.compile(
    r": (?:the )?(?P<what>[A-Z][\w&.+/-]*(?: [\w&.+/-]+){0,4}?)"
    r" (?:(?:has|have|is|are|was|were|will be) )?(?:been |believed to be )?"
    r"(?:(?:ended|retired|closed|discontinued|deprecated|withdrawn)\b"
    r"|no longer (?:sold|available|offered|supported|accept))"
)
# "`spec.loadBalancerIP` is deprecated since v1.24": what is written like no other word. What is
# "removed from the cache after a minute" has not ended.
_GONE = re.compile(
    r"(?<![\w.-])(?P<what>(?=[\w.-]*(?:[a-z][A-Z]|\w[._]\w|\w-\w|\d))[A-Za-z][\w.-]{3,})[`*_]*"
    r" (?:has|have|is|are|was|were) (?:being |now )?"
    r"(?:(?:been )?(?:deprecated|retired|withdrawn|discontinued)|been removed|gone"
    r"|removed(?=,? (?:in|since|with|as of) (?:v?\d|version|[A-Z])))\b"
    r"(?!,? (?:after|when|whenever|once|from|by|on|at|if|until) (?!v?\d|[A-Z]))"
)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
MONTH = rf"(?P<month>{'|'.join(_MONTHS)})[a-z]*\.?"
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
_WRITTEN = rf"(?:{_DAY} (?:of )?)?{MONTH} (?:{_DAY},? )?(?P<year>(?:19|20)\d\d)\b"
_NUMBERED = r"(?P<iso>(?:19|20)\d\d)-(?P<number>[01]\d)\b(?:-\d\d)?"
_SHORT = r"(?:(?:\d{1,2}[./])?\d{1,2}[./]|q[1-4] )(?:19|20)\d\d\b"  # of which the year is sure
_YEAR = r"\b(?P<alone>(?:19|20)\d\d)\b"
_DATE = re.compile(rf"{_WRITTEN}|{_NUMBERED}|{_YEAR}", re.IGNORECASE)
_SAYS_SO = (  # with a date behind it
    r"(?:(?:last )?updated?|correction|changed?|edit|amend(?:ed|ment)|revis(?:ed|ion)|superseded)\b"
    r"[\s:,.*_-]*(?:\(|\[)?(?:in )?"
)
_CORRECTS = r"(?:correction|erratum|corrigendum)\b[*_]*:"
_BEFORE_DATE = r"(?:(?:new|now|note|n\.?b\.?|(?:no longer )?valid)\b[\s:,]*[(\[]?)?"
_FROM = (
    r"(?:as of|since|from|effective(?: from| as of)?|with effect from"
    r"|(?:starting|beginning)(?: from| in| on)?|for [^.:;]{2,40} on or after) "
)
_MONTH_OR_DAY = re.sub(r"\?P<\w+>", "?:", rf"(?:{_WRITTEN}|{_NUMBERED}|{_SHORT})")
# "In May 2024 the toll was raised": that it "was 4 coins in May 2024" tells of no change.
_MOVED = r"\b(?:raised|lowered|increased|reduced|extended|changed|rose|fell)\b"
_DATED = re.compile(
    rf"^[*_(\[`>]*(?:(?P<says>{_SAYS_SO})|{_BEFORE_DATE})"
    rf"(?:{_FROM}(?:{_MONTH_OR_DAY}|(?:19|20)\d\d\b)"
    rf"|(?:in|on) {_MONTH_OR_DAY}(?=[^.;]{{0,80}}{_MOVED})"
    rf"|{_MONTH_OR_DAY}(?=\s*(?:\([^)]*\)\s*)?[:\])–—-]))"
    rf"(?:\s*\([^)]*\))?|^[*_(\[`>]*(?P<corrects>{_CORRECTS})",
    re.IGNORECASE,
)
# "The gate opens at 8 since May 2024.", "The toll was raised to 4 coins in May 2024."
_ENDS_DATED = re.compile(
    r"(?:[\s(](?:as of|since|effective(?: from)?|with effect from)"
    rf"|{_MOVED}[^.;]{{0,60}} (?:in|on))"
    rf" (?P<date>{_MONTH_OR_DAY})[)\]*_`]*\.?$",
    re.IGNORECASE,
)
_CELL = re.compile(r"[^:\n]{1,80} - [^:\n]{1,80}: ")  # dates what it says, and no other cell
_TOKEN = re.compile(r"\w[\w-]*|[^\w\s]")
_WORD = re.compile(r"(?<![\w.])(?:[a-z]{3,}|\d+(?:[.,]\d+)*)")
_SAYS_NOTHING = frozenset(
    """the and for are can was has have had with from that this been being since now too its not any
    all but also more than into only when where which will may must does""".split()
)
_ASIDE = re.compile(r"\([^)]*\)")
_SENTENCE_END = re.compile(r"[.!?](?=\s|$)")
WORDS = 4  # that a clause must have to tell what a note speaks of
BESIDE = 2  # words that a note right below a fact has of it, or half of its own
AFAR = 2 / 3  # share of its own words that one far from it has, too


def date_of(text: str) -> tuple[int, int] | None:
    """(year, month) of the latest date in the text, month 0 where only the year is told."""
    dates = [
        (
            int(match["year"] or match["iso"] or match["alone"]),
            _MONTHS.index(match["month"].lower()[:3]) + 1
            if match["month"]
            else int(match["number"] or 0),
        )
        for match in _DATE.finditer(text)
    ]
    return max(dates, default=None)


def is_dated(text: str) -> bool:
    """Whether a line tells since when something is so, or that something has ended."""
    return bool(_DATED.match(text) or _ends_dated(text) or _GONE.search(text))


def _ends_dated(text: str) -> re.Match[str] | None:
    return None if _CELL.match(text) else _ENDS_DATED.search(text)


def changes(note: str, fact: str, *, beside: bool = False) -> bool:
    """Whether the note tells how the fact has changed; `beside`, that it stands right below it.

    It is later than the fact, where that has a date, and speaks of hardly anything else.
    """
    dated = _DATED.match(note)
    ends = None if dated else _ends_dated(note)
    gone = _GONE.search(note)
    if dated is None and ends is None and gone is None:
        return False
    told, before = date_of(note), date_of(fact)
    if before is not None and (told is None or told <= before):
        return False
    if gone is not None and gone["what"] in fact and _GONE.search(fact) is None:
        return True
    if _DATED.match(fact):
        return False
    if beside and dated and (dated["says"] or dated["corrects"]):
        return True
    if dated:
        said = note[dated.end() :].lstrip(" :,.–—-*_)]")
    elif ends:
        said, beside = note[: ends.start("date")], False
    else:
        return False
    if _is_on_another(said, fact):
        return False
    sentence = re.sub(_MOVED, "", _SENTENCE_END.split(said, 1)[0])
    clause, *_ = re.split(r"[,;]\s", sentence, maxsplit=1)
    own = _words(clause)
    own = own if len(own) >= WORDS else _words(sentence)
    shared = len(own & _words(fact))
    if beside:
        return shared > 0 and shared >= min(BESIDE, len(own) / 2)
    return shared >= max(BESIDE, AFAR * len(own))


def _is_on_another(said: str, fact: str) -> bool:
    """The red lamp is not the blue one: each has a word before the first that they share which the
    other lacks."""
    own, others = ([_stem(each) for each in _TOKEN.findall(text)] for text in (said, fact))
    first = next((each for each in own if _tells(each) and each in others), None)
    if first is None:
        return False

    def before(tokens: Sequence[str], lacking: Sequence[str]) -> bool:
        places = [place for place, each in enumerate(tokens) if each == first]
        names = [tokens[place - 1] if place else "" for place in places]
        return all(_tells(name) and name not in lacking for name in names)

    return before(own, others) and before(others, own)


def _stem(word: str) -> str:
    return word.lower().rstrip("s")


def _tells(word: str) -> bool:
    return len(word) > 1 and not word[0].isdigit() and word not in _SAYS_NOTHING


def tells_the_end(note: str, heading: str) -> bool:
    """Of what the heading names: what else stands under it is then of the past, too."""
    ended = _END_OF.search(note)
    return ended is not None and f" {heading}".lower().endswith(f" {ended['what']}".lower())


def _words(text: str) -> set[str]:
    found = _WORD.findall(_ASIDE.sub(" ", text.lower()))
    return {word.rstrip("s") for word in found if word not in _SAYS_NOTHING}
