"""`ragbot models`: which chat models can answer here; `ragbot models pull` fetches weights."""

from __future__ import annotations

import argparse

from ragbot import weights
from ragbot.chat_models import availability
from ragbot.cli import terminal
from ragbot.settings import load_settings

DEFAULT = ("reranker", "chat")


def run(options: argparse.Namespace) -> int:
    settings = load_settings()
    if options.action == "pull":
        for name in options.names or DEFAULT:
            _pull(name, options)
        return 0
    for choice in availability(settings):
        state = "ok" if choice.available else "no"
        mend = f"; {choice.mend}" if choice.mend else ""
        reason = f" - {choice.reason}{mend}" if choice.reason else ""
        terminal.say(f"{state:>3}  {choice.spec:<10} {choice.label}{reason}")
    for name, each in weights.CATALOGUE.items():
        wrong = weights.damage(name, settings.models_dir)
        state = "ok" if wrong is None else "no"
        terminal.say(
            f"{state:>3}  weights {name:<10} {each.purpose}{f' - {wrong}' if wrong else ''}"
        )
    return 0


def _pull(name: str, options: argparse.Namespace) -> None:
    settings = load_settings()
    known = weights.CATALOGUE.get(name)
    if known is not None and weights.find(name, settings.models_dir) is not None:
        terminal.notice(f"{name}: already there")
        return
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task(name, total=known.size if known else None)
        folder = weights.pull(
            name,
            settings.models_dir,
            lambda done, total: bar.update(task, completed=done, total=total),
        )
    terminal.notice(f"{name}: {folder}")
