"""The lines of this process, one to each model, embedder or knowledge base at an endpoint."""

from __future__ import annotations

import threading

from ragbot.aws.breaker import Breaker
from ragbot.aws.line import Line

_lock = threading.Lock()
_regions: dict[str, Breaker] = {}
_slots: dict[tuple[str, int], threading.BoundedSemaphore] = {}
_lines: dict[tuple[str, str], Line] = {}


def line_to(name: str, endpoint: str, concurrency: int) -> Line:
    """The one line of this process to what is asked by this name at an endpoint."""
    with _lock:
        region = _regions.setdefault(endpoint, Breaker())
        slots = _slots.setdefault((endpoint, concurrency), threading.BoundedSemaphore(concurrency))
        return _lines.setdefault((name, endpoint), Line(name, region, slots))


def forget_lines() -> None:
    """Forget what was learnt of regions and models; for tests, which each begin afresh."""
    with _lock:
        _regions.clear()
        _slots.clear()
        _lines.clear()
