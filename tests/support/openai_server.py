"""A loopback server that speaks OpenAI's chat completions, streamed, from a script."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest


@dataclass
class OpenAIServer:
    """Each entry of the script is the pieces of a reply, the HTTP status of a refusal, or what is
    sent to the byte."""

    url: str = ""
    script: list[list[str] | int | bytes] = field(default_factory=list)
    bodies: list[dict[str, Any]] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    asked_too_often: bool = False


def _handler_of(server: OpenAIServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            server.bodies.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
            server.keys.append(self.headers["Authorization"])
            server.asked_too_often |= not server.script
            entry = server.script.pop(0) if server.script else 400
            if isinstance(entry, int):
                self._begin(entry, "application/json")
                self.wfile.write(b'{"error": {"message": "scripted: key sk-secret"}}')
                return
            if isinstance(entry, bytes):
                self._begin(200, "application/json" if entry[:1] == b"{" else "text/event-stream")
                self.wfile.write(entry)
                return
            self._begin(200, "text/event-stream")
            for piece in entry:
                self._event({"choices": [{"index": 0, "delta": {"content": piece}}]})
            self._event({"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
            spent = {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18}
            self._event({"choices": [], "usage": spent})
            self.wfile.write(b"data: [DONE]\n\n")

        def _begin(self, status: int, kind: str) -> None:
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.end_headers()

        def _event(self, part: dict[str, Any]) -> None:
            chunk = {"id": "1", "object": "chat.completion.chunk", "created": 1, "model": "m"}
            self.wfile.write(f"data: {json.dumps(chunk | part)}\n\n".encode())

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the requests are recorded."""

    return Handler


@pytest.fixture
def openai_server(monkeypatch: pytest.MonkeyPatch) -> Iterator[OpenAIServer]:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "OPENAI_API_BASE"):
        monkeypatch.delenv(name, raising=False)
    server = OpenAIServer()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(server))
    server.url = f"http://127.0.0.1:{listener.server_port}/v1"
    thread = threading.Thread(target=listener.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()
    assert not server.asked_too_often, "the script ran out: the server was asked once too often"
