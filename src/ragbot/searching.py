"""What the notes hold for one question: searched once for its evidence, and again for a sentence
of the reply that the evidence does not bear out. All that is found comes under caution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from ragbot.evidence import Evidence, linked
from ragbot.guardrails import cautioned, citable
from ragbot.partial import Parts, together, weighed_parts
from ragbot.retrieval import Finding, Searcher, flagged, unweighed
from ragbot.types import LOOKED_UP, Filters, RetrievedPassage

LEFT_OUT = "what would answer it reads like an order to the reader, and is left out"


@dataclass(frozen=True, slots=True)
class Found:
    """The passages, those of the question as a whole first; what of them may be answered from; and
    whether that is enough for the whole, and for its parts."""

    passages: tuple[RetrievedPassage, ...]
    evidence: list[Evidence]
    finding: Finding
    parts: Parts

    @property
    def is_enough(self) -> bool:
        return self.finding.enough or bool(self.parts.evidence)


class NotesSearch:
    """Searches for a `question`, put as the standalone `query`, where the filters allow it."""

    def __init__(
        self, question: str, query: str, retriever: Searcher, k: int, filters: Filters
    ) -> None:
        self._question, self._query = question, query
        self._retriever, self._k, self._filters = retriever, k, filters
        self.looked_up: dict[str, RetrievedPassage] = {}

    def found(self) -> Found:
        """Raises QuestionError for a filter that the notes do not know."""
        seen: dict[str, RetrievedPassage] = {}
        uncleaned: dict[str, list[Evidence]] = {}

        def found_for(asked: str) -> list[Evidence]:
            passages = self._readable(self._retriever.search(asked, self._k, self._filters))
            for item in passages:
                seen.setdefault(item.passage.passage_id, item)
            told = self._question if asked == self._query else asked
            uncleaned[asked] = self._retriever.evidence(asked, passages)
            return linked(citable(uncleaned[asked], told, self._retriever.hears))

        whole = found_for(self._query)
        of_the_whole = tuple(seen)
        finding = self._retriever.judged(self._query, whole)
        if not finding.enough:
            unread = linked(uncleaned[self._query])
            if unread != whole and self._retriever.judged(self._query, unread).enough:
                finding = replace(finding, reason=LEFT_OUT)
        parts = weighed_parts(self._query, self._retriever, found_for)
        evidence = together(whole, parts, enough=finding.enough)
        used = (item.passage.passage_id for item in evidence)
        passages = tuple(seen[each] for each in dict.fromkeys((*of_the_whole, *used)))
        return Found(passages, evidence, finding, parts)

    def look_up(self, sentence: str) -> list[Evidence]:
        """What is nearest to a sentence of the reply; its passages are remembered."""
        near = self._readable(self._retriever.nearest_to(sentence, self._k, self._filters))
        self.looked_up.update((e.passage.passage_id, replace(e, rank=LOOKED_UP)) for e in near)
        return citable(unweighed(near), self._question, self._retriever.hears)

    def _readable(self, passages: Sequence[RetrievedPassage]) -> tuple[RetrievedPassage, ...]:
        return cautioned(flagged(passages), self._retriever.hears)
