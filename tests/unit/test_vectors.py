from __future__ import annotations

from pathlib import Path

import numpy as np

from ragbot.embedding import DIMENSION
from ragbot.evidence import evidence_sentences, indexed_spans
from ragbot.store.vectors import VectorFiles, write_vectors
from ragbot.types import Fact, Passage


def axis(*places: int) -> np.ndarray:
    vectors = np.zeros((len(places), DIMENSION), dtype=np.float32)
    vectors[range(len(places)), places] = 1
    return vectors


def test_a_passage_is_as_near_as_its_best_sentence(tmp_path: Path) -> None:
    write_vectors(tmp_path / "v", [axis(9, 0, 1), axis(9), axis(9, 2)], [2, 0, 1])
    vectors = VectorFiles(tmp_path / "v")
    asked = 0.6 * axis(1)[0] + 0.8 * axis(2)[0]
    np.testing.assert_allclose(vectors.best_sentences(asked, [2, 0, 1]), [0.8, 0.6, -1], atol=1e-3)
    assert vectors.best_sentences(asked, []) == []


def test_an_index_without_any_sentence_can_be_opened(tmp_path: Path) -> None:
    write_vectors(tmp_path / "v", [], [])
    vectors = VectorFiles(tmp_path / "v")
    assert vectors.best_sentences(axis(0)[0], []) == []
    assert vectors.nearest(axis(0)[0], 3, np.arange(0)) == []


def test_the_nearest_of_some_passages_are_found_exactly(tmp_path: Path) -> None:
    random = np.random.default_rng(3).normal(size=(9_000, DIMENSION)).astype(np.float32)
    random /= np.linalg.norm(random, axis=1, keepdims=True)
    write_vectors(tmp_path / "v", [row[None] for row in random], [0] * len(random))
    among = np.arange(1, 9_000, 2)
    found = VectorFiles(tmp_path / "v").nearest(random[4], 5, among)
    cosines = random[among] @ random[4]
    assert [place for place, _ in found] == list(among[np.argsort(-cosines)[:5]])


def test_each_sentence_is_found_in_what_is_indexed() -> None:
    text = "- One thing.\n- One thing.\n  - Another. And more."
    bullets = Passage("p", "d", "s", ("A", "B"), 10, 10 + len(text), text, "bullets", (1, 3))
    facts = (Fact("SQS", "Size", "256 KB"), Fact("SNS", "Size", "256 KB"))
    row = "| Size | 256 KB | 256 KB |"
    cells = Passage("q", "d", "s", ("A",), 0, len(row), row, "table_row", (1, 1), facts=facts)
    for passage in (bullets, cells):
        spans = indexed_spans(passage)
        assert [passage.indexed_text[a:b] for a, b in spans] == [
            sentence.text for sentence in evidence_sentences(passage)
        ]
        assert sorted(spans) == spans and len(set(spans)) == len(spans)
