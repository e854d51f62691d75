"""How long do many questions at once take where Bedrock throttles, beside the ideal?

    python -m bench bedrock_load [--questions 50] [--seconds 0.2]

Three loopback servers, each through the real boto3 client and one line of eight slots: one that
never throttles, one that turns away each second question when it first comes, and one that
grants a rate. The ideal of the first two is rounds of eight x seconds, of the third questions /
rate. Each answer is held against its question, and each must have been given once.
"""

from __future__ import annotations

import argparse
import math
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from bench.output import save, show

ROOT = Path(__file__).resolve().parents[1]
SLOTS, RATE = 8, 10.0
_ABOUT = (__doc__ or "").split("\n")[0]


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench bedrock_load", description=_ABOUT)
    parser.add_argument("--questions", type=int, default=50)
    parser.add_argument("--seconds", type=float, default=0.2, help="of one reply (default 0.2)")
    options = parser.parse_args(arguments)
    sys.path.insert(0, str(ROOT / "tests"))
    number, seconds = options.questions, options.seconds
    ideal = math.ceil(number / SLOTS) * seconds
    rows = [
        _measured("never throttled", lambda _: True, number, seconds, ideal),
        _measured("half turned away once", _half(), number, seconds, ideal),
        _measured(f"{RATE:g} a second", _rate(), number, seconds, number / RATE),
    ]
    show(rows)
    save("bedrock_load", rows)
    return 0 if all(row["answered once, in order"] == number for row in rows) else 1


def _half() -> Callable[[int], bool]:
    turned_away: set[int] = set()

    def granted(question: int) -> bool:
        if question % 2 and question not in turned_away:
            turned_away.add(question)
            return False
        return True

    return granted


def _rate() -> Callable[[int], bool]:
    """A bucket of tokens that holds those of a tenth of a second, at least one."""
    most = max(1.0, RATE / 10)
    state = {"tokens": most, "at": time.monotonic()}

    def granted(_: int) -> bool:
        now = time.monotonic()
        state["tokens"] = min(most, state["tokens"] + (now - state["at"]) * RATE)
        state["at"] = now
        if state["tokens"] < 1.0:
            return False
        state["tokens"] -= 1.0
        return True

    return granted


def _measured(
    name: str, granted: Callable[[int], bool], number: int, seconds: float, ideal: float
) -> dict[str, Any]:
    import pytest
    from support.bedrock_script import fault, reply
    from support.bedrock_server import BedrockServer, lead_to, listening

    from ragbot.chat_models import candidates
    from ragbot.settings import Settings

    lock = threading.Lock()
    answered: Counter[int] = Counter()
    server = BedrockServer()

    def policy(request: Any) -> Any:
        question = int(request.body["messages"][-1]["content"][0]["text"])
        with lock:
            if not granted(question):
                return fault("ThrottlingException", 429)
            answered[question] += 1
        return reply(f"to {question}", after=seconds)

    server.policy = policy
    with pytest.MonkeyPatch.context() as environment, listening(server):
        lead_to(server, environment)
        settings = Settings(
            model="bedrock:us.amazon.nova-lite-v1:0",
            bedrock_patience=600,
            bedrock_concurrency=SLOTS,
        )
        model = candidates(settings)[0].open()

        def ask(question: int) -> str:
            return "".join(chunk.text for chunk in model.stream(str(question)))

        started = time.perf_counter()
        with ThreadPoolExecutor(max_workers=number) as pool:
            replies = list(pool.map(ask, range(number)))
        took = time.perf_counter() - started
    right = sum(replies[q] == f"to {q}" and answered[q] == 1 for q in range(number))
    return {
        "server": name,
        "questions": number,
        "answered once, in order": right,
        "requests": len(server.requests),
        "throttled": len(server.requests) - number,
        "seconds": round(took, 2),
        "ideal": round(ideal, 2),
        "times the ideal": round(took / ideal, 2),
    }
