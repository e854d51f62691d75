"""Passages that try to give orders, and how they are told to a person.

A flag is a warning, not a verdict: the passage stays in the index and can be cited. But the lines
of it that are the order are left out of what a model is shown and of what an answer may stand on.
"""

from __future__ import annotations

import base64
import binascii
import html
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import unquote

from ragbot.screening.addresses import ADDRESS
from ragbot.screening.folding import closed_up, fold, hidden_in
from ragbot.screening.order_phrases import FLAGS, Flag, patterns_for

MEANINGS: dict[Flag, str] = {
    "override": "tells the reader to ignore other instructions",
    "role": "tells the reader to be somebody else",
    "dictated_reply": "dictates what is to be answered",
    "fake_turn": "speaks as the system, or opens and closes our tags",
    "exfiltration": "wants something sent or loaded from elsewhere",
    "disclosure": "asks for the instructions or keys of the assistant",
    "encoded": "hides an order in encoded text",
    "hidden_text": "has text that cannot be seen",
    "markup": "has active HTML",
    "address": "has an address in a heading or in its file's name",
}
# Active HTML, unseen characters and addresses are shown as text; they order nothing.
ONLY_SHOWN: frozenset[Flag] = frozenset({"markup", "hidden_text", "address"})

_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{24,}={0,2}")
_HEX = re.compile(r"(?:(?:\\x|0x)?[0-9a-fA-F]{2}[ :,]?){20,}")
_ESCAPED = re.compile(r"&#?\w+;|%[0-9a-fA-F]{2}|\\u[0-9a-fA-F]{4}")
_UNICODE = re.compile(r"\\u([0-9a-fA-F]{4})")
# Words of orders that are written backwards, or with each letter moved on by 13.
_BACKWARDS = re.compile(r"erongi|dragersid|snoitcurtsni|tpmorp|tnatsissa|rewsna")
_MOVED_ON = re.compile(r"\b(?:vtaber|qvfertneq|vafgehpgvbaf?|cebzcg|nffvfgnag|nafjre|ercyl)\b")
_MOVE_BACK = str.maketrans("nopqrstuvwxyzabcdefghijklm", "abcdefghijklmnopqrstuvwxyz")
_LEET = str.maketrans("013457@$", "oieastas")
_SENTENCE = re.compile(r"[^.!?]+(?:[.!?]+\s*|$)|[.!?]+\s*")
_MIXED = re.compile(
    r"\b[a-z]{0,24}(?:[a-z][013457@$]|[013457@$][a-z])[a-z013457@$]{0,24}|\b[a1][1l]{2}\b"
)


@dataclass(frozen=True, slots=True)
class Order:
    """`text[start:end]` is where it was found; `sure` where a handbook would not say it, too."""

    flag: Flag
    start: int
    end: int
    sure: bool = True


@lru_cache(maxsize=8192)
def orders_in(text: str) -> tuple[Order, ...]:
    """What in a text tries to be more than text, in the order of the patterns."""
    folded = closed_up(fold(text))
    found = [
        # A pattern may begin with the full stop of the sentence before.
        Order(flag, *folded.original(match.start() + word.start(), match.end()), sure)
        for flag, regex, sure in patterns_for(folded.text)
        for match in regex.finditer(folded.text)
        if (word := re.search(r"\w", match[0]))
    ]
    if hidden_in(text):
        found.append(Order("hidden_text", 0, len(text)))
    return (*found, *_encoded(text), *_misspelt(text))


def decoded(text: str) -> list[str]:
    """What is written in it in base64 or hexadecimal digits, as plain text."""
    return [plain for _, _, plain in _blobs(text)]


def flags_of(text: str, titles: Sequence[str] = ()) -> tuple[Flag, ...]:
    """The flags of a passage's text, and of its headings and its file's name, each once."""
    held = {order.flag for each in (text, *titles) for order in orders_in(each)}
    # In a text an address may be a fact; in a title, which stands beside every citation, it is a
    # lure.
    if any(ADDRESS.search(fold(title).text) for title in titles):
        held.add("address")
    return tuple(flag for flag in FLAGS if flag in held)


def gives_orders(text: str, *, surely: bool = False) -> bool:
    """Whether it is one; `surely` where another reader hears what phrases leave in doubt."""
    return any(
        order.flag not in ONLY_SHOWN and (order.sure or not surely) for order in orders_in(text)
    )


def is_lure(title: str) -> bool:
    """Whether a title gives orders or leads away."""
    return not (ONLY_SHOWN - {"address"}).issuperset(flags_of("", (title,)))


def without_orders(text: str) -> str:
    """The sentences that give none; nothing where an order is woven through all of them."""
    lines = (
        "".join(sentence for sentence in _SENTENCE.findall(line) if not gives_orders(sentence))
        for line in text.split("\n")
    )
    kept = "\n".join(lines).strip()
    return "" if gives_orders(kept) else kept


def _encoded(text: str) -> Iterator[Order]:
    for start, end, plain in _blobs(text):
        if gives_orders(plain):
            yield Order("encoded", start, end)


def _misspelt(text: str) -> Iterator[Order]:
    """Lines that are orders once escapes are resolved, letters put back, or digits read as such."""
    at = 0
    for line in text.split("\n"):
        start, at = at, at + len(line) + 1
        plain = _unescaped(line) if _ESCAPED.search(line) else line
        folded = _folded(plain)
        hidden = [plain] if plain != line else []
        if _BACKWARDS.search(folded):
            hidden.append(folded[::-1])
        if _MOVED_ON.search(folded):
            hidden.append(folded.translate(_MOVE_BACK))
        mended = _MIXED.sub(lambda word: word[0].translate(_LEET), folded)
        if (hidden or mended != folded) and not _has_order(_folded(line)):
            if any(_has_order(_folded(each)) for each in hidden):
                yield Order("encoded", start, at - 1)
            elif _has_order(mended):
                yield Order("override", start, at - 1)


def _unescaped(line: str) -> str:
    return html.unescape(unquote(_UNICODE.sub(lambda code: chr(int(code[1], 16)), line)))


def _folded(text: str) -> str:
    return closed_up(fold(text)).text


def _has_order(folded: str) -> bool:
    return any(
        flag not in ONLY_SHOWN and regex.search(folded) for flag, regex, _ in patterns_for(folded)
    )


def _blobs(text: str) -> Iterator[tuple[int, int, str]]:
    """(start, end, plain text) of what is encoded in a text."""
    for pattern, decode in ((_BASE64, _from_base64), (_HEX, _from_hex)):
        for match in pattern.finditer(text):
            plain = decode(match[0])
            if plain is not None:
                yield (*match.span(), plain)


def _from_base64(blob: str) -> str | None:
    try:
        raw = base64.b64decode(blob.replace("-", "+").replace("_", "/").rstrip("=") + "===")
        return _readable(raw)
    except (binascii.Error, UnicodeDecodeError):
        return None


def _from_hex(blob: str) -> str | None:
    try:
        return _readable(bytes.fromhex(re.sub(r"\\x|0x|[ :,]", "", blob)))
    except (ValueError, UnicodeDecodeError):
        return None


def _readable(raw: bytes) -> str | None:
    text = raw.decode("utf-8")
    return text if text and sum(map(str.isprintable, text)) > 0.9 * len(text) else None
