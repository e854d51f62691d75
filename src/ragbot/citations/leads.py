"""What the lines above a sentence say along with it: "costs $0.40", under "Queue Lite:".

Models answer in lists. An item says nothing of what it is on, and is true of one thing or another,
so it is held to the notes together with what it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.citations.named import names_in, plain, speaks_of, spoken_in
from ragbot.citations.polarity import negates
from ragbot.evidence import EvidenceSentence
from ragbot.store.lexical import words_of

_SHORT = 5  # words of a lead that may be a name as a whole
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]|step \d{1,2}[.:]?)\s+", re.IGNORECASE)
_COURTESY = re.compile(r"^(?:no (?:problem|worries|doubt)|not at all|without doubt)\b[\s,.!:-]*", re.I)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim as it is meant where it stands; `names` are what its lines must speak of, and
    `denied` is True where what it stands under denies."""

    claim: str
    names: tuple[str, ...] = ()
    denied: bool = False


def stated_under(
    heads: Sequence[str],
    claim: str,
    notes: Sequence[EvidenceSentence],
    subjects: frozenset[str],
    ordinary: frozenset[str],
) -> Stated:
    """The claim with what the `heads` above it say, outermost first.

    A head that is a name, or that denies, is a part of the claim; of any other the names count that
    the notes know. The innermost head that names something tells what the claim is on.
    """
    told, names, denied = _within(claim, ordinary), tuple[str, ...](), False
    bare_claim = told
    for head in reversed(heads):
        bare = _COURTESY.sub("", _NUMBERED.sub("", head)).strip().rstrip(":").strip()
        if not bare or plain(bare) in plain(claim):
            continue
        if negates(bare):
            told, denied = _denied(bare, told), True
        elif not names:
            names = _known(bare, notes, subjects, ordinary)
            if names and _is_name(bare, names):
                told = f"{bare}: {told}"
    return Stated(claim if told == bare_claim else told, names, denied)


def _denied(head: str, claim: str) -> str:
    """ "Boxes do not have" a lid; but a lid is "never included"."""
    if negates(head.split()[0]):
        return f"{claim.rstrip('.')} {head[0].lower()}{head[1:]}"
    return f"{head} {claim}"


def _within(claim: str, ordinary: frozenset[str]) -> str:
    """A claim as it reads behind other words: its first is small, but where it is a name."""
    first = claim.split()[0] if claim.split() else ""
    is_name = first[1:] != first[1:].lower() or first in names_in(claim, ordinary)
    return claim if is_name else claim[:1].lower() + claim[1:]


def _known(
    head: str,
    notes: Sequence[EvidenceSentence],
    subjects: frozenset[str],
    ordinary: frozenset[str],
) -> tuple[str, ...]:
    """What a head names that the notes speak of."""
    words = plain(head)
    named = [subject.strip() for subject in subjects if subject in words]
    if not named and len(words.split()) <= _SHORT and _opens_a_line(words, notes):
        return (words.strip(),)
    held = {name for note in notes for name in names_in(spoken_in(note))}
    named += (name for name in names_in(head, ordinary) if name in held)
    return tuple(dict.fromkeys(named))


def _opens_a_line(words: str, notes: Sequence[EvidenceSentence]) -> bool:
    """Whether the notes begin a sentence with it, as what the sentence is on."""
    return words.strip() != "" and any(plain(note.text).startswith(words) for note in notes)


def _is_name(head: str, names: Sequence[str]) -> bool:
    """Whether a head says nothing but a name: "Queue Lite", "In France", no "Limits of Lite"."""
    left = plain(head)
    for name in names:
        left = left.replace(plain(name), " ")
    return not words_of(left)


def speaking_of(
    names: Sequence[str], notes: Sequence[EvidenceSentence], subjects: frozenset[str]
) -> list[EvidenceSentence]:
    """The notes that can be taken to speak of one of the names; all where there are none."""
    return [note for note in notes if not names or speaks_of(note, names, subjects)]
