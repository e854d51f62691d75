"""What does each step of the retrieval give? Before and after, per kind, with intervals.

    python -m bench quality [--split test] [--beir DIR]

recall@1, recall@5 and nDCG@10 over the natural questions with evidence, for BM25 alone, vectors
alone, both fused, with the best sentences as a third list, and with the question put into the words
of the notes (typing errors, acronyms); then the cross-encoder as a reranker of the ten best. The
last column is the difference to the step before, by a paired bootstrap. `--beir` adds nDCG@10 on a
set in BEIR's layout.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from bench.output import save
from eval.banks import Question, load_bank
from eval.gold import Gold, as_judged
from eval.ranking import measured
from eval.retrieval import beir_rows
from eval.statistics import Interval, bootstrap, compare_paired
from ragbot.embedding import Embedder, open_embedder
from ragbot.retrieval import Retriever, open_readers
from ragbot.retrieval.fusion import DEPTH, fuse
from ragbot.settings import load_settings
from ragbot.store import open_index
from ragbot.types import RetrievedPassage

_ABOUT = (__doc__ or "").split("\n")[0]
_MEASURES = ("R@1", "R@5", "nDCG@10")
_RERANKED = 10


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench quality", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--beir", type=Path)
    options = parser.parse_args(arguments)
    settings = load_settings()
    embedder = open_embedder(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    retriever = Retriever(index, embedder, open_readers(settings.models_dir))
    gold = Gold(index)
    questions = [
        question
        for question in load_bank("natural").questions
        if question.split == options.split and gold.needs(question)
    ]
    kinds = [None, *sorted({question.kind or "" for question in questions})]
    steps = _steps(retriever, embedder)
    found = {name: _measured(questions, gold, step) for name, step in steps.items()}
    rows: list[dict[str, Any]] = []
    for kind in kinds:
        ids = [question.id for question in questions if kind is None or question.kind == kind]
        before: str | None = None
        for name, by_question in found.items():
            row: dict[str, Any] = {"kind": kind or "all", "step": name, "n": len(ids)}
            for measure in _MEASURES:
                values = [by_question[i][measure] for i in ids]
                row[measure] = _told(bootstrap(values, 0))
            if before is not None:
                step = compare_paired(
                    [found[before][i]["nDCG@10"] for i in ids],
                    [by_question[i]["nDCG@10"] for i in ids],
                    0,
                )
                row["more"] = f"{step.difference:+.3f} ({step.low:+.3f} to {step.high:+.3f})"
            rows.append(row)
            before = name
    if options.beir:
        rows += [
            {
                "kind": options.beir.name,
                "step": each.way,
                "n": each.measures["nDCG@10"].n,
                **{name: _told(each.measures[name]) for name in _MEASURES},
            }
            for each in beir_rows(options.beir, embedder, 0)
        ]
    _table(rows)
    save(f"quality-{options.split}", rows)
    return 0


Step = Callable[[str], list[str]]  # question -> ids of passages, best first


def _steps(retriever: Retriever, embedder: Embedder) -> dict[str, Step]:
    index = retriever.index

    def ids(places: Sequence[int]) -> list[str]:
        passages = index.passages_at(places)
        return [passages[place].passage_id for place in places]

    def lexical(question: str) -> list[int]:
        return [place for place, _ in index.lexical(question, DEPTH)]

    def dense(question: str) -> list[int]:
        return [place for place, _ in index.dense(embedder.encode([question])[0], DEPTH)]

    def both(question: str) -> list[int]:
        scores = fuse([dense(question), lexical(question)])
        return sorted(scores, key=lambda place: (-scores[place], place))

    def reranked(question: str) -> list[str]:
        query = retriever.query_for(question)
        evidence = retriever.evidence(query, retriever.search(query, _RERANKED))
        best = sorted(evidence, key=lambda item: (-max(item.relevance, default=-99.0), item.number))
        return [item.passage.passage_id for item in best]

    return {
        "BM25": lambda question: ids(lexical(question)),
        "vectors": lambda question: ids(dense(question)),
        "both fused": lambda question: ids(both(question)),
        "+ sentences": lambda question: _ids(retriever.search(question, DEPTH)),
        "+ the notes' words": lambda question: _ids(
            retriever.search(retriever.query_for(question), DEPTH)
        ),
        "cross-encoder (not shipped)": reranked,
    }


def _ids(found: Sequence[RetrievedPassage]) -> list[str]:
    return [item.passage.passage_id for item in found]


def _measured(questions: Sequence[Question], gold: Gold, step: Step) -> dict[str, dict[str, float]]:
    """Question id -> measure -> value."""
    judgments: dict[str, dict[str, int]] = {}
    rankings: dict[str, list[str]] = {}
    for question in questions:
        items, relevant = as_judged(gold.needs(question), step(question.question))
        judgments[question.id] = dict.fromkeys(relevant, 1)
        rankings[question.id] = items
    return measured(judgments, rankings, _MEASURES)


def _told(interval: Interval | None) -> str:
    if interval is None:
        return "-"
    return f"{interval.value:.3f} ({interval.low:.3f}-{interval.high:.3f})"


def _table(rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        cells = "  ".join(f"{name} {row[name]}" for name in _MEASURES)
        print(f"{row['kind']:<15}{row['step']:<28}n={row['n']:<4}{cells}  {row.get('more', '')}")
