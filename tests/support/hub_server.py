"""A loopback model hub: one file behind a redirect, in ranges, on a line that may break."""

from __future__ import annotations

import contextlib
import hashlib
import re
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest


class Hub:
    """What it serves and how badly; `asked_from` records where each request began to read."""

    def __init__(self) -> None:
        self.content = b""
        self.announced: str | None = None  # sha256; None: that of the content
        self.status = 200
        self.breaks_after: list[int] = []  # bytes that a request gets before the line breaks
        self.asked_from: list[int] = []


def _handler_of(hub: Hub) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if hub.status != 200:
                self._headers(hub.status, {"Content-Length": "0"})
            elif self.path.startswith("/storage"):
                self._serve()
            else:
                sha256 = hub.announced or hashlib.sha256(hub.content).hexdigest()
                linked = {"Location": "/storage", "X-Linked-Etag": f'"{sha256}"'}
                self._headers(302, linked | {"Content-Length": "0"})

        def _serve(self) -> None:
            asked = re.fullmatch(r"bytes=(\d+)-", self.headers.get("Range", ""))
            first = int(asked[1]) if asked else 0
            hub.asked_from.append(first)
            if asked and first >= len(hub.content):
                self._headers(416, {"Content-Length": "0"})
                return
            body = hub.content[first:]
            self._headers(206 if asked else 200, {"Content-Length": str(len(body))})
            self.wfile.write(body[: hub.breaks_after.pop(0)] if hub.breaks_after else body)

        def _headers(self, status: int, headers: dict[str, str]) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Silent: the requests are recorded."""

    return Handler


@contextlib.contextmanager
def serving() -> Iterator[tuple[Hub, int]]:
    """The hub and its port."""
    served = Hub()
    listener = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(served))
    thread = threading.Thread(target=listener.serve_forever, daemon=True)
    thread.start()
    try:
        yield served, listener.server_port
    finally:
        listener.shutdown()
        listener.server_close()
        thread.join()


def lead_to(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on huggingface_hub's addresses lead to this port."""
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")
    monkeypatch.setattr(
        "huggingface_hub.constants.HUGGINGFACE_CO_URL_TEMPLATE",
        f"http://127.0.0.1:{port}/{{repo_id}}/resolve/{{revision}}/{{filename}}",
    )
