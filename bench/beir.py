"""What would other models and other fusions give, on a set with known figures?

    ragbot models pull bge-small late-interaction
    python -m bench beir DIR

nDCG@10 with its 95% interval over a set in BEIR's layout, and the difference to the two searches
that the product fuses, paired. The product's own parts stand first; then bge-small-en-v1.5 (8 bits)
as a second or the only embedder, answerai-colbert-small-v1 (8 bits, as it was exported: without
its projection) comparing token by token the first 50 of what the others found, and the product's
cross-encoder over the first 20. Encodings are kept in --work: making them takes half an hour.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from bench.output import save
from eval.ranking import measured
from eval.retrieval import BEIR_DEPTH, BeirSet, by_score, by_vector, by_words, read_beir
from eval.statistics import bootstrap, compare_paired
from ragbot import weights
from ragbot.embedding import Vectors, open_embedder
from ragbot.errors import ModelUnavailableError
from ragbot.reranker import open_reranker
from ragbot.retrieval.fusion import fuse
from ragbot.settings import load_settings

NEAR, RERANKED = 50, 20
INSTRUCTION = "Represent this sentence for searching relevant passages: "  # bge's own
_ABOUT = (__doc__ or "").split("\n")[0]
Ranking = dict[str, list[str]]  # query id -> ids of documents, best first


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench beir", description=_ABOUT)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--work", type=Path, default=Path(".ragbot/bench/beir"))
    options = parser.parse_args(arguments)
    work: Path = options.work
    work.mkdir(parents=True, exist_ok=True)
    settings = load_settings()
    held = read_beir(options.folder)
    queries = list(held.queries.values())
    minilm = open_embedder(settings.models_dir)
    own = _kept(work / "minilm.npy", lambda: minilm.encode(held.texts))
    bge = Encoder("bge-small", settings.models_dir)
    second = _kept(work / "bge-small.npy", lambda: bge.sentences(held.texts))
    ways: dict[str, Ranking] = {
        "BM25": by_words(held),
        "MiniLM": by_vector(held, own, minilm.encode(queries)),
        "bge-small": by_vector(held, second, bge.sentences([INSTRUCTION + q for q in queries])),
    }
    ways["BM25 + MiniLM"] = _fused(ways["BM25"], ways["MiniLM"])
    ways["BM25 + bge-small"] = _fused(ways["BM25"], ways["bge-small"])
    near = _fused(ways["BM25"], ways["bge-small"], ways["MiniLM"])
    ways["BM25 + MiniLM + bge-small"] = near
    late = _late(held, near, Encoder("late-interaction", settings.models_dir), work)
    ways["late interaction over those"] = late
    ways["BM25 + MiniLM + late"] = _fused(ways["BM25"], ways["MiniLM"], late)
    ways["BM25 + bge-small + late"] = _fused(ways["BM25"], ways["bge-small"], late)
    ways["all four"] = _fused(ways["BM25"], ways["MiniLM"], ways["bge-small"], late)
    reranker = open_reranker(settings.models_dir)
    if reranker is not None:
        for name in ("BM25 + MiniLM", "BM25 + MiniLM + bge-small"):
            ways[f"{name}, cross-encoder"] = {
                query: _reranked(held, query, ranking, reranker.scores)
                for query, ranking in ways[name].items()
            }
    rows = _rows(held, ways)
    for row in rows:
        print(
            f"{row['way']:<40}{row['nDCG@10']:.3f} ({row['low']:.3f}-{row['high']:.3f})"
            f"  {row['more']}"
        )
    save(f"beir-{options.folder.name}", rows)
    return 0


class Encoder:
    """An 8-bit ONNX model of the catalogue that gives a vector for each token."""

    def __init__(self, name: str, models_dir: Path) -> None:
        folder = weights.find(name, models_dir)
        if folder is None:
            raise ModelUnavailableError(
                f"the weights {name} are not here", mend=f"ragbot models pull {name}"
            )
        import onnxruntime
        from tokenizers import Tokenizer

        self._session = onnxruntime.InferenceSession(str(folder / "model.onnx"))
        self._tokenizer = Tokenizer.from_file(str(folder / "tokenizer.json"))
        self._tokenizer.enable_truncation(510)
        self._tokenizer.no_padding()

    def sentences(self, texts: Sequence[str]) -> Vectors:
        """float32 [len(texts), 384], unit length: the vector of the first token."""
        return np.stack([tokens[0] for tokens in self.tokens(texts, None)])

    def tokens(self, texts: Sequence[str], mark: int | None) -> list[Vectors]:
        """Of each text float32 [tokens, 384], unit length; `mark` stands behind the first."""
        found: list[Vectors] = [np.zeros((0, 384), np.float32)] * len(texts)
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        for first in range(0, len(order), 16):
            batch = order[first : first + 16]
            ids = [self._tokenizer.encode(texts[i]).ids for i in batch]
            if mark is not None:
                ids = [[row[0], mark, *row[1:]] for row in ids]
            width = max(map(len, ids))
            read = np.array([row + [0] * (width - len(row)) for row in ids], dtype=np.int64)
            mask = np.array([[1] * len(row) + [0] * (width - len(row)) for row in ids])
            inputs = {
                "input_ids": read,
                "attention_mask": mask.astype(np.int64),
                "token_type_ids": np.zeros_like(read),
            }
            states = self._session.run(None, inputs)[0]
            states /= np.linalg.norm(states, axis=-1, keepdims=True)
            for row, i, size in zip(states, batch, map(len, ids), strict=True):
                found[i] = row[:size].copy()
        return found


def _late(held: BeirSet, near: Ranking, encoder: Encoder, work: Path) -> Ranking:
    """The first of what was found, by the sum over the query's tokens of the best fit."""
    wanted = sorted({document for found in near.values() for document in found[:NEAR]})
    text_of = dict(zip(held.ids, held.texts, strict=True))
    file = work / "late.npz"
    if not file.exists():
        read = encoder.tokens([text_of[document] for document in wanted], 2)
        ends = np.cumsum([len(tokens) for tokens in read])
        np.savez(file, tokens=np.concatenate(read).astype(np.float16), ends=ends)
    kept = np.load(file)
    tokens, ends = kept["tokens"], kept["ends"]
    span = {
        document: (start, end)
        for document, start, end in zip(wanted, [0, *ends[:-1]], ends, strict=True)
    }
    asked = encoder.tokens(list(held.queries.values()), 1)
    found: Ranking = {}
    for query, vectors in zip(held.queries, asked, strict=True):
        fit = {}
        for document in near[query][:NEAR]:
            start, end = span[document]
            fit[document] = float((vectors @ tokens[start:end].astype(np.float32).T).max(1).sum())
        found[query] = by_score(fit)
    return found


def _reranked(
    held: BeirSet, query: str, ranking: Sequence[str], scores: Callable[[str, list[str]], Any]
) -> list[str]:
    text_of = dict(zip(held.ids, held.texts, strict=True))
    first = list(ranking[:RERANKED])
    told = scores(held.queries[query], [text_of[document] for document in first])
    best = by_score(dict(zip(first, map(float, told), strict=True)))
    return [*best, *ranking[RERANKED:]]


def _fused(*rankings: Ranking) -> Ranking:
    return {
        query: by_score(fuse([ranking[query] for ranking in rankings]))[:BEIR_DEPTH]
        for query in rankings[0]
    }


def _kept(file: Path, make: Callable[[], Vectors]) -> NDArray[np.float32]:
    if not file.exists():
        np.save(file, make())
    held: NDArray[np.float32] = np.load(file)
    return held


def _rows(held: BeirSet, ways: dict[str, Ranking]) -> list[dict[str, Any]]:
    by_way = {
        way: [values["nDCG@10"] for values in measured(held.judgments, found).values()]
        for way, found in ways.items()
    }
    base = by_way["BM25 + MiniLM"]
    rows = []
    for way, values in by_way.items():
        interval = bootstrap(values, 0)
        assert interval is not None
        step = compare_paired(base, values, 0)
        rows.append(
            {
                "way": way,
                "n": interval.n,
                "nDCG@10": round(interval.value, 4),
                "low": round(interval.low, 4),
                "high": round(interval.high, 4),
                "more": f"{step.difference:+.3f} ({step.low:+.3f} to {step.high:+.3f})",
            }
        )
    return rows
