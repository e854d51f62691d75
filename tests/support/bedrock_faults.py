"""Every way in which Bedrock fails, against what a person then sees.

Two accounts' worth of Bedrock listen here: `home` in us-east-1, which has the fault, and `other`
in eu-west-1, which stands behind it in RAGBOT_BEDROCK_FALLBACKS and works. The tests hold each
row to what it should show; `python -m bench bedrock_faults` writes them into docs/bedrock.md.
"""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import pytest
from support.bedrock_script import Fault, Reply, fault, reply
from support.bedrock_server import ON_DEMAND, BedrockServer, lead_to, listening, no_aws
from support.scored_product import product
from support.word_lengths import WordLengths

from ragbot.assembly import Ragbot
from ragbot.chat_models import candidates
from ragbot.settings import Settings
from ragbot.types import Answer, Waiting

QUESTION = "How large can a Boxes item be?"
FIRST = "A Boxes item can be at most 400 KB"
SECOND = "Boxes rotates its labels automatically"
WHOLE = reply(f"{FIRST} [1]. ", f"{SECOND} [1].")
MODEL = "us.amazon.nova-lite-v1:0"
FALLBACK = "eu.amazon.nova-lite-v1:0@eu-west-1"
TIMEOUT, PATIENCE = 1.0, 2.0  # seconds; of the product: 60 and 20

By = Literal["home", "other", "quotes", "nobody"]
MODELS: dict[By, str] = {
    "home": f"bedrock:{MODEL}",
    "other": f"bedrock:{FALLBACK}",
    "quotes": "quotes",
}
Environment = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Row:
    """A fault, and what it must come to.

    `script` is what `home` says, request by request, the last again and again; `told` are words
    that the person must see; `kept` where the answer begins with what `home` had said.
    """

    name: str
    script: Sequence[Reply | Fault]
    told: str
    by: By = "other"
    waits: bool = False
    kept: bool = False
    arrange: Environment | None = None
    everywhere: bool = False  # `other` has the same fault


@dataclass
class Seen:
    """What a person saw, and what it took."""

    answer: Answer
    waited: list[Waiting] = field(default_factory=list)
    seconds: float = 0.0
    requests: int = 0

    @property
    def lines(self) -> list[str]:
        """What is said about the answer, as the page and the terminal say it."""
        from ragbot.cli.terminal import about

        told = [str(waiting) for waiting in self.waited]
        said = [self.answer.text] if self.answer.abstained else []
        return [*told, *said, *about(self.answer)]

    @property
    def reasons(self) -> list[str]:
        """Why it came as it did, without the names and figures."""
        told = [f"waits: {waiting.reason}" for waiting in self.waited]
        told += [fell.reason for fell in self.answer.fell_back_from]
        if self.answer.blocked is not None:
            told.append(self.answer.blocked.reason)
        elif self.answer.reason:
            told.append(self.answer.reason)
        return list(dict.fromkeys(told))

    @property
    def by(self) -> By:
        if self.answer.abstained:
            return "nobody"
        return next(who for who, model in MODELS.items() if model == self.answer.model_id)


def ask_with(row: Row, folder: Path, monkeypatch: pytest.MonkeyPatch) -> Seen:
    """One question to a bot whose first model has the fault."""
    home, other = BedrockServer(), BedrockServer()
    with listening(home), listening(other):
        lead_to(home, monkeypatch)
        home.policy = _repeating(row.script)
        other.policy = _repeating(row.script if row.everywhere else [WHOLE])
        if row.arrange is not None:
            row.arrange(monkeypatch)
        settings = Settings(
            home=folder,
            models_dir=folder / "models",
            model=f"bedrock:{MODEL}",
            bedrock_fallbacks=FALLBACK,
            bedrock_endpoints=f"eu-west-1={other.url}",
            bedrock_patience=PATIENCE,
            timeout=TIMEOUT,
        )
        product(folder)  # writes the index
        bot = Ragbot(settings, models=candidates(settings), embedder=WordLengths())
        waited: list[Waiting] = []
        started = time.perf_counter()
        for event in bot.stream(QUESTION):
            if isinstance(event, Waiting):
                waited.append(event)
            elif isinstance(event, Answer):
                seconds = time.perf_counter() - started
                return Seen(event, waited, seconds, len(home.requests))
    raise AssertionError("a stream of events ends with its Answer")


def _repeating(script: Sequence[Reply | Fault]) -> Callable[..., Reply | Fault]:
    left = list(script)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


def closed_port() -> int:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        return int(unused.getsockname()[1])


def _nothing_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", f"http://127.0.0.1:{closed_port()}")


def _unknown_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://bedrock.invalid")


def _dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [name for name in os.environ if name.lower().endswith("_proxy")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed_port()}")
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", "http://bedrock.example")


def _no_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    no_aws(monkeypatch)
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def _no_region(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AWS_REGION")


THROTTLED = fault("ThrottlingException", 429, "Too many requests, please wait before trying again.")
NOT_READY = fault("ModelNotReadyException", 429)
_BEGUN = (f"{FIRST} [1]. And ", "then")


def _code(code: str, status: int, message: str = "scripted") -> list[Fault]:
    return [fault(code, status, message)]


_TOPIC = {"topicPolicy": {"topics": [{"name": "Share tips", "type": "DENY", "action": "BLOCKED"}]}}
_PASSWORD = {
    "sensitiveInformationPolicy": {
        "piiEntities": [{"match": "hunter2", "type": "PASSWORD", "action": "BLOCKED"}],
        "regexes": [],
    }
}


def _intervened(trace: dict[str, Any], said: str = "") -> Reply:
    told = reply(said, "Sorry.", stop="guardrail_intervened", trace=trace)
    return told if said else replace(told, output_tokens=0)


ROWS = (
    Row("throttled twice", [THROTTLED, THROTTLED, WHOLE], "throttling", "home", waits=True),
    Row("throttled for good", [THROTTLED], "throttling this account", waits=True),
    Row("model not ready, once", [NOT_READY, WHOLE], "not ready yet", "home", waits=True),
    Row(
        "service unavailable",
        _code("ServiceUnavailableException", 503),
        "not available",
        waits=True,
    ),
    Row("access denied", _code("AccessDeniedException", 403), "allow bedrock:InvokeModelWith"),
    Row(
        "not on demand",
        _code("ValidationException", 400, ON_DEMAND),
        "put us., eu., apac. or global.",
    ),
    Row(
        "unknown model id",
        _code("ValidationException", 400, "The provided model identifier is invalid."),
        "Bedrock knows no model of this id",
    ),
    Row(
        "prompt too long",
        _code("ValidationException", 400, "Input is too long for requested model."),
        "lower RAGBOT_K",
    ),
    Row("model not found", _code("ResourceNotFoundException", 404), "no such model"),
    Row("model error", _code("ModelErrorException", 424), "the model failed on this request"),
    Row(
        "model error, once",
        [fault("ModelErrorException", 424), WHOLE],
        "failed",
        "home",
        waits=True,
    ),
    Row("internal error", _code("InternalServerException", 500), "internal error"),
    Row("model timed out", _code("ModelTimeoutException", 408), "took too long"),
    Row("quota used up", _code("ServiceQuotaExceededException", 400), "Service Quotas"),
    Row(
        "tokens of the day used up",
        _code("ThrottlingException", 429, "Too many tokens per day, please wait before trying."),
        "tokens of today are used up",
    ),
    Row(
        "expired token",
        _code("ExpiredTokenException", 403),
        "credentials have expired",
        "quotes",
        everywhere=True,
    ),
    Row(
        "invalid keys",
        _code("UnrecognizedClientException", 403),
        "credentials are not valid",
        "quotes",
        everywhere=True,
    ),
    Row("no credentials", [], "no AWS credentials were found", "quotes", arrange=_no_credentials),
    Row("no region", [], "no AWS region is set", arrange=_no_region),
    Row("connection refused", [], "cannot be reached", arrange=_nothing_listens),
    Row("unknown host name", [], "is not known to this network", arrange=_unknown_name),
    Row("proxy not there", [], "proxy cannot be reached", arrange=_dead_proxy),
    Row("hangs up without a word", _code("hang up", 0), "broke off"),
    Row("read time-out", _code("silence", 0), "RAGBOT_TIMEOUT"),
    Row("stream stalls at once", [reply(broken="stall")], "RAGBOT_TIMEOUT"),
    Row("stream stalls", [reply(*_BEGUN, broken="stall")], "RAGBOT_TIMEOUT", kept=True),
    Row("stream is cut", [reply(*_BEGUN, broken="cut")], "broke off", kept=True),
    Row(
        "throttled in mid-stream",
        [reply(*_BEGUN, broken="throttlingException")],
        "throttling",
        kept=True,
    ),
    Row(
        "model error in mid-stream",
        [reply(*_BEGUN, broken="modelStreamErrorException")],
        "failed while it was answering",
        kept=True,
    ),
    Row("damaged event", [reply(*_BEGUN, broken="damaged")], "broke off", kept=True),
    Row("event without meaning", [reply(*_BEGUN, broken="nonsense")], "cannot read", kept=True),
    Row(
        "guardrail intervened, says nothing",
        [reply("Sorry, I cannot answer that.", stop="guardrail_intervened")],
        "it did not tell what it met",
        "nobody",
    ),
    Row(
        "guardrail stops the question",
        [_intervened({"inputAssessment": {"gr1a2b3c": _TOPIC}})],
        "the question, with what goes with it, met the denied topic Share tips",
        "nobody",
    ),
    Row(
        "guardrail stops the answer",
        [_intervened({"outputAssessments": {"gr1a2b3c": [_PASSWORD]}}, f"{FIRST} [1].")],
        "the answer met the filter of personal data (password)",
        "nobody",
    ),
    Row(
        "longest reply reached",
        [reply(f"{FIRST} [1]. And", stop="max_tokens")],
        "raise RAGBOT_MAX_TOKENS",
        "home",
    ),
    Row(
        "all of it spent on thinking",
        [reply(stop="max_tokens")],
        "raise RAGBOT_MAX_TOKENS",
    ),
    Row("reply filtered", [reply(stop="content_filtered")], "filtered the reply"),
    Row("empty reply", [reply()], "empty reply"),
    Row(
        "model cannot stream",
        [fault("ValidationException", 400, "The model is unsupported for streaming."), WHOLE],
        "",
        "home",
    ),
)
