"""A question may ask for several things, and the notes hold only some of them.

Each part is put on its own (the second may say "it" and mean what the first names), searched for,
and judged as a question. What the notes surely lack is named behind the answer. Where two things
are compared, the parts are what each of them is for, or what is asked of both, asked of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ragbot.evidence import Evidence
from ragbot.retrieval import Searcher, asked_of_each, compared_in, parts_of
from ragbot.retrieval.names import words_in
from ragbot.types import Sentence, Turn

Find = Callable[[str], Sequence[Evidence]]  # query -> its evidence


@dataclass(frozen=True, slots=True)
class Parts:
    """Of a question's parts: the evidence of those that the notes answer, and what is surely
    missing, each part with the reason. `compared` are the things of a comparison, where the notes
    tell of each of them; `of_each` where they tell of two things what is asked of both."""

    evidence: tuple[Evidence, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    compared: tuple[str, ...] = ()
    of_each: bool = False


def weighed_parts(query: str, searcher: Searcher, find: Find) -> Parts:
    """What the notes have for each part of a question; nothing for one that asks one thing."""
    shared = _of_each(query, searcher, find)
    if shared is not None:
        return shared
    findings = []
    answering: list[Sequence[Evidence]] = []
    for part, asked in asked_one_by_one(query, searcher):
        found = find(asked)
        findings.append((part, searcher.judged(asked, found)))
        answering += [found] if findings[-1][1].enough else []
    missing = tuple((part, finding.reason or "") for part, finding in findings if finding.definite)
    things = compared_in(query, searcher.names)
    if things:
        answering = levelled(answering)
    told = things if len(answering) == len(things) else ()
    return Parts(tuple(chain.from_iterable(answering)), missing, told)


def _of_each(query: str, searcher: Searcher, find: Find) -> Parts | None:
    """What is asked of two things, where the notes tell it of both: else it is one question."""
    questions = same_of_each(query)
    if not questions:
        return None
    answering = [find(each) for each in questions]
    pairs = zip(questions, answering, strict=True)
    if not all(searcher.judged(asked, found).enough for asked, found in pairs):
        return None
    return Parts(tuple(chain.from_iterable(levelled(answering))), of_each=True)


def same_of_each(query: str) -> tuple[str, ...]:
    """The questions about each of two things, of which the same is asked; none of one that asks
    for more."""
    return () if len(parts_of(query)) > 1 else asked_of_each(query)


def levelled(answering: Sequence[Sequence[Evidence]]) -> list[Sequence[Evidence]]:
    """The evidence of each part with its best sentence rated as high as that of any other.

    What answers "What is X for?" well is no reason to hear less of Y.
    """
    best = [max((max(e.scores, default=0.0) for e in part), default=0.0) for part in answering]
    return [
        [
            replace(each, relevance=tuple(near + max(best) - own for near in each.relevance))
            for each in part
        ]
        for part, own in zip(answering, best, strict=True)
    ]


def asked_one_by_one(query: str, searcher: Searcher) -> Iterator[tuple[str, str]]:
    """Each part of a question that asks for several things, and the same standing on its own."""
    things = compared_in(query, searcher.names)
    if things:
        yield from ((told := f"What is {thing} for?", told) for thing in things)
        return
    before: list[Turn] = []
    for part in parts_of(query):
        asked = searcher.query_for(part, before)
        before.append(Turn(part, "", query=asked))
        yield part, asked


def together(evidence: Sequence[Evidence], parts: Parts, *, enough: bool) -> list[Evidence]:
    """What is answered from: the evidence of the whole where it is enough, else with that of the
    parts; of a comparison what stands under the names of the things, and that of the parts, or
    where the same is asked of both, that of the parts alone."""
    if parts.of_each:
        return joined((), parts.evidence)
    if parts.compared:
        return joined(_under_names(parts.compared, evidence), parts.evidence)
    return list(evidence) if enough else joined(evidence, parts.evidence)


def _under_names(things: Sequence[str], evidence: Sequence[Evidence]) -> list[Evidence]:
    """The evidence that has one of the things in its headings or the head of its table."""
    wanted = [_keys(thing) for thing in things]

    def is_about(item: Evidence) -> bool:
        names = (*item.passage.heading_path, *(fact.subject for fact in item.passage.facts))
        return any(thing <= _keys(name) for thing in wanted for name in names)

    return [item for item in evidence if is_about(item)]


def _keys(name: str) -> frozenset[str]:
    return frozenset(word.key for word in words_in(name))


def joined(evidence: Sequence[Evidence], parts: Sequence[Evidence]) -> list[Evidence]:
    """The evidence of a question with that of its parts, numbered from 1: each passage once, and
    each of its sentences as it was weighed for what it tells the most about."""
    best: dict[str, Evidence] = {}
    for item in (*evidence, *parts):
        held = best.setdefault(item.passage.passage_id, item)
        if held.sentences == item.sentences:  # a part that asks for orders is shown them
            best[item.passage.passage_id] = replace(
                held,
                relevance=tuple(map(max, held.relevance, item.relevance)),
                selected=tuple(map(max, held.selected, item.selected)),
                answers=tuple(map(max, held.answers, item.answers)),
            )
    return [replace(item, number=number) for number, item in enumerate(best.values(), start=1)]


def sentence_on(missing: Sequence[tuple[str, str]]) -> Sentence:
    """Says what of the question the notes do not answer."""
    told = " ".join(f"\u201c{part}\u201d ({reason})." for part, reason in missing)
    return Sentence(f"Not in the notes: {told}", (), "supported", "makes no claim", prefix="\n\n")
