"""Words that are none: what a reply was told to slip in between words of the notes.

A code word, a made-up name in small letters. It is no name by its looks and no figure, and among
many known words one unknown weighs little; so it is looked for by itself.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

Recognizes = Callable[[str], bool]  # is this a word, of the notes or of the language?

SHORTEST = 5  # letters; abbreviations are not words either
_WORD = re.compile(rf"(?<![\w./:@-])[a-z]{{{SHORTEST},}}(?![\w/:@-]|\.\w|['’]t\b)")
_PREFIX = re.compile(
    r"^(?:under|inter|multi|micro|milli|super|semi|auto|over|fore|back|kilo|mega|giga|tera|sub|non|"
    r"pre|dis|mis|out|un|en|re|bi|de|in|im|co|up)(?=\w{3})"
)
_SUFFIX = re.compile(
    r"(?:s|es|d|ed|ing|ly|r|er|ers|or|ors|ness|able|ably|ible|en|ens|ened|ment|ments|ity|ities|"
    r"ability|ation|ations|ion|ions|al|ally|ful|less|wise|y|ies|ied|ier|est|ize|izes|ized|izing|"
    r"ise|ises|ised|ising|ish|hood|ship|like|proof|wide)$"
)


def invented_word(claim: str, recognizes: Recognizes) -> str | None:
    """A word of the claim that neither stands in a dictionary of known words nor is made of one."""
    for match in _WORD.finditer(claim):
        if not any(recognizes(form) for form in _forms(match[0])):
            return match[0]
    return None


def _forms(word: str) -> Iterator[str]:
    """The word, its British or American brother, and what its affixes are put to."""
    whole = {word, re.sub(r"ys(?=e|ing)", "yz", word), word.replace("our", "or")}
    stems = whole | {_PREFIX.sub("", each) for each in whole}
    yield from stems
    for stem in stems:
        for size in range(1, 8):
            bare, ending = stem[:-size], stem[-size:]
            if len(bare) < 3 or not _SUFFIX.fullmatch(ending):
                continue
            yield from (bare, f"{bare}e", f"{bare}y")
            if bare[-1] == bare[-2]:  # "capped"
                yield bare[:-1]
