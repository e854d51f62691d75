"""`ragbot search`: the passages that a query finds, and why."""

from __future__ import annotations

import argparse
import sys

import ragbot
from ragbot.cli import terminal


def run(options: argparse.Namespace) -> int:
    query = sys.stdin.read() if options.query == "-" else options.query
    bot = ragbot.open(index=options.index, model="quotes")
    passages = bot.search(query, options.k, terminal.filters(options))
    if options.json:
        terminal.say_json([item.to_json() for item in passages])
    else:
        terminal.say(terminal.found(passages))
    return 0
