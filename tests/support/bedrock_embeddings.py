"""InvokeModel of the loopback server, for embedding models.

A vector is how often a text has words that begin with a, b, c ... (axis 1, 2, 3 ...; 27 for all
else); a query has .5 on axis 0, so that a reader can tell it from a passage. What
the service would refuse is refused in its words.
"""

from __future__ import annotations

from typing import Any

from support.bedrock_script import Fault, Request, Served
from support.bedrock_server import BedrockServer

TITAN = "amazon.titan-embed-text-v2:0"
ENGLISH, FOURTH = "cohere.embed-english-v3", "cohere.embed-v4:0"
_TITAN_KEYS = {"inputText", "dimensions", "normalize", "embeddingTypes"}
_COHERE_KEYS = {"texts", "input_type", "truncate", "embedding_types"}
_USES = ("search_document", "search_query", "classification", "clustering")


class Refused(Exception):
    """A request that is not valid."""


def embeddings_of(server: BedrockServer, *, tells_tokens: bool = True) -> None:
    """The server answers for embedding models; Cohere's tokens are told in a header or not."""

    def invoke(request: Request) -> Served | Fault:
        try:
            if request.model_id.endswith(TITAN):
                return _titan(request.body)
            if "cohere.embed-" in request.model_id:
                return _cohere(request.body, request.model_id.endswith(FOURTH), tells_tokens)
        except Refused as refused:
            return Fault("ValidationException", 400, f"Malformed input request: {refused}")
        said = "The provided model identifier is invalid."
        return Fault("ValidationException", 400, said)

    server.services["invoke"] = invoke


def vector(text: str, dimension: int, *, query: bool = False) -> list[float]:
    """Not of unit length: Cohere's are not either."""
    counts = [0.0] * dimension
    for word in text.split():
        letter = ord(word[0].lower()) - ord("a") + 1
        counts[letter if 1 <= letter <= 26 else 27] += 1.0
    counts[0] = 0.5 if query else 0.0
    return counts


def _titan(body: dict[str, Any]) -> Served:
    _only(body, _TITAN_KEYS)
    text = _text(body.get("inputText"), "inputText", 50_000)
    dimension = body.get("dimensions", 1024)
    _one_of(dimension, (256, 512, 1024), "dimensions")
    tokens = len(text.split())
    if tokens > 8_192:
        raise Refused(f"Too many input tokens. Max input tokens: 8192, found: {tokens}")
    counts = vector(text, dimension)
    length = sum(each * each for each in counts) ** 0.5 if body.get("normalize", True) else 1.0
    found = [each / (length or 1.0) for each in counts]
    told = {"embedding": found, "embeddingsByType": {"float": found}, "inputTextTokenCount": tokens}
    return Served(told)


def _cohere(body: dict[str, Any], fourth: bool, tells_tokens: bool) -> Served:
    _only(body, _COHERE_KEYS | ({"output_dimension", "max_tokens"} if fourth else set()))
    texts = body.get("texts", [])
    if not texts or len(texts) > 96:
        raise Refused(f"#/texts: expected maximum item count: 96, found: {len(texts)}")
    for place, text in enumerate(texts):
        _text(text, f"texts/{place}", 500_000 if fourth else 2_048)
    _one_of(body.get("input_type"), _USES, "input_type")
    dropped = ("NONE", "LEFT", "RIGHT") if fourth else ("NONE", "START", "END")
    _one_of(body.get("truncate", "NONE"), dropped, "truncate")
    dimension = body.get("output_dimension", 1536) if fourth else 1024
    _one_of(dimension, (256, 512, 1024, 1536), "output_dimension")
    found = [vector(t, dimension, query=body["input_type"] == "search_query") for t in texts]
    named = body.get("embedding_types")
    told = {
        "id": "1",
        "texts": texts,
        "embeddings": {"float": found} if named else found,
        "response_type": "embeddings_by_type" if named else "embeddings_floats",
    }
    tokens = str(sum(len(text.split()) for text in texts))
    return Served(told, {"X-Amzn-Bedrock-Input-Token-Count": tokens} if tells_tokens else {})


def _only(body: dict[str, Any], known: set[str]) -> None:
    for key in set(body) - known:
        raise Refused(f"#: extraneous key [{key}] is not permitted")


def _text(text: Any, place: str, longest: int) -> str:
    if not isinstance(text, str) or not text:
        raise Refused(f"#/{place}: expected minLength: 1, actual: 0")
    if len(text) > longest:
        raise Refused(f"#/{place}: expected maxLength: {longest}, actual: {len(text)}")
    return text


def _one_of(value: Any, allowed: tuple[Any, ...], place: str) -> None:
    if value not in allowed:
        raise Refused(f"#/{place}: {value} is not a valid enum value")
