"""Acronyms: those that the notes explain, those that they never use, and those that stand alone.

"ECR (Elastic Container Registry)": a question in the long form finds less than one in the short
form that the notes go on to use. "AZ", where the notes always write Availability Zone: a question
in the short form finds nothing; nor does one on an Application Load Balancer, where they say ALB.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from importlib.resources import files

_SHORT = r"[A-Z][A-Za-z0-9]{1,6}?"
_WORD = r"[A-Za-z][\w'-]*"
_LONG = rf"(?:{_WORD}\s+){{0,7}}{_WORD}"
# "enhanced fan-out (EFO)"; "EFO (enhanced fan-out)", "EFO = enhanced fan-out"
_BEHIND = re.compile(rf"(?<![\w'-])(?P<long>{_LONG})\s+\((?P<short>{_SHORT})s?\)")
_BEFORE = re.compile(rf"(?<![\w/-])(?P<short>{_SHORT})s?(?:\s+\(|\s?=\s)(?P<long>{_LONG})")
_SMALL = frozenset("a an and as at by for from in of on or the to with".split())
_LONGEST = 5  # words of a name
_SHORTEST = 3  # letters of an acronym that is guessed: too many words have the same two initials
# A capital of theirs is that of a sentence or of a maker, and no letter of an acronym.
_OPENS = frozenset(
    """a amazon am an and are aws can compare could define describe did do does explain for give had
    has have how if in is list may might must my name of on our please shall should show summarize
    tell the to use was were what when where which who whose why will with would""".split()
)
_CAPITALIZED = re.compile(rf"\b[A-Z][a-z]+(?:[ -][A-Z][a-z]+){{1,{_LONGEST}}}\b")
# "Multi-factor authentication", "point-in-time recovery"
_HYPHENATED = re.compile(r"\b[A-Za-z][a-z]*(?:-[a-z]+){1,3} [a-z]+\b")
# "500 KB" has a unit and no acronym.
_CAPITALS = re.compile(rf"(?<![\d.,] )\b(?P<short>[A-Z]{{2,{_LONGEST}}})(?P<plural>s?)\b")


def acronyms_of(texts: Sequence[str], words: Mapping[str, int]) -> dict[str, str]:
    """{long form in small letters: short form}, where the notes use the short form more.

    Args:
        words: how often each word, in small letters, stands in the texts.
    """
    found: dict[str, str] = {}
    for text in texts:
        for match in _BEHIND.finditer(text):
            last = _initialled(re.findall(r"\w+", match["long"])[::-1], match["short"][::-1])
            found[" ".join(last[::-1]).lower()] = match["short"]
        for match in _BEFORE.finditer(text):
            first = _initialled(re.findall(r"\w+", match["long"]), match["short"])
            found[" ".join(first).lower()] = match["short"]
    found.pop("", None)  # of those that no words spell
    return {
        long: short
        for long, short in found.items()
        if _is_commoner(words[short.lower()], long, texts, words)
    }


def _is_commoner(count: int, long: str, texts: Sequence[str], words: Mapping[str, int]) -> bool:
    # No phrase is commoner than its rarest word; the texts are read again only where that may be.
    if count > min(words[word] for word in long.split()):
        return True
    phrase = re.compile(rf"\b{_in_text(long)}\b", re.I)
    return count > sum(len(phrase.findall(text)) for text in texts)


def shortened(text: str, acronyms: Mapping[str, str]) -> str:
    """The text with the short form before each long one, the longest first: what reads the notes
    may know GA only as Global Accelerator."""
    for long in sorted(acronyms, key=len, reverse=True):
        words = _in_text(long)
        short = re.escape(acronyms[long])
        both = rf"(?<!{short} \()\b({words}s?)\b(?:\s+\({short}\))?"
        text = re.sub(both, rf"{acronyms[long]} (\1)", text, flags=re.IGNORECASE)
    return text


def abbreviated(
    text: str, is_acronym: Callable[[str], bool], is_said: Callable[[str], bool]
) -> str:
    """The text with the short form in place of each long one that the notes never use: names in
    capitals by their initials, others as everybody has them.

    Args:
        is_acronym: whether the notes have these capitals, and not as a word in small letters.
        is_said: whether the notes have these words, one behind the other.
    """
    plain = " ".join(text.lower().replace("-", " ").split())
    meant = {long: short for long, short in _common().items() if long in plain}
    for run in _CAPITALIZED.findall(text):
        words = run.replace("-", " ").split()
        for count in range(_SHORTEST, len(words) + 1):
            for at in range(len(words) - count + 1):
                name = words[at : at + count]
                if name[0].lower() in _OPENS:
                    continue
                meant[" ".join(name).lower()] = "".join(word[0] for word in name)
    for long in sorted(meant, key=len, reverse=True):
        short = meant[long]
        if is_acronym(short) and not is_said(long):
            words = rf"\b{_in_text(long)}(s?)\b"
            either = rf"\b{short}s? \({words}\)|{words}(?:\s+\({short}s?\))?"
            text = re.sub(either, rf"{short}\1\2", text, flags=re.IGNORECASE)
    return text


def _in_text(long: str) -> str:
    return r"[\s-]+".join(map(re.escape, long.split()))


@cache
def _common() -> dict[str, str]:
    """{long form in small letters: short form} of acronyms that people know in both."""
    lines = files("ragbot.store").joinpath("acronyms.txt").read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines)
    return {long: short for short, long in pairs}


def names_by_initials(texts: Iterable[str]) -> dict[str, frozenset[str]]:
    """{"AZ": {"Availability Zone"}}, in the singular: of each run of capitalized words the last two
    to five, as the first may open a sentence; and a hyphenated word with the one behind it."""
    found: dict[str, set[str]] = defaultdict(set)
    for text in texts:
        for run in _CAPITALIZED.findall(text):
            words = run.replace("-", " ").split()
            for count in range(2, min(len(words), _LONGEST) + 1):
                name = " ".join(words[-count:]).removesuffix("s")
                found["".join(word[0] for word in words[-count:])].add(name)
        for name in _HYPHENATED.findall(text):
            initials = "".join(word[0] for word in re.split("[ -]", name)).upper()
            found[initials].add(name.lower().removesuffix("s"))
    return {initials: frozenset(names) for initials, names in found.items()}


def spelt_out(
    text: str,
    is_known: Callable[[str], bool],
    is_name: Callable[[str], bool],
    names: Callable[[], Mapping[str, Collection[str]]],
) -> str:
    """The text with each acronym that the notes do not know in the words that it stands for.

    Args:
        is_known: whether it is a word of the notes, or one that is never searched for.
        is_name: whether the words are the name of something that the notes treat. Others have
            the same initials ("SG" is seldom Storage Gateway), so such a name is not put in.
        names: `names_by_initials`, asked for only where an acronym is not known. Where several
            names have its initials, it stays as it is.
    """

    def long_form(match: re.Match[str]) -> str:
        short, plural = match["short"], match["plural"]
        meant = () if is_known(short) else names().get(short, ())
        return match[0] if len(meant) != 1 or is_name(*meant) else f"{min(meant)}{plural}"

    return _CAPITALS.sub(long_form, text)


def _initialled(words: Sequence[str], letters: str) -> list[str]:
    """As many of the words as have these initials; small ones in between need none."""
    taken: list[str] = []
    left = letters.lower()
    for word in words:
        if not left:
            break
        if word[0].lower() == left[0]:
            left = left[1:]
        elif not taken or word.lower() not in _SMALL:
            return []
        taken.append(word)
    return [] if left else taken
