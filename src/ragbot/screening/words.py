"""Words and phrases that must not be said, found however they are dressed up."""

from __future__ import annotations

import re
from collections.abc import Iterable

from ragbot.screening.folding import fold

# Scripts that are written without spaces have no whole words to look for.
_UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")


class WordFilter:
    """Finds whole words and phrases, whatever their case, accents, spacing or punctuation."""

    def __init__(self, phrases: Iterable[str]) -> None:
        patterns = [_pattern(phrase) for phrase in phrases]
        self._pattern = re.compile("|".join(filter(None, patterns)) or r"(?!)")

    def finds(self, text: str) -> bool:
        return self._pattern.search(fold(text).text) is not None


def _pattern(phrase: str) -> str:
    folded = fold(phrase).text.strip()
    words = re.findall(r"[^\W_]+", folded)
    if not words:
        return re.escape(folded)
    joined = r"[\W_]+".join(map(re.escape, words))
    if _UNSPACED.search(folded):
        return joined
    return rf"(?<![^\W_]){joined}(?![^\W_])"
