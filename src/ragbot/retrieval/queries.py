"""What is searched for: a question that stands on its own, and the parts it is made of."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.store.lexical import words_of
from ragbot.types import Turn

_LEANS_BACK = re.compile(
    r"^\s*(?:and|or|but|also|so|then|what about|how about|why|really|ok(?:ay)?|what else)\b"
    r"|\b(?:it|its|they|them|their|that|those|these|this|ones?|other|others|another|both|"
    r"same|former|latter|there|instead|he|she)\b",
    re.IGNORECASE,
)


def standalone_query(question: str, history: Sequence[Turn]) -> str:
    """The question, led by the one before it where it leans on that."""
    if history and (_LEANS_BACK.search(question) or len(words_of(question)) < 2):
        return f"{history[-1].question.strip()} {question.strip()}"
    return question.strip()


@dataclass(frozen=True, slots=True)
class PastedChoices:
    """A multiple-choice question as it is pasted from a practice exam."""

    stem: str
    options: tuple[str, ...]


_OPTION = re.compile(r"^[ \t]*[(\[]?([A-Za-z])[)\].:][ \t]+(\S.*?)[ \t]*$", re.MULTILINE)


def pasted_choices(text: str) -> PastedChoices | None:
    """The stem and the options of a question whose last lines are lettered A, B, C and so on."""
    lettered = list(_OPTION.finditer(text))
    letters = "".join(match[1].upper() for match in lettered)
    if len(letters) < 2 or not "ABCDEFGHIJKLMNOPQRSTUVWXYZ".startswith(letters):
        return None
    stem = text[: lettered[0].start()].strip()
    return PastedChoices(stem, tuple(match[2] for match in lettered)) if stem else None


def queries_of(question: str) -> tuple[str, ...]:
    """What is searched for; several queries are fused.

    The story of an exam question seldom names what it asks for, and its options do.
    """
    choices = pasted_choices(question)
    if choices is None:
        return (question,)
    return (choices.stem, *(f"{choices.stem} {option}" for option in choices.options))
