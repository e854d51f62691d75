"""How long does a person wait? From the start of the process, and from pressing Enter.

    python -m bench.first_answer [--runs 5] [--local]

Prints medians with the range, in seconds, of
  torch      importing torch alone, in a fresh process: what the embedder cannot do without
  warm       `ragbot ask --model quotes`, fresh process, files in the page cache
  cold       the same after the page cache was dropped (as root on Linux only)
and with --local, model loaded, over ten questions: Enter to the first token, to the first
checked sentence, and to the whole answer.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import ragbot
from ragbot.evidence import Prompt
from ragbot.prompts import messages
from ragbot.retrieval import worth_reading

DROP_CACHES = Path("/proc/sys/vm/drop_caches")
QUESTIONS = (
    "How large can a DynamoDB item be?",
    "Does Parameter Store rotate secrets automatically?",
    "Which Route 53 policy should I use for disaster recovery?",
    "What is the difference between CloudTrail and Config?",
    "How long can a Lambda function run?",
    "Which volume type has the most IOPS?",
    "What does Shield Advanced cost?",
    "How do I debug inside a running ECS container?",
    "Which query languages does Neptune speak?",
    "How can a workflow wait for a human approval?",
)


def main() -> None:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--local", action="store_true", help="the local model too")
    options = parser.parse_args()
    importing = [sys.executable, "-c", "import torch"]
    asking = [sys.executable, "-m", "ragbot", "ask", "--model", "quotes", QUESTIONS[0]]
    show("torch", [timed(lambda: run(importing)) for _ in range(options.runs)])
    show("warm", [timed(lambda: run(asking)) for _ in range(options.runs)])
    if DROP_CACHES.exists() and os.geteuid() == 0:
        times = []
        for _ in range(options.runs):
            os.sync()
            DROP_CACHES.write_text("3")
            times.append(timed(lambda: run(asking)))
        show("cold", times)
    if options.local:
        local()


def local() -> None:
    bot = ragbot.open(model="local")
    bot.warm_up()
    bot.ask(QUESTIONS[0])  # loads the model
    retriever, candidate = bot._current_retriever(), bot._models[0]
    tokens, sentences, wholes, read = [], [], [], []
    for question in QUESTIONS[1:]:
        started = time.perf_counter()
        evidence = retriever.evidence(question, retriever.search(question, bot.settings.k))
        prompt = Prompt(question, (), tuple(worth_reading(evidence)))
        stream = candidate.open().stream(messages(prompt))
        next(chunk for chunk in stream if chunk.text)
        tokens.append(time.perf_counter() - started)
        stream.close()  # type: ignore[attr-defined]
    for question in reversed(QUESTIONS[1:]):  # another order: no prompt is in the cache already
        answer = bot.ask(question)
        if answer.timings.first_sentence is not None:
            sentences.append(answer.timings.first_sentence)
        wholes.append(answer.timings.total)
        read.append(answer.usage.input_tokens)
    show("first token", tokens)
    show("first sentence", sentences)
    show("whole answer", wholes)
    print(f"prompt tokens: median {statistics.median(read):.0f}")


def run(command: Sequence[str]) -> None:
    environment = {**os.environ, "RAGBOT_HOME": os.environ.get("RAGBOT_HOME", ".ragbot")}
    subprocess.run(command, check=True, capture_output=True, env=environment)


def timed(act: Callable[[], None]) -> float:
    started = time.perf_counter()
    act()
    return time.perf_counter() - started


def show(name: str, times: Sequence[float]) -> None:
    middle = statistics.median(times)
    print(f"{name:>14}  {middle:6.2f} s   n={len(times)}, {min(times):.2f}-{max(times):.2f}")


if __name__ == "__main__":
    main()
