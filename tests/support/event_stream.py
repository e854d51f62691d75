"""The frames of application/vnd.amazon.eventstream, whole and broken."""

from __future__ import annotations

import json
import struct
from typing import Any
from zlib import crc32


def event(name: str, payload: dict[str, Any], *, exception: bool = False) -> bytes:
    """One message: lengths, headers, payload, two CRCs."""
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


def damaged(frame: bytes) -> bytes:
    """The frame with a byte turned on its way, so that its checksum no longer holds."""
    place = len(frame) - 8
    return frame[:place] + bytes([frame[place] ^ 0xFF]) + frame[place + 1 :]


def _header(name: str, value: str) -> bytes:
    string = 7
    return (
        struct.pack(">B", len(name))
        + name.encode()
        + struct.pack(">BH", string, len(value))
        + value.encode()
    )
