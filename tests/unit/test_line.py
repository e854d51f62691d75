"""The line to a model on a clock of its own: who waits how long, who is let through, who not."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, ReadTimeoutError

from ragbot.aws.breaker import COOL_OFF, FAILURES, LONGEST, Breaker, OpenError
from ragbot.aws.line import FIRST_PAUSE, LONGEST_PAUSE, Attempt, Line, Pace
from ragbot.aws.waiting import tell, while_waiting
from ragbot.errors import ModelUnavailableError
from ragbot.types import Waiting

THROTTLED = ClientError({"Error": {"Code": "ThrottlingException"}}, "ConverseStream")
DENIED = ClientError({"Error": {"Code": "AccessDeniedException"}}, "ConverseStream")
FAILED = ClientError({"Error": {"Code": "InternalServerException"}}, "ConverseStream")
SILENT = ReadTimeoutError(endpoint_url="https://x")
UNREACHABLE = EndpointConnectionError(endpoint_url="https://x")


class Clock:
    """Time passes only where somebody sleeps."""

    def __init__(self) -> None:
        self.time = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        return self.time

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        self.slept.append(seconds)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def line(clock: Clock) -> Line:
    return line_over(clock)


def line_over(clock: Clock, region: Breaker | None = None, slots: int = 2) -> Line:
    return Line(
        "bedrock:m",
        region or Breaker(clock),
        threading.BoundedSemaphore(slots),
        now=clock,
        sleep=clock.sleep,
    )


def ask(line: Line, *script: BaseException | None, patience: float = 60.0) -> list[Waiting]:
    """One question that meets the script, request by request; what it had to wait for."""
    left: Iterator[BaseException | None] = iter(script)
    waited: list[Waiting] = []
    for step in line.calls(patience):
        if isinstance(step, Waiting):
            waited.append(step)
            continue
        with step:
            error = next(left)
            if error is not None:
                raise error
    assert list(left) == [], "it gave up too early"
    return waited


def test_what_works_is_asked_once_and_waits_for_nothing(line: Line, clock: Clock) -> None:
    assert ask(line, None) == []
    assert clock.slept == []


def test_a_throttled_question_is_told_as_waiting_before_it_waits(line: Line, clock: Clock) -> None:
    steps = line.calls(60.0)
    first = next(steps)
    assert isinstance(first, Attempt)
    with first:
        raise THROTTLED
    told = next(steps)
    assert isinstance(told, Waiting)
    assert told.model_id == "bedrock:m"
    assert "throttling" in told.reason
    assert clock.slept == []
    next(steps)
    assert clock.slept[0] == told.seconds


def test_pauses_are_anything_up_to_a_bound_that_doubles(
    line: Line, monkeypatch: pytest.MonkeyPatch
) -> None:
    bounds: list[float] = []

    def uniform(low: float, high: float) -> float:
        assert low == 0.0
        bounds.append(high)
        return high

    monkeypatch.setattr("random.uniform", uniform)
    ask(line, *[THROTTLED] * 6, None, patience=600.0)
    assert bounds == [FIRST_PAUSE * 2**n for n in range(3)] + [LONGEST_PAUSE] * 3


def test_patience_bounds_all_the_waiting_together(line: Line, clock: Clock) -> None:
    began = clock.time
    with pytest.raises((ClientError, ModelUnavailableError)):
        ask(line, *[THROTTLED] * 1000, patience=20.0)
    assert clock.time - began <= 20.0


@pytest.mark.parametrize(
    ("error", "tries"), [(FAILED, 2), (UNREACHABLE, 2), (SILENT, 1), (DENIED, 1)]
)
def test_how_often_a_failure_is_tried(line: Line, error: BaseException, tries: int) -> None:
    with pytest.raises(type(error)):
        ask(line, *[error] * tries)


def test_what_was_shown_is_not_asked_for_again(line: Line) -> None:
    steps = line.calls(60.0)
    first = next(steps)
    assert isinstance(first, Attempt)
    with pytest.raises(ClientError), first:
        first.shown = True
        raise THROTTLED


def test_a_fault_of_our_own_goes_through(line: Line) -> None:
    with pytest.raises(ZeroDivisionError):
        ask(line, ZeroDivisionError())
    ask(line, None)


def test_a_dead_region_costs_the_next_question_nothing(clock: Clock) -> None:
    region = Breaker(clock)
    lines = [line_over(clock, region), line_over(clock, region)]
    with pytest.raises(EndpointConnectionError):
        ask(lines[0], UNREACHABLE, UNREACHABLE)
    for line in lines:  # the other model lives in the same region
        with pytest.raises(ModelUnavailableError, match=r"cannot be reached.*asked again in 30 s"):
            ask(line)
    clock.time += COOL_OFF
    ask(lines[1], None)
    ask(lines[0], None)


def test_a_silent_model_does_not_condemn_its_region(clock: Clock) -> None:
    region = Breaker(clock)
    slow, other = line_over(clock, region), line_over(clock, region)
    for _ in range(FAILURES):
        with pytest.raises(ReadTimeoutError):
            ask(slow, SILENT)
    with pytest.raises(ModelUnavailableError, match="RAGBOT_TIMEOUT"):
        ask(slow)
    ask(other, None)


def test_after_the_cool_off_one_question_sees_and_does_not_try_twice(
    line: Line, clock: Clock
) -> None:
    with pytest.raises(EndpointConnectionError):
        ask(line, UNREACHABLE, UNREACHABLE)
    clock.time += COOL_OFF
    with pytest.raises(EndpointConnectionError):
        ask(line, UNREACHABLE)
    with pytest.raises(ModelUnavailableError, match="again in 60 s"):
        ask(line)


def test_while_one_sees_the_others_are_kept_out(clock: Clock) -> None:
    breaker = Breaker(clock)
    assert not breaker.admit()
    breaker.failed("it is dead", for_good=True)
    clock.time += COOL_OFF
    assert breaker.admit()
    with pytest.raises(OpenError, match="it is dead"):
        breaker.admit()
    breaker.succeeded()
    assert not breaker.admit()


def test_the_cool_off_grows_to_a_bound(clock: Clock) -> None:
    breaker = Breaker(clock)
    for _ in range(50):
        breaker.failed("dead")
    with pytest.raises(OpenError) as caught:
        breaker.admit()
    assert caught.value.seconds == LONGEST


def test_patience_spent_once_is_not_spent_by_each_question(line: Line) -> None:
    with pytest.raises((ClientError, ModelUnavailableError)):
        ask(line, *[THROTTLED] * 1000, patience=5.0)
    with pytest.raises(ModelUnavailableError):
        ask(line)


def test_no_more_than_the_slots_are_asked_at_a_time(clock: Clock) -> None:
    line = line_over(clock, slots=1)
    steps = line.calls(0.0)
    held = next(steps)
    assert isinstance(held, Attempt)
    waiting = line.calls(0.0)
    assert next(waiting) == Waiting("bedrock:m", "other questions are being answered")
    with pytest.raises(ModelUnavailableError, match="RAGBOT_BEDROCK_CONCURRENCY"):
        next(waiting)
    with held:
        pass
    ask(line, None)


def test_a_slot_is_given_back_however_a_call_ends(clock: Clock) -> None:
    line = line_over(clock, slots=1)
    for error in (DENIED, ZeroDivisionError(), GeneratorExit()):
        with pytest.raises(type(error)):
            ask(line, error)
    ask(line, None)


def simulated(pace: Pace, clock: Clock, allowed: Callable[[], bool], requests: int) -> int:
    """How many of the requests were throttled."""
    throttled = 0
    for _ in range(requests):
        clock.time += pace.turn()
        clock.time += 0.001
        if not allowed():
            throttled += 1
            pace.throttled(clock.time)
    return throttled


def test_the_pace_finds_the_account_s_rate(clock: Clock) -> None:
    granted: list[float] = []

    def five_a_second() -> bool:
        recent = [moment for moment in granted if moment > clock.time - 1.0]
        if len(recent) < 5:
            granted.append(clock.time)
        return len(recent) < 5

    pace = Pace(clock)
    began = clock.time
    throttled = simulated(pace, clock, five_a_second, 300)
    rate = (300 - throttled) / (clock.time - began)
    assert throttled < 60
    assert 3.5 < rate <= 5.0


def test_many_turned_away_together_slow_it_down_once(clock: Clock) -> None:
    pace = Pace(clock)
    sent = clock.time
    clock.time += 0.2
    for _ in range(25):
        pace.throttled(sent)
    pace.turn()
    assert pace.turn() == pytest.approx(0.02)


def test_who_is_refused_keeps_no_place_in_the_row(line: Line, clock: Clock) -> None:
    for _ in range(7):  # a gap of 1.28 s
        line.pace.throttled(clock.time)
        clock.time += 0.001
    began = clock.time
    waiting = 0
    for _ in range(300):
        clock.time = began
        try:
            step = next(line.calls(20.0))
        except ModelUnavailableError as refused:
            assert "the next turn comes in 20 s" in str(refused)
        else:
            waiting += isinstance(step, Waiting)
            if isinstance(step, Attempt):
                with step:
                    pass
    assert waiting == 15
    clock.time = began + 21.0  # all of them have asked
    assert ask(line, None, patience=20.0) == []


def test_who_has_no_patience_keeps_the_others_waiting_all_the_same(
    line: Line, clock: Clock
) -> None:
    line.pace.throttled(clock.time)
    ask(line, None, patience=0.0)
    assert line.pace.turn() > 0.0


def test_an_unthrottled_pace_waits_for_nothing(clock: Clock) -> None:
    pace = Pace(clock)
    assert simulated(pace, clock, lambda: True, 50) == 0
    pace.throttled(clock.time)
    clock.time += 10.0
    assert [pace.turn(), pace.turn()] == [0.0, 0.0]


def test_what_a_search_waits_for_comes_out_before_its_result():
    def work() -> str:
        tell(Waiting("kb:x", "throttled", 0.1))
        return "found"

    waits = while_waiting(work)
    assert next(waits) == Waiting("kb:x", "throttled", 0.1)
    with pytest.raises(StopIteration) as over:
        next(waits)
    assert over.value.value == "found"
    tell(Waiting("kb:x", "nobody listens"))  # and nothing comes of it


def test_what_a_search_raises_is_raised_to_who_waits():
    def work() -> None:
        raise KeyError("not there")

    with pytest.raises(KeyError, match="not there"):
        list(while_waiting(work))
