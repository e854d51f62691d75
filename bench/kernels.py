"""What does it cost the readers to be exact, and what would it cost not to be?

    python -m bench kernels [--pairs 64]

A dev question and so many lines of the notes, read by each reader in both ways that ONNX Runtime
multiplies numbers of 8 bits: milliseconds for a pair, the two ways in turn, the middle of five
rounds, and how far the logits of the quick way are off.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from statistics import median
from unittest.mock import patch

import numpy as np
from numpy.typing import NDArray

import ragbot
from bench.output import Row, save, show, timed
from eval.answerability import dev_questions
from ragbot import onnx_session
from ragbot.evidence import evidence_sentences
from ragbot.retrieval import Retriever
from ragbot.retrieval.readers import open_readers
from ragbot.settings import Settings

_ABOUT = (__doc__ or "").split("\n")[0]
ROUNDS = 5

Read = Callable[[str, Sequence[str]], NDArray[np.float32]]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench kernels", description=_ABOUT)
    parser.add_argument("--pairs", type=int, default=64)
    options = parser.parse_args(arguments)
    bot = ragbot.open(model="quotes")
    retriever = bot.searcher()
    if not isinstance(retriever, Retriever):
        raise SystemExit("RAGBOT_RETRIEVER: the lines are those of an index")
    lines = [s.in_context for p in retriever.index.all_passages() for s in evidence_sentences(p)]
    read = random.Random(0).sample(lines, options.pairs)
    asked = random.Random(0).choice(dev_questions()).question
    print(f"taken here: the {'quick' if onnx_session.adds_in_32_bits() else 'exact'} way\n")
    quick, exact = _opened(bot.settings, exact=False), _opened(bot.settings, exact=True)
    rows = [_row(name, quick[name], exact[name], asked, read) for name in quick]
    show(rows)
    save("kernels", rows)
    return 0


def _opened(settings: Settings, *, exact: bool) -> dict[str, Read]:
    readers = open_readers(settings.models_dir)
    with patch.object(onnx_session, "adds_in_32_bits", lambda: not exact):
        readers.load()
    if readers.reranker is None or readers.selection is None or readers.entailment is None:
        raise SystemExit("weights are missing: ragbot models pull reranker entailment")
    return {
        "cross-encoder": readers.reranker.scores,
        "answer selection": readers.selection.scores,
        "entailment": readers.entailment.margins,
    }


def _row(name: str, quick: Read, exact: Read, asked: str, lines: Sequence[str]) -> Row:
    off = np.abs(quick(asked, lines) - exact(asked, lines))
    # Each round with a question of its own: what was read once, answer selection remembers.
    again = [f"{asked} {number}" for number in range(ROUNDS)]
    spent = [(timed(quick, each, lines), timed(exact, each, lines)) for each in again]
    fast, slow = (1000 * median(each) / len(lines) for each in zip(*spent, strict=True))
    return {
        "reader": name,
        "pairs": len(lines),
        "quick ms": round(fast, 2),
        "exact ms": round(slow, 2),
        "exact / quick": round(slow / fast, 2),
        "off, mean": round(float(off.mean()), 3),
        "off, at most": round(float(off.max()), 3),
    }
