"""Words that claim more than a fact: only, all, always, never.

They are cheap to write and hard to see. A claim that uses one needs evidence that uses one like it.
"""

from __future__ import annotations

import re

_KINDS: tuple[tuple[str, str], ...] = (
    # what the claim says, and what in the evidence would bear it out
    (
        r"only|solely|exclusively|nothing but|sole|purely",
        r"only|solely|exclusive(?:ly)?|alone|just|sole|single|nothing but|except|limited to|"
        r"no other|purely|restricted to|nowhere else",
    ),
    (
        r"all|every|each|any|entire(?:ly)?|whole|completely|fully|everything|everywhere",
        r"all|every|each|any|entire(?:ly)?|whole|complete(?:ly)?|full(?:y)?|everything|both|"
        r"whatever|no|none|across|everywhere|unlimited|arbitrary|no matter|per|a|an|whenever",
    ),
    (
        r"always|invariably|in all cases|at all times|without exception|guaranteed?s?",
        r"always|every|each|all|any|must|guarantee[sd]?|automatically|constant(?:ly)?|ever|"
        r"whenever|no exception|required|cannot|never|keeps?|permanent(?:ly)?",
    ),
    (
        r"never|under no circumstances|in no case",
        r"never|not|no|none|cannot|without|nor|neither|nobody|nothing|always|n['’]t",
    ),
)
_PAIRS = tuple(
    (
        re.compile(rf"(?<![\w-])(?:{said})(?![\w-])", re.IGNORECASE),
        re.compile(rf"(?:(?<![\w-])(?:{bears})(?![\w-]))", re.IGNORECASE),
    )
    for said, bears in _KINDS
)
# "at all", "all-in-one", "not only": no claim about everything.
_HARMLESS = re.compile(
    r"\b(?:not (?:every|all|always|only|any|each)|all it takes|at all|all in all|above all|"
    r"after all|first of all|any\s?(?:more|way)|if any|all-\w+|read-only|append-only|"
    r"write-only|only (?:now and then|occasionally|sometimes|from time to time|every now))\b",
    re.IGNORECASE,
)


def overclaiming_word(claim: str, text: str) -> str | None:
    """The word of the claim that the text does not bear out; None where there is none."""
    claim = _HARMLESS.sub(" ", claim)
    for said, bears in _PAIRS:
        match = said.search(claim)
        if match is not None and not bears.search(text):
            return match[0]
    return None
