"""The same notes, questions and weights through what a user would install instead.

    python -m bench peers [--split test] [--only NAME ...] [--runs 3]

Each script of bench/peer_scripts runs in a virtual environment of its own, which is made on first
use (minutes, and a few GB) and kept under --work. All of them embed with all-MiniLM-L6-v2; ours is
its 8-bit twin. A need counts as found where a retrieved text holds the bank's quote whole.
  recall@k     share of the needed quotes among the first k texts
  in 300 words the same, among the first 300 words retrieved: long texts are no advantage
  more         our nDCG@10 less theirs, paired over the questions, with a 95% interval
  ms           of one search, the encoding of the question included; `times ours` of the medians
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import venv
from collections.abc import Mapping, Sequence
from pathlib import Path
from statistics import median
from typing import Any

from bench.output import milliseconds, save, show, timed
from eval.banks import Question, load_bank
from eval.ranking import measured
from eval.statistics import bootstrap, compare_paired
from ragbot.embedding import open_embedder
from ragbot.embedding.package import weights_folder
from ragbot.retrieval import Retriever
from ragbot.settings import load_settings
from ragbot.store import open_index

SCRIPTS = Path(__file__).parent / "peer_scripts"
CONSTRAINTS = Path(__file__).parent.parent / "constraints.txt"
K = 10
BUDGET = 300  # words
MEASURES = ("R@1", "R@5", "nDCG@10")
OURS = "ragbot"
_ABOUT = (__doc__ or "").split("\n")[0]
# Nothing is fetched while they run, for the weights lie in a folder, and nothing is reported.
QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TOKENIZERS_PARALLELISM": "false",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",  # Chroma
    "HAYSTACK_TELEMETRY_ENABLED": "False",
    "LANGSMITH_TRACING": "false",
}
Found = list[list[str]]  # for each question its texts, best first


def main(arguments: Sequence[str]) -> int:
    names = sorted(script.stem for script in SCRIPTS.glob("*.py"))
    parser = argparse.ArgumentParser(prog="bench peers", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    parser.add_argument("--only", choices=names, nargs="+", default=names)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--work", type=Path, default=Path(".ragbot/bench/peers"))
    options = parser.parse_args(arguments)
    questions = [
        question
        for question in load_bank("natural").questions
        if question.split == options.split and question.evidence
    ]
    asked = [question.question for question in questions]
    job = json.dumps(
        {
            "files": [str(file) for file in sorted(Path("corpus").glob("*.md"))],
            "questions": asked,
            "model": str(weights_folder()),
            "k": K,
        }
    )
    found: dict[str, Found] = {}
    seconds: dict[str, list[float]] = {}
    # Ours and theirs take turns, so that a busy minute of the machine falls on all of them.
    for _ in range(options.runs):
        found[OURS], spent = _asked_of_us(asked)
        seconds.setdefault(OURS, []).extend(spent)
        for name in options.only:
            reply = _asked_of(name, job, options.work)
            found[name] = reply["found"]
            seconds.setdefault(name, []).extend(reply["seconds"])
    scores = {name: _scores(questions, texts) for name, texts in found.items()}
    rows = [_row(name, questions, found[name], scores, seconds) for name in (OURS, *options.only)]
    show(rows)
    save(f"peers-{options.split}", rows)
    return 0


def _row(
    name: str,
    questions: Sequence[Question],
    found: Found,
    scores: Mapping[str, dict[str, dict[str, float]]],
    seconds: Mapping[str, list[float]],
) -> dict[str, Any]:
    row: dict[str, Any] = {"what": name, "n": len(questions)}
    for measure in MEASURES:
        interval = bootstrap([scores[name][q.id][measure] for q in questions], 0)
        assert interval is not None
        row[measure] = f"{interval.value:.3f}"
        row[f"{measure} 95%"] = f"{interval.low:.3f}-{interval.high:.3f}"
    shares = [_within(q, texts, BUDGET) for q, texts in zip(questions, found, strict=True)]
    row[f"in {BUDGET} words"] = round(sum(shares) / len(shares), 3)
    row["words a text"] = round(median(len(t.split()) for texts in found for t in texts))
    if name != OURS:
        ours, theirs = ([scores[who][q.id]["nDCG@10"] for q in questions] for who in (OURS, name))
        more = compare_paired(theirs, ours, 0)
        row["more"] = f"{more.difference:+.3f}"
        row["more 95%"] = f"{more.low:+.3f} {more.high:+.3f}"
    row |= milliseconds("", seconds[name])
    row["times ours"] = round(median(seconds[name]) / median(seconds[OURS]), 2)
    return row


def _asked_of_us(questions: Sequence[str]) -> tuple[Found, list[float]]:
    settings = load_settings()
    embedder = open_embedder(settings.models_dir)
    index = open_index(settings.index_dir, embedder=embedder.fingerprint)
    retriever = Retriever(index, embedder)

    def search(question: str) -> list[str]:
        hits = retriever.search(retriever.query_for(question), K)
        return [hit.passage.text for hit in hits]

    search("warm")
    found = [search(question) for question in questions]
    return found, [timed(search, question) for question in questions]


def _asked_of(name: str, job: str, work: Path) -> dict[str, Any]:
    python = _environment(name, work)
    done = subprocess.run(
        # -P: or `import langchain_chroma` would find the script of that name.
        [python, "-P", SCRIPTS / f"{name}.py"],
        input=job,
        text=True,
        stdout=subprocess.PIPE,
        check=True,
        env=os.environ | QUIET,
    )
    reply: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return reply


def _environment(name: str, work: Path) -> Path:
    """The interpreter of the script's own environment."""
    folder = (work / name).resolve()
    python, stamp = folder / "bin" / "python", folder / "installed"
    first = (SCRIPTS / f"{name}.py").read_text(encoding="utf-8").splitlines()[0]
    # Torch as ours is pinned: left alone, pip takes a build for graphics cards.
    torch = next(
        line for line in CONSTRAINTS.read_text().splitlines() if line.startswith("torch==")
    )
    packages = [torch, *first.removeprefix("# packages: ").split()]
    wanted = " ".join(packages)
    if not stamp.exists() or stamp.read_text() != wanted:
        print(f"{name}: installing {wanted} ...", file=sys.stderr, flush=True)
        venv.create(folder, with_pip=True, clear=True)
        subprocess.run([python, "-m", "pip", "install", "-q", *packages], check=True)
        stamp.write_text(wanted)
    return python


def _scores(questions: Sequence[Question], found: Found) -> dict[str, dict[str, float]]:
    judgments: dict[str, dict[str, int]] = {}
    rankings: dict[str, list[str]] = {}
    for question, texts in zip(questions, found, strict=True):
        needs = _needs(question)
        ranking: dict[str, None] = {}
        for place, text in enumerate(map(_plain, texts)):
            held = (f"need-{n}" for n, quotes in enumerate(needs) if any(q in text for q in quotes))
            new = [need for need in held if need not in ranking]
            ranking.update(dict.fromkeys(new or [f"text-{place}"]))
        judgments[question.id] = {f"need-{n}": 1 for n in range(len(needs))}
        rankings[question.id] = list(ranking)[:K]
    return measured(judgments, rankings, MEASURES)


def _within(question: Question, texts: Sequence[str], budget: int) -> float:
    """Share of the needs held by the first `budget` words."""
    needs = _needs(question)
    left, kept = budget, []
    for text in texts:
        words = text.split()[:left]
        kept.append(" ".join(words))
        left -= len(words)
    return sum(any(q in text for q in quotes for text in kept) for quotes in needs) / len(needs)


def _needs(question: Question) -> list[list[str]]:
    """For each need the quotes of which any one will do."""
    return [[_plain(place.quote) for place in each.places()] for each in question.evidence]


def _plain(text: str) -> str:
    return " ".join(text.split())
