"""One file of the model hub, fetched so that a broken line costs only what was not there yet."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from ragbot.errors import ModelUnavailableError
from ragbot.weights.shelf import Progress

if TYPE_CHECKING:
    import httpx

CHUNK = 1 << 20
CONNECT_SECONDS = 4.0  # a network without the hub should say so soon
SILENT_SECONDS = 30.0


def download(repository: str, file: str, part: Path, progress: Progress | None) -> str | None:
    """Bring `part` to the whole file, going on where an earlier try ended.

    Returns:
        The sha256 that the hub announces for the file, where it announces one.

    Raises:
        ModelUnavailableError: the hub cannot be reached or does not have the file.
    """
    import httpx
    from huggingface_hub import hf_hub_url
    from huggingface_hub.errors import HFValidationError

    try:
        url = hf_hub_url(repository, file)
    except HFValidationError as error:
        raise ModelUnavailableError(f"the model hub allows no name like {repository}") from error
    while True:
        there = _size(part)
        try:
            return _go_on(url, part, progress)
        except httpx.HTTPStatusError as error:
            raise ModelUnavailableError(
                f"the model hub refused {repository}/{file} (HTTP {error.response.status_code})"
            ) from error
        except httpx.HTTPError as error:
            if _size(part) > there:
                continue  # the line broke, but more came than before
            raise ModelUnavailableError(
                f"the model hub cannot be reached for {repository}/{file} ({type(error).__name__})"
            ) from error


def _go_on(url: str, part: Path, progress: Progress | None) -> str | None:
    import httpx

    there = _size(part)
    # Compressed, the bytes on the line would not be those that the range counts.
    headers = {"Accept-Encoding": "identity"} | ({"Range": f"bytes={there}-"} if there else {})
    with httpx.stream(
        "GET",
        url,
        headers=headers,
        timeout=httpx.Timeout(SILENT_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=True,
    ) as response:
        if response.status_code != httpx.codes.REQUESTED_RANGE_NOT_SATISFIABLE:
            response.raise_for_status()
            resumed = response.status_code == httpx.codes.PARTIAL_CONTENT
            there = there if resumed else 0
            total = there + int(response.headers.get("content-length", 0))
            with part.open("ab" if resumed else "wb") as out:
                for chunk in response.iter_raw():
                    out.write(chunk)
                    there += len(chunk)
                    if progress is not None:
                        progress(there, total)
        # else nothing lies behind what we have: it is whole, as far as its length can tell
        return _announced_sha256(response)


def _announced_sha256(response: httpx.Response) -> str | None:
    """The hub names a large file by its sha256, in the answer that leads to its storage."""
    for answer in (*response.history, response):
        name = str(answer.headers.get("x-linked-etag", "")).strip('"')
        if re.fullmatch(r"[0-9a-f]{64}", name):
            return name
    return None


def _size(file: Path) -> int:
    return file.stat().st_size if file.exists() else 0
