"""Does this evidence support that claim? Figures, names and polarity first, then words, then
meaning.

The checks are ordered by how surely they refute: a wrong figure or a flipped negation is
no support however many words agree. What is left to tell is whether the words that are neither
name nor figure say the same; where too few of them agree, the cross-encoder is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import islice

from ragbot.citations.bindings import (
    misbound_figure,
    parted_figures,
    swapped_name,
    told_of_another,
    turned_comparison,
)
from ragbot.citations.named import foreign_name, names_in, plain, readable, told_by
from ragbot.citations.opposites import in_axes, in_words_of, turned_word
from ragbot.citations.overclaims import overclaiming_word
from ragbot.citations.periods import is_over, turned_period
from ragbot.citations.polarity import (
    denies_unheard,
    excepts_something,
    flipped,
    misses_exception,
    with_bounds,
)
from ragbot.evidence import EvidenceSentence, evidence_sentences
from ragbot.figures import figures_of
from ragbot.reranker import Similarity
from ragbot.store.lexical import words_of

ENOUGH = 0.6  # share of the claim's content words that its evidence must hold
OPPOSED = 0.5  # the same of a sentence that says the opposite
# Of fewer words the cross-encoder must be this sure that the sentence says what the claim says.
RESCUED_SHARE, RESCUED_LOGIT = 0.2, 5.0

MOST_CUTS = 6  # conjunctions at which a claim is cut in two; nobody reads longer ones
# What a judge reads for a claim in other words: so many sentences, on the same matter for sure.
DOUBTED, DOUBTED_LOGIT = 3, -3.0

_TOO_FEW_WORDS = "the cited passage does not say it in so many words"
# Words about the answer itself, which no evidence needs to hold.
_ABOUT = frozenset(
    words_of(
        "notes note according answer yes sources source passage passages evidence information "
        "provided based following example examples mentioned mention states stated say says "
        "described describes listed specifically however therefore additionally overall namely "
        "instead case question context"
    )
)
_IRREGULAR = {
    form: base
    for base, forms in {
        "write": "wrote written", "keep": "kept", "hold": "held", "send": "sent", "build": "built",
        "choose": "chose chosen", "make": "made", "take": "took taken", "give": "gave given",
        "pay": "paid", "run": "ran", "bring": "brought", "find": "found", "get": "got gotten",
        "lose": "lost", "buy": "bought", "leave": "left", "lead": "led", "speak": "spoke spoken",
        "break": "broke broken", "go": "went gone", "begin": "began begun", "lie": "lay lain",
        "draw": "drew drawn", "know": "knew known", "see": "saw seen", "mean": "meant",
        "spend": "spent", "sell": "sold", "tell": "told", "think": "thought", "stand": "stood",
        "understand": "understood", "hide": "hid hidden", "grow": "grew grown", "do": "did done",
        "fall": "fell fallen", "feed": "fed", "deal": "dealt", "bind": "bound", "seek": "sought",
    }.items()
    for form in forms.split()
}  # fmt: skip
# Before a figure: it is a limit, and no count of what the notes list.
_BOUND = re.compile(
    r"\b(?:up to|at most|at least|(?:more|less|fewer|other) than|over|under|below|above|beyond|"
    r"maximum(?: of)?|minimum(?: of)?|limit(?:ed)? (?:of|to|is)|exceeds?)\s*$",
    re.IGNORECASE,
)
_SEVERAL = re.compile(r"\b(?:more than one|multiple|both)\b", re.IGNORECASE)
_CONJUNCTION = re.compile(r"[;,]?\s+(?:and|but|while|whereas|or)\s+|;\s+", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Support:
    """How well evidence carries a claim.

    `share` in [0, 1] is of the claim's content words; `reason` says what is wrong, None
    where the claim is supported; `spans` are the sentences that carry it; `opposed` where
    the evidence says the opposite; `partly` where the spans carry a part of it only; `doubted`
    are groups of sentences that may say it in other words, likeliest first, for a judge to read.
    `in_order` where what is wrong is but which of its words go together, or when.
    """

    share: float
    spans: tuple[EvidenceSentence, ...]
    reason: str | None
    opposed: bool = False
    partly: bool = False
    doubted: tuple[tuple[EvidenceSentence, ...], ...] = ()
    in_order: bool = False

    @property
    def holds(self) -> bool:
        return self.reason is None


def claim_words(claim: str) -> set[str]:
    """Stemmed content words of a claim, words about the answer itself left out."""
    return {word for word in words_of(claim) if word not in _ABOUT}


def support_of(
    claim: str,
    spans: Sequence[EvidenceSentence],
    ordinary: Iterable[str] = (),
    similarity: Similarity | None = None,
    subjects: frozenset[str] = frozenset(),
) -> Support:
    """The best support for the claim among the spans.

    One span carries all of it, or the claim joins several statements and each has its own.

    Args:
        ordinary: lower-case words of the evidence; a sentence that opens with another word
            is taken to open with a name.
        similarity: the cross-encoder, where there is one.
        subjects: what the evidence has headings and table rows for, as `subjects_of` gives it.
    """
    words = frozenset(ordinary)
    named = frozenset(subject for subject in subjects if subject in plain(claim))
    whole = _best_single(claim, spans, words, similarity, named)
    if whole.holds:
        return whole
    best = whole
    for parts in _segmentations(claim):
        joined = _best_jointly(parts, spans, words, similarity, named, whole)
        if joined.holds:
            return joined
        if joined.partly and not best.partly:
            best = joined
    return best


def judged_support(claim: str, spans: Sequence[EvidenceSentence]) -> Support:
    """That of spans which bear the claim out together by somebody else's judgement."""
    return Support(_share(claim, " ".join(map(readable, spans))), tuple(spans), None)


def together(supports: Sequence[Support]) -> Support:
    """That of what is told one by one: the first that fails, or the lines of all."""
    failing = next((each for each in supports if not each.holds), None)
    if failing is not None or len(supports) == 1:
        return failing or supports[0]
    spans = dict.fromkeys(span for each in supports for span in each.spans)
    return Support(min(each.share for each in supports), tuple(spans), None)


def statements_of(claim: str) -> list[str]:
    """What a claim joins, taken apart at each conjunction."""
    return [part for part in _CONJUNCTION.split(claim) if claim_words(part)]


def _segmentations(claim: str) -> list[list[str]]:
    """The ways to take a claim for several statements: in two, and at each conjunction."""
    found = islice(_CONJUNCTION.finditer(claim), MOST_CUTS)
    cuts = [(match.start(), match.end()) for match in found]
    ways = [statements_of(claim), *([claim[:start], claim[end:]] for start, end in cuts)]
    return [parts for parts in ways if len(parts) > 1 and all(map(claim_words, parts))]


def _best_jointly(
    parts: Sequence[str],
    spans: Sequence[EvidenceSentence],
    ordinary: frozenset[str],
    similarity: Similarity | None,
    named: frozenset[str],
    whole: Support,
) -> Support:
    carried: list[EvidenceSentence] = []
    shares: list[float] = []
    for part in parts:
        # A part that names nothing speaks of what the part before it named.
        near = [s for s in spans if not carried or names_in(part) or _same_place(s, carried[-1])]
        of_part = frozenset(subject for subject in named if subject in plain(part))
        support = _best_single(part, near, ordinary, similarity, of_part)
        if support.holds:
            carried += support.spans
            shares.append(support.share)
    held = tuple(dict.fromkeys(carried))
    if len(shares) == len(parts):
        return Support(min(shares), held, None)
    if held and not whole.opposed:
        share = len(shares) / len(parts)
        return Support(
            share,
            held,
            f"a part of it only: {whole.reason}",
            partly=True,
            doubted=tuple((*held, *group) for group in whole.doubted[:1]),
        )
    return whole


def opposition_to(
    claim: str, spans: Sequence[EvidenceSentence], ordinary: frozenset[str] = frozenset()
) -> Support | None:
    """The sentence of the evidence that says the opposite of the claim, if one does."""
    judged = [_held_to(claim, span, ordinary) for span in spans]
    against = [support for support in judged if support.opposed and support.share >= OPPOSED]
    return max(against, key=lambda support: support.share, default=None)


def _best_single(
    claim: str,
    spans: Sequence[EvidenceSentence],
    ordinary: frozenset[str],
    similarity: Similarity | None,
    named: frozenset[str],
) -> Support:
    judged = [_held_to(claim, span, ordinary, named) for span in spans]
    best = max(
        judged,
        key=lambda support: (support.holds, support.share),
        default=Support(0.0, (), "nothing in the notes speaks of it"),
    )
    doubted = [s for s in judged if s.reason == _TOO_FEW_WORDS and s.share >= RESCUED_SHARE]
    if best.holds or not doubted:
        return best
    nearness: Sequence[float] = [support.share for support in doubted]
    if similarity is not None:
        nearness = similarity(claim, [support.spans[0].in_context for support in doubted])
    ranked = sorted(zip(nearness, doubted, strict=True), key=lambda pair: -pair[0])
    logit, nearest = ranked[0]
    if similarity is not None and logit >= RESCUED_LOGIT:
        return replace(nearest, reason=None)
    # Only where nothing weightier stands against it than too few words.
    if best.opposed:
        return best
    near = [each for logit, each in ranked if similarity is None or logit >= DOUBTED_LOGIT]
    return replace(best, doubted=tuple(each.spans for each in near[:DOUBTED]))


def _same_place(one: EvidenceSentence, other: EvidenceSentence) -> bool:
    return one.passage.heading_path == other.passage.heading_path


def _held_to(
    claim: str,
    span: EvidenceSentence,
    ordinary: frozenset[str],
    named: frozenset[str] = frozenset(),
) -> Support:
    claim, text = with_bounds(claim), readable(span)
    share = _share(claim, text)
    reason = _wrong_figure(claim, text) or foreign_name(claim, text, ordinary)
    if reason is None:
        names = _heading_words(span)
        said = with_bounds(f"{span.parent or ''} {told_by(span)}")
        affirmed = in_words_of(said, claim)
        if (
            turned_word(claim, said, names)
            or flipped(_regular(affirmed), _regular(in_words_of(claim, said)), names)
            or turned_comparison(claim, span.text)
        ):
            excepts = excepts_something(span.text)
            told = "the notes say the opposite"
            return Support(share, (span,), told, opposed=True, in_order=excepts)
        if turned_period(claim, span.text):
            told = "the notes say the opposite"
            return Support(share, (span,), told, opposed=True, in_order=True)
        if is_over(claim, span.text):
            return Support(share, (span,), "the notes say it of a time that is over", opposed=True)
        meant = _cell_of_named_column(claim, span) or _cell_of_another(claim, span)
        if meant is not None:
            told = f"the notes give {meant.fact} there"
            return Support(share, (meant,), told, opposed=True)
        figure = misbound_figure(claim, span.text, names_in(claim, ordinary))
        figure = figure or parted_figures(claim, span.text)
        swapped = swapped_name(claim, span.text, names_in(claim, ordinary))
        if swapped is None and span.fact is None:
            swapped = told_of_another(claim, span.text)
        misplaced = figure.text if figure else swapped
        if misplaced:
            told = f"the notes say {misplaced!r} of something else"
            return Support(share, (span,), told, opposed=True, in_order=True)
        overclaim = overclaiming_word(claim, text)
        foreign = next((each for each in named if each not in plain(text)), None)
        if foreign is not None:
            reason = f"the cited passage does not speak of{foreign}".rstrip()
        elif misses_exception(claim, span.text):
            reason = "the notes make another exception"
        elif denies_unheard(affirmed, text):
            reason = "the notes do not deny it"
        elif overclaim is not None:
            reason = f"the notes do not say {overclaim!r}"
        elif share < ENOUGH:
            reason = _TOO_FEW_WORDS
    return Support(share, (span,), reason)


def _cell_of_named_column(claim: str, span: EvidenceSentence) -> EvidenceSentence | None:
    """Where a row tells of one thing, the cell whose column the claim names while it has the figure
    of this one: "the default is 200" of "Default: 100", "Ours: 200"."""
    fact, facts = span.fact, span.passage.facts
    if fact is None or len({each.subject for each in facts}) > 1:
        return None
    words, said = set(words_of(claim)), figures_of(claim)

    def is_named(feature: str) -> bool:
        return words.issuperset(words_of(feature))

    own = [each for each in figures_of(fact.value) if any(map(each.agrees_with, said))]
    if not own or is_named(fact.feature):
        return None
    for other in evidence_sentences(span.passage):
        if other.fact is None or other.fact == fact or not is_named(other.fact.feature):
            continue
        rivals = [each for each in figures_of(other.fact.value) if each.unit == own[0].unit]
        if rivals and not any(each.agrees_with(figure) for each in rivals for figure in said):
            return other
    return None


def _cell_of_another(claim: str, span: EvidenceSentence) -> EvidenceSentence | None:
    """The cell of what the claim speaks of, where it has the words of the cell of another thing:
    "Lite has strict ordering" of "Ordering: best effort", beside "strict"."""
    fact, words = span.fact, set(words_of(claim))
    if fact is None or plain(fact.subject) not in plain(claim):
        return None
    own = set(words_of(fact.value))
    for other in span.passage.facts:
        alien = set(words_of(other.value)) - own - set(words_of(f"{fact.subject} {fact.feature}"))
        is_other = other.feature == fact.feature and plain(other.subject) not in plain(claim)
        if is_other and own and not own & words and alien and alien <= words:
            return span
    return None


def _share(claim: str, text: str) -> float:
    """The share of the claim's words that the text holds; names and figures, which are checked
    on their own, say nothing about what is claimed of them."""
    names = {word for name in names_in(claim) for word in words_of(name)}
    counted = {word for figure in figures_of(claim) for word in words_of(figure.text)}
    said = _plain_words(claim) - _ABOUT
    words = {word for word in said - names - counted if not word[0].isdigit()} or said
    return len(words & _plain_words(text)) / len(words) if words else 0.0


@lru_cache(maxsize=2_048)  # a claim is held against many lines, and a line against many parts
def _plain_words(text: str) -> frozenset[str]:
    """Stemmed content words, those that mean the same put alike."""
    return frozenset(words_of(in_axes(_regular(text))))


def _regular(text: str) -> str:
    """Forms of irregular verbs, which no stemmer brings together, as their base."""
    return re.sub(r"[a-z]+", lambda m: _IRREGULAR.get(m[0], m[0]), text)


def _heading_words(span: EvidenceSentence) -> frozenset[str]:
    """Those of a question ("Are pets allowed?") are what the line answers, and no names."""
    headings = (each for each in span.passage.heading_path if not each.rstrip().endswith("?"))
    return frozenset(word for heading in headings for word in words_of(heading))


def unheard(claim: str, spans: Sequence[EvidenceSentence], ordinary: frozenset[str]) -> str | None:
    """What is wrong with taking the spans together for the claim: a figure or a name of it that
    none of them has. Things that the spans list may be counted, if they give no other number."""
    text = " ".join(map(readable, spans))
    counted = not any(figure.unit is None for figure in figures_of(text))
    return _wrong_figure(claim, text, counted) or foreign_name(claim, text, ordinary)


def _wrong_figure(claim: str, text: str, counted: bool = False) -> str | None:
    held = figures_of(text)
    for figure in figures_of(claim):
        if counted and figure.is_count and not _BOUND.search(claim[: figure.start]):
            continue
        if figure.is_count and figure.value == 2 and _SEVERAL.search(text):
            continue
        if not any(figure.agrees_with(other) for other in held):
            return f"the figure {figure.text!r} is not in the cited passage"
    return None
