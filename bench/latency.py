"""What does a search cost beside the encoder's own forward pass?

    python -m bench latency [--runs 5]

Milliseconds over the natural questions against the index, warm: the bare encoder, each part of a
search, the whole of it, and the whole with the models weighing the sentences found. The
runs alternate between bare and whole, and the ratio is of their medians.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Callable, Sequence
from typing import Any

from bench.output import milliseconds, save, show, timed
from eval.banks import load_bank
from ragbot.embedding import open_embedder
from ragbot.retrieval import Retriever, open_readers
from ragbot.settings import load_settings
from ragbot.store import open_index

_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench latency", description=_ABOUT)
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder, readers = open_embedder(settings.models_dir), open_readers(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    retriever = Retriever(index, embedder, readers)
    questions = [question.question for question in load_bank("natural").questions]
    vectors = embedder.encode(questions)
    found = [retriever.search(question, 8) for question in questions]
    nearest = [[position for position, _ in index.dense(vector, 60)] for vector in vectors]
    acts: dict[str, Callable[[int], Any]] = {
        "encode": lambda i: embedder.encode([questions[i]]),
        "search": lambda i: retriever.search(questions[i], 8),
        "dense": lambda i: index.dense(vectors[i], 60),
        "lexical": lambda i: index.lexical(questions[i], 60),
        "sentences": lambda i: index.by_best_sentence(vectors[i], nearest[i]),
    }
    times: dict[str, list[float]] = {name: [] for name in acts}
    for _ in range(options.runs):
        for name, act in acts.items():
            times[name] += [timed(act, i) for i in range(len(questions))]
    if readers.reranker is not None:
        times["search + reading models"] = [
            a + timed(retriever.evidence, questions[i], found[i])
            for i, a in zip(range(len(questions)), times["search"], strict=False)
        ]
    bare = statistics.median(times["encode"])
    rows = [
        {
            "part": name,
            "n": len(spent),
            **milliseconds("", spent),
            "times the encoder": round(statistics.median(spent) / bare, 2),
        }
        for name, spent in times.items()
    ]
    show(rows)
    save("latency", rows)
    return 0
