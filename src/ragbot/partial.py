"""A question may ask for several things, and the notes hold only some of them.

Each part is put on its own (the second may say "it" and mean what the first names), searched for,
and judged as a question. What the notes surely lack is named behind the answer.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from ragbot.evidence import Evidence
from ragbot.retrieval import Searcher, parts_of
from ragbot.types import Sentence, Turn

Find = Callable[[str], Sequence[Evidence]]  # query -> its evidence


@dataclass(frozen=True, slots=True)
class Parts:
    """Of a question's parts: is there evidence for one at least, and what is surely missing,
    each part with the reason."""

    some: bool = False
    missing: tuple[tuple[str, str], ...] = ()


def weighed_parts(query: str, searcher: Searcher, find: Find) -> Parts:
    """What the notes have for each part of a question; nothing for one that asks one thing."""
    findings = []
    before: list[Turn] = []
    for part in parts_of(query):
        asked = searcher.query_for(part, before)
        before.append(Turn(part, "", query=asked))
        findings.append((part, searcher.judged(asked, find(asked))))
    missing = tuple((part, finding.reason or "") for part, finding in findings if finding.definite)
    return Parts(any(finding.enough for _, finding in findings), missing)


def sentence_on(missing: Sequence[tuple[str, str]]) -> Sentence:
    """Says what of the question the notes do not answer."""
    told = " ".join(f"\u201c{part}\u201d ({reason})." for part, reason in missing)
    return Sentence(f"Not in the notes: {told}", (), "supported", "makes no claim", prefix="\n\n")
