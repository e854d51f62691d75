"""What a sentence denies and what it affirms, so that a turned sentence is heard."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ragbot.figures import NUMBER_WORDS
from ragbot.store.lexical import words_of

_NEGATOR = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|unable|lacks?|lacking|unsupported|"
    r"unavailable|except|nobody|nothing|hardly|rarely|seldom|barely|myth|far from|spares?|"
    r"avoids?|eliminates?|saves? you)\b|n['’]t\b",
    re.IGNORECASE,
)
# What denies without a negation: "serverless", "unlimited", "free", "only".
_LESS = re.compile(
    r"\b(?:\w{3,}less|un\w{4,}|in(?:dependent|compatible|accessible)\w*|free|only|different|alone|"
    r"instead|rather|stops?|prevents?|blocks?|den(?:y|ies|ied)|disabled|excluded|forbid\w*|"
    r"refuses?|rejects?|fails?|removes?|ends|ended|closed|retired|optional|separate|automatic\w*|"
    r"managed|single|temporary|lost|least|most|same)\b",
    re.IGNORECASE,
)
_BOUND = re.compile(
    r"\b(?:no|not) (more|longer|larger|bigger|greater|higher|later|fewer|less) than\b"
    rf"(?=\s+(?:an?\s|half|[\d$€£]|(?:{'|'.join(NUMBER_WORDS)})\b))",
    re.IGNORECASE,
)
# "can't hold more than 400 KB", "no box holds over 400 KB"
_NOT_MORE = re.compile(
    r"(?:\b(?:not|cannot|never|no)|n['’]t)\b(?P<what>(?: [\w-]+){0,3}?) (?:exceeds?|surpass(?:es)?"
    r"|go(?:es)? (?:over|beyond|above)|(?:(?:more|longer|larger|bigger|greater|higher|later) than"
    r"|over|above|beyond)(?= [\d$€£]))\b",
    re.IGNORECASE,
)
_NOT_LESS = re.compile(
    r"(?:\b(?:not|cannot|never)|n['’]t)(?: \w+ly)? (?:go(?:es)?|drops?|falls?|sinks?|dips?) "
    r"(?:below|under)\b",
    re.IGNORECASE,
)
# "can hold more than 400 KB": so much at least, where "items over 400 KB" says nothing of that
_CAN_BE_MORE = re.compile(
    r"(?P<can>\b(?:can|may|could|able to)\b(?: [\w-]+){0,3}?) (?:(?:more|longer|larger|bigger"
    r"|greater|higher) than|over|above|beyond)(?= [\d$€£])",
    re.IGNORECASE,
)
_SIGNS = {
    "<": "under",
    ">": "over",
    "<=": "at most",
    "≤": "at most",
    ">=": "at least",
    "≥": "at least",
}
_SIGN = re.compile(r"(?<![-=<>\w])(?:[<>]=?|[≤≥])\s*(?=[-$€£]?\d)")
_UNLIMITED = re.compile(
    r"\b(?:no|without)(?: an?| any| upper| fixed)? ((?:\w+ )?)(?:limit|cap|ceiling)s?\b"
    r"(?: (?:on|to|for))?",
    re.IGNORECASE,
)
_FREE = re.compile(
    r"\b(?:pays?|costs?|charged?) nothing\b|\b(?:no|without|at no)(?: extra| additional)? "
    r"(?:charge|cost|fee)s?\b|\bnot (?:charged|billed)(?: for)?\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(
    r"[.;:,()]|\s[-–—]\s|\b(?:but|and|or|while|whereas|although|so|because|which|who|whose)\b"
)
# "X rather than Y" is X, not Y.
_NOT_THE_OTHER = re.compile(r"\b(?:rather than|instead of|as opposed to)\b", re.IGNORECASE)
_OPEN_ENDED = re.compile(
    r"(?:\bnot|\bcannot|n['’]t)(?: be)? (?:limited|restricted|confined|just|only|merely)(?: to)?\b",
    re.IGNORECASE,
)
_EXCEPT = re.compile(
    r",?\s*\b(?:except(?:ing)?|apart from|other than|with the exception of)\b", re.I
)
_BUT = re.compile(r"\b(?:but|unless|not|no|without|outside|excluding)\b", re.IGNORECASE)
_WHOLLY = re.compile(
    r"\b(?:never|always|all|every|each|any|none|nothing|without exception)\b", re.I
)
_SCOPE = 4  # content words behind a negator that it is taken to negate


def negates(text: str) -> bool:
    """Whether it has a word of denial."""
    return _NEGATOR.search(_plainly_negated(text)) is not None


def flipped(claim: str, text: str, names: frozenset[str]) -> bool:
    """A negation of one side that the other side affirms.

    A negation that both sides share in one of its words is the same negation, however the words
    around it are chosen. A name stays the same whichever way the sentence goes.
    """
    said, held = _polarity(claim), _polarity(_meant_of(claim, text))
    return said.denied_by(held, names) or held.denied_by(said, names)


def excepts_something(text: str) -> bool:
    return _EXCEPT.search(text) is not None


def misses_exception(claim: str, text: str) -> bool:
    """Whether it excepts something where the text does not, or leaves nothing out where the text
    excepts something."""
    said, held = _EXCEPT.search(claim), _EXCEPT.search(text)
    if held is None:
        return said is not None and _BUT.search(text) is None
    wholly = said is None and _WHOLLY.search(claim) is not None
    return wholly and not _is_on(claim, text[held.end() :])


def denies_unheard(claim: str, text: str) -> bool:
    """A claim that something is not so needs a sentence that denies something, too."""
    if not _NEGATOR.search(_plainly_negated(claim)) or _NEGATOR.search(_plainly_negated(text)):
        return False
    return not _LESS.search(text)


def _meant_of(claim: str, text: str) -> str:
    """What a text says to a claim: "not reimbursed, except at dinners" says of dinners that they
    are, and of all else that it is not."""
    found = _EXCEPT.search(text)
    if found is None or not _NEGATOR.search(text, 0, found.start()):
        return text
    rest, excepted = text[: found.start()], text[found.end() :]
    return f"{_NEGATOR.sub('', rest)} {excepted}" if _is_on(claim, excepted) else rest


def _is_on(claim: str, excepted: str) -> bool:
    words = set(words_of(excepted))
    return len(words & set(words_of(claim))) > len(words) / 2


@dataclass(frozen=True, slots=True)
class _Polarity:
    """Stemmed words: those that each negation reaches, and those that none does."""

    negations: tuple[frozenset[str], ...]
    affirmed: frozenset[str]

    @property
    def negated(self) -> frozenset[str]:
        return frozenset().union(*self.negations)

    def denied_by(self, other: _Polarity, names: frozenset[str]) -> bool:
        """One of my negations stands on words that the other affirms and nowhere negates."""
        return any(
            scope & (other.affirmed - other.negated) - names and not scope & other.negated
            for scope in self.negations
        )


def _polarity(text: str) -> _Polarity:
    """A negator reaches a few words into its clause."""
    negations: list[frozenset[str]] = []
    affirmed: set[str] = set()
    last: list[str] = []
    for clause in _CLAUSE.split(_NOT_THE_OTHER.sub(", not", _plainly_negated(text))):
        match = _NEGATOR.search(clause)
        if match is None:
            last = _words(clause)
            affirmed.update(last)
            continue
        before = _words(clause[: match.start()])
        after = _words(clause[match.end() :])
        if not after:  # "rotation: none", "rotation does not"
            after = (before or last)[-2:]
            affirmed.difference_update(after)
            before = before[:-2]
        affirmed.update(before)
        affirmed.update(after[_SCOPE:])
        negations.append(frozenset(after[:_SCOPE]))
        last = before + after
    return _Polarity(tuple(negations), frozenset(affirmed))


def _words(text: str) -> list[str]:
    """Stemmed; what is not readable is what can't be read."""
    return [re.sub(r"(?<=\w{4})[ai]bl$", "", word) for word in words_of(text)]


def _plainly_negated(text: str) -> str:
    """Without the negations that affirm: "no more than" is a bound, "pay nothing" is
    free, "no limit" unlimited, "not limited to" open."""
    text = _BOUND.sub(
        lambda m: "at least" if m[1].lower() in ("fewer", "less") else "at most", text
    )
    text = _UNLIMITED.sub(r"unlimited \1", text)
    return _OPEN_ENDED.sub(" besides ", _FREE.sub("free", with_bounds(text)))


def with_bounds(text: str) -> str:
    """What is never exceeded is at most so much, what nothing drops below at least."""
    text = _SIGN.sub(lambda sign: f"{_SIGNS[sign[0].strip()]} ", text)
    bounded = _NOT_LESS.sub(" at least", _NOT_MORE.sub(r"\g<what> at most", text))
    return _CAN_BE_MORE.sub(r"\g<can> at least", bounded)
