"""What does it cost the readers to be exact, and what would it cost not to be?

    python -m bench kernels [--pairs 64]

A dev question and so many lines of the notes, read by each reader in both ways that ONNX Runtime
multiplies numbers of 8 bits: milliseconds for a pair, the two ways in turn, the middle of five
rounds, and how far the logits of the quick way are off. Beside it sixteen pairs at a time, as they
would be read where speed is all, and how far their company moves the logits.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Callable, Sequence
from statistics import median
from unittest.mock import patch

import numpy as np
import onnxruntime
from numpy.typing import NDArray

import ragbot
from bench.output import Row, save, show, timed
from eval.answerability import dev_questions
from ragbot import onnx_session
from ragbot.evidence import evidence_sentences
from ragbot.pair_encoder import PairEncoder
from ragbot.retrieval import Retriever
from ragbot.retrieval.readers import open_readers
from ragbot.settings import Settings

_ABOUT = (__doc__ or "").split("\n")[0]
ROUNDS = 5
TOGETHER = 16  # pairs of like length

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
    together = _opened(bot.settings, exact=False, together=True)
    rows = [_row(name, quick[name], exact[name], together[name], asked, read) for name in quick]
    show(rows)
    save("kernels", rows)
    return 0


def _opened(settings: Settings, *, exact: bool, together: bool = False) -> dict[str, Read]:
    readers = open_readers(settings.models_dir)
    with patch.object(onnx_session, "adds_in_32_bits", lambda: not exact):
        readers.load()
    if readers.reranker is None or readers.selection is None or readers.entailment is None:
        raise SystemExit("weights are missing: ragbot models pull reranker entailment")
    if together:
        for reader in (readers.reranker, readers.selection, readers.entailment):
            _read_together(reader)
    return {
        "cross-encoder": readers.reranker.scores,
        "answer selection": readers.selection.scores,
        "entailment": readers.entailment.margins,
    }


def _read_together(reader: PairEncoder) -> None:
    """From here on the reader takes sixteen pairs at a time, on all cores."""
    session = onnxruntime.InferenceSession(str(reader.weights), providers=["CPUExecutionProvider"])
    tokenizer = reader.tokenizer()
    tokenizer.enable_padding()
    wanted = {each.name for each in session.get_inputs()}

    def logits(pairs: Sequence[tuple[str, str]]) -> list[NDArray[np.float32]]:
        order = sorted(range(len(pairs)), key=lambda place: sum(map(len, pairs[place])))
        read: dict[int, NDArray[np.float32]] = {}
        for first in range(0, len(order), TOGETHER):
            batch = order[first : first + TOGETHER]
            encoded = tokenizer.encode_batch([pairs[place] for place in batch])
            inputs = {
                "input_ids": [each.ids for each in encoded],
                "attention_mask": [each.attention_mask for each in encoded],
                "token_type_ids": [each.type_ids for each in encoded],
            }
            given = {k: np.array(v, dtype=np.int64) for k, v in inputs.items() if k in wanted}
            read |= dict(zip(batch, session.run(None, given)[0], strict=True))
        return [read[place] for place in range(len(pairs))]

    reader._logits = logits  # type: ignore[method-assign]


def _row(
    name: str, quick: Read, exact: Read, together: Read, asked: str, lines: Sequence[str]
) -> Row:
    alone = quick(asked, lines)
    off = np.abs(alone - exact(asked, lines))
    moved = np.abs(alone - together(asked, lines))
    # Each round with a question of its own: what was read once, answer selection remembers.
    again = [f"{asked} {number}" for number in range(ROUNDS)]
    ways = (quick, exact, together)
    spent = [[timed(way, each, lines) for way in ways] for each in again]
    fast, slow, beside = (1000 * median(each) / len(lines) for each in zip(*spent, strict=True))
    return {
        "reader": name,
        "pairs": len(lines),
        "quick ms": round(fast, 2),
        "exact ms": round(slow, 2),
        "together ms": round(beside, 2),
        "exact / quick": round(slow / fast, 2),
        "together / quick": round(beside / fast, 2),
        "off, mean": round(float(off.mean()), 3),
        "off, at most": round(float(off.max()), 3),
        "moved, mean": round(float(moved.mean()), 3),
        "moved, at most": round(float(moved.max()), 3),
    }
