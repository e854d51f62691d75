"""How long does a person wait for an answer of the local model?

    python -m bench waiting [--questions 30]

Seconds from the question, over dev questions of the natural bank, the model loaded and warm: until
the notes' own words stand on the page, until the model's first token, its first checked sentence
and the whole answer. Each question is asked in turn of the model as llama.cpp runs it, reading the
telling sentences only, of the same in 8 bits (as shipped where the processor has VNNI), and of that
one reading whole passages. With it, how often all must-have facts were told and cited.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import partial
from statistics import median
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatGenerationChunk, ChatResult
from pydantic import Field

from bench.output import Row, save, show
from eval.banks import Question, load_bank
from eval.free_answers import score_answer
from ragbot.assembly import Ragbot
from ragbot.chat_models import Candidate, candidates, judge_of
from ragbot.chat_models.choosing import pulled_file
from ragbot.decoding import built_folder
from ragbot.settings import load_settings
from ragbot.types import Answer, Retrieved

_ABOUT = (__doc__ or "").split("\n")[0]


class Watched(BaseChatModel):
    """Notes when the first text of a reply came."""

    inner: BaseChatModel
    began: list[float] = Field(default_factory=list)

    @property
    def _llm_type(self) -> str:
        return "watched"

    def _generate(self, messages: list[BaseMessage], *_: Any, **kept: Any) -> ChatResult:
        return self.inner._generate(messages, **kept)

    def _stream(
        self, messages: list[BaseMessage], *_: Any, **kept: Any
    ) -> Iterator[ChatGenerationChunk]:
        waiting = True
        for chunk in self.inner._stream(messages, **kept):
            if waiting and chunk.text:
                waiting = False
                self.began.append(time.perf_counter())
            yield chunk


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="bench waiting", description=_ABOUT)
    parser.add_argument("--questions", type=int, default=30)
    options = parser.parse_args(arguments)
    settings = load_settings(model="local")
    file = pulled_file(settings)
    if built_folder(file) is None:
        print("the model is not here in 8 bits: ragbot models pull chat")
        return 1
    quick, quotes = candidates(settings)
    slow, _ = candidates(load_settings(model=f"local:{file}"))
    questions = [q for q in load_bank("natural").questions if q.split == "dev"]
    random.Random(0).shuffle(questions)
    models = {
        "llama.cpp, telling sentences": slow,
        "8 bits, telling sentences": quick,
        "8 bits, whole passages": replace(quick, brief=False),
    }
    watched = {name: Watched(inner=model.open()) for name, model in models.items()}
    bots = {
        name: _bot(settings, replace(model, open=partial(watched.get, name)), quotes)
        for name, model in models.items()
    }
    for bot in bots.values():
        bot.warm_up()
        bot.warm_up_model()
    asked: dict[str, list[dict[str, float]]] = {name: [] for name in bots}
    for number, question in enumerate(questions[: options.questions]):
        names = list(bots)
        for name in names[number % 3 :] + names[: number % 3]:  # who comes first finds more to read
            asked[name].append(_asked(bots[name], question, watched[name]))
            print(f"{sum(map(len, asked.values()))} answers", end="\r", flush=True)
    rows = [_row(name, answers) for name, answers in asked.items()]
    show(rows)
    save("waiting", rows)
    return 0


def _bot(settings: Any, model: Candidate, quotes: Candidate) -> Ragbot:
    return Ragbot(settings, models=(model, quotes), judge=judge_of(settings))


def _asked(bot: Ragbot, question: Question, watched: Watched) -> dict[str, float]:
    start = time.perf_counter()
    watched.began.clear()
    told: dict[str, float] = {}
    for event in bot.stream(question.question):
        if isinstance(event, Retrieved) and event.quotes:
            told["help"] = time.perf_counter() - start
        if isinstance(event, Answer):
            told["whole"] = time.perf_counter() - start
            if event.timings.first_sentence is not None:
                told["sentence"] = event.timings.first_sentence
            if watched.began:
                told["token"] = watched.began[0] - start
                told["read"] = event.usage.input_tokens
            told["by the model"] = float(event.model_id.startswith("local"))
            told["right"] = float(bool(score_answer(question, event, frozenset()).correct))
    return told


def _row(name: str, answers: Sequence[dict[str, float]]) -> Row:
    def middle(what: str) -> float:
        return round(median(a[what] for a in answers if what in a), 2)

    def share(what: str) -> float:
        return round(sum(a[what] for a in answers) / len(answers), 3)

    return {
        "model": name,
        "n": len(answers),
        "prompt tokens": middle("read"),
        "first help s": middle("help"),
        "first token s": middle("token"),
        "first sentence s": middle("sentence"),
        "whole answer s": middle("whole"),
        "slowest s": round(max(a["whole"] for a in answers), 1),
        "answered by the model": share("by the model"),
        "right": share("right"),
    }
