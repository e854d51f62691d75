"""The 8-bit encoder against the model as it was published."""

from __future__ import annotations

import logging
from pathlib import Path

import numpy as np
import pytest

from ragbot.embedding import (
    QuantizedMiniLM,
    ReferenceMiniLM,
    open_embedder,
    prepared_embedder,
)

pytestmark = pytest.mark.integration

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="module")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    embedder, slower = prepared_embedder(folder)
    assert isinstance(embedder, QuantizedMiniLM) and slower is None
    return folder


def test_it_says_nearly_the_same_as_the_model_itself(models_dir: Path) -> None:
    lines = (ROOT / "corpus/storage.md").read_text(encoding="utf-8").splitlines()
    texts = [line for line in lines if len(line) > 40][:60]
    texts += ["x", "", " ".join(texts)]  # the last is far longer than the window
    exact, close = ReferenceMiniLM().encode(texts), open_embedder(models_dir).encode(texts)
    cosines = (exact * close).sum(axis=1)
    assert cosines.min() > 0.97 and cosines.mean() > 0.99
    assert np.allclose(np.linalg.norm(close, axis=1), 1, atol=1e-5)


def test_a_text_has_one_vector_whatever_stands_beside_it(models_dir: Path) -> None:
    embedder = open_embedder(models_dir)
    alone = embedder.encode(["400 KB"])[0]
    beside = embedder.encode(["400 KB", "a much longer text " * 30])[0]
    assert alone.tolist() == beside.tolist()


def test_it_is_made_once_and_a_damaged_one_is_not_used(tmp_path: Path) -> None:
    assert isinstance(open_embedder(tmp_path), ReferenceMiniLM)
    prepared_embedder(tmp_path)
    (file,) = (tmp_path / "encoder").glob("*.onnx")
    made = file.stat().st_mtime_ns
    prepared_embedder(tmp_path)
    assert file.stat().st_mtime_ns == made
    file.write_bytes(file.read_bytes()[:-1])
    assert isinstance(open_embedder(tmp_path), ReferenceMiniLM)
    embedder, _ = prepared_embedder(tmp_path)
    assert isinstance(embedder, QuantizedMiniLM)
    assert isinstance(open_embedder(tmp_path), QuantizedMiniLM)
    assert [each.name for each in (tmp_path / "encoder").glob("tmp*")] == []


def test_where_it_cannot_be_written_the_model_itself_is_used(tmp_path: Path) -> None:
    (tmp_path / "encoder").write_text("in the way")
    embedder, slower = prepared_embedder(tmp_path)
    assert isinstance(embedder, ReferenceMiniLM)
    assert slower is not None and "cannot be written" in slower


def test_making_it_leaves_the_logging_of_others_alone(tmp_path: Path) -> None:
    before = list(logging.getLogger().handlers)
    prepared_embedder(tmp_path)
    assert logging.getLogger().handlers == before


def test_parts_are_read_amid_their_whole_by_both_encoders(models_dir: Path) -> None:
    quantized, reference = open_embedder(models_dir), ReferenceMiniLM()
    text = "Amazon SQS > Limits\n- A message has 256 KB at most.\n- It stays for 14 days."
    spans = [(text.index(s), text.index(s) + len(s)) for s in ("256 KB", "It stays for 14 days.")]
    long = text + " filler" * 400 + " The last sentence lies in a window of its own."
    for encoder in (quantized, reference):
        short_parts, long_parts = encoder.encode_with_parts(
            [text, long], [spans, [(0, len(text)), (len(long) - 47, len(long))]]
        )
        assert short_parts.shape == (3, 384)
        np.testing.assert_allclose(np.linalg.norm(short_parts, axis=1), 1, atol=1e-5)
        # The whole is what `encode` gives, and the parts are neither it nor each other.
        wholes = encoder.encode([text, long])
        assert float(short_parts[0] @ wholes[0]) > 0.999
        assert float(long_parts[0] @ wholes[1]) > 0.999
        assert float(short_parts[1] @ short_parts[2]) < 0.9
        assert float(long_parts[2] @ encoder.encode(["the last sentence"])[0]) > float(
            long_parts[1] @ encoder.encode(["the last sentence"])[0]
        )
    exact = reference.encode_with_parts([text], [spans])[0]
    close = quantized.encode_with_parts([text], [spans])[0]
    assert float((exact * close).sum(axis=1).min()) > 0.97
