"""How many wide questions are refused, though the notes answer them?

    python -m bench wide [--split dev]

Overviews, comparisons of two to four things, when to choose what, how things work together: 60
questions in each half of eval/wide_questions, by one author who knew the notes and nothing else.
Printed is the share that `quotes` refuses, with Wilson's interval; in dev the questions, too.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import ragbot
from bench.output import save, shares, show_shares

_ABOUT = (__doc__ or "").split("\n")[0]
_QUESTIONS = Path(__file__).resolve().parents[1] / "eval" / "wide_questions"


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench wide", description=_ABOUT)
    parser.add_argument("--split", choices=("dev", "test"), default="test")
    options = parser.parse_args(arguments)
    questions = (_QUESTIONS / f"{options.split}.txt").read_text(encoding="utf-8").splitlines()
    bot = ragbot.open(model="quotes")
    refused = [question for question in questions if bot.ask(question).abstained]
    outcomes = {"wide questions: refused": [question in refused for question in questions]}
    rows = list(shares(outcomes))
    show_shares(rows)
    for question in refused if options.split == "dev" else ():
        print(f"  {question}")
    save(f"wide-{options.split}", rows)
    return 0
