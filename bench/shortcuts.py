"""What do free answers score that choose nothing: passages printed whole, and refusing always?

    python -m bench shortcuts [RUN ...]

The best k passages by BM25, each sentence citing its own passage, over the free test questions of
the project's banks. A fact counts where the text states it, and a long text states much: so the
words of an answer stand beside what is right in it, for finished runs (`eval run --mode open_book`)
as well.
"""

from __future__ import annotations

import argparse
import statistics
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from bench.output import save
from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES, Question, load_bank
from eval.free_answers import score_answer
from eval.runs import RunFolder
from eval.statistics import wilson
from ragbot.evidence import evidence_sentences
from ragbot.settings import load_settings
from ragbot.store import open_index
from ragbot.types import Answer, Citation, Passage, RetrievedPassage, Sentence, Why

_ABOUT = (__doc__ or "").split("\n")[0]
BANKS = ("natural", "unanswerable", "strangers", "latecomers", "newcomers", "visitors")
SIZES = (1, 2, 3, 8)

Row = dict[str, Any]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench shortcuts", description=_ABOUT)
    parser.add_argument("runs", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    index = open_index(load_settings().index_dir)
    passages = index.all_passages()
    asked = [q for name in BANKS for q in load_bank(name).questions if q.split == "test"]
    rows: list[Row] = []
    for k in SIZES:
        name = f"{k} passages whole"
        answers = [
            printed(q.question, [passages[at] for at, _ in index.lexical(q.question, k)])
            for q in asked
        ]
        rows += _rows(name, asked, answers)
    refused = [q.kind in (*NOT_IN_THE_NOTES, FALSE_PREMISE) for q in asked]
    rows.append(_row("refusing always", "handled right", refused, []))
    for folder in options.runs:
        rows += _rows_of_run(folder)
    for row in rows:
        low, high = row["interval"]
        print(f"{row['of']:>24}  {row['what']:<24} {row['share']:.3f} ", end="")
        print(f"({row['count']}/{row['n']}, {low:.3f}-{high:.3f}), {row['words']} words")
    save("shortcuts", rows)
    return 0


def printed(question: str, passages: Sequence[Passage]) -> Answer:
    """The passages as an answer, each sentence with a marker of its own passage."""
    told = [
        (number, passage, sentence)
        for number, passage in enumerate(passages, start=1)
        for sentence in evidence_sentences(passage)
    ]
    return Answer(
        question=question,
        text=" ".join(sentence.text for *_, sentence in told),
        sentences=tuple(Sentence(s.text, (n,), "supported", prefix=" ") for n, _, s in told),
        citations=tuple(
            Citation(n, p.passage_id, s.start, s.end, s.text, "supported", 1.0) for n, p, s in told
        ),
        passages=tuple(
            RetrievedPassage(passage, 1.0, rank, Why()) for rank, passage in enumerate(passages, 1)
        ),
        abstained=False,
        reason=None,
        model_id="bm25",
    )


def _rows(of: str, asked: Sequence[Question], answers: Sequence[Answer]) -> list[Row]:
    scores = [score_answer(q, a, frozenset()) for q, a in zip(asked, answers, strict=True)]
    words = [len(answer.text.split()) for answer in answers]
    told = list(zip(asked, scores, words, strict=True))
    right = [(bool(s.correct), n) for q, s, n in told if q.answerable]
    corrected = [(bool(s.corrected), n) for q, s, n in told if q.kind == FALSE_PREMISE]
    return [
        _row(of, "answerable right", *map(list, zip(*right, strict=True))),
        _row(of, "false premise corrected", *map(list, zip(*corrected, strict=True))),
    ]


def _rows_of_run(folder: Path) -> list[Row]:
    records = [r for r in RunFolder(folder).records() if r.split == "test" and not r.options]
    rows = []
    for what, verdict, premise in (
        ("answerable right", "correct", False),
        ("false premise corrected", "corrected", True),
    ):
        part = [r for r in records if r.kind not in NOT_IN_THE_NOTES]
        part = [r for r in part if (r.kind == FALSE_PREMISE) == premise]
        words = [len(r.text.split()) for r in part if not r.verdicts.get("abstained")]
        held = [bool(r.verdicts.get(verdict)) for r in part]
        if held:
            rows.append(_row(folder.name, what, held, words))
    return rows


def _row(of: str, what: str, held: Sequence[bool], words: Sequence[int]) -> Row:
    count, n = sum(held), len(held)
    return {
        "of": of,
        "what": what,
        "count": count,
        "n": n,
        "share": count / n,
        "interval": wilson(count, n),
        "words": statistics.median(words) if words else 0,
    }
