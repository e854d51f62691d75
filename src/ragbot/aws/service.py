"""One thing of Bedrock's that is asked by name: its boto3 client and its line, made when needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any, TypeVar

from ragbot.aws import clients
from ragbot.aws.line import Line
from ragbot.aws.lines import line_to
from ragbot.failures import outdated
from ragbot.settings import Settings

T = TypeVar("T")


class Service:
    """Opens nothing yet; safe to use from several threads."""

    def __init__(self, kind: str, name: str, settings: Settings, region: str | None) -> None:
        """Of `kind`, as boto3 calls it, in `region` or that of the environment."""
        self._kind = kind
        self._name = name
        self._settings = settings
        self._region = region
        self._lock = threading.Lock()
        self._opened: tuple[Any, Line] | None = None

    def call(self, ask: Callable[[Any], T], patience: float) -> T:
        """What `ask` gives when it is given the client.

        Raises:
            ModelUnavailableError: it is not asked: no region, or what was asked last has failed.
            Exception: whatever the last attempt failed with.
        """
        client, line = self._open()
        try:
            return line.call(lambda: ask(client), patience)
        except Exception as error:
            if outdated(error):
                # boto3 keeps credentials as long as a client lives; the next one reads them anew.
                with self._lock:
                    self._opened = None
            raise

    def _open(self) -> tuple[Any, Line]:
        with self._lock:  # boto3 makes clients in one thread only
            if self._opened is None:
                seconds = self._settings.timeout
                client = clients.client(
                    self._kind, self._settings, self._region, read_seconds=seconds
                )
                most = self._settings.bedrock_concurrency
                self._opened = (client, line_to(self._name, client.meta.endpoint_url, most))
            return self._opened
