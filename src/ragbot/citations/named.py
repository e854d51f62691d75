"""What a sentence speaks of: the names in it, and those that a line of the notes has or means."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ragbot.evidence import EvidenceSentence
from ragbot.figures import figures_of
from ragbot.store.lexical import words_of

_NAME = re.compile(r"[A-Za-z0-9][\w+#]*(?:[.&/'-][A-Za-z0-9]\w*)*")
_NO_NAMES = frozenset({"yes", "no", "i", "aws", "amazon"})
# Closed-class words that open sentences, and are no names wherever the notes don't use them.
_OPENERS = frozenset(
    "about above across after against along alongside although among anybody anyone anything apart "
    "around everybody nobody somebody don doesn isn aren can won "
    "as aside because before behind being below beneath beside besides between beyond both by "
    "concerning depending despite down during each either enough even every everyone everything "
    "except few first following for from further given having here how if in inside instead into "
    "last less like many more most much near neither next none nothing of off on once one only "
    "onto opposite or other others otherwise our out outside over past per provided rather "
    "regarding second several should since so some something sometimes somewhat still such than "
    "thanks that their then there thereafter these third this those though three through "
    "throughout thus to together toward towards two under underneath unless unlike until up upon "
    "using versus via what whatever when whenever where whereas wherever whether which whichever "
    "while whoever whose why with within without yet you your".split()
)
_LEANS = re.compile(
    r"\W*(?:(?:yes|no|and|but|also|so|then|there|here|in addition|however)\b[,\s]*)*"
    r"(?:(?-i:[Ii]t)|its|they|them|their|this|these|those|that|such|he|she"
    r"|the (?:service|feature|product|option|former|latter|other|same|first|second)s?)\b(?!-)",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"[A-Z]{2,}s")
_DENIED = re.compile(r"(?:no|none|never|n/?a|[✗✘❌×]|[-–—](?=\s*$))(?!\w)", re.IGNORECASE)
_JOINED = re.compile(r"[,&/+]|\b(?:and|or)\b")
_BRACKETS = re.compile(r"\s*\([^)]*\)")


def names_in(claim: str, ordinary: frozenset[str] | None = None) -> list[str]:
    """The names of a claim; without `ordinary`, the first word only where it surely is one."""
    found = []
    for position, match in enumerate(_NAME.finditer(claim)):
        token = match[0]
        if not _is_name(token) or token.lower() in _NO_NAMES:
            continue
        if position == 0 and not _has_inner_capital(token):
            lowered = token.lower()
            if re.split(r"['’]", lowered)[0] in _OPENERS:
                continue
            opens = (
                ordinary is None
                or not words_of(token)
                or lowered.endswith(("ly", "ing"))
                or claim[match.end() :].startswith(",")
                or all(part in ordinary for part in re.split("[-/]", lowered))
                or _singular(lowered) in {_singular(word) for word in ordinary}
            )
            if opens:
                continue
        found.append(token)
    return found


def foreign_name(claim: str, text: str, ordinary: frozenset[str]) -> str | None:
    """Of a name in the claim that the text has not: that it speaks of something else."""
    # Only what the evidence writes as a name can vouch for a name: "stores" is no "Store".
    held = {
        _key(part)
        for match in _NAME.finditer(text)
        if _is_name(match[0])
        for part in [match[0], *re.split(r"[-/.&']", match[0])]
    }
    for token in names_in(claim, ordinary):
        parts = [part for part in re.split(r"[-/.&']", token) if part]
        if _key(token) not in held and not all(
            _key(part) in held or not _is_name(part) for part in parts
        ):
            return f"{token!r} is not what the cited passage speaks of"
    return None


def names_something(claim: str, ordinary: frozenset[str], subjects: frozenset[str]) -> bool:
    """Whether the claim says itself what it speaks of; "400 KB" says nothing of that."""
    return bool(_names_beside_figures(claim, ordinary)) or any(
        each in plain(claim) for each in subjects
    )


def leans(sentence: str) -> bool:
    """Whether it opens with a word that leans on what was said before."""
    return _LEANS.match(sentence) is not None


def stands_alone(claim: str, ordinary: frozenset[str]) -> bool:
    """Whether the claim means the same wherever it stands: it has a name, and opens with no word
    that leans on what was said before."""
    return not leans(claim) and bool(_names_beside_figures(claim, ordinary))


def _names_beside_figures(claim: str, ordinary: frozenset[str]) -> list[str]:
    for figure in figures_of(claim):
        end = figure.start + len(figure.text)
        claim = claim[: figure.start] + " " * len(figure.text) + claim[end:]
    return names_in(claim, ordinary)


def speaks_of(
    span: EvidenceSentence, names: Sequence[str], subjects: frozenset[str] = frozenset()
) -> bool:
    """Whether the sentence can be taken to speak of one of the names: by its own words, or by its
    headings or the lines around it where it names no other of the subjects."""
    own = spoken_in(span)
    if any(plain(name) in plain(own) for name in names):
        return True
    if span.fact is not None or any(subject in plain(own) for subject in subjects):
        return False
    around = plain(f"{readable(span)} {span.passage.text}")
    return any(plain(name) in around for name in names)


def spoken_in(span: EvidenceSentence) -> str:
    """What a sentence speaks of in its own words; what a column is headed by is none of it."""
    return span.text if span.fact is None else f"{span.fact.subject} {span.fact.value}"


def subjects_of(evidence: Sequence[EvidenceSentence]) -> frozenset[str]:
    """What the notes speak of under a heading or in a table row of its own, in small letters:
    names like "multivalue answer" that no capital tells."""
    found: set[str] = set()
    for sentence in evidence:
        if sentence.fact is not None:
            found.add(plain(sentence.fact.subject))
        heading = plain(_BRACKETS.sub("", sentence.passage.heading_path[-1]))
        if heading in plain(sentence.text):
            found.add(heading)
    return frozenset(subject for subject in found if subject.strip())


def readable(span: EvidenceSentence) -> str:
    """The line behind the headings and the line above that it is read under."""
    return f"{' '.join(_scope(span))} {span.parent or ''} {told_by(span)}"


def told_by(span: EvidenceSentence) -> str:
    """The line; a cell that only denies ("Encrypted: No") in words: "no Encrypted"."""
    fact = span.fact
    denied = _DENIED.match(fact.value) if fact else None
    if fact is None or denied is None:
        return span.text
    return f"{fact.subject} - no {fact.feature}. {fact.value[denied.end() :].lstrip(' ,.;:')}"


def _scope(span: EvidenceSentence) -> Sequence[str]:
    """Headings whose names the sentence may be taken to speak of.

    A sheet that compares products names all of them in its title; that title says nothing
    about which of them a sentence means.
    """
    title, *rest = span.passage.heading_path or ("",)
    headings = rest if re.search(r"\bvs\b", title) else [title, *rest]
    own = plain(span.text)
    return [_meant(heading, own) for heading in headings if not re.search(r"\bvs\b", heading)]


def _meant(heading: str, own: str) -> str:
    """Of a heading that joins things those which the sentence names, if it names one."""
    joined = [part for part in _JOINED.split(heading) if plain(part).strip()]
    named = [part for part in joined if plain(part) in own]
    return " ".join(named) if named and len(joined) > 1 else heading


def plain(text: str) -> str:
    """Its words in small letters with a space on either side, so that names are found whole."""
    words = re.findall(r"[a-z0-9]+", text.lower())
    return f" {' '.join(word for word in words if word not in _NO_NAMES)} "


def _is_name(token: str) -> bool:
    """Figures are checked as figures; all else with a capital or a figure (gp3) is a name."""
    return not token[0].isdigit() and (token != token.lower() or any(map(str.isdigit, token)))


def _has_inner_capital(token: str) -> bool:
    return any(c.isupper() or c.isdigit() for c in token[1:])


def _key(name: str) -> str:
    """One and several of it are the same name: IP and IPs."""
    return name[:-1].lower() if _SEVERAL.fullmatch(name) else _singular(name.lower())


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word
