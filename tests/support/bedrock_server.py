"""A loopback server that speaks Bedrock's Converse and ConverseStream to the real boto3 client.

    def test_...(bedrock: BedrockServer) -> None:
        bedrock.script(reply("Boxes hold 400 KB [1]."), fault("ThrottlingException", 429))

Each request takes the next entry of the script; when it has run out, the request is refused
and the fixture fails the test. It is the control plane (`control`) and STS (`roles`), too.
"""

from __future__ import annotations

import json
import os
import select
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

import pytest
from support.bedrock_script import Cited, Fault, Reply, Request, Served, Service
from support.event_stream import damaged, event
from support.prompt_cache import PromptCache

from ragbot.aws.lines import forget_lines

ON_DEMAND = (
    "Invocation of model ID anthropic.claude-x with on-demand throughput isn’t supported. Retry "
    "your request with the ID or ARN of an inference profile that contains this model."
)


@dataclass
class BedrockServer:
    requests: list[Request] = field(default_factory=list)
    asked_too_often: bool = False
    over: threading.Event = field(default_factory=threading.Event)  # ends what still stalls
    hung_up: threading.Event = field(default_factory=threading.Event)  # seen by "watch"
    # Answers instead of the script, where it is set.
    policy: Callable[[Request], Reply | Fault] | None = None
    cache: PromptCache | None = None  # counts the input, where it is set
    # The control plane: what a path gives; a longer path goes before a shorter one.
    control: dict[str, Any] = field(default_factory=dict)
    roles: list[dict[str, str]] = field(default_factory=list)  # asked of STS
    # What answers an operation by itself ("invoke", "retrieve"), once `refusals` are used up.
    services: dict[str, Service] = field(default_factory=dict)
    refusals: list[Fault] = field(default_factory=list)
    jobs: Callable[[str, str, dict[str, Any]], dict[str, Any] | Fault] | None = None  # batch jobs
    url: str = ""
    _script: list[Reply | Fault] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def script(self, *entries: Reply | Fault) -> None:
        self._script += entries

    def take(self, request: Request) -> Reply | Fault:
        with self._lock:
            self.requests.append(request)
            if self.policy is not None:
                return self.policy(request)
            if not self._script:
                self.asked_too_often = True
                return Fault("ScriptRanOut", 400, "the script ran out")
            return self._script.pop(0)

    def serve(self, request: Request) -> Served | Fault:
        with self._lock:
            self.requests.append(request)
            if self.refusals:
                return self.refusals.pop(0)
        return self.services[request.operation](request)

    @property
    def unused(self) -> int:
        return len(self._script)


def _handler_of(server: BedrockServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            content = self.rfile.read(int(self.headers["Content-Length"]))
            if self.path == "/":
                self._assume_role(content.decode())
                return
            body = json.loads(content or b"{}")
            if self.path.startswith("/model-invocation-job"):
                self._look_after_jobs("POST", body)
                return
            # /model/{id or ARN}/converse, /knowledgebases/{id}/retrieve: an ARN's slash is escaped
            _, _, model_id, operation = self.path.split("/")
            request = Request(unquote(model_id), operation, body, dict(self.headers))
            if operation in server.services:
                served = server.serve(request)
                if isinstance(served, Fault):
                    self._refuse(served)
                else:
                    self._send(200, served.payload, served.headers)
                return
            entry = server.take(request)
            if isinstance(entry, Fault):
                self._refuse(entry)
                return
            if server.cache is not None:
                counted = server.cache.count(request.model_id, body)
                entry = replace(
                    entry,
                    input_tokens=counted.fresh,
                    cache_read=counted.read,
                    cache_write=counted.written,
                )
            server.over.wait(entry.after)
            if operation == "converse":
                self._answer(entry)
            else:
                self._stream(entry)

        def _look_after_jobs(self, method: str, body: dict[str, Any]) -> None:
            assert server.jobs is not None, "no batch jobs are expected"
            found = server.jobs(method, unquote(self.path), body)
            if isinstance(found, Fault):
                self._refuse(found)
            else:
                self._send(200, found)

        def do_GET(self) -> None:
            if self.path.startswith("/model-invocation-job"):
                self._look_after_jobs("GET", {})
                return
            path, asked = unquote(urlsplit(self.path).path), parse_qs(urlsplit(self.path).query)
            # Which model stands behind an application inference profile.
            model = "arn:aws:bedrock:us-east-1::foundation-model/newcomer.model-9-v1:0"
            found: Any = {"models": [{"modelArn": model}]}
            for known in sorted(server.control, key=len):
                if path.startswith(known):
                    found = server.control[known]
            if "type" in asked and isinstance(found, dict):
                found = {
                    name: [each for each in listed if each["type"] in asked["type"]]
                    for name, listed in found.items()
                }
            if isinstance(found, Fault):
                self._refuse(found)
            else:
                self._send(200, found)

        def _assume_role(self, asked: str) -> None:
            server.roles.append({name: value for name, (value,) in parse_qs(asked).items()})
            credentials = {
                "AccessKeyId": "ASSUMEDEXAMPLE",
                "SecretAccessKey": "assumed-secret",
                "SessionToken": "assumed-token",
                "Expiration": "2099-01-01T00:00:00Z",
            }
            told = "".join(f"<{name}>{value}</{name}>" for name, value in credentials.items())
            body = (
                '<AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
                f"<AssumeRoleResult><Credentials>{told}</Credentials></AssumeRoleResult>"
                "</AssumeRoleResponse>"
            ).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def _refuse(self, scripted: Fault) -> None:
            if scripted.code == "silence":
                server.over.wait(30)
            if scripted.code in ("silence", "hang up"):
                self.close_connection = True
                return
            self._send(
                scripted.status, {"message": scripted.message}, {"x-amzn-ErrorType": scripted.code}
            )

        def _answer(self, scripted: Reply) -> None:
            self._send(200, whole(scripted))

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
            index = self._stream_pieces(scripted.pieces)
            if scripted.tool is not None:
                self._tool(*scripted.tool)
            match scripted.broken:
                case "stall":
                    server.over.wait(30)
                    self.close_connection = True  # without the last chunk
                    return
                case "cut":
                    self.close_connection = True
                    return
                case "watch":
                    self._watch()
                    return
                case "damaged":
                    delta = {"contentBlockIndex": 0, "delta": {"text": "lost"}}
                    self._chunk(damaged(event("contentBlockDelta", delta)))
                case "nonsense":
                    self._chunk(event("contentBlockDelta", {"what": "is this"}))
                case None:
                    self._chunk(event("contentBlockStop", {"contentBlockIndex": index}))
                    self._chunk(event("messageStop", {"stopReason": scripted.stop}))
                    self._chunk(event("metadata", scripted.told))
                case exception:
                    self._chunk(event(exception, {"message": "scripted"}, exception=True))
            self._chunk(b"")

        def _stream_pieces(self, pieces: Sequence[str | Cited]) -> int:
            """The index of the last block, which is not closed yet."""
            index, last = 0, None
            for piece in pieces:
                if last is not None and isinstance(piece, Cited) | isinstance(last, Cited):
                    self._chunk(event("contentBlockStop", {"contentBlockIndex": index}))
                    index += 1
                last = piece
                for delta in piece.deltas if isinstance(piece, Cited) else [{"text": piece}]:
                    told = {"contentBlockIndex": index, "delta": delta}
                    self._chunk(event("contentBlockDelta", told))
            return index

        def _tool(self, name: str, told: str) -> None:
            used = {"toolUse": {"toolUseId": "t1", "name": name}}
            self._chunk(event("contentBlockStart", {"contentBlockIndex": 1, "start": used}))
            for part in (told[:5], told[5:]):
                delta = {"contentBlockIndex": 1, "delta": {"toolUse": {"input": part}}}
                self._chunk(event("contentBlockDelta", delta))
            self._chunk(event("contentBlockStop", {"contentBlockIndex": 1}))

        def _watch(self) -> None:
            """A reader that goes away shows as an end of what it would send."""
            self.close_connection = True
            while not server.over.is_set():
                readable, _, _ = select.select([self.connection], [], [], 0.02)
                if readable and not self.connection.recv(1):
                    server.hung_up.set()
                    return

        def _chunk(self, data: bytes) -> None:
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
            self.wfile.flush()

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the requests are recorded."""

    return Handler


def whole(scripted: Reply) -> dict[str, Any]:
    """A reply as Converse gives it, in one piece."""
    content: list[dict[str, Any]] = scripted.blocks or [{"text": ""}]
    if scripted.tool is not None:
        name, told = scripted.tool
        used = {"toolUse": {"toolUseId": "t1", "name": name, "input": json.loads(told)}}
        content = [*content, used] if scripted.pieces else [used]
    return {
        "output": {"message": {"role": "assistant", "content": content}},
        "stopReason": scripted.stop,
        **scripted.told,
    }


@contextmanager
def listening(server: BedrockServer) -> Iterator[None]:
    """The server at its own port, for as long as the block lasts."""
    listener = _Listener(("127.0.0.1", 0), _handler_of(server))
    server.url = f"http://127.0.0.1:{listener.server_port}"
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.over.set()
        listener.shutdown()
        listener.server_close()
        thread.join()


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up in the middle are what is tested here."""


@pytest.fixture
def bedrock(monkeypatch: pytest.MonkeyPatch) -> Iterator[BedrockServer]:
    """The server, with an environment that leads boto3 to it and to nothing else."""
    server = BedrockServer()
    with listening(server):
        lead_to(server, monkeypatch)
        yield server
    assert not server.asked_too_often, "the script ran out: Bedrock was asked once too often"
    assert not server.unused, f"{server.unused} scripted replies were never asked for"


def lead_to(server: BedrockServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account in us-east-1 whose Bedrock and STS are this server."""
    forget_lines()
    no_aws(monkeypatch)
    for service in ("BEDROCK", "BEDROCK_RUNTIME", "BEDROCK_AGENT_RUNTIME", "STS"):
        monkeypatch.setenv(f"AWS_ENDPOINT_URL_{service}", server.url)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIDEXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY")
    monkeypatch.setenv("AWS_REGION", "us-east-1")


def no_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    """An environment without anything of AWS, on a laptop or in a cloud."""
    for name in list(os.environ):
        if name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", os.devnull)
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", os.devnull)
