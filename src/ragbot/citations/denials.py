"""Sentences of a model that say that the notes do not tell."""

from __future__ import annotations

import re

from ragbot.figures import figures_of

# "The encryption context is not logged" does not say so, nor "full-text search: no": it takes the
# notes themselves, and a verb of telling.
_NOTES = (
    r"(?:(?:(?:the|these|those|this|your|my|our|any|given|provided|supplied|available)\s+){1,3}"
    r"(?:notes?|passages?|sources?|context|evidence|sheets?)"
    r"|(?:given|provided|supplied|available)\s+(?:information|text|documents?))"
)
_TELL = (
    r"(?:mention|specif|stat|provid|cover|giv|contain|includ|tell|say|describ|answer|discuss"
    r"|indicat|list|explain|hold|address|detail|support|have|know|found|available|enough|sufficient)"
)
# "No details on prices", and not "No details are needed"
_MATTER = (
    r"(?:information|mention|details?|evidence)\b(?=\W*$|[.,;]|\s+(?:on|about|for|of|in|regarding"
    r"|concerning|as to|that|whether|how|what|when|where|why|which|who"
    r"|(?:(?:is|are|was)\s+)?(?:available|given|provided|found|there))\b)"
    r"(?![^.]*\b(?:is|are|be)\s+(?:needed|required|necessary|to be)\b)"
)
_DENIAL = re.compile(
    rf"\b{_NOTES}\b(?:(?!\b{_NOTES}\b)[^.]){{0,60}}(?:\b(?:not|cannot|never)|n['’]t)\s+(?:\w+\s+){{0,2}}{_TELL}"
    rf"|\b{_NOTES}\s+(?:\w+\s+)?(?:ha(?:ve|s)|holds?|contains?|gives?|provides?|includes?|says?"
    r"|tells?|makes?|offers?)\s+(?:no|nothing|neither)\b"
    rf"|\b{_NOTES}\s+lacks?\b"
    rf"|(?:\b(?:there is|there['’]s|there are|find|found|see|have|has)|^\W*)\s*\bno\s+{_MATTER}"
    r"|\b(?:I (?:do not|don['’]t|cannot|can['’]t)) (?:know|find|answer|tell)\b"
    r"|\bnot (?:mentioned|specified|stated|provided|covered|given|found|told|available)\s+"
    rf"(?:\w+\s+)?(?:in|by|from)\s+{_NOTES}\b"
    rf"|\bnot in {_NOTES}\b"
    r"|\bnot (?:mentioned|specified|stated)\W*$",
    re.IGNORECASE,
)
_UNKNOWN = r"(?:I|we|it(?:['’]s| is)? (?:not|unclear|unknown|impossible)|there|the answer|no)\b"
_STATES = r"(?:is|are|was|were|can|does|do|has|have|will|must|may|never|always)\b"
_ASKS = r"(?:or|nor|whether|if|how|what|when|where|which|who|why|as|so|I)\b"
_GOES_ON = re.compile(
    r"\b(?:but|however|although|though|yet|still|therefore|thus|hence|because|since|meaning)\b|[;:]"
    rf"|\bso\b(?! {_UNKNOWN})"
    rf"|,\s+(?:which|and\s+(?:\S+\s+){{1,4}}?{_STATES}|(?!{_ASKS})(?:\S+\s+){{1,4}}?{_STATES})",
    re.IGNORECASE,
)
# What opens a denial and states nothing: "Based on the notes, ...", "For a Boxes item, ..."
_LEADS = re.compile(
    rf"^\W*(?:(?:however|unfortunately|sorry|also)\b,?|(?![^,]*\b{_STATES})"
    r"(?:(?:based on|according to|regarding|concerning|as for)\b[^,]*"
    r"|(?:from|in|on|for|about|with)(?:\s+[^\s,]+){1,3}),)",
    re.IGNORECASE,
)
# "Although the notes do not mention a price, boxes are free"
_CONCEDES = re.compile(
    r"\W*(?:although|though|while|even (?:if|though)|since|as|because)\b(?! for\b)", re.IGNORECASE
)
# "Boxes are free; the notes do not say more", "Boxes are free, which is not stated", "Boxes are
# free (the notes do not say why)"
_TWO_WORDS = re.compile(r"\W*\w+\W+\w")
_PARTED = re.compile(
    r"[;:]|,\s+(?:which|but|although|though|yet|so)\b"
    r"|(?:[,(]|\s[-–—]|\b(?:and|but|where|if))\W*(?:\w+\W+){0,2}$",
    re.IGNORECASE,
)


# "... do not say that boxes rust", "... do not explain why boxes rust"
_CLAUSE = re.compile(r"\b(?P<how>that|why)\s+(?P<clause>[^.;]+)", re.IGNORECASE)


def denied_clause(claim: str) -> tuple[str, str] | None:
    """("that" or "why", the clause) of what a denial says that the notes don't tell: the first is
    untold only where the notes do not say so, and the second takes for granted that it is so."""
    denial = _DENIAL.search(claim)
    told = _CLAUSE.search(claim, denial.end()) if denial else None
    return (told["how"].lower(), f"{told['clause'].strip()}.") if told else None


def denies_only(claim: str, question: str = "") -> bool:
    """It says that the notes do not tell, and tells nothing else: no figure that was not asked
    about, and nothing in another clause."""
    denial = _DENIAL.search(claim)
    if denial is None or _CONCEDES.match(claim) or _GOES_ON.search(claim, denial.end()):
        return False
    asked = figures_of(question)
    told = (any(map(figure.agrees_with, asked)) for figure in figures_of(claim))
    return all(told) and not _states_before(_LEADS.sub("", claim[: denial.start()]))


def _states_before(text: str) -> bool:
    """Whether what stands before a denial is a clause of its own."""
    words = _TWO_WORDS.match(text)
    return words is not None and _PARTED.search(text, words.end()) is not None
