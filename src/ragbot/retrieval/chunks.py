"""What a knowledge base gives -> a passage. All of it is text from outside, and data."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import unquote, urlsplit

from ragbot.screening import without_hidden
from ragbot.types import Passage

SOURCE, PAGE = "x-amz-bedrock-kb-source-uri", "x-amz-bedrock-kb-document-page-number"
NOWHERE = "the knowledge base"
NO_LINES = (0, 0)
# A line that was broken in the middle of a sentence, as in text that was read out of a PDF.
_WRAPPED = re.compile(r"(?<=[a-z0-9,;])\n(?=[a-z(])")


def passage_of(result: Mapping[str, Any]) -> Passage | None:
    """The passage of a `KnowledgeBaseRetrievalResult`; None where it holds no text.

    A chunk is a document of its own: where it stands in its file, no knowledge base tells.
    """
    content = result.get("content") or {}
    text = _plain(content.get("text") or "")
    if content.get("type", "TEXT") != "TEXT" or not text.strip():
        return None
    metadata = result.get("metadata") or {}
    source = _source(result.get("location") or {}, metadata)
    page = _page(metadata.get(PAGE))
    digest = hashlib.sha256(f"{source}\x1f{page}\x1f{text}".encode()).hexdigest()[:20]
    return Passage(
        passage_id=digest,
        doc_id=digest,
        source=source,
        heading_path=(_title(source, metadata),),
        start=0,
        end=len(text),
        text=text,
        kind="paragraph",
        lines=NO_LINES,
        page=page,
    )


def _plain(text: str) -> str:
    return _WRAPPED.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n"))


def _source(location: Mapping[str, Any], metadata: Mapping[str, Any]) -> str:
    """The place of the file as its data source names it: s3://..., https://..., an id."""
    # {"type": "S3", "s3Location": {"uri": ...}}, and so on for each kind of data source.
    places = (named for named in location.values() if isinstance(named, Mapping))
    found = next((each for named in places for each in named.values()), metadata.get(SOURCE))
    line = " ".join(without_hidden(found).split()) if isinstance(found, str) else ""
    return line or NOWHERE


def _title(source: str, metadata: Mapping[str, Any]) -> str:
    """The document's own title where its metadata has one, else the name of its file."""
    named = metadata.get("title")
    if isinstance(named, str) and named.strip():
        return " ".join(without_hidden(named).split())
    parts = urlsplit(source)
    name = PurePosixPath(unquote(parts.path)).stem if parts.scheme else ""
    return " ".join(without_hidden(name).split()) or source


def _page(told: Any) -> int | None:
    """Numbers of metadata come as floats."""
    return int(told) if isinstance(told, int | float) and told == int(told) >= 0 else None
