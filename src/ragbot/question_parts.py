"""A question that asks for several things -> the questions that it asks.

In one sentence or in several, on lines of their own, or as a list.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.store.lexical import words_of

_DOES = r"(?:does|do|did|is|are|was|were|can|could|should|will|would|must|may)\b"
_ASKS = (
    r"(?:(?:in|at|on|for|to|from|by|with|of|since|until) (?=wh|how))?"
    rf"(?:(?:what|how|which|when|where|who|whom|whose|why)\b|{_DOES})(?!,)"
)
_ASK = re.compile(_ASKS, re.IGNORECASE)
_THING = re.compile(  # "Parking fee", of an item that orders or asks nothing
    rf"(?!{_ASKS}|(?:please|explain|describe|define|list|name|compare|tell|give|show|state|write|find"
    r"|summari[sz]e)\b)[\w-]+(?: [\w-]+){1,4}[ ,;.?!]*",
    re.IGNORECASE,
)
# "What does ...", "how much memory has ...", of which the verb stands before what it is asked of:
# "when it rains" and "what the gate does" ask nothing, nor does "the gate, which is closed".
_WHOLE = (
    r"(?:when|where|why|who|what|how|which"
    r"|(?:what|how|which)(?! (?:an?|the|it|its|they|this|that|these|you|we|i)\b)(?: [\w-]+){1,4}?)"
    rf"(?:['\u2019]s\b| {_DOES})"
)
# "How big may it be, and what does it cost?"; "Is it free? How fast is it?"
_BETWEEN = re.compile(
    rf"(?:[?;][ \n](?:and[ \n])?|,?[ \n](?:and|but|plus|&|or(?=[ \n](?:wh|how)))[ \n])"
    rf"(?:also,? )?(?={_ASKS})|\n(?={_WHOLE})",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"[?;]\s+|,?\s+\b(?:and|but|or)\s+(?=(?:what|which|how|when|where|why|who|is|are|can|do|does"
    r"|should|if)\b)",
    re.IGNORECASE,
)
_OPENS = re.compile(_WHOLE, re.IGNORECASE)
_COMMA = re.compile(rf",[ \n](?!(?:which|who) {_DOES})(?={_WHOLE})", re.IGNORECASE)
_ITEM = re.compile(r"(?:[-*+\u2022]|\d{1,2}[.)]) ")
# "What are the limit and the price of a secret?", "Tell me the fee and the limit"
_ORDER = r"(?:please )?(?:tell|give) me"
_PAIR = re.compile(
    rf"(?:(?:and )?what(?:['\u2019]s| is| are)|{_ORDER})(?: me)? "
    r"(?:the |its )?(?P<one>[\w -]{3,40}?),? and (?:the |its )?"
    r"(?P<other>(?!what |which |how )[\w -]{3,40}?) (?P<of>(?:of|for|in|on) .+)",
    re.IGNORECASE,
)
_TWO = re.compile(
    rf"{_ORDER} (?P<one>the [\w -]{{3,40}}?),? and (?P<other>the [\w -]{{3,40}})", re.IGNORECASE
)
_JOINS = re.compile(r"\b(?:between|differences?|of|for|in|on|to|how|what)\b", re.IGNORECASE)
MOST_PARTS = 4
_LONGEST_PART = 25  # words; a story is no list of questions


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that one question asks, where it asks for several things; else none."""
    lines = [line for each in question.splitlines() if (line := " ".join(each.split()))]
    asked = "\n".join(lines).rstrip("?!. ")
    pair = _PAIR.fullmatch(asked)
    if pair is not None:
        return tuple(_what_is(pair[each], f" {pair['of']}") for each in ("one", "other"))
    pair = _TWO.fullmatch(asked)
    if pair is not None and not _JOINS.search(pair["one"]):
        return _what_is(pair["one"]), _what_is(pair["other"])
    listed = _listed(lines)
    parts = [part.strip(" ,;.?!") for part in listed or _put_together(asked)]
    words = [len(part.split()) for part in parts]
    if not 2 <= len(parts) <= MOST_PARTS or min(words) < 2 or max(words) > _LONGEST_PART:
        return ()
    if not listed and not _ASK.match(parts[0]):
        return ()
    return tuple(f"{part[0].upper()}{part[1:]}?" for part in parts)


def question_parts(question: str) -> list[str]:
    """What a question asks, be it whole questions or not: "what is the limit, and what if I exceed
    it?" has two."""
    parts = parts_of(question) or tuple(part.strip() for part in _PARTS.split(question))
    return [part for part in parts if words_of(part)] or [question]


def _what_is(thing: str, of: str = "") -> str:
    """Of the thing that is told last it depends: "are the sizes", "is the size limit"."""
    thing = thing.rstrip(" ,;.?!")
    if not thing.lower().startswith("the "):
        thing = f"the {thing}"
    *_, last = thing.split()
    many = last.endswith("s") and not last.endswith(("ss", "us", "is"))
    return f"What {'are' if many else 'is'} {thing}{of}?"


def _listed(lines: Sequence[str]) -> list[str]:
    """The items of a question that is a list, be it introduced or not; what only names a thing
    asks what it is."""
    items = lines[1:] if lines and lines[0].endswith(":") else lines
    if not all(map(_ITEM.match, items)):
        return []
    plain = [_ITEM.sub("", item) for item in items]
    return [_what_is(each) if _THING.fullmatch(each) else each for each in plain]


def _put_together(asked: str) -> list[str]:
    """The questions of a sentence, or of several."""
    return [
        each
        for part in _BETWEEN.split(asked)
        for each in (_COMMA.split(part) if _OPENS.match(part) else [part])
    ]
