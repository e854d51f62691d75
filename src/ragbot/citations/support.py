"""Does this evidence support that claim? Figures, names and polarity first, then words.

The checks are ordered by how surely they refute: a wrong figure or a flipped negation is
no support however many words agree. What words cannot tell (a paraphrase without a word
in common) counts as unsupported: the page rather shows too little than too much.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from ragbot.citations.figures import figures_of
from ragbot.evidence import EvidenceSentence
from ragbot.store.lexical import words_of

ENOUGH = 0.6  # share of the claim's content words that its evidence must hold

_NEGATOR = re.compile(
    r"\b(?:not|no|never|none|neither|nor|without|cannot|unable|lacks?|lacking|unsupported|"
    r"unavailable|except|nobody|nothing)\b|n['’]t\b",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[.;:,()]|\s[-–—]\s|\b(?:but|and|or|while|whereas|although|so|because)\b")
_SCOPE = 4  # content words behind a negator that it is taken to negate
_NAME = re.compile(r"[A-Za-z0-9][\w+#]*(?:[.&/'-][A-Za-z0-9]\w*)*")
# Words about the answer itself, which no evidence needs to hold.
_ABOUT = frozenset(
    words_of(
        "notes note according answer yes sources source passage passages evidence information "
        "provided based following example examples mentioned mention states stated say says "
        "described describes listed specifically however therefore additionally overall namely "
        "instead case question context"
    )
)
_NO_NAMES = frozenset({"yes", "no", "i", "aws", "amazon"})
_CONJUNCTION = re.compile(r"[;,]?\s+(?:and|but|while|whereas|or)\s+|;\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Support:
    """How well evidence carries a claim.

    `share` in [0, 1] is of the claim's content words; `reason` says what is wrong, None
    where the claim is supported; `spans` are the sentences that carry it; `opposed` where
    the evidence says the opposite.
    """

    share: float
    spans: tuple[EvidenceSentence, ...]
    reason: str | None
    opposed: bool = False

    @property
    def holds(self) -> bool:
        return self.reason is None


def claim_words(claim: str) -> set[str]:
    """Stemmed content words of a claim, words about the answer itself left out."""
    return {word for word in words_of(claim) if word not in _ABOUT}


def support_of(
    claim: str, spans: Sequence[EvidenceSentence], ordinary: Iterable[str] = ()
) -> Support:
    """The best support for the claim among the spans.

    One span carries all of it, or the claim joins several statements and each has its own.

    Args:
        ordinary: lower-case words of the evidence; a sentence that opens with another word
            is taken to open with a name.
    """
    words = frozenset(ordinary)
    whole = _best_single(claim, spans, words)
    if whole.holds:
        return whole
    parts = [part for part in _CONJUNCTION.split(claim) if claim_words(part)]
    if len(parts) < 2:
        return whole
    carried: list[EvidenceSentence] = []
    shares: list[float] = []
    for part in parts:
        # A part that names nothing speaks of what the part before it named.
        near = [s for s in spans if not carried or _names_in(part) or _same_place(s, carried[-1])]
        support = _best_single(part, near, words)
        if not support.holds:
            return whole
        carried += support.spans
        shares.append(support.share)
    return Support(min(shares), tuple(dict.fromkeys(carried)), None)


def opposition_to(claim: str, spans: Sequence[EvidenceSentence]) -> Support | None:
    """The sentence of the evidence that says the opposite of the claim, if one does."""
    judged = [_judge(claim, span, frozenset()) for span in spans]
    against = [support for support in judged if support.opposed and support.share >= ENOUGH]
    return max(against, key=lambda support: support.share, default=None)


def _best_single(
    claim: str, spans: Sequence[EvidenceSentence], ordinary: frozenset[str]
) -> Support:
    judged = (_judge(claim, span, ordinary) for span in spans)
    return max(
        judged,
        key=lambda support: (support.holds, support.share),
        default=Support(0.0, (), "nothing in the notes speaks of it"),
    )


def _same_place(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return one.passage.heading_path == other.passage.heading_path


def _judge(claim: str, span: EvidenceSentence, ordinary: frozenset[str]) -> Support:
    text = _readable(span)
    words = claim_words(claim)
    share = len(words & set(words_of(text))) / len(words) if words else 1.0
    reason = _wrong_figure(claim, text) or _foreign_name(claim, text, ordinary)
    if reason is None and _flipped(claim, span):
        return Support(share, (span,), "the notes say the opposite", opposed=True)
    if reason is None and share < ENOUGH:
        reason = "the cited passage does not say it in so many words"
    return Support(share, (span,), reason)


def _readable(span: EvidenceSentence) -> str:
    return f"{' '.join(_scope(span))} {span.parent or ''} {span.text}"


def _scope(span: EvidenceSentence) -> Sequence[str]:
    """Headings whose names the sentence may be taken to speak of.

    A sheet that compares products names all of them in its title; that title says nothing
    about which of them a sentence means.
    """
    title, *rest = span.passage.heading_path or ("",)
    headings = rest if re.search(r"\bvs\b", title) else [title, *rest]
    return [heading for heading in headings if not re.search(r"\bvs\b", heading)]


def _wrong_figure(claim: str, text: str) -> str | None:
    held = figures_of(text)
    for figure in figures_of(claim):
        if not any(figure.agrees_with(other) for other in held):
            return f"the figure {figure.text!r} is not in the cited passage"
    return None


def _foreign_name(claim: str, text: str, ordinary: frozenset[str]) -> str | None:
    # Only what the evidence writes as a name can vouch for a name: "stores" is no "Store".
    held = {
        _singular(part.lower())
        for match in _NAME.finditer(text)
        if match[0] != match[0].lower()
        for part in [match[0], *re.split(r"[-/.&']", match[0])]
    }
    for token in _names_in(claim, ordinary):
        lowered = _singular(token.lower())
        parts = [part for part in re.split(r"[-/.&']", token) if part]
        if lowered not in held and not all(
            _singular(part.lower()) in held or not _is_name(part) for part in parts
        ):
            return f"{token!r} is not what the cited passage speaks of"
    return None


def _names_in(claim: str, ordinary: frozenset[str] | None = None) -> list[str]:
    """The names of a claim; without `ordinary`, the first word only where it surely is one."""
    found = []
    for position, match in enumerate(_NAME.finditer(claim)):
        token = match[0]
        if not _is_name(token) or token.lower() in _NO_NAMES:
            continue
        if position == 0 and not _has_inner_capital(token):
            lowered = token.lower()
            opens = (
                ordinary is None
                or not words_of(token)
                or lowered.endswith(("ly", "ing"))
                or claim[match.end() :].startswith(",")
                or lowered in ordinary
                or _singular(lowered) in {_singular(word) for word in ordinary}
            )
            if opens:
                continue
        found.append(token)
    return found


def _is_name(token: str) -> bool:
    """Figures are checked as figures; everything else with a capital counts as a name."""
    return not token[0].isdigit() and token != token.lower()


def _has_inner_capital(token: str) -> bool:
    return any(c.isupper() or c.isdigit() for c in token[1:])


def _singular(word: str) -> str:
    return word[:-1] if word.endswith("s") and len(word) > 3 else word


def _flipped(claim: str, span: EvidenceSentence) -> bool:
    """A word that one side negates and the other affirms."""
    claimed_no, claimed_yes = _polarity(claim)
    held_no, held_yes = _polarity(f"{span.parent or ''} {span.text}")
    flipped = (claimed_no & (held_yes - held_no)) | (claimed_yes & (held_no - held_yes))
    # A name stays the same whichever way the sentence goes.
    names = {word for heading in span.passage.heading_path for word in words_of(heading)}
    return bool(flipped - names)


def _polarity(text: str) -> tuple[set[str], set[str]]:
    """(negated, affirmed) stemmed words; a negator reaches a few words into its clause."""
    negated: set[str] = set()
    affirmed: set[str] = set()
    last: list[str] = []
    for clause in _CLAUSE.split(text):
        match = _NEGATOR.search(clause)
        if match is None:
            last = words_of(clause)
            affirmed.update(last)
            continue
        before = words_of(clause[: match.start()])
        after = words_of(clause[match.end() :])
        if not after:  # "rotation: none", "rotation does not"
            after = (before or last)[-2:]
            affirmed.difference_update(after)
            before = before[:-2]
        affirmed.update(before)
        affirmed.update(after[_SCOPE:])
        negated.update(after[:_SCOPE])
        last = before + after
    return negated, affirmed
