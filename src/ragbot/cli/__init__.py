"""The `ragbot` command. `ragbot --help` answers at once: it imports little more than argparse."""

from __future__ import annotations

import argparse
import atexit
import io
import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from importlib import import_module, metadata
from pathlib import Path

from ragbot.errors import RagbotError

_FILTERS = {"topic": "on this topic", "service": "that name it", "source": "of this file or folder"}


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; its exit code: 0 done, 1 an error told, 2 wrong usage, 130 stopped."""
    code = _run(arguments)
    if arguments is None and any(thread.daemon for thread in threading.enumerate()):
        # The process is the command's. Python's own end would stop a thread that still searches
        # for a question that was stopped, and inside ONNX Runtime that aborts the process.
        atexit._run_exitfuncs()
        with suppress(OSError):
            sys.stdout.flush()
        os._exit(code)
    return code


def _run(arguments: Sequence[str] | None) -> int:
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:  # closed by who started the command, as `>&-` does
            setattr(sys, name, Path(os.devnull).open(mode, encoding="utf-8"))  # noqa: SIM115
    options = _parser().parse_args(arguments)
    from ragbot.cli import terminal

    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")  # no terminal is too old for an answer
    try:
        # Each command is a module with `run(options) -> exit code`.
        command = import_module(f"ragbot.cli.{options.command}")
        code: int = command.run(options)
        sys.stdout.flush()
        return code
    except RagbotError as error:
        terminal.notice(f"error: {error}")
        return 1
    except KeyboardInterrupt:
        terminal.notice("")
        return 130
    except OSError as error:
        # What standard output still holds cannot be written, and Python would try again at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, BrokenPipeError):
            return 0  # the reader (head, less) has had enough
        terminal.notice(f"error: {error}")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="ragbot",
        description="Answers about your notes, with citations checked before they are shown.",
    )
    parser.add_argument("--version", action="version", version=f"ragbot {_version()}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")

    ask = commands.add_parser("ask", help="answer one question")
    ask.add_argument("question", help="the question; - reads it from standard input")
    ask.add_argument("--json", action="store_true", help="print the whole answer as JSON")

    chat = commands.add_parser("chat", help="a conversation in the terminal")

    search = commands.add_parser("search", help="the passages that a question finds")
    search.add_argument("query", help="the query; - reads it from standard input")
    search.add_argument("-k", type=_count, default=10, help="how many passages (default 10)")
    search.add_argument("--json", action="store_true", help="print a list of passages as JSON")

    doctor = commands.add_parser("doctor", help="what works here, and what mends the rest")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")
    doctor.add_argument(
        "--bedrock",
        nargs="*",
        metavar="MODEL",
        help="what this AWS account can use; try a token of each model in use, and of MODEL",
    )

    models = commands.add_parser("models", help="chat models and weights: list them, fetch them")
    actions = models.add_subparsers(dest="action", metavar="pull")
    pull = actions.add_parser("pull", help="fetch weights (default: those that answers use)")
    pull.add_argument(
        "names",
        nargs="*",
        metavar="NAME",
        help="chat, reranker, entailment, chat-tiny, or ORG/REPO/FILE.gguf",
    )
    pull.add_argument("--all", action="store_true", help="all that the catalogue holds")

    for command in (ask, chat):
        command.add_argument(
            "--model", help="as RAGBOT_MODEL: auto, bedrock:ID, local, quotes, ..."
        )
    for command in (ask, chat, search):
        for name, of in _FILTERS.items():
            command.add_argument(
                f"--{name}", action="append", default=[], help=f"only passages {of}; repeatable"
            )
    for command in (ask, chat, search, doctor):
        command.add_argument("--index", type=Path, help="the index (default: RAGBOT_HOME/index)")
    return parser


def _count(text: str) -> int:
    if not (text.isdecimal() and 1 <= int(text) <= 1000):
        raise argparse.ArgumentTypeError("from 1 to 1000")
    return int(text)


def _version() -> str:
    try:
        return metadata.version("ragbot")
    except metadata.PackageNotFoundError:
        return "(not installed)"
