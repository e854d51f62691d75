"""The command: `python -m eval`, and what each of its commands does."""

from eval.commands.line import main

__all__ = ["main"]
