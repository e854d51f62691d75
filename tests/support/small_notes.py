"""A few passages of invented notes, small enough to check by eye."""

from __future__ import annotations

from collections.abc import Sequence

from ragbot.evidence import Evidence, evidence_sentences
from ragbot.types import Fact, HeadingPath, Passage, PassageKind, RetrievedPassage, Why

TITLE = "Boxes vs Crates"


def passage(
    text: str,
    heading: str = "Boxes",
    *,
    title: str = TITLE,
    facts: tuple[Fact, ...] = (),
    kind: PassageKind = "bullets",
    start: int = 0,
) -> Passage:
    path: HeadingPath = (title, heading)
    return Passage(
        passage_id=f"{heading}:{start}:{len(text)}",
        doc_id="boxes",
        source="boxes.md",
        heading_path=path,
        start=start,
        end=start + len(text),
        text=text,
        kind=kind,
        lines=(1, 1 + text.count("\n")),
        facts=facts,
    )


def evidence(*passages: Passage, relevance: bool = False) -> list[Evidence]:
    """The passages, numbered from 1; with relevance, earlier sentences are better."""
    items = []
    for number, each in enumerate(passages, start=1):
        sentences = evidence_sentences(each)
        scores = tuple(5.0 - number - i / 10 for i in range(len(sentences))) if relevance else ()
        found = RetrievedPassage(each, 1 / number, number, Why(dense_score=0.5))
        items.append(Evidence(number, found, sentences, scores))
    return items


def words_in_common(claim: str, texts: Sequence[str]) -> list[float]:
    """How many words each text shares with the claim, as a cross-encoder of one line."""
    return [float(len(set(claim.split()) & set(text.split()))) for text in texts]
