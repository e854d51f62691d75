"""The line to one model in one region: who may ask now, who waits, and when it is given up.

    for step in line.calls(patience):
        if isinstance(step, Waiting):
            ...  # show it; the wait begins when the next step is asked for
        else:
            with step:  # an attempt: what fails in it and may be tried again goes no further
                ask()

A line is shared by all who ask that model in this process, so that each learns from what the
others met: the account's rate is one, and a dead region is dead for all.
"""

from __future__ import annotations

import math
import random
import threading
import time
from collections.abc import Callable, Iterator
from types import TracebackType
from typing import TypeVar

from ragbot.aws.breaker import Breaker, OpenError
from ragbot.aws.waiting import tell
from ragbot.errors import ModelUnavailableError
from ragbot.failures import Kind, explain_failure, kind_of
from ragbot.logs import product_logger
from ragbot.types import Waiting

FIRST_PAUSE = 0.5  # seconds; doubled with each attempt
LONGEST_PAUSE = 4.0
TRIES: dict[Kind, int] = {"failed": 2, "unreachable": 2}  # throttled: as long as patience lasts
# The gap between two requests doubles when one is throttled and halves with time: a burst that
# was turned away is soon forgotten, and an account's rate is kept to (`bench bedrock_load`).
_SLOWER = 2.0
_FIRST_GAP, _LONGEST_GAP = 0.02, 5.0
_HALF_LIFE = 2.0  # seconds, or as long as so many gaps:
_HALF_LIFE_GAPS = 8.0

T = TypeVar("T")

_log = product_logger(__name__)


class Pace:
    """How long between two requests, learnt from what is throttled and what is not."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._gap = 0.0
        self._next = 0.0
        self._slowed = self._faded = now()

    def turn(self, deadline: float = math.inf) -> float:
        """Take the next place in the row; seconds until it comes.

        One that comes after the deadline is left to others: nobody would stand there.
        """
        with self._lock:
            now = self._now()
            self._fade(now)
            place = max(now, self._next)
            if place <= max(deadline, now):
                self._next = place + self._gap
            return place - now

    def throttled(self, turn_at: float) -> None:
        """Slow down, unless the request had its place before the last slowing down."""
        with self._lock:
            now = self._now()
            if turn_at >= self._slowed:
                self._fade(now)
                self._gap = min(max(self._gap * _SLOWER, _FIRST_GAP), _LONGEST_GAP)
                self._slowed = now

    def _fade(self, now: float) -> None:
        half_life = max(_HALF_LIFE, _HALF_LIFE_GAPS * self._gap)
        self._gap *= 0.5 ** ((now - self._faded) / half_life)
        self._faded = now
        if self._gap < _FIRST_GAP / 2:
            self._gap = 0.0


class Line:
    """See the module. `region` may be shared with the lines to other models of the region."""

    def __init__(
        self,
        name: str,
        region: Breaker,
        slots: threading.BoundedSemaphore,
        *,
        now: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.name = name
        self.pace = Pace(now)
        self.model = Breaker(now)
        self.region = region
        self._slots = slots
        self.now = now
        self._sleep = sleep

    def calls(self, patience: float) -> Iterator[Waiting | Attempt]:
        """Attempts until one is over, and what is waited for between them.

        Raises:
            ModelUnavailableError: it is not asked: it has just failed, or all slots are taken.
            Exception: whatever the last attempt failed with.
        """
        deadline = self.now() + patience
        seeing = self._admitted()
        number = 0
        while True:
            turn_at = self.now()
            turn = self.pace.turn(deadline)
            yield from self._waited(turn, "keeping to the account's rate", deadline)
            yield from self._slot(deadline)
            number += 1
            attempt = Attempt(self, number, deadline, turn_at=turn_at, seeing=seeing)
            yield attempt
            if attempt.pause is None:
                return
            yield from self._waited(attempt.pause, attempt.reason, deadline)

    def call(self, ask: Callable[[], T], patience: float) -> T:
        """What `ask` gives; raises as `calls` does. Waits are told to who listens."""
        for step in self.calls(patience):
            if isinstance(step, Waiting):
                tell(step)
            else:
                with step:
                    return ask()
        raise AssertionError("the last attempt gives or raises")

    def pause_after(self, kind: Kind, number: int, deadline: float) -> float | None:
        """How long to wait before the next attempt; None to give up.

        Full jitter: anything up to the doubling bound, so that those who were turned away
        together do not come back together (M. Brooker, "Exponential Backoff And Jitter", 2015).
        """
        if kind != "throttled" and number >= TRIES.get(kind, 1):
            return None
        pause = random.uniform(0.0, min(LONGEST_PAUSE, FIRST_PAUSE * 2.0 ** (number - 1)))
        return pause if self.now() + pause < deadline else None

    def free(self) -> None:
        self._slots.release()

    def _admitted(self) -> bool:
        try:
            region = self.region.admit()
            return self.model.admit() or region
        except OpenError as error:
            raise ModelUnavailableError(str(error), mend="wait, or choose another model") from error

    def _waited(self, seconds: float, reason: str, deadline: float) -> Iterator[Waiting]:
        if seconds <= 0.0:
            return
        if self.now() + seconds > deadline:
            raise ModelUnavailableError(
                f"too many questions are waiting: the next turn comes in {seconds:.0f} s",
                mend="wait a little, or raise RAGBOT_BEDROCK_PATIENCE",
            )
        _log.debug("%s: waiting %.2f s: %s", self.name, seconds, reason)
        yield Waiting(self.name, reason, seconds)
        self._sleep(seconds)

    def _slot(self, deadline: float) -> Iterator[Waiting]:
        if self._slots.acquire(blocking=False):
            return
        yield Waiting(self.name, "other questions are being answered")
        if not self._slots.acquire(timeout=max(deadline - self.now(), 0.0)):
            raise ModelUnavailableError(
                "as many questions as RAGBOT_BEDROCK_CONCURRENCY allows are being answered",
                mend="wait a little, or raise RAGBOT_BEDROCK_CONCURRENCY",
            )


class Attempt:
    """One call. It ends quietly where it may be tried again; then `pause` tells when.

    Set `shown` once something of the reply went out: that cannot be taken back.
    """

    def __init__(
        self, line: Line, number: int, deadline: float, *, turn_at: float, seeing: bool
    ) -> None:
        self._line = line
        self._number = number
        self._deadline = deadline
        self._turn_at = turn_at
        self._seeing = seeing
        self.shown = False
        self.pause: float | None = None
        self.reason = ""

    def __enter__(self) -> Attempt:
        return self

    def __exit__(
        self,
        _: type[BaseException] | None,
        error: BaseException | None,
        __: TracebackType | None,
    ) -> bool:
        line = self._line
        line.free()
        if error is None:
            line.model.succeeded()
            line.region.succeeded()
            return False
        reason = explain_failure(error)
        if reason is None:  # closed by the reader, or a fault of our own
            if self.shown:
                line.model.succeeded()
            return False
        kind = kind_of(error)
        if kind == "throttled":
            line.pace.throttled(self._turn_at)
        if not self.shown and not self._seeing:
            self.reason = reason.partition(": ")[0]  # its cure is for when the wait is in vain
            self.pause = line.pause_after(kind, self._number, self._deadline)
        _log.debug(
            "%s: attempt %d failed (%s, %s)", line.name, self._number, kind, type(error).__name__
        )
        self._report(kind, reason)
        return self.pause is not None

    def _report(self, kind: Kind, reason: str) -> None:
        """Tell the breakers; a refusal, too, shows that somebody is there."""
        line = self._line
        if kind == "unreachable":
            line.region.failed(reason)
            return
        line.region.succeeded()
        # What fails at once costs the next question nothing either.
        if kind == "silent":
            line.model.failed(reason)
        elif kind == "throttled" and self.pause is None and not self.shown:
            # All patience is spent on it: the next question need not spend it, too.
            line.model.failed(reason, for_good=True)
        elif kind in ("invalid", "refused"):
            line.model.succeeded()
