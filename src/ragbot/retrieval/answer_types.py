"""What kind of answer a question wants, and whether a sentence holds one of that kind.

"How many rules can a web ACL hold?" wants a number of rules. Sentences on web ACLs without one
are near the question, and are no answer: to take them for one is how a chatbot misleads.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from ragbot.figures import NUMBER_WORDS
from ragbot.store.lexical import words_of

Kind = Literal["count", "duration", "size", "money", "port"]

_ASKS: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "count",
        re.compile(
            r"\b(?:how many|(?<!phone )(?<!serial )number of)\s+(?P<of>.+?)"
            r"(?:\s+(?:can|could|do|does|did|may|might|is|are|was|were|will|has|have|should|must|per|fits?|in|on|of|for|at)\b|[?!.,;]|$)",
            re.I | re.S,
        ),
    ),
    (
        "duration",
        re.compile(
            r"\bhow long (?!.{0,20}\b(?:name|text|prompt|document|key)s?\b)"
            r"|\b(?:timeout|retention|in seconds|delay|recovery window)\b"
            r"|\bmax(?:imum)?(?: run ?time| duration)\b",
            re.I,
        ),
    ),
    (
        "size",
        re.compile(
            r"\bhow (?:large|big)\b|\bhow much (?:memory|storage|space)\b"
            r"|\b(?:size limit|max size)\b"
            r"|\b(?:maximum|largest|longest)\b.{0,30}\b(?:size|length|file|item|object|message|"
            r"document|memory|event|name|input|payload)\b",
            re.I,
        ),
    ),
    (
        "money",
        re.compile(
            r"\bwhat (?:do|does)\b.+\bcost\b|\bhow much\b.+\b(?:cost|pay|charged?)\b"
            r"|\bprices? (?:of|per|for)\b|\bcosts? per\b",
            re.I,
        ),
    ),
    ("port", re.compile(r"\b(?:which|what) (?:\w+ )?port\b", re.I)),
)
_A_NUMBER = rf"(?:\d|\b(?:{'|'.join(NUMBER_WORDS)})\b)"
_HOLDS: dict[Kind, re.Pattern[str]] = {
    "duration": re.compile(
        rf"(?:{_A_NUMBER}|\b(?:an?|single-digit)\b)[\d,.]*[\s-]*"
        r"(?:milli|micro)?(?:ms|seconds?|minutes?|hours?|days?|weeks?|months?|years?)\b"
        r"|\b(?:microseconds|milliseconds|indefinite(?:ly)?|forever|unlimited)\b",
        re.I,
    ),
    "size": re.compile(
        rf"{_A_NUMBER}[\d,.]*[\s-]*(?:[KMGTP]i?B|(?:kilo|mega|giga|tera|peta)?bytes?|tokens"
        r"|characters)\b|\bunlimited\b",
        re.I,
    ),
    "money": re.compile(
        r"[$€£]\s?\d|\b(?:USD|dollars?|cents?|euros?|pounds|pence)\b|\d\s?%"
        r"|\b(?:free|no (?:\w+ )?(?:cost|charge))\b",
        re.I,
    ),
    "port": re.compile(r"\bports?\b", re.I),
}
_NUMBER = re.compile(
    rf"\$?\d[\d,.]*\+?|{'|'.join(NUMBER_WORDS)}|unlimited|single",
    re.I,
)
_NEAR = 4  # words between a number and what it counts


@dataclass(frozen=True, slots=True)
class Wanted:
    """The kind of answer; of a count, the stems of what is counted ("read replicas")."""

    kind: Kind
    counted: tuple[str, ...] = ()


def wanted_answer(question: str) -> Wanted | None:
    """None where the question does not ask for a quantity."""
    for kind, asks in _ASKS:
        asked = asks.search(question)
        if asked is None:
            continue
        if kind != "count":
            return Wanted(kind)
        counted = words_of(asked["of"])
        return Wanted(kind, tuple(counted)) if counted else None
    return None


def holds(wanted: Wanted, sentences: Iterable[str]) -> bool:
    """Whether one of the sentences has an answer of the kind, right or wrong."""
    if wanted.kind == "count":
        return any(_counts(wanted.counted, sentence) for sentence in sentences)
    return any(_HOLDS[wanted.kind].search(sentence) for sentence in sentences)


def _counts(counted: Sequence[str], sentence: str) -> bool:
    words = sentence.split()
    stems = [words_of(word.strip(".,;:()")) for word in words]
    return any(
        _NUMBER.fullmatch(word.strip(".,;:()"))
        and any(
            stem in counted for near in stems[max(0, at - _NEAR) : at + _NEAR + 1] for stem in near
        )
        for at, word in enumerate(words)
    )
