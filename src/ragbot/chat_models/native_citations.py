"""Bedrock's own citations -> our `[n]` behind the text that they stand on.

Such a citation is no more believed than a marker that a model writes: the checker holds the
sentence against the passage. One that points outside of what was sent becomes `[0]`, which
is no passage.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk

DANGLING = 0
_MOST = 100  # passages of a prompt; a number beyond them is none, whoever says it


class CitedStream:
    """Follows one streamed reply; `passed` gives its chunks with the markers where they belong.

    Within a block, citations may come before the text or behind it; the marker waits until the
    block ends, and so does white space, so that it never moves a marker to the next line.
    """

    def __init__(self) -> None:
        self._block: int | None = None
        self._markers: dict[int, None] = {}
        self._space = ""

    def passed(self, chunk: ChatGenerationChunk) -> Iterator[ChatGenerationChunk]:
        content = chunk.message.content
        blocks = [each for each in content if isinstance(each, dict)] if content else []
        index = next((block.get("index") for block in blocks if "index" in block), None)
        if index != self._block or not blocks:
            yield from self.ended()
            self._block = index
        for block in blocks:
            if block.get("type") != "text":
                continue
            for citation in block.pop("citations", ()):
                self._markers.update(dict.fromkeys(markers_of(citation)))
            said = f"{self._space}{block['text']}"
            block["text"] = said.rstrip()
            self._space = said[len(block["text"]) :]
        yield chunk

    def ended(self) -> Iterator[ChatGenerationChunk]:
        """What waits for the end of its block, or of the reply."""
        text = marked("", self._markers) + self._space
        self._markers, self._space = {}, ""
        if text:
            yield ChatGenerationChunk(message=AIMessageChunk(content=text))


def write_markers(parsed: Mapping[str, Any]) -> None:
    """Put markers in the place of the cited blocks of a whole response, as botocore parsed it.

    LangChain drops the citations of a reply that is one block.
    """
    message = parsed.get("output", {}).get("message", {})
    for place, block in enumerate(message.get("content", ())):
        if "citationsContent" in block:
            cited = block["citationsContent"]
            text = "".join(each.get("text", "") for each in cited.get("content", ()))
            found = {
                marker: None
                for citation in cited.get("citations", ())
                for marker in markers_of(citation)
            }
            body = text.rstrip()
            message["content"][place] = {"text": marked(body, found) + text[len(body) :]}


def markers_of(citation: Mapping[str, Any]) -> Iterator[int]:
    """The passages that a citation names, as numbers from 1."""
    location = citation.get("location") or {}
    chunk = location.get("documentChunk") or location.get("document_chunk") or {}
    document = chunk.get("documentIndex", chunk.get("document_index", 0))
    start = chunk.get("start")
    if start is None or document != 0 or start >= _MOST:
        yield DANGLING
        return
    # The end is the first chunk that is not cited any more.
    end = min(max(chunk.get("end", 0), start + 1), _MOST)
    yield from range(start + 1, end + 1)


def marked(text: str, markers: Mapping[int, None]) -> str:
    return f"{text} {''.join(f'[{marker}]' for marker in markers)}" if markers else text
