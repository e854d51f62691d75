"""`ragbot chat`: a conversation in the terminal."""

from __future__ import annotations

import argparse
import sys

import ragbot
from ragbot.cli import terminal
from ragbot.cli.ask import answer_aloud
from ragbot.errors import QuestionError
from ragbot.types import Turn


def run(options: argparse.Namespace) -> int:
    bot = ragbot.open(index=options.index, model=options.model)
    person = sys.stdin.isatty()
    if person:
        terminal.notice("Notes on: " + "; ".join(bot.titles()))
        terminal.notice("Ask away. An empty line is passed over; /quit or Ctrl-D ends.")
    history: list[Turn] = []
    while True:
        try:
            question = input("> " if person else "").strip()
        except EOFError:
            return 0
        if question == "/quit":
            return 0
        if not question:
            continue
        try:
            answer = answer_aloud(bot, question, tuple(history))
        except QuestionError as error:
            terminal.notice(str(error))
        except KeyboardInterrupt:
            terminal.notice("\n(stopped)")
        else:
            history.append(Turn(question, answer.text))
