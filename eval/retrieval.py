"""Retrieval alone: a bank over its index, or a set in BEIR's format, which has known figures.

Dense search, lexical search, their fusion, and what becomes of it where the passages are read on,
are measured side by side over the same questions.
"""

from __future__ import annotations

import gzip
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from eval.banks import Question
from eval.gold import Gold, as_judged
from eval.product import Product
from eval.ranking import Judgments, Rankings, measured
from eval.statistics import Interval, bootstrap
from ragbot.embedding import Embedder, Vectors, WindowedEmbedder
from ragbot.errors import CorpusError
from ragbot.evidence import split_sentences
from ragbot.retrieval import Retriever
from ragbot.retrieval.fusion import DEPTH, fuse
from ragbot.store import Found, Index
from ragbot.store.lexical import LexicalIndex, write_lexical

BEIR_DEPTH = 100
Ways = dict[str, dict[str, list[str]]]  # way of searching -> query id -> ranking


@dataclass(frozen=True, slots=True)
class Row:
    """One way of searching: each measure's mean over n questions."""

    way: str
    measures: dict[str, Interval]


def bank_rows(
    questions: Sequence[Question],
    gold: Gold,
    product: Product,
    seed: int,
) -> list[Row]:
    """The fusion read on (what the product searches by), the fusion alone, dense and lexical alone,
    over a bank with evidence."""
    judgments: dict[str, dict[str, int]] = {}
    ways: Ways = {"read on": {}, "fusion": {}, "dense": {}, "lexical": {}}
    for question in questions:
        needs = gold.needs(question)
        if not needs:
            continue
        history = product.turns_before(question, by_quotes=True)
        query = product.retriever.query_for(question.question, history)
        for way, ranking in _rankings(product.retriever, product.embedder, query).items():
            items, relevant = as_judged(needs, ranking)
            judgments[question.id] = dict.fromkeys(relevant, 1)
            ways[way][question.id] = items
    return rows(judgments, ways, seed)


def _rankings(retriever: Retriever, embedder: Embedder, query: str) -> dict[str, list[str]]:
    vector = embedder.encode([query])[0]
    return {
        "read on": [item.passage.passage_id for item in retriever.search(query, DEPTH)],
        "fusion": [item.passage.passage_id for item in retriever.nearest_to(query, DEPTH)],
        "dense": _ids(retriever.index, retriever.index.dense(vector, DEPTH)),
        "lexical": _ids(retriever.index, retriever.index.lexical(query, DEPTH)),
    }


def _ids(index: Index, found: Found) -> list[str]:
    passages = index.passages_at([position for position, _ in found])
    return [passages[position].passage_id for position, _ in found]


def rows(judgments: Judgments, ways: dict[str, Rankings] | Ways, seed: int) -> list[Row]:
    found = []
    for way, rankings in ways.items():
        by_query = measured(judgments, rankings)
        names = next(iter(by_query.values()), {})
        means = {
            name: mean
            for name in names
            if (mean := bootstrap([values[name] for values in by_query.values()], seed))
        }
        found.append(Row(way, means))
    return found


@dataclass(frozen=True, slots=True)
class BeirSet:
    """Documents, the judged queries, and the judgments; `texts` are in the order of `ids`."""

    ids: list[str]
    texts: list[str]
    queries: dict[str, str]
    judgments: dict[str, dict[str, int]]


def read_beir(folder: Path) -> BeirSet:
    """Raises CorpusError where a file is missing or has a line that cannot be read."""
    documents = {
        str(row["_id"]): f"{row.get('title', '')} {row['text']}".strip()
        for row in _json_lines(_one_of(folder, "corpus.jsonl"))
    }
    every = {
        str(row["_id"]): str(row["text"])
        for row in _json_lines(_one_of(folder, "queries_test.jsonl", "queries.jsonl"))
    }
    judgments = _qrels(_one_of(folder, "qrels_test.tsv", "qrels/test.tsv", "qrels.tsv"))
    queries = {query: every[query] for query in judgments if query in every}
    return BeirSet(list(documents), list(documents.values()), queries, judgments)


def beir_rows(
    folder: Path,
    embedder: WindowedEmbedder,
    seed: int,
    progress: Callable[[int, int], None] | None = None,
) -> list[Row]:
    """Measure on a set in BEIR's layout: corpus.jsonl, queries.jsonl, qrels (tsv), each also
    gzipped, the qrels also as qrels/test.tsv.

    Raises:
        CorpusError: a file is missing or has a line that cannot be read.
    """
    held = read_beir(folder)
    ids, texts, queries, judgments = held.ids, held.texts, held.queries, held.judgments
    asked = embedder.encode(list(queries.values()))
    # The product reads long texts whole; published figures cut them at the model's window.
    parts = [split_sentences(text) for text in texts]
    encoded = embedder.encode_with_parts(texts, parts, progress)
    dense = by_vector(held, np.stack([each[0] for each in encoded]), asked)
    cut = embedder.encode([embedder.first_window(text) for text in texts], progress)
    lexical = by_words(held)
    place = {document: number for number, document in enumerate(ids)}
    fusion: dict[str, list[str]] = {}
    two: dict[str, list[str]] = {}
    for query, vector in zip(queries, asked, strict=True):
        found = list(dict.fromkeys([*dense[query], *lexical[query]]))
        fit = {item: float((encoded[place[item]][1:] @ vector).max(initial=-1.0)) for item in found}
        sentences = sorted(found, key=lambda item: (-fit[item], item))[:BEIR_DEPTH]
        fusion[query] = by_score(fuse([dense[query], lexical[query], sentences]))
        two[query] = by_score(fuse([dense[query], lexical[query]]))
    ways = {
        "fusion": fusion,
        "without sentences": two,
        "dense": dense,
        "dense, cut at the window": by_vector(held, cut, asked),
        "lexical": lexical,
    }
    return rows(judgments, ways, seed)


def by_score(scores: Mapping[str, float]) -> list[str]:
    return sorted(scores, key=lambda item: (-scores[item], item))


def by_vector(held: BeirSet, vectors: Vectors, asked: Vectors) -> dict[str, list[str]]:
    """Exact nearest neighbours by cosine: the vectors have unit length."""
    best = np.argsort(-(asked @ vectors.T), axis=1)[:, :BEIR_DEPTH]
    return {
        query: [held.ids[i] for i in row] for query, row in zip(held.queries, best, strict=True)
    }


def by_words(held: BeirSet) -> dict[str, list[str]]:
    """BM25."""
    with tempfile.TemporaryDirectory() as folder:
        write_lexical(Path(folder) / "lexical", held.texts)
        index = LexicalIndex(Path(folder) / "lexical")
        return {
            query: [held.ids[i] for i, _ in index.search(text, BEIR_DEPTH)]
            for query, text in held.queries.items()
        }


def _one_of(folder: Path, *names: str) -> Path:
    for name in names:
        for file in (folder / name, folder / f"{name}.gz"):
            if file.is_file():
                return file
    raise CorpusError(
        f"there is no {' or '.join(names)} (or .gz) in it",
        path=folder,
        mend="name a folder in BEIR's layout: corpus.jsonl, queries.jsonl, qrels/test.tsv",
    )


def _lines(file: Path) -> Iterator[tuple[int, str]]:
    content = file.read_bytes()
    if file.suffix == ".gz":
        content = gzip.decompress(content)
    for number, line in enumerate(io.StringIO(content.decode("utf-8")), start=1):
        if line.strip():
            yield number, line.rstrip("\n")


def _json_lines(file: Path) -> Iterator[dict[str, object]]:
    for number, line in _lines(file):
        try:
            row = json.loads(line)
            if not {"_id", "text"} <= row.keys():
                raise ValueError("it has no _id or no text")
        except (ValueError, AttributeError) as error:
            raise CorpusError(f"{error}", path=file, line=number, mend="mend the line") from error
        yield row


def _qrels(file: Path) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for number, line in _lines(file):
        cells = line.split("\t")
        if number == 1 and not cells[-1].strip().lstrip("-").isdigit():
            continue  # the head
        try:
            query, document, relevance = cells[0], cells[-2], int(cells[-1])
        except (IndexError, ValueError) as error:
            raise CorpusError(
                "it is no judgment: query-id, corpus-id, score, split by tabs",
                path=file,
                line=number,
                mend="mend the line",
            ) from error
        found.setdefault(query, {})[document] = relevance
    return found
