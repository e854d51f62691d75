"""Retrieve of the loopback server: a knowledge base of files, cut as Bedrock cuts them by default.

Requests are held to botocore's own model of the service. What is found is what shares the rarest
words with the query: a reader can count them.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from botocore.session import get_session
from botocore.validate import ParamValidator
from support.bedrock_script import Fault, Request, Served, fault
from support.bedrock_server import BedrockServer

from ragbot.store.lexical import words_of

ID = "KB12345678"
WORDS = 200  # some 300 tokens, Bedrock's default
Ranking = Callable[[str], Sequence[float]]  # query -> a score for each chunk
_shape = get_session().get_service_model("bedrock-agent-runtime").operation_model("Retrieve")


def chunk(text: str, uri: str = "s3://notes/boxes.md", page: int | None = None) -> dict[str, Any]:
    """A result as Retrieve gives it, but for its score."""
    metadata: dict[str, Any] = {"x-amz-bedrock-kb-source-uri": uri}
    if page is not None:
        metadata["x-amz-bedrock-kb-document-page-number"] = float(page)
    return {
        "content": {"text": text, "type": "TEXT"},
        "location": {"type": "S3", "s3Location": {"uri": uri}},
        "metadata": metadata,
    }


def chunks_of(folder: Path) -> list[dict[str, Any]]:
    """The files of a folder in pieces of so many words, wherever a sentence stands."""
    found = []
    for file in sorted(folder.glob("*.md")):
        text = file.read_text(encoding="utf-8")
        spans = _word_spans(text)
        for first in range(0, len(spans), WORDS):
            part = spans[first : first + WORDS]
            found.append(chunk(text[part[0][0] : part[-1][1]], f"s3://notes/{file.name}"))
    return found


def _word_spans(text: str) -> list[tuple[int, int]]:
    spans, at = [], 0
    for word in text.split():
        at = text.index(word, at)
        spans.append((at, at + len(word)))
        at += len(word)
    return spans


def knowledge_base(
    server: BedrockServer,
    chunks: Sequence[Mapping[str, Any]],
    *,
    page_size: int = 100,
    kinds: Sequence[str] = ("HYBRID", "SEMANTIC"),
    ranking: Ranking | None = None,
) -> None:
    """The server answers Retrieve on the knowledge base `ID`, `page_size` results at a time.

    `ranking` gives a score for each chunk; without it, the weight of the words that it shares.
    """
    scores_for = ranking or _shared_words(chunks)

    def ranked(query: str) -> list[dict[str, Any]]:
        scores = scores_for(query)
        best = sorted(range(len(chunks)), key=lambda place: -scores[place])
        most = max(scores, default=0.0) or 1.0
        return [{**chunks[place], "score": scores[place] / most} for place in best]

    def retrieve(request: Request) -> Served | Fault:
        asked = {"knowledgeBaseId": request.model_id, **request.body}
        report = ParamValidator().validate(asked, _shape.input_shape)
        if report.has_errors():
            return fault("ValidationException", 400, report.generate_report())
        if request.model_id != ID:
            said = f"Knowledge Base with id {request.model_id} does not exist"
            return fault("ResourceNotFoundException", 404, said)
        search = request.body["retrievalConfiguration"]["vectorSearchConfiguration"]
        if search.get("overrideSearchType", kinds[0]) not in kinds:
            said = "HYBRID search type is not supported for search operation on index"
            return fault("ValidationException", 400, said)
        found = ranked(request.body["retrievalQuery"]["text"])[: search.get("numberOfResults", 5)]
        first = int(request.body.get("nextToken", 0))
        told: dict[str, Any] = {"retrievalResults": found[first : first + page_size]}
        if first + page_size < len(found):
            told["nextToken"] = str(first + page_size)
        return Served(told)

    server.services["retrieve"] = retrieve


def _shared_words(chunks: Sequence[Mapping[str, Any]]) -> Ranking:
    held = [set(words_of(str(each["content"].get("text", "")))) for each in chunks]
    times = Counter(word for words in held for word in words)

    def scores(query: str) -> list[float]:
        asked = set(words_of(query))
        return [
            sum(math.log(1 + len(chunks) / times[word]) for word in asked & words) for words in held
        ]

    return scores
