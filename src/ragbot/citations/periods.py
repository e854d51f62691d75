"""When something holds: since May is not until May, and what held until then does not hold today.

A date that both sentences have tells nothing of which side of it they mean, and a reader of words
seldom hears it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ragbot.dated_notes import MONTH

_DATE = rf"(?:(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{MONTH},?\s+)?(?P<year>(?:19|20)\d\d)\b"
# "by the end of" closes, "from ... to" opens and closes
_OPENS = r"since|from|as of|after|starting(?: in| on)?|beginning(?: in)?|effective(?: from| as of)?"
_CLOSES = (
    r"until|till|up to|through|to|before|prior to|by|ended(?: in| on)?|ends(?: in| on)?"
    r"|expired(?: in| on)?"
)
_SIDED = re.compile(
    rf"\b(?:(?P<opens>{_OPENS})|(?P<closes>{_CLOSES}))\s+"
    rf"(?:the (?:end|start|beginning) of\s+)?{_DATE}",
    re.IGNORECASE,
)
# "Update (June 2025): ..."
_UPDATE = re.compile(rf"^\W*(?:update|changed?|new)\b\W*(?:in\s+|of\s+)?{_DATE}", re.IGNORECASE)
_ANY_DATE = re.compile(rf"\b{_DATE}", re.IGNORECASE)
_PAST = re.compile(
    r"\b(?:was|were|had|did|used to|ran|held|kept|cost|went|came|gave|took|led|paid|formerly"
    r"|previously|once|earlier)\b",
    re.IGNORECASE,
)
_PRESENT = re.compile(r"\b(?:is|are|has|have|does|do|can|may|must|[a-z]{3,}s)\b", re.IGNORECASE)
_NO_MORE = re.compile(r"\bno longer\b|\bany ?more\b", re.IGNORECASE)
_FROM_TO = re.compile(
    r"\b(?:(?P<up>raised|increased|rose|risen|grew|grown|went up|gone up|doubled)"
    r"|(?:lowered|reduced|decreased|fell|fallen|dropped|cut|went down|gone down|halved))\b"
    r"[^.;]{0,40}?\bfrom\s+[$€£]?(?P<first>\d[\d,.]*)[^.;]{0,20}?\bto\s+[$€£]?(?P<second>\d[\d,.]*)",
    re.IGNORECASE,
)

_Date = tuple[str, str | None]  # year, month


def turned_period(claim: str, text: str) -> bool:
    """Whether the claim ends where the text begins, or the other way round."""
    held = list(_sides(text))
    return any(
        (opens, date) not in held and (not opens, date) in held for opens, date in _sides(claim)
    )


def is_over(claim: str, text: str) -> bool:
    """Whether the text says of a time that has ended what the claim says of today."""
    ends = any(not opens for opens, _ in _sides(text)) and _PAST.search(text) is not None
    return ends and _is_on_today(claim)


def contradicts_itself(claim: str) -> bool:
    """Raised from 90 to 30."""
    for change in _FROM_TO.finditer(claim):
        first, second = (
            float(change[each].replace(",", "").rstrip(".")) for each in ("first", "second")
        )
        if first != second and (first < second) != (change["up"] is not None):
            return True
    return False


def _sides(text: str) -> Iterator[tuple[bool, _Date]]:
    """(whether it opens a time, or closes one; the date)"""
    for update in _UPDATE.finditer(text):
        yield True, _date(update)
    for sided in _SIDED.finditer(text):
        yield sided["opens"] is not None, _date(sided)


def _date(match: re.Match[str]) -> _Date:
    month = match["month"]
    return match["year"], month[:3].lower() if month else None


def _is_on_today(claim: str) -> bool:
    told = (_PAST, _ANY_DATE, _NO_MORE)
    return _PRESENT.search(claim) is not None and not any(each.search(claim) for each in told)
