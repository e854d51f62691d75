"""A bare yes or no claims what the question says, and is held to that.

"Does Parameter Store rotate secrets?" - "Yes, it does." has no word that a note could bear out, and
is the shortest lie there is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.store.lexical import words_of

_ANSWER = re.compile(
    r"^\W*(?P<yes>yes|yeah|yep|correct|right|true|indeed|certainly|absolutely|of course|sure)\b"
    r"|^\W*(?P<no>no|nope|false|incorrect|not at all)\b"
    r"(?=\W*(?:$|[,.;:!–—-]|\b(?:it|they|you|this)\b))",
    re.IGNORECASE,
)
# "Absolutely not", "Right, it doesn't"
_NOT_SO = re.compile(
    r"\W*(?:(?:it|they|you|this|that)\s+[a-z]+?)?(?:\s*\bnot\b|n?['’]t\b)", re.IGNORECASE
)
# "It can.", "They do so.": no word of it says what
_SAYS_SO = re.compile(
    r"\W*(?:it|they|you|we|this|that|these|those|one)\s+(?:can|do(?:es)?|did|is|are|was|were|wo|will|would"
    r"|could|should|has|have|had|may|might|must)(?P<no>\s*not|n?['’]t)?"
    r"(?:\s+(?:so|that|it|this|too|also|indeed))*\W*",
    re.IGNORECASE,
)
_QUESTION = re.compile(
    r"(?:so|and|but|also|ok|then)?,?\s*(?P<asks>does|do|did|is|are|was|were|can|could|will|would|has|"
    r"have|may|must|should)(?:n?['’]t)?\s+(?:the\s+|an?\s+|aws\s+|amazon\s+)*(?P<rest>[^?]+)\??\s*",
    re.IGNORECASE,
)
# "..., right?", "Did you know that ...?"
_TAG = re.compile(
    r",?\s*(?:right|correct|true|yes|no|isn['’]t (?:that|it) (?:so|right|true)"
    r"|(?:is|are|was|were|do|does|did|can|could|will|would|should|has|have|must|may)(?:n?['’]t)?"
    r" (?:it|they|he|she|you|we|that))"
    r"\s*\?+\s*$",
    re.IGNORECASE,
)
_DID_YOU_KNOW = re.compile(
    r"^\W*(?:did you know|do you know|is it (?:not )?true|isn['’]t it true|is it not so)\s+"
    r"(?:that\s+)?",
    re.IGNORECASE,
)
_WHY = re.compile(r"^\W*(?:so\s+)?(?:why|how come)\s+(?=\w)", re.IGNORECASE)
_YOU = re.compile(r"(?:you|your)\b", re.IGNORECASE)
# "Your function" and "we" are anybody's.
_SPEAKER = re.compile(
    r"\W*(?:(?:yes|no|well|sorry)\b\W*)?(?:I(?:['’](?:m|ve|ll)|\s+(?:am|was|run|can|have|keep|store|use"
    r"|will|work|do)\b)|my\s)",
    re.IGNORECASE,
)
FEW = 3  # words behind a yes that do not yet say the question again


def as_statement(claim: str) -> str:
    """What a question of a model states: a reader that tells what answers a question takes the line
    that denies "..., right?" for its answer."""
    if not claim.rstrip(" \"'”’)").endswith("?"):
        return claim
    bare = _WHY.sub("", _DID_YOU_KNOW.sub("", _TAG.sub("", claim), count=1), count=1)
    bare = bare.rstrip(" ?\"'”’)")
    asked = _QUESTION.fullmatch(bare)
    return f"{asked['rest'] if asked else bare}."


def speaks_of_itself(claim: str) -> bool:
    """Whether a model tells of itself, of which no note can."""
    return _SPEAKER.match(claim) is not None


def opens_with(claim: str) -> bool | None:
    """True for a yes, False for a no, None where the claim opens with neither."""
    if says_so := _SAYS_SO.fullmatch(claim):
        return says_so["no"] is None
    match = _ANSWER.match(claim)
    if match is None:
        return None
    return match["yes"] is not None and not _NOT_SO.match(claim, match.end())


def says_little_more(claim: str, question: str) -> bool:
    """Whether all that the claim says is its yes or no: "manually" behind it would be more, unless
    the question has the word."""
    words = set(words_of(_ANSWER.sub("", claim, count=1)))
    return len(words) < FEW and words <= set(words_of(question))


def statement_of(question: str, answer: bool, about: Sequence[str]) -> str | None:
    """What a yes or no to the question states; None where that can't be told.

    Args:
        about: the names in the question, in small letters.
    """
    asked = _QUESTION.fullmatch(question.strip())
    if asked is None or re.search(r"\bor\b", asked["rest"], re.IGNORECASE):
        return None
    rest = asked["rest"].strip()
    if _YOU.match(rest) and not about:
        return None
    if answer:
        return f"{rest}."
    subject = next((name for name in about if rest.lower().startswith(name)), None)
    if subject is None:
        return None
    return f"{rest[: len(subject)]} {asked['asks'].lower()} not{rest[len(subject) :]}."
