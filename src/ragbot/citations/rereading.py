"""What a reader of sentences bears out that the rules do not: nearest lines -> the fewest that do.

A small reader is easily led: it does not see which thing a name is of, and of several lines it may
take the name of one and what is said in another.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from itertools import combinations

from ragbot.citations.named import names_in, plain, readable, speaks_of
from ragbot.citations.support import (
    Support,
    claim_words,
    judged_support,
    statements_of,
    unheard,
)
from ragbot.evidence import EvidenceSentence, Ruling
from ragbot.figures import figures_of
from ragbot.reranker import Similarity
from ragbot.store.lexical import words_of

NEAREST = 3  # sentences nearest to a claim that a reader is shown, and how many of them together
MOST_READ = 5  # with those nearest to each statement of the claim
ALL = 0.8  # share of a claim's words from which a line has all of it
LENT = 2  # names that a line may lend; who has more of them tells of a thing of its own
_YES_OR_NO = re.compile(r"(?:yes|no|none)\b(?!\s+\w)", re.IGNORECASE)  # so a table's cell begins

Notes = Sequence[EvidenceSentence]
Reads = Callable[[str, Notes], Ruling | None]


def nearest_to(claim: str, spans: Notes, similarity: Similarity) -> list[EvidenceSentence]:
    """The sentences on the claim's matter by the cross-encoder, nearest first, and the nearest to
    each of the statements that it may join."""
    found = _ranked(claim, spans, similarity)[:NEAREST]
    parts = statements_of(claim)
    for part in parts if len(parts) > 1 else ():
        found += _ranked(part, spans, similarity)[:1]
    return list(dict.fromkeys(found))[:MOST_READ]


def borne_out(
    claim: str,
    nearest: Notes,
    reads: Reads,
    ordinary: frozenset[str],
    subjects: frozenset[str],
    *,
    among: Collection[str] = (),
    alone: bool = False,
) -> Support | None:
    """The fewest of the nearest sentences that bear the claim out, and have all its figures and
    names between them; None where none do.

    Args:
        subjects: what the notes have headings and table rows for.
        among: passages of which at least one must be among theirs, where any are given.
        alone: whether a single sentence must do it.
    """

    def bear_it_out(notes: Notes) -> bool:
        return reads(claim, notes) == "supported"

    def tell_all(notes: Notes) -> bool:
        return unheard(claim, notes, ordinary) is None

    # Of a line with all the words that the claim has, and another meaning, no line beside it makes
    # another one.
    refuted = {
        note
        for note in nearest
        if has_all_of_it(claim, (note,), ALL) and reads(claim, (note,)) == "unsupported"
    }
    for notes in _groups(nearest, 1 if alone else NEAREST):
        if len(notes) > 1 and not refuted.isdisjoint(notes):
            continue
        if among and not any(note.passage.passage_id in among for note in notes):
            continue
        # What a bare yes or no of a table means to a sentence, no reader of sentences tells.
        if any(map(_is_yes_or_no, notes)) or _speaks_of_another(claim, notes, subjects):
            continue
        if not tell_all(notes) or not bear_it_out(notes):
            continue
        # "Parameter Store can offload SSL" is no truer for a line on Parameter Store beside
        # those that say it of CloudHSM.
        fewer = (each for size in range(1, len(notes)) for each in combinations(notes, size))
        if not any(bear_it_out(each) for each in fewer if not tell_all(each)):
            return judged_support(claim, notes)
    return None


def _speaks_of_another(claim: str, notes: Notes, subjects: frozenset[str]) -> bool:
    """Whether one of the notes speaks of another thing than the claim, which has its own from the
    others, or from nowhere: what Neptune can do is no truer of DocumentDB for a line on that
    beside it."""
    named = [subject for subject in subjects if subject in plain(claim)]
    if named and not all(speaks_of(note, named, subjects) for note in notes):
        return True
    return len(notes) > 1 and any(
        _lends_a_name(claim, note, [other for other in notes if other != note]) for note in notes
    )


def has_all_of_it(claim: str, notes: Notes, share: float = 1.0) -> bool:
    """Whether so large a share of the claim's words is in the notes, too."""
    said = claim_words(claim)
    held = {word for note in notes for word in words_of(readable(note))}
    return len(said & held) >= share * len(said)


def _lends_a_name(claim: str, note: EvidenceSentence, others: Sequence[EvidenceSentence]) -> bool:
    """Whether the note has a name of the claim that the others lack, and hardly anything else of
    it: "Standard", of a line on what Standard covers, beside one on what Advanced pays."""
    texts = readable(note), " ".join(map(readable, others))
    own, rest = (set(words_of(text)) for text in texts)
    names = [set(words_of(name)) for name in _whole_names(claim)]
    lent = [name for name in names if name <= own and name - rest]
    said = {word for word in claim_words(claim).difference(*names) if not word[0].isdigit()}
    told, held = map(figures_of, texts)
    has_figure = any(
        any(map(figure.agrees_with, told)) and not any(map(figure.agrees_with, held))
        for figure in figures_of(claim)
    )
    return (
        0 < len(lent) <= LENT
        and not (has_figure or said & own - rest)
        and len(said & own) < min(len(said) / 2, len(said & rest))
    )


def _whole_names(claim: str) -> list[str]:
    """Its names, those that stand one behind the other as one: "Model Invocation Logging"."""
    names, (first, *_) = names_in(claim), claim.split() or [""]
    if names and first.isalnum() and first[0].isupper() and claim.startswith(f"{first} {names[0]}"):
        names = [first, *names]  # no name for its capital alone, but before another one
    found: list[str] = []
    for name in names:
        if found and f"{found[-1]} {name}" in claim:
            found[-1] += f" {name}"
        else:
            found.append(name)
    return found


def _ranked(text: str, spans: Notes, similarity: Similarity) -> list[EvidenceSentence]:
    nearness = similarity(text, [span.in_context for span in spans])
    ranked = sorted(zip(nearness, spans, strict=True), key=lambda pair: -pair[0])
    return [span for _, span in ranked]


def _groups(spans: Notes, most: int) -> Iterator[tuple[EvidenceSentence, ...]]:
    """Each one alone, each two, and so on."""
    for size in range(1, most + 1):
        yield from combinations(spans, size)


def _is_yes_or_no(span: EvidenceSentence) -> bool:
    return span.fact is not None and _YES_OR_NO.match(span.fact.value) is not None
