"""What the lines above a sentence say along with it: "costs $0.40", under "Queue Lite:".

Models answer in lists. An item says nothing of what it is on, and is true of one thing or another,
so it is held to the notes together with what it stands under.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ragbot.citations.named import leans, names_in, plain, readable, speaks_of, spoken_in
from ragbot.citations.polarity import negates
from ragbot.evidence import EvidenceSentence
from ragbot.store.lexical import words_of

_SHORT = 5  # words of a lead that may be a name as a whole
_NUMBERED = re.compile(r"^(?:\d{1,2}(?:\.\d{1,2})*[.)]|step \d{1,2}[.:]?)\s+", re.IGNORECASE)
_COURTESY = re.compile(
    r"^(?:no (?:problem|worries|doubt)|not at all|without doubt)\b[\s,.!:-]*", re.IGNORECASE
)
# What may stand before the thing that a sentence speaks of.
_OPENING = re.compile(
    r"^(?:(?:yes|no|and|but|so|also|however|instead|overall|in short|in summary|with|for|in|on|by"
    r"|at|as for|use|using|choose|pick|the|an?|each|every|aws|amazon)\b(?!-)[\s,:]*)*",
    re.IGNORECASE,
)
_CAPITALS = re.compile(r"(?:[A-Z]|[a-z]*\d)[\w+-]*(?: (?:[A-Z]|[a-z]*\d)[\w+-]*)*")
_PRONOUN = re.compile(
    r"(?P<before>(?:(?:however|also|and|but|so|in addition|additionally)\b[,\s]*)?)"
    r"(?P<it>its?|they|their|(?:this|that) (?:service|feature|option|mode|tier|class|policy|plan"
    r"|type|kind|tool|database|model))\b(?! (?:is|was) (?:possible|important|necessary|recommended"
    r"|worth|best|better|depends))",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Stated:
    """A claim as it is meant where it stands; `names` are what its lines must speak of, and
    `denied` is True where what it stands under denies. `otherwise` is the same claim with the name
    before its pronoun instead of for it, where it has one."""

    claim: str
    names: tuple[str, ...] = ()
    denied: bool = False
    otherwise: str = ""


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
    told, names, denied, otherwise = _within(claim, ordinary), tuple[str, ...](), False, ""
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
                named = f"{bare}: {told}"
                of_it = _told_of(bare, told)
                told, otherwise = (of_it, named) if of_it else (named, "")
    return Stated(claim if told == bare_claim else told, names, denied, otherwise)


def subject_of(
    sentence: str,
    notes: Sequence[EvidenceSentence],
    subjects: frozenset[str],
    ordinary: frozenset[str],
) -> str:
    """What a sentence opens with, where the notes open a line with it or have a heading for it:
    "Boxes Lite", "The sorting of letters"; empty for none."""
    bare = _OPENING.sub("", sentence)
    run = _CAPITALS.match(bare)
    if run is not None and bare == sentence and run[0].lower() in ordinary:
        run = None  # it begins the sentence
    said = run[0] if run else " ".join(re.findall(r"[\w'-]+", bare)[:2])
    words = plain(said)
    if run is None and len(words_of(said)) < 2:
        return ""
    opens = any(_is_opened_with(words, note) for note in notes)
    return said if words.strip() and (opens or words in subjects) else ""


def _is_opened_with(words: str, note: EvidenceSentence) -> bool:
    """Whether it comes first, or of several words behind a name: "CloudTrail management events"."""
    text = _OPENING.sub("", note.text)
    first = _CAPITALS.match(text)
    if first and note.fact is None and len(words.split()) > 1:
        text = f"{text}\n{text[first.end() :]}"
    return any(plain(line).startswith(words) for line in text.splitlines())


def _told_of(head: str, claim: str) -> str:
    """The claim with what a head names for the pronoun that it opens with; empty without one."""
    pronoun = _PRONOUN.match(claim)
    if pronoun is None:
        return ""
    name = _OPENING.sub("", head)
    owned = "'s" if pronoun["it"].lower() in ("its", "their") else ""
    return f"{pronoun['before']}{name}{owned}{claim[pronoun.end() :]}"


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
    if not named and words.strip():  # "Agents", of what is headed "Bedrock Agents"
        ends = [subject.strip() for subject in subjects if subject.endswith(words)]
        if len(ends) == 1:
            return (ends[0],)
    if not named and len(words.split()) <= _SHORT and _opens_a_line(words, notes):
        return (words.strip(),)
    held = {name for note in notes for name in names_in(spoken_in(note))}
    named += (name for name in names_in(head, ordinary) if name in held)
    if not named and (opening := subject_of(head, notes, subjects, ordinary)):
        return (opening,)
    return tuple(dict.fromkeys(named))


def _opens_a_line(words: str, notes: Sequence[EvidenceSentence]) -> bool:
    """Whether the notes begin a sentence with it, as what the sentence is on."""
    return words.strip() != "" and any(plain(note.text).startswith(words) for note in notes)


def _is_name(head: str, names: Sequence[str]) -> bool:
    """Whether a head says nothing but a name: "Queue Lite", "In France", no "Limits of Lite"."""
    left = plain(head)
    if any(f" {name}".endswith(left.rstrip()) for name in names):
        return True  # "Agents"
    for name in names:
        left = left.replace(plain(name), " ")
    return not words_of(left)


def speaking_of(
    names: Sequence[str], notes: Sequence[EvidenceSentence], subjects: frozenset[str]
) -> list[EvidenceSentence]:
    """The notes that can be taken to speak of one of the names; all where there are none."""
    return [
        note
        for note in notes
        if not names or (speaks_of(note, names, subjects) and _goes_on_with(note, names))
    ]


def _goes_on_with(note: EvidenceSentence, names: Sequence[str]) -> bool:
    """Whether one of the names stands above the note or in it, or the note leans on the line
    before: what stands beside "Management events are free" may be on data events."""
    above = " ".join((*note.passage.heading_path, readable(note)))
    return leans(note.text) or any(plain(name) in plain(above) for name in names)
