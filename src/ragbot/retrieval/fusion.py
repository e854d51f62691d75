"""Dense and lexical search and the best sentences of what they find, fused by reciprocal rank
(Cormack, Clarke and Buettcher 2009), and so with what answers the question, as a model reads it."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import PurePath
from typing import TypeVar

from ragbot.dated_notes import is_dated
from ragbot.embedding import Embedder, PassageEmbedder
from ragbot.evidence import Evidence, EvidenceSentence, evidence_sentences, facts_changed
from ragbot.order_reading import Hears
from ragbot.reranker import Similarity
from ragbot.retrieval.answerability import Finding, judge_evidence
from ragbot.retrieval.casing import cased
from ragbot.retrieval.followups import introduced, readings
from ragbot.retrieval.names import Names
from ragbot.retrieval.queries import pasted_choices, queries_of
from ragbot.retrieval.readers import Readers
from ragbot.retrieval.requests import asked_what_it_is, plainly_asked
from ragbot.retrieval.shorthand import written_out
from ragbot.retrieval.spelling import Spelling, with_names_mended
from ragbot.screening import flags_of
from ragbot.screening.addresses import ADDRESS
from ragbot.store import Found, Index
from ragbot.store.acronyms import abbreviated, names_by_initials, shortened, spelt_out
from ragbot.store.lexical import words_of
from ragbot.types import (
    NO_FILTERS,
    Document,
    Filters,
    Passage,
    RetrievedPassage,
    Section,
    Turn,
    Why,
)

DEPTH = 60  # how far down each list is read before fusion
FIRST, CANDIDATES = 8, 24  # passages that are read for what answers, and where none surely does
SURELY = 2.0  # logit of answer selection from which one does
READ_COUNTS = 2  # how often their order by that counts beside the one in which they were found
ANSWERS = -1.0  # logit of the best sentence below which the reranker is no judge
NEAR = 8.0  # logits below the best passage that a further one may lie
MOST_READ = 5
RRF_K = 20  # the constant of reciprocal rank fusion; 60 in the paper, on far longer lists

# Cosine to the nearest passage that a subject from before must gain a question that may do without:
# 21 made-up follow-ups that lean back gain .09 to .31; of 16 that do not, 13 gain less than .1.
LEANS = 0.1

T = TypeVar("T", bound=Hashable)
_Ranks = dict[int, tuple[int, float]]  # position of a passage -> (rank, score)


class Retriever:
    """The `Searcher` of one index; a passage knows its rank and score in either list."""

    def __init__(
        self,
        index: Index,
        embedder: Embedder,
        readers: Readers | None = None,
        passage_embedder: PassageEmbedder | None = None,
    ) -> None:
        self.index = index
        self._embedder = embedder
        self.readers = readers or Readers()
        self._passage_embedder = passage_embedder
        self._notes: dict[str, tuple[EvidenceSentence, ...]] = {}

    def query_for(self, question: str, history: Sequence[Turn] = ()) -> str:
        """What is searched for: the question, standing on its own, in the words of the notes."""
        typed = self._mended(question)
        meant = self._readings(typed, history)
        alone = typed if self._changes_subject(typed, meant) else self._best_known(meant)
        short = shortened(abbreviated(alone, self._is_acronym, self.index.says), self._acronyms)
        return spelt_out(short, self._holds_or_skips, self.names.know, lambda: self._initials)

    @cached_property
    def _initials(self) -> Mapping[str, Collection[str]]:
        return names_by_initials(passage.text for passage in self.index.all_passages())

    def _is_acronym(self, capitals: str) -> bool:
        return self.knows(capitals) and not self.index.writes_small(capitals)

    def leans_back(self, question: str, history: Sequence[Turn]) -> bool:
        """Whether the question may mean something of the conversation that it does not name."""
        typed = self._mended(question)
        return self._readings(typed, history)[-1] != typed

    def _mended(self, question: str) -> str:
        written = written_out(plainly_asked(question.strip()), self.index.writes_small)
        mended = self._spelling.mended(written, self.recognizes)
        named = with_names_mended(mended, self.names.of_several_words, self.knows)
        found = self.index.lexical(named, CANDIDATES)
        passages = self.index.passages_at([position for position, _ in found]).values()
        written = cased(named, self.names.known_in(named), (p.text for p in passages))
        return asked_what_it_is(written, self.names.know)

    def _readings(self, typed: str, history: Sequence[Turn]) -> tuple[str, ...]:
        return readings(typed, history, self.names) if history else (typed,)

    def _best_known(self, questions: Sequence[str]) -> str:
        """The last one if the notes are clearly nearer to it, else the first."""
        if len(questions) == 1:
            return questions[0]
        vectors = self._embedder.encode([questions[0], questions[-1]])
        first, last = map(self.index.nearness, vectors)
        return questions[-1] if last >= first + LEANS else questions[0]

    def _changes_subject(self, typed: str, meant: Sequence[str]) -> bool:
        """Whether the question, which may stand on its own, brings something up that the notes
        tell of, but not together with what it would lean on."""
        if meant[0] != typed or len(meant) == 1:
            return False
        earlier = " ".join(set(words_of(meant[-1])) - set(words_of(typed)))
        return any(
            self.index.says(new) and not self.index.holds(f"{new} {earlier}")
            for new in introduced(typed, self.names)
        )

    def knows(self, word: str) -> bool:
        """Whether the notes hold the word."""
        return any(held for _, held in self.index.known_words(word))

    def opens_with_name(self, text: str) -> bool:
        """Whether it begins with a known name, or with a word that the notes never write small."""
        return self.names.know_first_in(
            text, lambda word: self.knows(word) and not self.index.writes_small(word)
        )

    def recognizes(self, word: str) -> bool:
        """Whether it is a word of the notes, or one that a model has a token for."""
        return self._holds_or_skips(word) or self._embedder.knows(word) or self.readers.know(word)

    def _holds_or_skips(self, word: str) -> bool:
        """Whether the notes hold the word, or it is a stop word, which no search looks for."""
        looked_for = self.index.known_words(word)
        return not looked_for or any(held for _, held in looked_for)

    @cached_property
    def names(self) -> Names:
        """What the notes know by name."""
        return Names.of(self.index)

    @cached_property
    def _spelling(self) -> Spelling:
        return Spelling(self.index.words().items())

    @cached_property
    def _acronyms(self) -> dict[str, str]:
        return self.index.acronyms()

    def search(
        self, query: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """The k best passages for the query that the filters let through, best first; behind them
        those of the same documents that tell how a fact in them has changed.

        Raises:
            QuestionError: a filter that names what the notes do not have.
        """
        found = self._found(query, max(k, CANDIDATES), filters, ask_outside=True)
        if pasted_choices(query) is None:  # what such a question asks for stands in its options
            found = self._read_on(query, found)
        return (*found[:k], *self._changing(found[:k]))

    def _read_on(
        self, query: str, found: Sequence[RetrievedPassage]
    ) -> tuple[RetrievedPassage, ...]:
        """The passages in the order of the search, fused with that of what answers the question."""
        answering = self.readers.answering(query, found[:FIRST])
        if not answering:
            return tuple(found)
        if max(answering.values()) < SURELY:
            answering = self.readers.answering(query, found[:CANDIDATES])
        read = sorted(answering, key=lambda place: -answering[place])
        scores = fuse([range(len(found)), *([read] * READ_COUNTS)])
        best = sorted(scores, key=lambda place: (-scores[place], place))
        return tuple(
            replace(
                found[place],
                rank=rank,
                score=scores[place],
                why=replace(found[place].why, reranker_score=answering.get(place)),
            )
            for rank, place in enumerate(best, start=1)
        )

    def _changing(self, found: Sequence[RetrievedPassage]) -> Iterator[RetrievedPassage]:
        """The passages that hold a later note on a fact of those found."""
        known = {item.passage.passage_id for item in found}
        sentences = {item.passage.passage_id: evidence_sentences(item.passage) for item in found}
        rank = len(found)
        for doc_id in dict.fromkeys(item.passage.doc_id for item in found):
            facts = [
                each
                for item in found
                if item.passage.doc_id == doc_id
                for each in sentences[item.passage.passage_id]
            ]
            for note in self._dated_notes(doc_id):
                new = note.passage.passage_id not in known
                if new and facts_changed(facts, note):
                    known.add(note.passage.passage_id)
                    rank += 1
                    yield RetrievedPassage(note.passage, 0.0, rank, Why())

    def _dated_notes(self, doc_id: str) -> tuple[EvidenceSentence, ...]:
        """Those of a document, read once."""
        if doc_id not in self._notes:
            passages = self.index.passages_of(doc_id)
            sentences = (each for passage in passages for each in evidence_sentences(passage))
            self._notes[doc_id] = tuple(each for each in sentences if is_dated(each.text))
        return self._notes[doc_id]

    def nearest_to(
        self, text: str, k: int, filters: Filters = NO_FILTERS
    ) -> tuple[RetrievedPassage, ...]:
        """The k passages nearest to a sentence; nobody outside is asked, and so, where passages
        are ranked by another embedder than the shipped one, words and sentences alone."""
        return self._found(text, k, filters, ask_outside=False)

    def _found(
        self, query: str, k: int, filters: Filters, *, ask_outside: bool
    ) -> tuple[RetrievedPassage, ...]:
        allowed = self.index.allowed(filters)
        lexical: list[Found] = []
        sentences: list[Found] = []
        queries = queries_of(query)
        vectors = self._embedder.encode(queries)
        other = self._passage_embedder
        finding = vectors
        if other is not None:
            finding = other.encode_queries(queries) if ask_outside else vectors[:0]
        dense = [self.index.dense(each, DEPTH, allowed) for each in finding]
        for place, (text, vector) in enumerate(zip(queries, vectors, strict=True)):
            lexical.append(self.index.lexical(text, DEPTH, allowed))
            near = dense[place] if dense else []
            found = dict.fromkeys(each for each, _ in (*near, *lexical[-1]))
            sentences.append(self.index.by_best_sentence(vector, list(found))[:DEPTH])
        scores = fuse([[place for place, _ in found] for found in (*dense, *lexical, *sentences)])
        best = sorted(scores, key=lambda place: (-scores[place], place))[:k]
        passages = self.index.passages_at(best)
        ranked = [_best_ranks(found) for found in (dense, lexical, sentences)]
        why = [_why(place, *ranked) for place in best]
        if other is not None:
            cosines = zip(*(self.index.encoder_cosines(v, best) for v in vectors), strict=True)
            why = [
                replace(each, encoder_score=max(of)) for each, of in zip(why, cosines, strict=True)
            ]
        return tuple(
            RetrievedPassage(
                passages[place], scores[place], rank, replace(why[rank - 1], fused_rank=rank)
            )
            for rank, place in enumerate(best, start=1)
        )

    def evidence(self, question: str, retrieved: Sequence[RetrievedPassage]) -> list[Evidence]:
        """The passages with how well each of their sentences answers the question."""
        return self.readers.weighed(question, retrieved)

    @property
    def similarity(self) -> Similarity | None:
        """The cross-encoder, for what else it can judge; None where there is none."""
        return self.readers.similarity

    @property
    def hears(self) -> Hears | None:
        """What hears the orders that no phrase gives away, where it is there."""
        return self.readers.hears

    def judged(self, question: str, evidence: Sequence[Evidence]) -> Finding:
        """Whether the evidence is enough to answer at all."""
        return judge_evidence(question, evidence, self.index, self.similarity)

    def is_current(self) -> bool:
        """False once an ingest has swapped in another generation."""
        return self.index.is_current()

    def counts(self) -> Mapping[str, int]:
        """documents, sections, passages and questions of the index."""
        return self.index.manifest.counts

    def titles(self) -> tuple[str, ...]:
        return self.index.titles()

    def documents(self) -> tuple[Document, ...]:
        return self.index.documents()

    def document(self, doc_id: str) -> Document:
        """Raises KeyError for a document that is not in the index."""
        return self.index.document(doc_id)

    def section_of(self, passage: Passage) -> Section:
        """The section that a passage stands in, for reading on."""
        return self.index.section_of(passage)

    def topics(self) -> list[str]:
        return self.index.topics()

    def sources(self) -> list[str]:
        return self.index.sources()

    def services(self) -> list[str]:
        return self.index.services()


def flagged(found: Sequence[RetrievedPassage]) -> tuple[RetrievedPassage, ...]:
    """Found passages with their flags: what is to be seen needs them, a ranking does not, and
    reading eight unseen passages for them takes longer than finding them (5 ms)."""
    return tuple(replace(item, flags=passage_flags(item.passage)) for item in found)


def passage_flags(passage: Passage) -> tuple[str, ...]:
    """What in the passage, its headings or its file's path tries to be more than text."""
    path = PurePath(passage.source.partition("://")[2] or passage.source)
    # A folder that has the name of a host is a copy of a site, or where a knowledge base is.
    folders = (each for each in path.parent.parts if not ADDRESS.fullmatch(each))
    return flags_of(passage.text, (*passage.heading_path, *folders, path.stem))


def worth_reading(evidence: Sequence[Evidence]) -> list[Evidence]:
    """The passages that the model is shown, renumbered: those near the best, best first.

    Every passage costs a small model a second, and each that does not answer may mislead it.
    """
    scored = [(max(item.scores, default=0.0), item) for item in evidence]
    best = max((score for score, _ in scored), default=0.0)
    if best < ANSWERS:  # a scenario, which the reranker cannot judge: the fusion's order stands
        return list(evidence)
    near = [item for score, item in sorted(scored, key=lambda s: -s[0]) if score >= best - NEAR]
    # The rows of a table, one of which answers best, are short and are read together.
    table = _table(near[0].passage) if near else None
    further = [item for item in near[MOST_READ:] if table and _table(item.passage) == table]
    near = near[:MOST_READ] + further
    later = {note.passage.passage_id for item in near for _, note in item.changed}
    later -= {item.passage.passage_id for item in near}
    near += [item for item in evidence if item.passage.passage_id in later]
    return [replace(item, number=number) for number, item in enumerate(near, start=1)]


def _table(passage: Passage) -> tuple[object, ...] | None:
    if passage.kind != "table_row":
        return None
    return passage.doc_id, passage.heading_path, passage.table_header


def fuse(rankings: Sequence[Sequence[T]], k: int = RRF_K) -> dict[T, float]:
    """Reciprocal rank fusion: the sum of 1 / (k + rank) over the lists that hold an item."""
    scores: dict[T, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (k + rank)
    return scores


def _best_ranks(rankings: Sequence[Found]) -> _Ranks:
    """The best (rank, score) of each passage over the lists of several queries."""
    best: _Ranks = {}
    for ranking in rankings:
        for rank, (place, score) in enumerate(ranking, start=1):
            held = best.get(place)
            best[place] = (
                (rank, score) if held is None else (min(rank, held[0]), max(score, held[1]))
            )
    return best


def _why(place: int, dense: _Ranks, lexical: _Ranks, sentences: _Ranks) -> Why:
    nowhere = (None, None)
    return Why(
        *dense.get(place, nowhere), *lexical.get(place, nowhere), *sentences.get(place, nowhere)
    )
