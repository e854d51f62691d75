"""A loopback server that speaks Bedrock's Converse and ConverseStream to the real boto3 client.

    def test_...(bedrock: BedrockServer) -> None:
        bedrock.script(reply("Boxes hold 400 KB [1]."), fault("ThrottlingException", 429))

Each request takes the next entry of the script; when it has run out, the request is refused
and the fixture fails the test.
"""

from __future__ import annotations

import json
import os
import struct
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote
from zlib import crc32

import pytest

ON_DEMAND = (
    "Invocation of model ID anthropic.claude-x with on-demand throughput isn’t supported. Retry "
    "your request with the ID or ARN of an inference profile that contains this model."
)


@dataclass(frozen=True)
class Reply:
    """`pieces` come one event each; then `broken` says how the stream ends, if not well."""

    pieces: Sequence[str]
    input_tokens: int = 11
    output_tokens: int = 7
    broken: str | None = None  # an exception's name in camel case, "stall" or "cut"


@dataclass(frozen=True)
class Fault:
    """A refusal of the whole request."""

    code: str
    status: int
    message: str


@dataclass(frozen=True)
class Request:
    model_id: str
    operation: str  # converse or converse-stream
    body: dict[str, Any]
    headers: dict[str, str]


def reply(*pieces: str, broken: str | None = None) -> Reply:
    return Reply(pieces, broken=broken)


def fault(code: str, status: int = 400, message: str = "scripted") -> Fault:
    return Fault(code, status, message)


@dataclass
class BedrockServer:
    requests: list[Request] = field(default_factory=list)
    asked_too_often: bool = False
    over: threading.Event = field(default_factory=threading.Event)  # ends what still stalls
    _script: list[Reply | Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self, *entries: Reply | Fault) -> None:
        self._script += entries

    def take(self, request: Request) -> Reply | Fault:
        with self._lock:
            self.requests.append(request)
            if not self._script:
                self.asked_too_often = True
                return Fault("ScriptRanOut", 400, "the script ran out")
            return self._script.pop(0)

    @property
    def unused(self) -> int:
        return len(self._script)


def event(name: str, payload: dict[str, Any], *, exception: bool = False) -> bytes:
    """One message of application/vnd.amazon.eventstream: lengths, headers, payload, two CRCs."""
    kind = "exception" if exception else "event"
    headers = b"".join(
        _header(key, value)
        for key, value in (
            (f":{kind}-type", name),
            (":content-type", "application/json"),
            (":message-type", kind),
        )
    )
    body = json.dumps(payload).encode()
    prelude = struct.pack(">II", 16 + len(headers) + len(body), len(headers))
    message = prelude + struct.pack(">I", crc32(prelude)) + headers + body
    return message + struct.pack(">I", crc32(message))


def _header(name: str, value: str) -> bytes:
    string = 7
    return (
        struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">BH", string, len(value))
        + value.encode()
    )


def _handler_of(server: BedrockServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])) or b"{}")
            # /model/{id or ARN}/converse: an ARN's slash is escaped
            _, _, model_id, operation = self.path.split("/")
            request = Request(unquote(model_id), operation, body, dict(self.headers))
            entry = server.take(request)
            if isinstance(entry, Fault):
                self._refuse(entry)
            elif operation == "converse":
                self._answer(entry)
            else:
                self._stream(entry)

        def do_GET(self) -> None:
            # The control plane: which model stands behind an application inference profile.
            model = "arn:aws:bedrock:us-east-1::foundation-model/newcomer.model-9-v1:0"
            self._send(200, {"models": [{"modelArn": model}]})

        def _refuse(self, scripted: Fault) -> None:
            self._send(
                scripted.status, {"message": scripted.message}, {"x-amzn-ErrorType": scripted.code}
            )

        def _answer(self, scripted: Reply) -> None:
            message = {"role": "assistant", "content": [{"text": "".join(scripted.pieces)}]}
            self._send(
                200,
                {
                    "output": {"message": message},
                    "stopReason": "end_turn",
                    "usage": _usage(scripted),
                    "metrics": {"latencyMs": 1},
                },
            )

        def _send(
            self, status: int, payload: dict[str, Any], headers: dict[str, str] | None = None
        ) -> None:
            body = json.dumps(payload).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            for name, value in (headers or {}).items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def _stream(self, scripted: Reply) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/vnd.amazon.eventstream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self._chunk(event("messageStart", {"role": "assistant"}))
            for piece in scripted.pieces:
                delta = {"contentBlockIndex": 0, "delta": {"text": piece}}
                self._chunk(event("contentBlockDelta", delta))
            if scripted.broken == "stall":
                server.over.wait(30)
            if scripted.broken in ("stall", "cut"):
                self.close_connection = True  # without the last chunk
                return
            if scripted.broken:
                self._chunk(event(scripted.broken, {"message": "scripted"}, exception=True))
            else:
                self._chunk(event("contentBlockStop", {"contentBlockIndex": 0}))
                self._chunk(event("messageStop", {"stopReason": "end_turn"}))
                usage = {"usage": _usage(scripted), "metrics": {"latencyMs": 1}}
                self._chunk(event("metadata", usage))
            self._chunk(b"")

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the requests are recorded."""

    return Handler


def _usage(scripted: Reply) -> dict[str, int]:
    return {
        "inputTokens": scripted.input_tokens,
        "outputTokens": scripted.output_tokens,
        "totalTokens": scripted.input_tokens + scripted.output_tokens,
    }


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    """The server, with an environment that leads boto3 to it and to nothing else."""
    server = BedrockServer()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    listener.daemon_threads = True
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    no_aws(monkeypatch)
    for service in ("BEDROCK", "BEDROCK_RUNTIME"):
        monkeypatch.setenv(
            f"AWS_ENDPOINT_URL_{service}", f"http://127.0.0.1:{listener.server_port}"
        )
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    try:
        yield server
    finally:
        server.over.set()
        listener.shutdown()
        listener.server_close()
        thread.join()
    assert not server.asked_too_often, "the script ran out: Bedrock was asked once too often"
    assert not server.unused, f"{server.unused} scripted replies were never asked for"


def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without anything of AWS, on a laptop or in a cloud."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
