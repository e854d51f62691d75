"""What a question is searched for by."""

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
