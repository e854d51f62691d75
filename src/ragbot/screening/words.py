"""Words and phrases that must not be said, found however they are dressed up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragbot.screening.folding import UNSPACED, as_spelt, fold

_WORD = re.compile(r"[^\W_]+")
# Without these "C++", "R&D" and ".NET" are other words; any other sign of a phrase may be left out.
_SIGNS = re.compile(r"[#+&@$]+")
_SIGNS_BEFORE = re.compile(r"(?:[#+&@$]+|\.)$")
_STRESS = re.compile(r"(?<=[^\W_])[*`]{1,3}(?=[^\W_])")  # `**sec**ret`
_APART = r"(?:[^\w\n]{1,3}|_)"
FEWEST_LETTERS = 4  # of what is looked for letter by letter


class WordFilter:
    """Finds whole words and phrases, whatever their case, accents, spacing or punctuation."""

    def __init__(self, phrases: Iterable[str]) -> None:
        phrases = list(phrases)
        self._whole = _any_of(map(_pattern, phrases))
        self._spelt = _any_of(map(_spelt, phrases))

    def finds(self, text: str) -> bool:
        folded = fold(text).text
        whole = self._whole.search(folded) or self._whole.search(_STRESS.sub("", folded))
        return (whole or self._spelt.search(as_spelt(text).text)) is not None


def _any_of(patterns: Iterable[str]) -> re.Pattern[str]:
    return re.compile("|".join(filter(None, patterns)) or r"(?!)")


def _spelt(phrase: str) -> str:
    """Of its letters alone: folding joins all that stand in a row, also those of a word beside."""
    letters = [each for word in _WORD.findall(fold(phrase).text) for each in word]
    if len(letters) < FEWEST_LETTERS:
        return ""
    return rf"(?<![^\W_]){_APART.join(map(re.escape, letters))}(?![^\W_])"


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
