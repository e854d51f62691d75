"""What a reply says of itself and not of what the notes tell: "Here is an overview:", "Great
question!", headings, the head of a table."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.citations.drafts import DraftSentence
from ragbot.citations.named import names_in
from ragbot.citations.polarity import negates
from ragbot.citations.support import claim_words
from ragbot.figures import figures_of
from ragbot.store.lexical import words_of

_LEAD_IN_WORDS = 14
_HEADING_WORDS = 4
_OTHERS = 1  # words of a heading that may be of neither kind, where notes or question have them
# What an answer is made of, whatever it is on.
_PARTS = frozenset(
    words_of(
        "answer overview summary breakdown comparison difference similarity list table step detail "
        "fact point remark note tip takeaway thing bit part feature aspect property attribute "
        "category criterion item option choice value type kind class group way case use reason "
        "service model name tier mode purpose role job strength weakness advantage disadvantage "
        "benefit drawback pro con limit description explanation background example question topic "
        "key main most important basic common general simple short quick brief full further more "
        "other few several some various possible different worth knowing know keep mind remember "
        "look see compare stack follow break down side let put take go work handle do come mean "
        "need want bring together glance nutshell fine first next finally here let's problem "
        "you'll amazon aws"
    )
)
# Of these whole sentences are made that answer nothing.
_COURTESIES = frozenset(
    words_of(
        "great good excellent question sure certainly absolutely course happy glad help hope let's "
        "know ask here overview summary breakdown below look through go closer break down step "
        "detail explain explanation thank welcome quick brief short further more any"
    )
)
# "Here is how the two compare" counts what is told below, and claims no figure of the notes.
_COUNTED = re.compile(r"^(?P<before>\W*(?:here|let)\b.*\bthe )(?:two|three|four|five|six)\b", re.I)


def is_courtesy(claim: str) -> bool:
    """Whether it answers nothing: "Great question!", "Happy to help." """
    words = claim_words(claim)
    return bool(words) and words <= _COURTESIES


class Framing:
    """Of one reply; `told` are the words of its evidence, `asked` those of the question."""

    def __init__(self, told: frozenset[str], asked: frozenset[str]) -> None:
        self._told = told
        self._known = told | asked

    def claims_nothing(self, draft: DraftSentence, claim: str) -> bool:
        """Layout and lead-ins ("Choose DynamoDB when:") state no fact of their own."""
        claim = _COUNTED.sub(r"\g<before>", claim)
        words = claim_words(claim)
        if not words:  # "It can do so." has none, nor has what is written in another script
            return claim.endswith(":") and claim.isascii()
        if figures_of(claim):
            return False
        if claim.endswith(":"):
            return self._leads_in(claim, words - _PARTS)
        return is_courtesy(claim) or (draft.leads and self._is_heading(claim, words - _PARTS))

    def _leads_in(self, claim: str, words: set[str]) -> bool:
        short = len(claim.split()) <= _LEAD_IN_WORDS
        # In words of its own alone, it leads in something else than what the notes tell.
        return short and len(words & self._told) >= len(words) / 2

    def _is_heading(self, claim: str, words: set[str]) -> bool:
        """Whether it names a matter, and says nothing of it."""
        if len(claim.split()) > _HEADING_WORDS or negates(claim):
            return False
        names = {word for name in names_in(claim) for word in words_of(name)}
        others = words - (names & self._told)
        return others <= self._known and len(others) <= _OTHERS

    def heads_a_table(self, columns: Sequence[str]) -> bool:
        """Whether the head of a table is in words of the notes, of the question or of answers."""
        known = self._known | _PARTS
        return all(claim_words(cell) <= known for cell in columns)
