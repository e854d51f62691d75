"""A bar on standard error."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator

from eval.runs import Record


@contextlib.contextmanager
def progress_bar(done: int, total: int) -> Iterator[Callable[..., None]]:
    """A bar on standard error: how many, how right so far, how much longer."""
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("{task.description:>12}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(elapsed_when_finished=False),
        TextColumn("{task.fields[score]}"),
    )
    scores: dict[str, list[float]] = {}
    with Bar(*columns, console=Console(stderr=True)) as bar:
        task = bar.add_task("asking", total=total, completed=done, score="")

        def progress(done: int, total: int, record: Record | None = None) -> None:
            told = {}
            if record is not None:
                own = scores.setdefault(record.mode, [])
                own.append(record.score or 0.0)
                told = {"description": record.mode, "score": f"so far {sum(own) / len(own):.3f}"}
            bar.update(task, completed=done, total=total, **told)  # type: ignore[arg-type]

        yield progress
