"""Real passages at real size, and their vectors: the AWS guides' pages, cut as an ingest cuts them.

The vectors are kept in a work folder, because making them takes minutes. Where more passages are
asked for than the pages give, real ones are repeated with noise: a tenth of their words left out,
one word added, and vectors turned by about 20 degrees.
"""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from ingest.pipeline import ingest_sources, read_sources
from ragbot.embedding import DIMENSION, Embedder, Progress, Span, Vectors, WindowedEmbedder
from ragbot.evidence import indexed_spans
from ragbot.store import Contents
from ragbot.types import Passage

NOISE = 0.36  # length of the noise added to a unit vector: tan 20 degrees
_FILES = 200  # pages of one shard; its vectors are written together


def page_files(docs: Path, folder: Path, seed: int = 0) -> list[Path]:
    """The pages of DOCS.jsonl.gz as Markdown files, shuffled so that any first n are a sample."""
    with gzip.open(docs, "rt", encoding="utf-8") as lines:
        pages = [page for page in map(json.loads, lines) if page["title"] and page["topic"]]
    random.Random(seed).shuffle(pages)
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, page in enumerate(pages):
        file = folder / f"{number:05d}.md"
        if not file.exists():
            front = f"---\ntitle: {json.dumps(page['title'])}\ntopic: {page['topic']}\n---\n\n"
            file.write_text(front + page["text"], encoding="utf-8")
        files.append(file)
    return files


def passages_with_vectors(
    files: Sequence[Path], count: int, embedder: WindowedEmbedder, work: Path
) -> Iterator[tuple[Contents, list[Vectors]]]:
    """Shards of (contents, [float32 [1 + sentences, 384]]) until `count` passages are there."""
    held = 0
    for number, at in enumerate(range(0, len(files), _FILES)):
        if held >= count:
            return
        contents = ingest_sources(read_sources(files[at : at + _FILES])).contents
        spans = [indexed_spans(passage) for passage in contents.passages]
        cache = work / f"vectors-{number:03d}.npy"
        if cache.exists():
            flat = np.load(cache, mmap_mode="r")
        else:
            texts = [passage.indexed_text for passage in contents.passages]
            flat = np.concatenate(embedder.encode_with_parts(texts, spans))
            np.save(cache, flat.astype(np.float16))
        ends = np.cumsum([1 + len(each) for each in spans])
        vectors = [
            np.asarray(flat[end - 1 - len(each) : end], dtype=np.float32)
            for end, each in zip(ends, spans, strict=True)
        ]
        held += len(contents.passages)
        print(f"{held:,} passages", end="\r", flush=True)
        yield contents, vectors


class Replayed:
    """An embedder whose passages were encoded before; questions go to the real one."""

    def __init__(self, real: Embedder, vectors: dict[str, Vectors]) -> None:
        self.fingerprint = real.fingerprint
        self._real, self._vectors = real, vectors

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        return self._real.encode(texts, progress)

    def encode_with_parts(
        self,
        texts: Sequence[str],
        parts: Sequence[Sequence[Span]],
        progress: Progress | None = None,
    ) -> list[Vectors]:
        return [self._vectors[text] for text in texts]

    def knows(self, word: str) -> bool:
        return self._real.knows(word)


def sized(
    count: int, real: int, files: Sequence[Path], embedder: WindowedEmbedder, work: Path
) -> tuple[Contents, Replayed]:
    """Contents of exactly `count` passages, the first `real` of them real, and their embedder."""
    documents, sections = [], []
    passages: list[Passage] = []
    vectors: dict[str, Vectors] = {}
    for shard, (contents, encoded) in enumerate(passages_with_vectors(files, real, embedder, work)):
        documents += [replace(d, doc_id=f"{shard}-{d.doc_id}") for d in contents.documents]
        sections += [replace(s, doc_id=f"{shard}-{s.doc_id}") for s in contents.sections]
        for passage, rows in zip(contents.passages, encoded, strict=True):
            if len(passages) < real:
                own = f"{shard}-{passage.passage_id}"
                passages.append(
                    replace(passage, passage_id=own, doc_id=f"{shard}-{passage.doc_id}")
                )
                vectors[passage.indexed_text] = rows
    originals = tuple(passages)
    noise = random.Random(count)
    normal = np.random.default_rng(count)
    while len(passages) < count:
        number = len(passages)
        base = originals[number % len(originals)]
        words = [word for word in base.text.split() if noise.random() > 0.1]
        copy = replace(
            base,
            passage_id=f"{number}-{base.passage_id}",
            text=" ".join([*words, f"variant{number}"]),
            facts=(),
            table_header=None,
            kind="paragraph",
        )
        rows = vectors[base.indexed_text][: 1 + len(indexed_spans(copy))]
        rows = np.resize(rows, (1 + len(indexed_spans(copy)), DIMENSION))
        moved = rows + normal.normal(scale=NOISE / DIMENSION**0.5, size=rows.shape)
        vectors[copy.indexed_text] = (moved / np.linalg.norm(moved, axis=1, keepdims=True)).astype(
            np.float32
        )
        passages.append(copy)
    return Contents(documents, sections, passages), Replayed(embedder, vectors)
