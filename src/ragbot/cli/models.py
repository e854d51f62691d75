"""`ragbot models`: which chat models can answer here; `ragbot models pull` fetches weights."""

from __future__ import annotations

import argparse
from pathlib import Path

from ragbot import weights
from ragbot.chat_models import availability
from ragbot.chat_models.choosing import HUB_FILE, pulled_file
from ragbot.cli import terminal
from ragbot.decoding import build, built_folder
from ragbot.errors import ModelUnavailableError
from ragbot.settings import Settings, load_settings

DEFAULT = ("reranker", "entailment", "chat")


def run(options: argparse.Namespace) -> int:
    settings = load_settings()
    if options.action == "pull":
        names = tuple(weights.CATALOGUE) if options.all else options.names or DEFAULT
        fetched = [_pull(name, settings) for name in names]
        if "chat" in names:
            _quicken(pulled_file(settings))
        return 0 if all(fetched) else 1
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


def _pull(name: str, settings: Settings) -> bool:
    """Whether the weights are there now; where not, the reason was told.

    One that fails does not keep the next from being fetched.
    """
    known = weights.CATALOGUE.get(name)
    if known is not None and weights.find(name, settings.models_dir) is not None:
        terminal.notice(f"{name}: already there")
        return True
    try:
        terminal.notice(f"{name}: {_fetch(name, settings, known.size if known else None)}")
    except ModelUnavailableError as error:
        terminal.notice(f"error: {error}")
        return False
    return True


def _quicken(file: Path) -> None:
    """Put the chat model into 8 bits; where that can't be, llama.cpp answers as it is."""
    if not file.is_file() or built_folder(file) is not None:
        return
    terminal.notice("chat: putting it into 8 bits, which takes a minute and 1.8 GB")
    try:
        terminal.notice(f"chat: {build(file)}")
    except ModelUnavailableError as error:
        terminal.notice(f"chat: llama.cpp will answer, more slowly: {error}")


def _fetch(name: str, settings: Settings, size: int | None) -> Path:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

    console = Console(stderr=True)
    if size and not console.is_terminal:  # where a bar cannot move, it is drawn only at the end
        terminal.notice(f"{name}: fetching {size / 1e6:,.0f} MB")
    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    hub = HUB_FILE.fullmatch(name)
    if hub is None and name.endswith(".gguf"):
        raise ModelUnavailableError(
            f"{name} is not the name of a file of the model hub", mend="name ORG/REPO/FILE.gguf"
        )
    with Progress(*columns, console=console) as bar:
        task = bar.add_task(name, total=size)

        def progress(done: int, total: int) -> None:
            bar.update(task, completed=done, total=total)

        if hub is not None:
            repository, file = hub["repository"], hub["file"]
            return weights.fetch_hub_file(repository, file, settings.models_dir, progress)
        return weights.pull(name, settings.models_dir, progress)
