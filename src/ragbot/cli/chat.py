"""`ragbot chat`: a conversation in the terminal, or over lines of standard input."""

from __future__ import annotations

import argparse
import contextlib
import sys

import ragbot
from ragbot.cli import terminal
from ragbot.cli.ask import answer_aloud
from ragbot.errors import RagbotError
from ragbot.types import Turn


def run(options: argparse.Namespace) -> int:
    bot = ragbot.open(index=options.index, model=options.model)
    person = sys.stdin.isatty()
    if person:
        with contextlib.suppress(ImportError):  # where there is none, a line is edited plainly
            import readline  # noqa: F401
        if titles := bot.titles():
            terminal.notice("Notes on: " + "; ".join(titles))
        terminal.notice("Ask away. Ctrl-C stops an answer; /quit or Ctrl-D ends.")
    filters = terminal.filters(options)
    history: list[Turn] = []
    failed = False
    while True:
        try:
            question = input("> " if person else "").strip()
        except EOFError:
            question = "/quit"
        if question == "/quit":
            return 1 if failed and not person else 0
        if not question:
            continue
        try:
            answer = answer_aloud(bot, question, tuple(history), filters)
        except RagbotError as error:
            failed = True
            terminal.notice(f"error: {error}")
        except KeyboardInterrupt:
            terminal.notice("\n(stopped)")
        else:
            history.append(Turn.of(answer))
