"""One generation, written and read: catalogue, dense and lexical index and vectors together."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from hashlib import sha256
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ragbot.embedding import (
    DIMENSION,
    Embedder,
    PassageEmbedder,
    Vectors,
    fingerprint_of,
    setting_of,
)
from ragbot.errors import IndexDamagedError, IndexMismatchError
from ragbot.evidence import indexed_spans
from ragbot.store.catalogue import Catalogue, Contents, write_catalogue
from ragbot.store.dense import DenseIndex, write_dense
from ragbot.store.embedding_cache import cached_vectors
from ragbot.store.generations import (
    IndexManifest,
    current_folder,
    new_generation,
    publish,
    rebuild_command,
    verified_manifest,
)
from ragbot.store.labels import documents_matching, services_matching
from ragbot.store.lexical import LexicalIndex, words_of, write_lexical
from ragbot.store.vectors import VectorFiles, write_found_by, write_vectors
from ragbot.types import Document, Filters, FoundQuestion, HeadingPath, Passage, Section

Progress = Callable[[str, int, int], None]  # (stage, done, total)
Found = list[tuple[int, float]]  # (position of a passage, score), best first
Allowed = NDArray[np.bool_]  # [passages], by position
# Up to so many passages are compared one by one: that loses none of them, and is quicker than
# Chroma's graph (`bench scale`: .6 ms against 1.4 ms at 20,000).
COMPARED = 20_000
_LOOKED_AT = 5  # passages by words alone that would hold a name if any does
_SMALL = re.compile(r"\b[a-z]\w+")


def write_generation(
    index_dir: Path,
    contents: Contents,
    *,
    embedder: Embedder,
    fingerprint: str,
    passage_embedder: PassageEmbedder | None = None,
    paths: Sequence[str] | None = None,
    progress: Progress | None = None,
) -> IndexManifest:
    """Write, verify and swap in a new generation; readers see all of it or none.

    Args:
        passage_embedder: what passages are found by, if not `embedder`, which encodes their
            sentences in any case.
        fingerprint: of the sources and the chunking, for `read_manifest(...).fingerprint`.
        paths: what the contents were read from, for `read_manifest(...).paths`.

    Raises:
        IndexBusyError: another process writes here.
        IndexMismatchError: the folder is not ours.
        IndexWriteError: no space, no permission.
        ModelUnavailableError: an embedder cannot be had.
    """

    def report(stage: str) -> Callable[[int, int], None]:
        return lambda done, total: progress(stage, done, total) if progress else None

    passages = contents.passages
    with new_generation(index_dir) as folder:
        write_catalogue(folder / "catalogue.db", contents)
        texts = [passage.indexed_text for passage in passages]
        write_lexical(folder / "lexical", texts)
        spans = [indexed_spans(passage) for passage in passages]
        encoded = cached_vectors(
            index_dir / "embeddings.db",
            embedder.encode_with_parts,
            texts,
            spans,
            fingerprint=embedder.fingerprint,
            dimension=DIMENSION,
            progress=report("embedding"),
        )
        write_vectors(folder / "vectors", encoded, [len(each) for each in spans])
        if passage_embedder is not None:
            write_found_by(
                folder / "vectors",
                _found_by(index_dir, passage_embedder, texts, report("by Bedrock")),
                len(texts),
                passage_embedder.dimension,
            )
        vectors = VectorFiles(folder / "vectors")
        ids = [passage.passage_id for passage in passages]
        write_dense(folder / "dense", ids, vectors.passages, report("indexing"))
        _check_readable(folder, ids, vectors)
        return publish(
            index_dir,
            folder,
            embedder=fingerprint_of(embedder, passage_embedder),
            fingerprint=fingerprint,
            counts=contents.counts,
            paths=paths,
        )


def _found_by(
    index_dir: Path,
    embedder: PassageEmbedder,
    texts: Sequence[str],
    progress: Callable[[int, int], None],
) -> Iterator[Vectors]:
    """For each text float32 [1, dimension]; those that were paid for once are not asked again."""
    # A file for each embedder: going back to one costs nothing.
    name = sha256(embedder.fingerprint.encode()).hexdigest()[:8]
    return cached_vectors(
        index_dir / f"embeddings-{name}.db",
        lambda part, _, report: list(embedder.encode_passages(part, report)[:, np.newaxis]),
        texts,
        [()] * len(texts),
        fingerprint=embedder.fingerprint,
        dimension=embedder.dimension,
        progress=progress,
    )


def _check_readable(folder: Path, ids: Sequence[str], vectors: VectorFiles) -> None:
    """A generation that lost vectors on the way to disk must not be served."""
    dense = DenseIndex(folder / "dense")
    try:
        step = max(1, len(ids) // 50)
        for position in range(0, len(ids), step):
            best = dense.search(vectors.passages(position, position + 1)[0], 1)
            if not best or best[0][1] < 0.999:
                raise IndexDamagedError(
                    f"passage {ids[position]} was written and cannot be found again",
                    mend="the same command again",
                )
        if dense.count != len(ids):
            raise IndexDamagedError(
                f"{len(ids)} vectors were written, {dense.count} are there",
                mend="the same command again",
            )
    finally:
        dense.close()


class Index:
    """A verified generation, open for searching; safe to use from several threads."""

    def __init__(self, index_dir: Path, folder: Path, manifest: IndexManifest) -> None:
        self.index_dir = index_dir
        self.manifest = manifest
        self._folder = folder
        self._catalogue = Catalogue(folder / "catalogue.db")
        self._lexical = LexicalIndex(folder / "lexical")
        self._lock = threading.Lock()
        self._opened_graph: DenseIndex | None = None
        self._vectors = VectorFiles(folder / "vectors")
        self.allowed = lru_cache(maxsize=64)(self._allowed)

    def is_current(self) -> bool:
        """False once an ingest has swapped in another generation."""
        return current_folder(self.index_dir).name == self.manifest.generation

    def dense(self, vector: Vectors, k: int, allowed: Allowed | None = None) -> Found:
        """The k nearest by cosine."""
        count = self._vectors.count
        positions = None if allowed is None else np.flatnonzero(allowed)
        left = count if positions is None else len(positions)
        if left > COMPARED:
            # The graph knows no filter: it is asked for as many more as the filter will drop.
            more = k if allowed is None else int(1.5 * k * count / left)
            found = self.by_graph(vector, more)
            if allowed is not None:
                found = [(position, cosine) for position, cosine in found if allowed[position]]
            if len(found) >= k:
                return found[:k]
        return self._vectors.nearest(vector, k, positions)

    def by_graph(self, vector: Vectors, k: int) -> Found:
        """The k nearest as Chroma's graph finds them: nearly all of them, at any size."""
        found = self._graph().search(vector, k)
        place = self._catalogue.positions([pid for pid, _ in found])
        return [(place[pid], cosine) for pid, cosine in found]

    def _graph(self) -> DenseIndex:
        with self._lock:
            if self._opened_graph is None:
                self._opened_graph = DenseIndex(self._folder / "dense")
            return self._opened_graph

    def lexical(self, query: str, k: int, allowed: Allowed | None = None) -> Found:
        """The k best by BM25, of those that share a word with the query."""
        return self._lexical.search(query, k, allowed)

    def _allowed(self, filters: Filters) -> Allowed | None:
        """Which passages the filters let through, by position; None for all of them.

        Raises:
            QuestionError: a name that the notes do not have.
        """
        if not filters:
            return None
        allowed = np.ones(self._vectors.count, dtype=np.bool_)
        if filters.topics or filters.sources:
            doc_ids = documents_matching(self._catalogue.labels(), filters.topics, filters.sources)
            allowed &= _mask(len(allowed), self._catalogue.positions_of_documents(doc_ids))
        if filters.services:
            names = services_matching(self._catalogue.services(), filters.services)
            allowed &= _mask(len(allowed), self._catalogue.positions_on_services(names))
        return allowed

    def encoder_cosines(self, vector: Vectors, positions: Sequence[int]) -> list[float]:
        """How near these passages are by the shipped encoder, whatever they are found by."""
        return [float(cosine) for cosine in self._vectors.encoder_cosines(vector, positions)]

    def nearness(self, vector: Vectors) -> float:
        """The same of the nearest passage of all."""
        return float(self._vectors.encoder_cosines(vector).max(initial=0.0))

    def by_best_sentence(self, vector: Vectors, positions: Sequence[int]) -> Found:
        """These passages by the cosine of their best sentence."""
        cosines = self._vectors.best_sentences(vector, positions)
        return sorted(zip(positions, cosines, strict=True), key=lambda found: (-found[1], found[0]))

    def known_words(self, query: str) -> list[tuple[str, bool]]:
        """Each content word of the query (stemmed) and whether the notes hold it anywhere."""
        return self._lexical.known(query)

    def holds(self, name: str) -> bool:
        """Whether some passage has all words of the name."""
        words = set(words_of(name))
        found = self.lexical(name, _LOOKED_AT)
        passages = self.passages_at([position for position, _ in found])
        return any(words <= set(words_of(p.indexed_text)) for p in passages.values())

    def says(self, phrase: str) -> bool:
        """Whether some passage has just these words, one behind the other."""
        found = self.lexical(phrase, _LOOKED_AT)
        passages = self.passages_at([position for position, _ in found]).values()
        return any(phrase.lower() in passage.indexed_text.lower() for passage in passages)

    def writes_small(self, word: str) -> bool:
        """Whether some passage has the word, in whatever form, in small letters."""
        stems = set(words_of(word))
        found = self.lexical(word, _LOOKED_AT)
        passages = self.passages_at([position for position, _ in found]).values()
        small = (_SMALL.findall(passage.text) for passage in passages)
        return any(stems <= set(words_of(" ".join(words))) for words in small)

    def words(self) -> dict[str, int]:
        """Each word of the notes in small letters, and how often it stands there."""
        return self._lexical.words()

    def passages_at(self, positions: Sequence[int]) -> dict[int, Passage]:
        return self._catalogue.passages_at(positions)

    def passages(self, passage_ids: Sequence[str]) -> dict[str, Passage]:
        return self._catalogue.passages(passage_ids)

    def all_passages(self) -> tuple[Passage, ...]:
        return self._catalogue.all_passages()

    def passages_of(self, doc_id: str) -> list[Passage]:
        """Those of a document, in its order."""
        found = self.passages_at(self._catalogue.positions_of_documents([doc_id]))
        return [found[position] for position in sorted(found)]

    def documents(self) -> tuple[Document, ...]:
        return self._catalogue.documents()

    def document(self, doc_id: str) -> Document:
        return self._catalogue.document(doc_id)

    def topics(self) -> list[str]:
        """What `Filters.topics` can hold: a document's topic, or its title where it has none."""
        return list(dict.fromkeys(each.topic or each.title for each in self._catalogue.labels()))

    def acronyms(self) -> dict[str, str]:
        """{long form in small letters: short form}, as the notes explain them."""
        return self._lexical.acronyms()

    def sources(self) -> list[str]:
        """The ingested files."""
        return list(dict.fromkeys(each.source for each in self._catalogue.labels()))

    def services(self) -> list[str]:
        """What `Filters.services` can hold."""
        return self._catalogue.services()

    def titles(self) -> tuple[str, ...]:
        return self._catalogue.titles()

    def heading_paths(self) -> list[HeadingPath]:
        """Each heading with those above it, in the order of the notes."""
        return self._catalogue.heading_paths()

    def section_of(self, passage: Passage) -> Section:
        return self._catalogue.section_of(passage)

    def questions(self) -> tuple[FoundQuestion, ...]:
        """Practice questions that the ingest kept out of the passages."""
        return self._catalogue.questions()

    def close(self) -> None:
        if self._opened_graph is not None:
            self._opened_graph.close()
        self._catalogue.close()


def _mask(size: int, positions: Sequence[int]) -> Allowed:
    mask = np.zeros(size, dtype=np.bool_)
    mask[np.asarray(positions, dtype=np.int64)] = True
    return mask


def open_index(index_dir: Path, *, embedder: str | None = None) -> Index:
    """Open the current generation after its files were held against their checksums.

    Args:
        embedder: the fingerprint that questions will be embedded with; None skips the check.

    Raises:
        IndexNotFoundError, IndexDamagedError: see `generations.current_folder`.
        IndexMismatchError: built by another embedder or format.
    """
    manifest = verified_manifest(index_dir)
    if embedder is not None and manifest.embedder != embedder:
        was, now = (setting_of(fingerprint) for fingerprint in (manifest.embedder, embedder))
        back = "" if was == now else f", or set RAGBOT_EMBEDDER={was} again"
        raise IndexMismatchError(
            f"the index at {index_dir} was built with {manifest.embedder}, "
            f"questions are embedded with {embedder}",
            mend=f"{rebuild_command(index_dir, manifest.paths)}{back}",
        )
    return Index(index_dir, index_dir / "generations" / manifest.generation, manifest)
