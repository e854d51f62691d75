"""Where a bank's evidence stands in an index: pointers -> passages.

A need is one piece of evidence that the answer takes; each of its places would do.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from eval.banks import Bank, BankError, Pointer, Question
from ragbot.store import Index
from ragbot.types import Passage


@dataclass(frozen=True, slots=True)
class Place:
    """Characters of a document, and the passages that hold most of them."""

    doc_id: str
    start: int
    end: int
    passage_ids: frozenset[str]


@dataclass(frozen=True, slots=True)
class Need:
    """A piece of evidence that the answer takes; any one of the places will do."""

    places: tuple[Place, ...]

    @property
    def passage_ids(self) -> frozenset[str]:
        return frozenset().union(*(place.passage_ids for place in self.places))


class Gold:
    """The evidence of the banks' questions, found in one index."""

    def __init__(self, index: Index) -> None:
        self._texts = {document.doc_id: document.text for document in index.documents()}
        self._passages: dict[str, list[Passage]] = defaultdict(list)
        self._by_id = {passage.passage_id: passage for passage in index.all_passages()}
        for passage in self._by_id.values():
            self._passages[passage.doc_id].append(passage)

    def check(self, bank: Bank) -> None:
        """Raises BankError, with the line, where a question's evidence points nowhere."""
        for question in bank.questions:
            try:
                self.needs(question)
            except LookupError as error:
                raise BankError(
                    f"its evidence points nowhere in this index: {error.args[0]}",
                    path=bank.file,
                    line=question.line,
                    mend="correct the pointer, or name the index that the bank belongs to",
                ) from error

    def needs(self, question: Question) -> tuple[Need, ...]:
        """Raises LookupError where a pointer names nothing of the index."""
        return tuple(
            Need(tuple(self._place(place) for place in pointer.places()))
            for pointer in question.evidence
        )

    def passages(self, needs: Iterable[Need]) -> tuple[Passage, ...]:
        """One passage for each need, from the first of its places, none twice."""
        chosen: dict[str, Passage] = {}
        for need in needs:
            first = min(need.places[0].passage_ids)
            chosen[first] = self._by_id[first]
        return tuple(chosen.values())

    def _place(self, pointer: Pointer) -> Place:
        if pointer.doc_id not in self._texts:
            raise LookupError(f"there is no document {pointer.doc_id!r}")
        text = self._texts[pointer.doc_id]
        start = text.find(pointer.quote)
        while start >= 0:
            end = start + len(pointer.quote)
            holders = frozenset(
                passage.passage_id
                for passage in self._passages[pointer.doc_id]
                if passage.heading_path[-1] == pointer.heading
                and min(end, passage.end) - max(start, passage.start) > (end - start) / 2
            )
            if holders:
                return Place(pointer.doc_id, start, end, holders)
            start = text.find(pointer.quote, start + 1)
        raise LookupError(
            f"{pointer.quote[:60]!r} does not stand under {pointer.heading!r} of {pointer.doc_id!r}"
        )


def found(needs: Sequence[Need], passage_ids: Iterable[str]) -> float | None:
    """Share of the needs that the passages hold; None where nothing is known to be needed."""
    if not needs:
        return None
    shown = frozenset(passage_ids)
    return sum(bool(need.passage_ids & shown) for need in needs) / len(needs)


def as_judged(needs: Sequence[Need], ranking: Sequence[str]) -> tuple[list[str], set[str]]:
    """A ranking and its relevant items, for measures that know one list of relevant items.

    The passages of one need become one item at the place of the first of them, so that an
    alternative found is the need found, and finding both is not finding two.
    """
    item_of: dict[str, str] = {}
    for number, need in enumerate(needs):
        for passage_id in need.passage_ids:
            item_of.setdefault(passage_id, f"need-{number}")
    items = dict.fromkeys(item_of.get(passage_id, passage_id) for passage_id in ranking)
    return list(items), set(item_of.values())
