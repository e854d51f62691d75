"""A question may ask for several things, and the notes hold only some of them.

Each part is put on its own (the second may say "it" and mean what the first names), searched for,
and judged as a question. What the notes surely lack is named behind the answer. Where two things
are compared, the parts are what each of them is for, or what is asked of both, asked of each.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain

from ragbot.evidence import FAR, Evidence
from ragbot.question_parts import parts_of
from ragbot.retrieval import Searcher, asked_of_each, compared_in, told_apart
from ragbot.retrieval.names import words_in
from ragbot.store.lexical import words_of
from ragbot.types import Sentence, Turn

_POINTS = re.compile(r"\b(?:this|that|these|those|each|both)\b", re.IGNORECASE)
Find = Callable[[str], Sequence[Evidence]]  # query -> its evidence


@dataclass(frozen=True, slots=True)
class Parts:
    """Of a question's parts: the evidence of those that the notes answer, of each of them the
    passage with the sentence that does so best alone weighed; what is surely missing, each part
    with the reason, and which parts beside the answered ones nobody is sure of. `compared` are the
    things of a comparison, where the notes tell of each of them; `of_each` where they tell of two
    things what is asked of both."""

    evidence: tuple[Evidence, ...] = ()
    best: tuple[Evidence, ...] = ()
    missing: tuple[tuple[str, str], ...] = ()
    unsure: tuple[str, ...] = ()
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
    unsure = tuple(
        part for part, told in findings if answering and not (told.enough or told.definite)
    )
    things = compared_in(query, searcher.names)
    if things or len(answering) > 2:  # of whom each must be among the few passages that are read
        answering = levelled(answering)
    told = things if len(answering) == len(things) else ()
    best = tuple(best for found in answering if (best := _best_alone(found)) is not None)
    return Parts(tuple(chain.from_iterable(answering)), best, missing, unsure, told)


def _of_each(query: str, searcher: Searcher, find: Find) -> Parts | None:
    """What is asked of two things, where the notes tell it of both: else it is one question."""
    questions = same_of_each(query)
    if not questions and not compared_in(query, searcher.names):
        questions = told_apart(query)
    if not questions:
        return None
    answering = []
    for asked in questions:
        answering.append(find(asked))
        if not searcher.judged(asked, answering[-1]).enough:
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
    best = max(map(_best, answering), default=0.0)
    return [[_shifted(each, best - _best(part)) for each in part] for part in answering]


def _best(evidence: Sequence[Evidence]) -> float:
    return max((score for item in evidence for score in item.scores), default=0.0)


def _shifted(item: Evidence, by: float) -> Evidence:
    return replace(item, relevance=tuple(near + by for near in item.relevance))


def _best_alone(found: Sequence[Evidence]) -> Evidence | None:
    """The passage of the sentence that answers best, its other sentences as if they were far."""
    item = max(found, key=lambda each: max(each.scores, default=-math.inf), default=None)
    if item is None or not item.scores:
        return None
    best = item.scores.index(max(item.scores))

    def alone(told: tuple[float, ...]) -> tuple[float, ...]:
        return tuple(each if place == best else FAR for place, each in enumerate(told))

    return replace(
        item,
        relevance=alone(item.relevance),
        selected=alone(item.selected),
        answers=alone(item.answers),
    )


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
    """What is answered from: the evidence of the whole with that of the parts, of which the best
    sentence of each will do where the whole is enough; of a comparison what stands under the names
    of the things, and that of the parts, or where the same is asked of both, that of the parts
    alone."""
    if parts.of_each:
        return joined((), parts.evidence)
    if parts.compared:
        return joined(_under_names(parts.compared, evidence), parts.evidence)
    return joined(evidence, _no_surer(parts.best, evidence) if enough else parts.evidence)


def _no_surer(parts: Sequence[Evidence], whole: Sequence[Evidence]) -> list[Evidence]:
    """What answers a part rated no higher than what answers the whole, which would be left out."""
    best = _best(whole)
    return [_shifted(item, min(0.0, best - _best([item]))) for item in parts]


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
            best[item.passage.passage_id] = _better_weighed(held, item)
    return [replace(item, number=number) for number, item in enumerate(best.values(), start=1)]


def _better_weighed(held: Evidence, item: Evidence) -> Evidence:
    """Each sentence with what is said of it where it answers better."""
    keeps = [own >= other for own, other in zip(held.scores, item.scores, strict=True)]

    def better(mine: tuple[float, ...], others: tuple[float, ...]) -> tuple[float, ...]:
        told = zip(keeps, mine, others, strict=bool(mine))
        return tuple(own if keep else other for keep, own, other in told)

    return replace(
        held,
        relevance=better(held.relevance, item.relevance),
        selected=better(held.selected, item.selected),
        answers=better(held.answers, item.answers),
    )


def unheard(parts: Parts, query: str, shown: str) -> tuple[str, ...]:
    """The parts that nobody is sure of and the answer does not speak of.

    The gate doubts one in four parts that the notes do answer. Of those that name what they are on
    and have no word of their own in the answer, hardly one has been answered.
    """
    asked = {part: frozenset(words_of(part)) for part in parts_of(query)}
    said = frozenset(words_of(shown))

    def is_unheard(part: str) -> bool:
        others = (words for each, words in asked.items() if each != part)
        own = asked.get(part, frozenset()).difference(*others)
        return bool(own) and own.isdisjoint(said) and not _POINTS.search(part)

    return tuple(filter(is_unheard, parts.unsure))


def sentence_on(missing: Sequence[tuple[str, str]], unheard: Sequence[str] = ()) -> Sentence:
    """Says what of the question the notes do not answer, or may not."""
    told = [f"\u201c{part}\u201d ({reason})." for part, reason in missing]
    doubted = [f"\u201c{part}\u201d." for part in unheard]
    said = [f"Not in the notes: {' '.join(told)}"] if told else []
    said += [f"The notes may not answer: {' '.join(doubted)}"] if doubted else []
    return Sentence(" ".join(said), (), "supported", "makes no claim", prefix="\n\n")
