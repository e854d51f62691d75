"""The ten sheets as they were given, with their own 49 questions.

    python -m bench.given_questions FILE.txt [--model quotes] [--out DIR]

The file's questions come without a key; it is written down here. They are asked over the file
itself, so that the figures stand beside those of a prototype that did the same. Prints recall of
the right section by the bare question (fusion, dense, lexical), then scores the questions with
`python -m eval run`. A question is in dev or test by the id of its counterpart in our bank.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from pathlib import Path

from eval.banks import load_bank
from eval.commands import main as eval_main
from eval.statistics import proportion
from ingest.__main__ import ingest
from ragbot.embedding import open_embedder
from ragbot.retrieval import Retriever
from ragbot.retrieval.fusion import DEPTH
from ragbot.settings import load_settings
from ragbot.store import Index, open_index
from ragbot.types import FoundQuestion

# The right option of each question, counted from 0, sheet by sheet.
KEY = "122122 12312 12123 21321 12212 12222 21122 1121 22222 2121".replace(" ", "")


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("file", type=Path, help="ten sheets pasted into one text file")
    parser.add_argument("--model", default="quotes", help="as RAGBOT_MODEL (default: quotes)")
    parser.add_argument("--out", type=Path, default=Path(".ragbot/given"))
    options = parser.parse_args()
    index_dir = options.out / "index"
    ingest([options.file], index_dir)
    index = open_index(index_dir)
    questions = index.questions()
    ours = load_bank("practice").questions[: len(KEY)]
    if len(questions) != len(KEY):
        raise SystemExit(f"{options.file} has {len(questions)} questions, the key {len(KEY)}")
    headings = [{pointer.heading for pointer in each.evidence} for each in ours]
    report(index, questions, headings)
    bank = options.out / "given.jsonl"
    rows = [
        {
            "id": own.id,
            "topic": own.topic,
            "question": each.stem,
            "options": each.options,
            "answer": [int(key)],
        }
        for own, each, key in zip(ours, questions, KEY, strict=True)
    ]
    bank.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    run = ["run", "--bank", str(bank), "--index", str(index_dir), "--model", options.model]
    raise SystemExit(eval_main([*run, "--out", str(options.out / f"run-{options.model}")]))


def report(index: Index, questions: Sequence[FoundQuestion], headings: Sequence[set[str]]) -> None:
    """A hit is a passage of the very section that answers the question; the comparison table
    and "when to choose" do not count."""
    heading_at = [passage.heading_path[-1] for passage in index.all_passages()]
    embedder = open_embedder(load_settings().models_dir)
    retriever = Retriever(index, embedder)
    vectors = embedder.encode([each.stem for each in questions])
    rankings: dict[str, list[list[str]]] = {"dense": [], "lexical": [], "fusion": []}
    for each, vector in zip(questions, vectors, strict=True):
        rankings["dense"].append([heading_at[place] for place, _ in index.dense(vector, DEPTH)])
        rankings["lexical"].append(
            [heading_at[place] for place, _ in index.lexical(each.stem, DEPTH)]
        )
        found = retriever.search(each.stem, DEPTH)
        rankings["fusion"].append([item.passage.heading_path[-1] for item in found])
    print(f"right section by the bare question, {len(heading_at)} passages:")
    for name, ranked in rankings.items():
        cells = []
        for k in (1, 5):
            hits = [
                float(any(heading in wanted for heading in ranking[:k]))
                for wanted, ranking in zip(headings, ranked, strict=True)
            ]
            cells.append(f"recall@{k} {proportion(hits)}")
        print(f"{name:>8}  " + "   ".join(cells))


if __name__ == "__main__":
    main()
