"""Words and phrases that must not be said, found however they are dressed up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragbot.screening.folding import UNSPACED, fold

_WORD = re.compile(r"[^\W_]+")
# Without these "C++", "R&D" and ".NET" are other words; any other sign of a phrase may be left out.
_SIGNS = re.compile(r"[#+&@$]+")
_SIGNS_BEFORE = re.compile(r"(?:[#+&@$]+|\.)$")


class WordFilter:
    """Finds whole words and phrases, whatever their case, accents, spacing or punctuation."""

    def __init__(self, phrases: Iterable[str]) -> None:
        patterns = [_pattern(phrase) for phrase in phrases]
        self._pattern = re.compile("|".join(filter(None, patterns)) or r"(?!)")

    def finds(self, text: str) -> bool:
        return self._pattern.search(fold(text).text) is not None


def _pattern(phrase: str) -> str:
    folded = fold(phrase).text.strip()
    words: list[str] = _WORD.findall(folded)
    if not words:
        return re.escape(folded)
    before, *gaps, after = _WORD.split(folded)
    joined = re.escape(words[0])
    for gap, word in zip(gaps, words[1:], strict=True):
        joined += _between(gap) + re.escape(word)
    if UNSPACED.search(folded):
        return joined
    opening, closing = _SIGNS_BEFORE.search(before), _SIGNS.match(after)
    start = re.escape(opening[0]) if opening else ""
    end = re.escape(closing[0]) if closing else r"(?![^\W_])"
    return rf"(?<![^\W_]){start}{joined}{end}"


def _between(gap: str) -> str:
    signs = _SIGNS.search(gap)
    return rf"[\W_]*{re.escape(signs[0])}[\W_]*" if signs else r"[\W_]+"
