"""`ragbot ask`: one question, its answer on standard output."""

from __future__ import annotations

import argparse
import sys

import ragbot
from ragbot.abstaining import ABSTAINS, told_of
from ragbot.assembly import Ragbot
from ragbot.cli import terminal
from ragbot.rewriting import differs
from ragbot.types import Answer, Filters, Retrieved, Sentence, Turn, Waiting


def run(options: argparse.Namespace) -> int:
    question = sys.stdin.read() if options.question == "-" else options.question
    bot = ragbot.open(index=options.index, model=options.model)
    if options.json:
        terminal.say_json(bot.ask(question, filters=terminal.filters(options)).to_json())
    else:
        answer_aloud(bot, question, (), terminal.filters(options))
    return 0


def answer_aloud(bot: Ragbot, question: str, history: tuple[Turn, ...], filters: Filters) -> Answer:
    """Print the answer sentence by sentence, then its sources; returns it."""
    notes = bot.searcher()  # an ingest may swap in others before the answer is there
    for event in bot.stream(question, history, filters, over=notes):
        if isinstance(event, Retrieved) and differs(question, event.query):
            terminal.notice(f"searched for: {event.query}")
        if isinstance(event, Sentence) and not event.withheld:
            terminal.say(terminal.sentence_text(event), end="")
        elif isinstance(event, Waiting):
            terminal.notice(str(event))
        elif isinstance(event, Answer):
            if not event.sentences:
                terminal.say(event.text)
            else:
                if event.abstained and not event.citations:
                    shown = any(not sentence.withheld for sentence in event.sentences)
                    terminal.say(f"\n{ABSTAINS}" if shown else event.text)
                else:
                    terminal.say()
                if event.nearest_topics:
                    terminal.say(told_of(event.nearest_topics))
            if event.citations:
                wanted = {item.passage.doc_id for item in event.passages}
                documents = {doc_id: notes.document(doc_id) for doc_id in wanted}
                terminal.say("\n" + terminal.sources(event, documents, bot.guardrails.shown_part))
            for line in terminal.about(event):
                terminal.notice(line)
            return event
    raise AssertionError("a stream of events ends with its Answer")
