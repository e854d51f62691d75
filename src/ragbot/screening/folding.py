"""Text as it is read, whatever characters it is written in.

A filter that looks for "secret" is to find it full-width, with a Cyrillic e, in capitals, with
zero-width spaces inside or spelt s-e-c-r-e-t. `fold` gives the plain text and remembers where each
of its characters stands in the original, so that a finding can be masked there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

# Scripts that are written without spaces have no whole words to look for.
UNSPACED = re.compile(r"[\u0e00-\u0eff\u1000-\u109f\u3040-\u30ff\u3400-\u9fff]")
# Letters that look Latin and are not: the common ones of Unicode's confusables, lower-case.
_PAIRS = """аa вb гr еe кk мm нh оo рp сc тt уy хx ѕs іi јj ԁd һh ӏi ԛq ԝw αa βb γy εe ιi κk νv
οo ρp τt υu χx ωw ıi łl øo đd ħh ɡg ɑa ʀr ʙb ᴀa ᴄc ᴅd ᴇe ꜰf ɢg ʜh ɪi ᴊj ᴋk ʟl ᴍm ɴn ᴏo ᴘp ꜱs
ᴛt ᴜu ᴠv ᴡw ʏy ᴢz"""
_LOOKALIKES = str.maketrans({pair[0]: pair[1] for pair in _PAIRS.split()})
_BRACKETS = str.maketrans("‹〈⟨《˂ᐸ❮❰〈›〉⟩》˃ᐳ❯❱〉", "<<<<<<<<<>>>>>>>>>")
_BLANK = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u3164\uffa0")  # letters drawn as nothing
_BIDI = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
_JOINERS = frozenset("\u200c\u200d")
_FLAG = re.compile("\U0001f3f4[\U000e0061-\U000e007a]{4,6}\U000e007f")  # of Scotland and Wales
_SELECTORS = re.compile("[\ufe00-\ufe0f]{2}")  # one belongs to an emoji, more are a text
_ESCAPE = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-_])")
_ZERO_WIDTH = re.compile(r"(?:[A-Za-z]+[\u200b-\u200d\u2060-\u2064\ufeff]+){3}[A-Za-z]")
_WORD = re.compile(r"\w+")
# A gap of a phrase is short: what is stretched, or in italics, is read as it sounds.
_STRETCHED = re.compile(
    r"[^\S\n]{2,}|(?<=[^\W\d_])(?P<word>-\n[ \t]{0,12})(?=[^\W\d_])|\n\s*\n"
    r"|(?<![^\W_])_+|_+(?![^\W_])|(?P<signs>[-*=~#·•,;:—–|+^]{4,})"
)
_SPELT = re.compile(r"(?<!\w)[^\W\d_](?P<by>[ .\-_*|·/])(?:[^\W\d_](?P=by)){2,}[^\W\d_](?!\w)")


@dataclass(frozen=True, slots=True)
class Folded:
    """`text` is what is searched; `at[i]` is where its i-th character stands in the original,
    and the last entry is the length of the original."""

    text: str
    at: Sequence[int]

    def original(self, start: int, end: int) -> tuple[int, int]:
        """The span of the original that a span of `text`, not an empty one, comes from."""
        return self.at[start], self.at[end - 1] + 1


@lru_cache(maxsize=4096)
def fold(text: str) -> Folded:
    """Lower case, no accents, no invisible characters, look-alikes as what they look like, and
    what is spelt out as words."""
    return _spelt_out(as_spelt(text))


def as_spelt(text: str) -> Folded:
    """The same, with what is spelt out as it stands there."""
    if text.isascii():
        return Folded(text.lower(), range(len(text) + 1))
    plain = _each(text, _plain)
    return Folded(_WORD.sub(_as_latin, plain.text), plain.at)


def closed_up(folded: Folded) -> Folded:
    """Without long gaps between words, and words that a line breaks in one: `ignore          all`,
    `_ignore_ _all_` and `ig-\\nnore all` as they sound."""
    kept: list[str] = []
    at: list[int] = []
    last = 0
    for match in _STRETCHED.finditer(folded.text):
        start, end = match.span()
        gap = _gap(match)
        kept += [folded.text[last:start], gap]
        at += [*folded.at[last:start], *folded.at[start : start + len(gap)]]
        last = end
    if not last:
        return folded
    at += folded.at[last:]
    return Folded("".join((*kept, folded.text[last:])), at)


def _gap(stretched: re.Match[str]) -> str:
    if stretched["word"]:
        return ""
    if stretched["signs"]:
        return stretched[0][:3]
    return "\n\n" if "\n" in stretched[0] else " "


def as_drawn(text: str) -> Folded:
    """Capitals as they are, no invisible characters, full-width letters as the usual ones."""
    if text.isascii():
        return Folded(text, range(len(text) + 1))
    return _each(text, lambda c: "" if _is_invisible(c) else unicodedata.normalize("NFKC", c))


def hidden_in(text: str) -> bool:
    """Whether it has characters that no reader sees and no script needs where they stand."""
    if text.isascii():
        return False
    if any(c in _BIDI or "\U000e0100" <= c <= "\U000e01ef" for c in text):
        return True
    if any(map(_is_tag, _FLAG.sub("", text))) or _SELECTORS.search(text):
        return True
    # One or two in a word are a hint where a long name may be broken.
    return _ZERO_WIDTH.search(text) is not None


def without_hidden(text: str) -> str:
    """The text without invisible characters and control codes, as a model or a page gets it.

    The joiners stay where letters of other scripts need them.
    """
    if text.isascii() and text.isprintable():
        return text
    text = _ESCAPE.sub("", text)
    return "".join(_seen(text, position) for position in range(len(text)))


def _seen(text: str, position: int) -> str:
    char = text[position]
    if char in "\n\t\ufe0f":
        return char
    if char in _JOINERS:
        return char if position and not text[position - 1].isascii() else ""
    if unicodedata.category(char) == "Cc":
        return " "
    return "" if _is_invisible(char) else char


def _is_invisible(char: str) -> bool:
    return (
        unicodedata.category(char) == "Cf"
        or char in _BLANK
        or "\ufe00" <= char <= "\ufe0f"
        or "\U000e0100" <= char <= "\U000e01ef"
    )


def _each(text: str, plain: Callable[[str], str]) -> Folded:
    """The text with each character as `plain` gives it, and without the marks on Latin letters."""
    letters: list[str] = []
    at: list[int] = []
    for position, char in enumerate(text):
        for each in plain(char):
            if unicodedata.combining(each) and letters and letters[-1].isascii():
                continue
            letters.append(each)
            at.append(position)
    return Folded("".join(letters), (*at, len(text)))


def _is_tag(char: str) -> bool:
    return "\U000e0020" <= char <= "\U000e007e"


def _plain(char: str) -> str:
    if char.isascii():
        return char.lower()
    if char.isdecimal():
        return str(unicodedata.decimal(char))
    if _is_tag(char):  # ASCII in disguise
        return chr(ord(char) - 0xE0000).lower()
    if _is_invisible(char):
        return ""
    parts = unicodedata.normalize("NFKD", char)
    if parts[0].isascii():
        plain = "".join(c for c in parts if not unicodedata.combining(c))
    else:  # not a Latin letter, and a mark may be half of it
        plain = unicodedata.normalize("NFKC", char)
    plain = plain.casefold().translate(_BRACKETS)
    return "".join(" " if c.isspace() and c != "\n" else c for c in plain)


def _as_latin(word: re.Match[str]) -> str:
    """A word that mixes scripts, or reads as Latin from end to end, is Latin in disguise."""
    text = word[0]
    if text.isascii():
        return text
    latin = text.translate(_LOOKALIKES)
    mixed = any(c.isascii() and c.isalpha() for c in text)
    return latin if latin.isascii() or mixed else text


def _spelt_out(folded: Folded) -> Folded:
    """`i g n o r e` as one word; two spaces end it."""
    kept: list[int] = []
    last = 0
    for match in _SPELT.finditer(folded.text):
        kept += [*range(last, match.start()), *range(*match.span(), 2)]
        last = match.end()
    if not last:
        return folded
    kept += range(last, len(folded.text))
    at = (*(folded.at[i] for i in kept), folded.at[-1])
    return Folded("".join(folded.text[i] for i in kept), at)
