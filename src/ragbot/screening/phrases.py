"""A small language for phrases, so that a list of them can be read.

    ! IGNORE ..3 previous ~(set|list)_of RULES

A space is any gap inside a sentence; `..3` is up to three words in between; `~` makes a word
optional; `_` is a space inside an alternative; a name in capitals stands for alternatives. At the
beginning, `!` asks for a place where an imperative can
stand, and `^` for one where it surely is one: a handbook's "then choose Next" is none. `$` at the
end is the end of a clause. Anything else is a regular expression over folded text (lower case,
no accents).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

_GAP = r"[^\w.!?]{1,24}"  # bounded, so that no run of signs makes a search slow
_IMPERATIVE = (
    r"(?:(?:^|[.!?:;,\n\"'“”‘’(\[>|—–-])[\W_]{0,6}"
    r"|\b(?:please|kindly|now|and|then|just|must|should|shall|will|you|to|instead|also|so|first|or)"
    r"[ ,]+(?:(?:also|now|please|immediately|simply|first) )?)"
)
_OPENING = (
    r"(?:(?:^|[.!?:;\n\"“(>|])[\W_]{0,6}(?:\d+[.)] ?)?"
    r"|\byou (?:must|should|shall|will|are to|have to|need to|now|always) "
    r"|(?:^|[,;:.!?\n][\W_]{0,3}|\b)(?:please|kindly|instead|always|then|now),? )"
    r"(?:(?:please|kindly|always|only|just|simply|instead,?|then|now) ){0,4}"
)
_STARTS = {"!": _IMPERATIVE, "^": _OPENING}
_NAME = re.compile(r"[A-Z]{2,}")
_LATIN_AHEAD = re.compile(r"[(?:]*[a-z]")
# Scripts in which a word goes on without a space, or in signs that count as no letters.
_NO_END_OF_WORD = re.compile(r"[\u0900-\u097f\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")


def any_of(phrases: str, names: Mapping[str, str]) -> re.Pattern[str]:
    """One pattern for the phrases, one on each line; lines that begin with # are remarks."""
    by_start: dict[str, list[str]] = {}
    for line in filter(None, map(str.strip, phrases.splitlines())):
        words = line.split()
        start = _STARTS.get(words[0])
        body = _pattern(words if start is None else words[1:], names)
        if start is None:
            start = r"\b" if _LATIN_AHEAD.match(body) else ""
        by_start.setdefault(start, []).append(body)
    # What they share is tried once at each place of a text, not once for each phrase.
    made = (f"{start}(?:{'|'.join(bodies)})" for start, bodies in by_start.items())
    return re.compile("|".join(made), re.MULTILINE)


def _pattern(words: Sequence[str], names: Mapping[str, str]) -> str:
    lead, pieces = "", list[str]()
    for word in words:
        gap = _GAP if pieces else ""
        if word.startswith(".."):
            pieces.append(rf"(?:{_GAP}\w+){{0,{int(word[2:])}}}?")
        elif word == "$":
            pieces.append(r"(?=[^\w ]|$)")
        elif word.startswith("~") and not pieces:
            lead += f"(?:{_alternatives(word[1:], names)}{_GAP})?"
        elif word.startswith("~"):
            pieces.append(f"(?:{gap}{_alternatives(word[1:], names)})?")
        else:
            pieces.append(f"{gap}{_alternatives(word, names)}")
    return lead + "".join(pieces)


def _alternatives(word: str, names: Mapping[str, str]) -> str:
    while _NAME.search(word):
        word = _NAME.sub(lambda name: f"(?:{names[name[0]]})", word)
    word = re.sub(r"_\??", lambda gap: _GAP if gap[0] == "_" else r"[\W_]?", "".join(word.split()))
    ends = re.search(r"[a-z]", word) and not _NO_END_OF_WORD.search(word)
    return f"(?:{word})" + (r"(?!\w)" if ends else "")
