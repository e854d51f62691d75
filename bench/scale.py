"""How does it grow? The same questions against 1,000 to 1,000,000 passages.

    python -m bench scale DOCS.jsonl.gz [--sizes 1000 10000 100000] [--work DIR]

DOCS.jsonl.gz holds real pages, one JSON object with `title`, `topic` and `text` a line; more
passages than they give are repeated with noise, and the table says from which size on. For each
size, each measured in a process of its own:
  write       passages a second from vectors to a sealed index (lexical, vectors, graph, checksums)
  MB          the index on disk, without the cache of embeddings
  open, RSS   seconds until the first answer of a fresh process, and its memory then
  p50 .. p99  milliseconds of a whole search, encoding included, beside the bare encoder's
  recall      of the ten nearest by exact comparison, the share that the graph finds
  filtered    the same for filters that leave about 1%, 10% and 50% of the passages
"""

from __future__ import annotations

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from bench.output import milliseconds, save, show, timed
from bench.pages import page_files, sized
from eval.banks import QUESTIONS
from ragbot.embedding import open_embedder
from ragbot.retrieval import Retriever
from ragbot.settings import load_settings
from ragbot.store import open_index, write_generation

NEAREST = 10
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench scale", description=_ABOUT)
    parser.add_argument("docs", type=Path)
    parser.add_argument("--sizes", type=int, nargs="+", default=[1_000, 10_000, 100_000])
    parser.add_argument("--work", type=Path, default=Path(".ragbot/bench/scale"))
    parser.add_argument("--real", type=int, default=25_000, help="real passages to encode")
    parser.add_argument("--measure", type=Path, help=argparse.SUPPRESS)  # one size, own process
    parser.add_argument("--write", type=int, help=argparse.SUPPRESS)
    options = parser.parse_args(arguments)
    if options.measure:
        print(json.dumps(measured(options.measure)))
        return 0
    if options.write:
        print(
            json.dumps(
                written(options.write, min(options.write, options.real), options.docs, options.work)
            )
        )
        return 0
    rows = []
    for size in options.sizes:
        again = [sys.executable, "-m", "bench", "scale", options.docs, "--work", options.work]
        again += ["--real", str(options.real)]
        row = _last_line([*again, "--write", str(size)])
        row |= _last_line([*again, "--measure", str(options.work / f"index-{size}")])
        rows.append(row)
        show([row])
        shutil.rmtree(options.work / f"index-{size}")
    save("scale", rows, x="passages", lines=_LINES)
    show(rows)
    return 0


_LINES = ("p50 ms", "p95 ms", "p99 ms", "encode p50 ms", "encode p95 ms")


def _last_line(command: Sequence[str | Path]) -> dict[str, Any]:
    done = subprocess.run([str(each) for each in command], check=True, stdout=subprocess.PIPE)
    plain: dict[str, Any] = json.loads(done.stdout.decode().strip().splitlines()[-1])
    return plain


def written(size: int, real: int, docs: Path, work: Path) -> dict[str, Any]:
    """Writes work/index-SIZE; how fast, how large."""
    embedder = open_embedder(load_settings().models_dir)
    contents, replayed = sized(size, real, page_files(docs, work / "pages"), embedder, work)
    index = work / f"index-{size}"
    shutil.rmtree(index, ignore_errors=True)
    index.mkdir(parents=True)
    # The cache of embeddings is filled first: its time is the encoder's, measured by bench ingest.
    seconds = timed(
        lambda: write_generation(index, contents, embedder=replayed, fingerprint="bench")
    )
    generation = next((index / "generations").iterdir())
    parts = {
        part.name: sum(f.stat().st_size for f in part.rglob("*") if f.is_file()) / 1e6
        for part in generation.iterdir()
        if part.is_dir()
    }
    return {
        "passages": size,
        "real": real,
        "write /s": round(size / seconds),
        "MB": round(sum(parts.values())),
        **{f"{name} MB": round(parts[name]) for name in sorted(parts)},
    }


def measured(index_dir: Path) -> dict[str, Any]:
    """Figures of a fresh process over a written index."""
    embedder = open_embedder(load_settings().models_dir)
    questions = _questions()
    start = time.perf_counter()
    index = open_index(index_dir)
    retriever = Retriever(index, embedder)
    retriever.search(questions[0], NEAREST)
    opened = time.perf_counter() - start
    encode = [timed(embedder.encode, [q]) for q in questions]
    search = [timed(retriever.search, q, 8) for q in questions]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3
    vectors = embedder.encode(questions)
    count = index.manifest.counts["passages"]
    everything = np.ones(count, dtype=np.bool_)
    row: dict[str, Any] = {
        "open s": round(opened, 2),
        "RSS MB": round(memory),
        **milliseconds("encode ", encode),
        **milliseconds("", search),
        "ratio p50": round(float(np.median(search) / np.median(encode)), 2),
        "recall@10": _recall(index, vectors, None, everything),
        "graph recall@10": _graph_recall(index, vectors),
    }
    row |= {
        f"{part} p50 ms": round(1e3 * float(np.median(times)), 2)
        for part, times in {
            "dense": [timed(index.dense, v, 60) for v in vectors],
            "graph": [timed(index.by_graph, v, 60) for v in vectors],
            "lexical": [timed(index.lexical, q, 60) for q in questions],
        }.items()
    }
    shuffled = np.random.default_rng(0)
    for share in (0.01, 0.1, 0.5):
        # A run of neighbours, as a topic or a folder is.
        wide = max(1, int(share * count))
        first = int(shuffled.integers(0, count - wide + 1))
        allowed = np.zeros(count, dtype=np.bool_)
        allowed[first : first + wide] = True
        times = [timed(index.dense, v, 60, allowed) for v in vectors]
        name = f"filter {share:.0%}"
        row[f"{name} p95 ms"] = round(1e3 * float(np.quantile(times, 0.95)), 2)
        row[f"{name} recall@10"] = _recall(index, vectors, allowed, allowed)
    return row


def _recall(index: Any, vectors: Any, searched: Any, exact_among: Any) -> float:
    """Of the ten nearest by exact comparison, the share that the search finds too."""
    positions = np.flatnonzero(exact_among)
    shares = []
    for vector in vectors:
        exact = {p for p, _ in index._vectors.nearest(vector, NEAREST, positions)}
        found = {position for position, _ in index.dense(vector, NEAREST, searched)}
        shares.append(len(exact & found) / len(exact))
    return round(float(np.mean(shares)), 4)


def _graph_recall(index: Any, vectors: Any) -> float:
    """The same of Chroma's graph, whether or not the product would ask it at this size."""
    shares = []
    for vector in vectors:
        exact = {position for position, _ in index._vectors.nearest(vector, NEAREST)}
        found = {position for position, _ in index.by_graph(vector, NEAREST)}
        shares.append(len(exact & found) / len(exact))
    return round(float(np.mean(shares)), 4)


def _questions() -> list[str]:
    with (QUESTIONS / "natural.jsonl").open(encoding="utf-8") as lines:
        questions = [json.loads(line)["question"] for line in lines]
    random.Random(0).shuffle(questions)
    return questions[:200]
