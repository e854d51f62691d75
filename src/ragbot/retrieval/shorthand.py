"""What is typed short in a chat, written out: "fargate storage default n max".

The models that read a question with the notes never heard of "n" for "and". What the notes hold
themselves is theirs ("n" in notes on algebra) and stays.
"""

from __future__ import annotations

import re
from collections.abc import Callable

_LONG = {
    "abt": "about",
    "avg": "average",
    "b/w": "between",
    "btwn": "between",
    "cant": "can't",
    "chk": "check",
    "chks": "checks",
    "cn": "can",
    "cud": "could",
    "cuz": "because",
    "dflt": "default",
    "diff": "difference",
    "doesnt": "doesn't",
    "dont": "don't",
    "hrs": "hours",
    "hw": "how",
    "isnt": "isn't",
    "mins": "minutes",
    "msg": "message",
    "msgs": "messages",
    "n": "and",
    "ppl": "people",
    "shud": "should",
    "thru": "through",
    "u": "you",
    "ur": "your",
    "w/": "with",
    "w/o": "without",
    "wat": "what",
    "wats": "what's",
    "whats": "what's",
    "wot": "what",
    "wut": "what",
    "yrs": "years",
}
_SHORT = re.compile(
    rf"(?<![\w./:@'’-])(?:{'|'.join(map(re.escape, sorted(_LONG, key=len, reverse=True)))})"
    r"(?![\w/:@'’-]|\.\w)"
)
_BETWEEN_WORDS = re.compile(r"[\w)%] n [\w(]")


def written_out(text: str, held: Callable[[str], bool]) -> str:
    """The text with common words in full; `held` tells what the notes have themselves."""

    def long(match: re.Match[str]) -> str:
        short = match[0]
        if held(short):
            return short
        if short == "n" and not _BETWEEN_WORDS.match(text, match.start() - 2):
            return short
        return _LONG[short]

    return _SHORT.sub(long, text)
