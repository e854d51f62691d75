"""A circuit breaker: what has just failed is left alone for a while.

closed --- failures in a row ---> open --- cool-off ---> one call is let through to see
   ^                               ^                                 |
   +----------- it works ----------+----------- it fails ------------+
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

FAILURES = 2
COOL_OFF = 30.0  # seconds; doubled with each failure that follows
LONGEST = 300.0


class Breaker:
    """Counts failures in a row; safe to use from several threads."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._failures = 0
        self._until = 0.0
        self._reason = ""

    def admit(self) -> bool:
        """Let a call through; whether it is only let through to see.

        Raises:
            OpenError: not before `seconds` have passed.
        """
        with self._lock:
            if self._failures < FAILURES:
                return False
            left = self._until - self._now()
            if left > 0:
                raise OpenError(self._reason, left)
            # One is enough to see; the others are kept out until it has reported, or is lost.
            self._until = self._now() + COOL_OFF
            return True

    def succeeded(self) -> None:
        with self._lock:
            self._failures = 0

    def failed(self, reason: str, *, for_good: bool = False) -> None:
        """Count a failure; `for_good` where what failed had been tried often enough."""
        with self._lock:
            self._failures = max(self._failures + 1, FAILURES if for_good else 0)
            if self._failures >= FAILURES:
                self._reason = reason
                pause = COOL_OFF * 2.0 ** min(self._failures - FAILURES, 10)
                self._until = self._now() + min(pause, LONGEST)


class OpenError(Exception):
    """The breaker is open."""

    def __init__(self, reason: str, seconds: float) -> None:
        self.reason = reason
        self.seconds = seconds
        super().__init__(f"{reason}; it is asked again in {seconds:.0f} s")
