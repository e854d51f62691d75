"""The parts that a question is searched for by."""

from __future__ import annotations

import re
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PastedChoices:
    """A multiple-choice question as it is pasted from a practice exam."""

    stem: str
    options: tuple[str, ...]


_OPTION = re.compile(r"^[ \t]*[(\[]?([A-Za-z])[)\].:][ \t]+(\S.*?)[ \t]*$", re.MULTILINE)


def pasted_choices(text: str) -> PastedChoices | None:
    """The stem and the options of a question whose lines are lettered A, B, C and so on."""
    lettered = list(_OPTION.finditer(text))
    letters = "".join(match[1].upper() for match in lettered)
    if len(letters) < 2 or not "ABCDEFGHIJKLMNOPQRSTUVWXYZ".startswith(letters):
        return None
    stem, behind = text[: lettered[0].start()].strip(), text[lettered[-1].end() :].strip()
    if "?" in behind:  # "I have: a. ..., b. ... How do they differ?"
        stem = f"{stem} {behind}".strip()
    return PastedChoices(stem, tuple(match[2] for match in lettered)) if stem else None


def queries_of(question: str) -> tuple[str, ...]:
    """What is searched for; several queries are fused.

    The story of an exam question seldom names what it asks for, and its options do.
    """
    choices = pasted_choices(question)
    if choices is None:
        return (question,)
    return (choices.stem, *(f"{choices.stem} {option}" for option in choices.options))


_ASKS = (
    r"(?:what|how|which|when|where|who|whom|why|does|do|did|is|are|was|can|could|should|will|would"
    r"|must|may)\b"
)
# "How big may it be, and what does it cost?"; "Is it free? How fast is it?"
_BETWEEN = re.compile(rf"(?:\?\s+(?:and\s+)?|,?\s+(?:and|but)\s+)(?=(?:also\s+)?{_ASKS})", re.I)
# "What are the limit and the price of a secret?"
_PAIR = re.compile(
    r"(?P<ask>(?:and )?what(?:['’]s| is| are)|tell me|give me)(?: me)? "
    r"(?:the |its )?(?P<one>[\w -]{3,40}?),? and (?:the |its )?"
    r"(?P<other>[\w -]{3,40}?) (?P<of>(?:of|for|in|on) .+)",
    re.I,
)
MOST_PARTS = 3
_LONGEST_PART = 25  # words; a story is no list of questions


def parts_of(question: str) -> tuple[str, ...]:
    """The questions that one question asks, where it asks for several things; else none."""
    asked = question.strip().rstrip("?!. ")
    pair = _PAIR.fullmatch(asked)
    if pair is not None:
        return tuple(f"{pair['ask']} the {pair[each]} {pair['of']}?" for each in ("one", "other"))
    parts = [part.strip(" ,;") for part in _BETWEEN.split(asked)]
    words = [len(part.split()) for part in parts]
    if not 2 <= len(parts) <= MOST_PARTS or min(words) < 2 or max(words) > _LONGEST_PART:
        return ()
    if not re.match(_ASKS, parts[0], re.IGNORECASE):
        return ()
    return tuple(f"{part[0].upper()}{part[1:]}?" for part in parts)
