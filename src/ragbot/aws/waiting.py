"""What is waited for deep inside a search, told to whoever shows it.

A model's waits come with the pieces of its reply. A search gives its result alone, so it is made
in a thread of its own, and what it waits for comes out while it does:

    found = yield from while_waiting(lambda: retriever.search(query, k))
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from concurrent.futures import Future
from contextvars import ContextVar, copy_context
from queue import SimpleQueue
from threading import Thread
from typing import TypeVar

from ragbot.types import Waiting

T = TypeVar("T")

_listener: ContextVar[Callable[[Waiting], None] | None] = ContextVar("listener", default=None)


def tell(waiting: Waiting) -> None:
    """To who listens in this context; nobody may."""
    listener = _listener.get()
    if listener is not None:
        listener(waiting)


def while_waiting(work: Callable[[], T]) -> Generator[Waiting, None, T]:
    """What `work` gives or raises, and on the way what it waits for."""
    told: SimpleQueue[Waiting | None] = SimpleQueue()
    found: Future[T] = Future()

    def listened() -> None:
        _listener.set(told.put)
        try:
            found.set_result(work())
        except BaseException as error:  # noqa: BLE001 - raised where it is waited for
            found.set_exception(error)
        told.put(None)

    # Nobody waits for it who has gone: a reader that hangs up, or a person who presses Ctrl-C.
    Thread(target=copy_context().run, args=(listened,), daemon=True).start()
    while (waiting := told.get()) is not None:
        yield waiting
    return found.result()
