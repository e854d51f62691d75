"""Typing errors, mended with the words of the notes themselves.

A word that neither the notes nor the vocabulary of a model knows was probably meant to be one of
the notes: "stremas" is streams, "apigateway" is API gateway. No search looks for a stop word, so
none is meant, but for those that questions are made of; and what is written in capitals is a name
("SAML"), in which one slip is seen only if it is long ("DyanmoDB").
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable

from rapidfuzz.distance import OSA

from ragbot.retrieval.names import AUXILIARIES, QUESTION_WORDS, words_in
from ragbot.store.lexical import STOPWORDS

SHORTEST = 4  # letters; below, too many words are near to each other
LONG = 8  # letters from which two slips are forgiven instead of one
# No part of a path, an address, an identifier or a file name.
_TYPED = re.compile(r"(?<![\w./:@-])[A-Za-z]{4,}(?![\w/:@-]|\.\w)")
_NAME = re.compile(r"(?:.*[A-Z]){2}")
_LONG_NAME = re.compile(r"(?:[A-Z]*[a-z]){4}")
_ASKING = tuple(
    word
    for word in sorted(AUXILIARIES | QUESTION_WORDS | {"about", "between", "many", "much", "with"})
    if len(word) >= SHORTEST and word.isalpha()
)
_SOMEBODY = re.compile(r"\b(?:mr|mrs|ms|dr|prof|herrn?|frau)\.? $", re.IGNORECASE)
# Words that differ in these alone are no slips of each other: hypokalemia and hyperkalemia.
_BEGINNINGS = ("hypo", "hyper"), ("inter", "intra"), ("ab", "ad"), ("macro", "micro"), ("en", "ex")
_ENDINGS = (
    ("ane", "ene"),
    ("ane", "yne"),
    ("ene", "yne"),
    ("ate", "ite"),
    ("ate", "ide"),
    ("ite", "ide"),
)


class Spelling:
    """Mends words; `words` are (word in small letters, times that it stands in the notes)."""

    def __init__(self, words: Iterable[tuple[str, int]]) -> None:
        self._counts = {word: times for word, times in words if word not in STOPWORDS}
        # The first letter is seldom wrong, and looking no further keeps large corpora quick.
        self._near: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in self._counts:
            if word.isalpha() and len(word) >= SHORTEST:
                self._near[word[0], len(word)].append(word)

    def mended(self, text: str, is_known: Callable[[str], bool]) -> str:
        """The text, each word that `is_known` denies replaced where the notes have a near one."""

        def mend(match: re.Match[str]) -> str:
            word = match[0]
            named = _NAME.match(word) is not None
            if named and not _LONG_NAME.match(word):
                return word
            whole = word.lower() if named else word  # no Event and Brige
            one = whole[:-1] if re.search(r"[^s]s$", whole) else whole  # of several
            if is_known(whole) or is_known(one):
                return word
            if word[0].isupper() and _SOMEBODY.search(text, 0, match.start()):
                return word
            if named:
                return self._near_to(whole, 1) or word
            return self._meant(word.lower()) or word

        return _TYPED.sub(mend, text)

    def _meant(self, word: str) -> str | None:
        if asking := next((each for each in _ASKING if _is_typed_for(word, each)), None):
            return asking
        if halves := self._halves(word):
            return halves
        return self._near_to(word, 2 if len(word) >= LONG else 1) or self._two_words(word)

    def _near_to(self, word: str, slips: int) -> str | None:
        near: list[tuple[int, int, str]] = []
        for size in range(len(word) - slips, len(word) + slips + 1):
            for other in self._near.get((word[0], size), ()):
                distance = OSA.distance(word, other, score_cutoff=slips)
                if distance <= slips and not _is_another(word, other):
                    near.append((distance, -self._counts[other], other))
        return min(near)[2] if near else None

    def _halves(self, word: str) -> str | None:
        """Those of a word that the notes write with a hyphen (Wi-Fi): they stand there together
        alone, so as often the one as the other."""
        for at in range(2, len(word) - 1):
            first, second = self._counts.get(word[:at]), self._counts.get(word[at:])
            if first is not None and first == second:
                return f"{word[:at]} {word[at:]}"
        return None

    def _two_words(self, word: str) -> str | None:
        cuts = range(3, len(word) - 2)
        pairs = [(word[:at], word[at:]) for at in cuts]
        known = [pair for pair in pairs if all(part in self._counts for part in pair)]
        if not known:
            return None
        return " ".join(max(known, key=lambda pair: min(self._counts[part] for part in pair)))


def with_names_mended(
    text: str, names: Collection[tuple[str, ...]], held: Callable[[str], bool]
) -> str:
    """The text with each word that alone keeps its neighbours from being a name of several words,
    and that no note holds, as the name has it: "secret manger", though a manger is a word, too."""
    words = words_in(text)
    for name in names:
        for at in range(len(words) - len(name) + 1):
            window = words[at : at + len(name)]
            off = [
                (word, part) for word, part in zip(window, name, strict=True) if word.key != part
            ]
            if len(off) == 1 < len(name) and _is_slip(off[0][0].low, off[0][1]):
                word, part = off[0]
                if not held(word.low):
                    mended = text[: word.start] + part + text[word.end :]
                    return with_names_mended(mended, names, held)
    return text


def _is_slip(word: str, part: str) -> bool:
    if min(len(word), len(part)) <= SHORTEST or not (word + part).isalpha() or word[0] != part[0]:
        return False
    slips = 2 if len(part) >= LONG else 1
    near = OSA.distance(word, part, score_cutoff=slips) <= slips
    return near and not _is_another(word, part)


def _is_typed_for(word: str, other: str) -> bool:
    """Whether two letters changed places, or one is missing or too many."""
    moved = len(word) != len(other) or sorted(word) == sorted(other)
    return moved and word[0] == other[0] and OSA.distance(word, other, score_cutoff=1) <= 1


def _is_another(word: str, other: str) -> bool:
    """Whether one is the other with a beginning or an ending of another meaning."""
    for begins, instead in (pair for a, b in _BEGINNINGS for pair in ((a, b), (b, a))):
        if word.startswith(begins) and other == instead + word.removeprefix(begins):
            return True
    for ends, instead in (pair for a, b in _ENDINGS for pair in ((a, b), (b, a))):
        if word.endswith(ends) and other == word.removesuffix(ends) + instead:
            return True
    return False
