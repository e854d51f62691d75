"""Words whose exchange turns a statement round: public and private, at most and at least.

Each axis has two ends. A claim that stands at one end of an axis, where the evidence on the same
matter stands only at the other, says the opposite; a negation moves a word to the other end.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from ragbot.store.lexical import words_of

_NEGATION = re.compile(r"^(?:not|no|never|neither|nor|without|cannot|non)$|n['’]t$", re.IGNORECASE)
_REACH = 3  # words behind a negation that it turns round
_NEAR = 5  # words on either side that say what an axis word is about

_AXES: tuple[tuple[str, str], ...] = (
    # Bounds first: "no more than" must not be read as "more".
    (
        "at most|up to|maximum|no more than|no longer than|not exceed|upper limit|limits?|"
        "limited to|caps?|capped|longest|largest|highest|biggest|no bigger than|no larger than|"
        "as much as|as many as",
        "at least|minimum|no less than|no fewer than|lower limit|shortest|smallest|lowest",
    ),
    (
        "cheaper|cheap|cheapest|inexpensive|less expensive|less costly|lower cost|saves?|savings?|"
        "discount(?:s|ed)?",
        "dearer|expensive|costly|costlier|pricier|priciest|more expensive|more costly",
    ),
    ("fast|faster|fastest|quick|quicker|quickly", "slow|slower|slowest|slowly"),
    (
        "more|greater|higher|larger|bigger|increases?|raises?|grows?|expands?",
        "less|fewer|lower|smaller|reduces?|reduced|cuts?|lowers?|shrinks?|decreases?",
    ),
    ("positive", "negative"),
    ("attracts?", "repels?"),
    ("labell?ed", "unlabell?ed"),
    ("with", "without"),
    ("before|earlier|prior|beforehand|in advance", "after|afterwards|later|following"),
    ("public|publicly|internet-facing", "private|privately|internal"),
    ("encrypted|encrypts|encrypt", "unencrypted|plaintext|plain text|cleartext"),
    ("stateful", "stateless"),
    ("synchronous|synchronously", "asynchronous|asynchronously"),
    ("automatic|automatically|by itself|on its own", "manual|manually|by hand"),
    ("symmetric", "asymmetric"),
    ("horizontal|horizontally|scales? out", "vertical|vertically|scales? up"),
    ("inbound|incoming|ingress", "outbound|outgoing|egress"),
    ("strong|strongly", "eventual|eventually"),
    ("active-active", "active-passive"),
    ("required|mandatory|must|compulsory|requires|needs|obligatory", "optional|optionally"),
    ("free|free of charge|no cost|no charge|at no", "charged|billed|paid|extra charge|fee"),
    ("dedicated|single-tenant", "shared|multi-tenant"),
    ("allow|allows|allowed|permits?|permitted", "block|blocks|blocked|deny|denies|denied|forbids?"),
    ("enabled|turned on|switched on|on by default", "disabled|turned off|switched off"),
    ("included|includes|inclusive", "excluded|excludes|exclusive of"),
    ("same", "different"),
    ("first|initial", "last|final"),
    ("serverless", "provisioned|server-based"),
    ("regional", "global"),
    ("online|live", "offline"),
    ("temporary|temporarily|ephemeral|transient", "permanent|permanently|durable|persistent"),
    ("mutable|modifiable|changeable", "immutable|unchangeable"),
    ("exactly-once|exactly once", "at-least-once|at least once"),
    ("ordered|in order", "unordered|best-effort order"),
    ("primary", "secondary"),
    ("hot", "cold"),
    ("real-time|real time|immediately|instantly", "delayed|batched|with a delay"),
)


def _compiled(words: str) -> re.Pattern[str]:
    forms = "|".join(sorted(words.split("|"), key=len, reverse=True))
    return re.compile(rf"(?<![\w-])(?:{forms})(?![\w-])", re.IGNORECASE)


_PATTERNS = tuple((_compiled(one), _compiled(other)) for one, other in _AXES)


@dataclass(frozen=True, slots=True)
class _Stand:
    """Where a text stands on an axis, and the words around that tell on what."""

    axis: int
    end: bool
    word: str
    about: frozenset[str]


def turned_word(claim: str, text: str, names: frozenset[str] = frozenset()) -> str | None:
    """The word of the claim to whose opposite the text holds on the same matter; None without.

    Args:
        names: stems that both share whatever they say, such as the product's name.
    """
    held = _stands(text)
    for stand in _stands(claim):
        same_axis = [other for other in held if other.axis == stand.axis]
        on_matter = [other for other in same_axis if (other.about & stand.about) - names]
        if on_matter and all(other.end != stand.end for other in on_matter):
            return stand.word
    return None


def in_words_of(other: str, text: str) -> str:
    """The text with what it denies put as the other affirms it: "not allowed" as "denied"."""
    words: dict[tuple[int, bool], set[str]] = {}
    for stand in _stands(other):
        words.setdefault((stand.axis, stand.end), set()).add(stand.word)
    for (axis, end), told in words.items():
        affirmed = [word for word in told if _PATTERNS[axis][not end].fullmatch(word)]
        if affirmed and (axis, not end) not in words:
            denied = rf"(?:\bnot|n['’]t)\s+(?:\w+ly\s+)?{_PATTERNS[axis][end].pattern}"
            text = re.sub(denied, f" {affirmed[0]}", text, flags=re.IGNORECASE)
    return text


def in_axes(text: str) -> str:
    """The text with each axis word replaced by its end's own token: "largest" and "at most" are
    then one word, as are "not encrypted" and "unencrypted"."""
    for axis, ends in enumerate(_PATTERNS):
        for end, pattern in zip((True, False), ends, strict=True):

            def token(match: re.Match[str], axis: int = axis, end: bool = end) -> str:
                before = match.string[: match.start()].split()
                stands = end != _is_negated(before)
                return f"axis{'ab'[stands]}{chr(97 + axis // 26)}{chr(97 + axis % 26)}"

            text = pattern.sub(token, text)
    return text


def _is_negated(before: list[str]) -> bool:
    return any(_NEGATION.search(word.strip(".,;:()")) for word in before[-_REACH:])


@lru_cache(maxsize=2_048)  # the lines of the notes are read for every claim
def _stands(text: str) -> tuple[_Stand, ...]:
    return tuple(_each_stand(text))


def _each_stand(text: str) -> Iterator[_Stand]:
    for axis, ends in enumerate(_PATTERNS):
        for end, pattern in zip((True, False), ends, strict=True):
            for match in pattern.finditer(text):
                before, after = text[: match.start()].split(), text[match.end() :].split()
                about = frozenset(words_of(" ".join([*before[-_NEAR:], *after[:_NEAR]])))
                yield _Stand(axis, end != _is_negated(before), match[0], about)
