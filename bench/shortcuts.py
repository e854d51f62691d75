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

from bench.output import save, shares, show_shares
from eval.banks import FALSE_PREMISE, NOT_IN_THE_NOTES, Question, load_bank
from eval.free_answers import score_answer
from eval.runs import RunFolder
from ragbot.evidence import evidence_sentences
from ragbot.settings import load_settings
from ragbot.store import open_index
from ragbot.types import Answer, Citation, Passage, RetrievedPassage, Sentence, Why

_ABOUT = (__doc__ or "").split("\n")[0]
BANKS = ("natural", "unanswerable", "strangers", "latecomers", "newcomers", "visitors")
SIZES = (1, 2, 3, 8)


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench shortcuts", description=_ABOUT)
    parser.add_argument("runs", nargs="*", type=Path)
    options = parser.parse_args(arguments)
    index = open_index(load_settings().index_dir)
    passages = index.all_passages()
    asked = [q for name in BANKS for q in load_bank(name).questions if q.split == "test"]
    held: dict[str, list[bool]] = {}
    for k in SIZES:
        answers = [
            printed(q.question, [passages[at] for at, _ in index.lexical(q.question, k)])
            for q in asked
        ]
        held |= _held(f"{k} passages whole", asked, answers)
    refusals = [q.kind in (*NOT_IN_THE_NOTES, FALSE_PREMISE) for q in asked]
    held["refusing always: handled right"] = refusals
    for folder in options.runs:
        held |= _held_of_run(folder)
    rows = [*shares(held)]
    show_shares(rows)
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


def _held(name: str, asked: Sequence[Question], answers: Sequence[Answer]) -> dict[str, list[bool]]:
    told = [(q, a, score_answer(q, a, frozenset())) for q, a in zip(asked, answers, strict=True)]
    name = f"{name}, {_words([answer.text for _, answer, _ in told])} words"
    return {
        f"{name}: answerable right": [bool(s.correct) for q, _, s in told if q.answerable],
        f"{name}: false premise corrected": [
            bool(s.corrected) for q, _, s in told if q.kind == FALSE_PREMISE
        ],
    }


def _held_of_run(folder: Path) -> dict[str, list[bool]]:
    records = [r for r in RunFolder(folder).records() if r.split == "test" and not r.options]
    premises = [r for r in records if r.kind == FALSE_PREMISE]
    answerable = [r for r in records if r.kind not in (*NOT_IN_THE_NOTES, FALSE_PREMISE)]
    told = [r.text for r in (*answerable, *premises) if not r.verdicts.get("abstained")]
    name = f"{folder.name}, {_words(told)} words"
    held = {
        f"{name}: answerable right": [bool(r.verdicts.get("correct")) for r in answerable],
        f"{name}: false premise corrected": [bool(r.verdicts.get("corrected")) for r in premises],
    }
    return {what: hits for what, hits in held.items() if hits}


def _words(texts: Sequence[str]) -> int:
    return round(statistics.median([len(text.split()) for text in texts] or [0]))
