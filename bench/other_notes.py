"""How do the gate and the checker do over notes that nothing was fitted to?

    python -m bench other_notes [--most LINES] [--show]

What reads notes was trained on sheets of `tuning` and on the project's own notes, and the gate was
fitted to questions on the latter. Here are sheets of other fields, in `other_notes/`, in the form
of `tuning/sheets`; none of their lines was seen before. They become Markdown, an index of their own
and a bot that answers by `quotes`. A question that a line answers shall be answered with a citation
of that line, one that no line answers refused. Each true and false sentence goes to the checker as
the reply to a question that its line answers, as in `bench lies`.
"""

from __future__ import annotations

import argparse
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby
from pathlib import Path

import ragbot
from bench.lies import shown_evidence, verdict_on
from bench.output import save, shares, show_shares
from ingest.__main__ import ingest
from ragbot.assembly import Ragbot
from ragbot.types import Answer
from tuning.sheets import Line, Sheet, read_sheets

SHEETS = Path(__file__).parent / "other_notes"
GOOD = ("answerable: cites its line", "unanswerable: refused")
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench other_notes", description=_ABOUT)
    parser.add_argument("--most", type=int, help="lines of each sheet that are asked about")
    parser.add_argument("--show", action="store_true", help="print what went wrong")
    options = parser.parse_args(arguments)
    groups: dict[str, list[bool]] = defaultdict(list)
    with tempfile.TemporaryDirectory() as folder:
        bot = opened_over(read_sheets(SHEETS), Path(folder))
        for sheet in read_sheets(SHEETS):
            for line in sheet.lines[:: step(len(sheet.lines), options.most)]:
                for what, hit, text in (*_asked(bot, line), *_told(bot, line)):
                    groups[what].append(hit)
                    if options.show and hit == (what not in GOOD):
                        print(f"  {what}: {text}")
    rows = list(shares(groups))
    show_shares(rows)
    save("other_notes", rows)
    return 0


def step(lines: int, most: int | None) -> int:
    """Every how many lines one is asked about, so that all headings have some."""
    return 1 if not most else max(1, -(-lines // most))


def opened_over(sheets: Sequence[Sheet], folder: Path) -> Ragbot:
    """A bot that quotes, over an index of the sheets."""
    notes, index = folder / "notes", folder / "index"
    notes.mkdir()
    for number, sheet in enumerate(sheets):
        (notes / f"sheet-{number}.md").write_text(as_markdown(sheet), encoding="utf-8")
    ingest([notes], index)
    return ragbot.open(index=index, model="quotes")


def as_markdown(sheet: Sheet) -> str:
    parts = [f"# {sheet.name}"]
    for heading, lines in groupby(sheet.lines, key=lambda line: line.heading):
        parts.append(f"## {heading}")
        parts.append("\n".join(f"- {line.line}" for line in lines))
    return "\n\n".join(parts) + "\n"


def _asked(bot: Ragbot, line: Line) -> Iterator[tuple[str, bool, str]]:
    """(what, whether it is so, the question)"""
    for question in line.asks:
        answer = bot.ask(question)
        told = _cites(bot, answer, line.line)
        yield "answerable: refused", answer.abstained, question
        yield "answerable: cites its line", told and not answer.abstained, question
        yield "answerable: refused beside its line", told and answer.abstained, question
    for question in line.near:
        yield "unanswerable: refused", bot.ask(question).abstained, question


def _cites(bot: Ragbot, answer: Answer, line: str) -> bool:
    by_id = {item.passage.passage_id: item.passage.doc_id for item in answer.passages}
    quoted = [bot.document(by_id[c.passage_id]).text[c.start : c.end] for c in answer.citations]
    return any(quote in line or line in quote for quote in quoted)


def _told(bot: Ragbot, line: Line) -> Iterator[tuple[str, bool, str]]:
    question = line.asks[0]
    evidence = shown_evidence(bot, question)
    for truth in line.true:
        verdict, _ = verdict_on(bot, question, evidence, truth)
        yield "true: withheld", verdict != "supported", truth
    lies = [("false: passes", each.claim) for each in line.false]
    for what, lie in (*lies, *(("not told by the notes: passes", each) for each in line.beyond)):
        verdict, _ = verdict_on(bot, question, evidence, lie)
        yield what, verdict == "supported", lie
