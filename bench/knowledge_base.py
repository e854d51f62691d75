"""What the gate loses over a knowledge base: the same questions, over an index and over chunks.

    python -m bench knowledge_base

The project's sheets in pieces of 200 words, wherever a sentence stands, behind a loopback server
that ranks them by the shipped encoder: no knowledge base of AWS, but what one does with default
chunking. Test questions; refused: of those that the sheets answer, answered: of those that they
don't.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from bench.output import save, show
from eval.banks import FALSE_PREMISE, Question, load_bank
from eval.statistics import wilson
from ragbot.embedding import open_embedder
from ragbot.retrieval import KnowledgeBase, Retriever, Searcher, open_readers
from ragbot.retrieval.knowledge_base import Base
from ragbot.settings import load_settings
from ragbot.store import open_index

ROOT = Path(__file__).parents[1]
BANKS = ("natural", "unanswerable", "strangers")
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench knowledge_base", description=_ABOUT)
    parser.add_argument("--most", type=int, help="so many questions, spread over the banks")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT / "tests"))
    from support.bedrock_server import BedrockServer, lead_to, listening
    from support.knowledge_base import ID, chunks_of, knowledge_base

    settings = load_settings()
    embedder, readers = open_embedder(settings.models_dir), open_readers(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    questions = [
        question
        for bank in BANKS
        for question in load_bank(bank).questions
        if question.split == "test" and question.kind != FALSE_PREMISE
    ]
    if options.most is not None:
        questions = questions[:: max(1, len(questions) // options.most)]
    chunks = chunks_of(ROOT / "corpus")
    vectors = embedder.encode([each["content"]["text"] for each in chunks])
    server = BedrockServer()
    with listening(server), pytest.MonkeyPatch.context() as environment:
        lead_to(server, environment)
        knowledge_base(
            server, chunks, ranking=lambda query: (vectors @ embedder.encode([query])[0]).tolist()
        )
        rows = [
            _row("index", Retriever(index, embedder, readers), questions, settings.k),
            _row(
                "knowledge base",
                KnowledgeBase(Base(ID), embedder, readers, settings),
                questions,
                settings.k,
            ),
        ]
        rows[-1]["requests a question"] = round(len(server.requests) / len(questions), 2)
    show(rows)
    save("knowledge_base", rows)
    return 0


def _row(name: str, searcher: Searcher, questions: Sequence[Question], k: int) -> dict[str, Any]:
    enough: dict[bool, list[bool]] = {True: [], False: []}
    seconds = []
    for question in questions:
        started = time.perf_counter()
        query = searcher.query_for(question.question)
        evidence = searcher.evidence(query, searcher.search(query, k))
        enough[question.answerable].append(searcher.judged(query, evidence).enough)
        seconds.append(time.perf_counter() - started)
    return {
        "over": name,
        "refused": _told([not each for each in enough[True]]),
        "answered": _told(enough[False]),
        "ms p50": round(1000 * float(np.median(seconds))),
    }


def _told(hits: Sequence[bool]) -> str:
    low, high = wilson(sum(hits), len(hits))
    return f"{sum(hits) / len(hits):.3f} ({low:.2f}-{high:.2f}, n = {len(hits)})"
