"""Does the bare practice question find the section that answers it?

    python -m bench.practice_retrieval                     the bank, over corpus/
    python -m bench.practice_retrieval --pasted FILE.txt   the file's own questions, over it

Prints recall@1 and recall@5 of the fusion beside dense and lexical search alone, with Wilson's
95% interval, and the misses. A hit is a passage of the very section that the bank points to; the
comparison table and "when to choose" do not count. The pasted file's questions have no key: the
bank holds the same questions in other words, sheet by sheet in the same order.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from ingest.__main__ import ingest
from ragbot.embedding import open_embedder
from ragbot.retrieval.fusion import DEPTH, fuse
from ragbot.store import Index, open_index

ROOT = Path(__file__).resolve().parents[1]
BANK = ROOT / "eval/questions/practice.jsonl"


@dataclass(frozen=True, slots=True)
class Asked:
    question: str
    headings: frozenset[str]  # of the sections that answer it


def wilson(hits: int, n: int, z: float = 1.96) -> tuple[float, float]:
    """Wilson's score interval of a proportion."""
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--pasted", type=Path, help="ten sheets pasted into one text file")
    options = parser.parse_args()
    bank = [json.loads(line) for line in BANK.read_text(encoding="utf-8").splitlines()]
    gold = [frozenset(pointer["heading"] for pointer in q["evidence"]) for q in bank]
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder) / "index"
        ingest([options.pasted or ROOT / "corpus"], place)
        index = open_index(place)
        if options.pasted:
            stems = [question.stem for question in index.questions()]
        else:
            stems = [question["question"] for question in bank]
        if len(stems) != len(gold):
            raise SystemExit(f"{len(stems)} questions, but {len(gold)} in the bank")
        report(index, [Asked(*pair) for pair in zip(stems, gold, strict=True)])


def report(index: Index, asked: Sequence[Asked]) -> None:
    heading_of = {p.passage_id: p.heading_path[-1] for p in index.all_passages()}
    vectors = open_embedder().encode([each.question for each in asked])
    rankings: dict[str, list[list[str]]] = {"dense": [], "lexical": [], "fusion": []}
    for each, vector in zip(asked, vectors, strict=True):
        dense = [pid for pid, _ in index.dense(vector, DEPTH)]
        lexical = [pid for pid, _ in index.lexical(each.question, DEPTH)]
        scores = fuse([dense, lexical])
        rankings["dense"].append(dense)
        rankings["lexical"].append(lexical)
        rankings["fusion"].append(sorted(scores, key=lambda pid: (-scores[pid], pid)))
    n = len(asked)
    print(f"n = {n}, {len(heading_of)} passages")
    for name, ranked in rankings.items():
        cells = []
        for k in (1, 5):
            hits = sum(
                any(heading_of[pid] in each.headings for pid in ranking[:k])
                for each, ranking in zip(asked, ranked, strict=True)
            )
            low, high = wilson(hits, n)
            cells.append(f"recall@{k} {hits / n:.3f} ({hits}/{n}, {low:.3f}-{high:.3f})")
        print(f"{name:>8}  " + "   ".join(cells))
    for each, ranking in zip(asked, rankings["fusion"], strict=True):
        found = [heading_of[pid] for pid in ranking[:5]]
        if not each.headings.intersection(found):
            print(
                f"  miss: {each.question[:90]!r}\n    wanted {sorted(each.headings)}, found {found}"
            )


if __name__ == "__main__":
    main()
