"""Texts -> unit vectors, by all-MiniLM-L6-v2, and by a model of Bedrock where one is set.

open_embedder(models_dir)   the 8-bit twin where it has been made, else the model as published
prepared_embedder(...)      the same, after making the twin: what an ingest begins with
bedrock_embedder(settings)  what passages are found by instead; None for the shipped encoder
"""

from __future__ import annotations

from pathlib import Path

from ragbot.embedding.bedrock import BedrockEmbedder, bedrock_embedder
from ragbot.embedding.building import build, built_file
from ragbot.embedding.package import verified_weights
from ragbot.embedding.quantized import QuantizedMiniLM
from ragbot.embedding.reference import ReferenceMiniLM
from ragbot.embedding.windows import (
    DIMENSION,
    Embedder,
    PassageEmbedder,
    Progress,
    Span,
    Vectors,
    WindowedEmbedder,
)
from ragbot.errors import ModelUnavailableError

__all__ = [
    "DIMENSION",
    "BedrockEmbedder",
    "Embedder",
    "PassageEmbedder",
    "Progress",
    "QuantizedMiniLM",
    "ReferenceMiniLM",
    "Span",
    "Vectors",
    "WindowedEmbedder",
    "bedrock_embedder",
    "fingerprint_of",
    "open_embedder",
    "prepared_embedder",
    "setting_of",
    "verified_weights",
]


def open_embedder(models_dir: Path) -> WindowedEmbedder:
    """The embedder of this machine; loads nothing yet."""
    file = built_file(models_dir)
    return ReferenceMiniLM() if file is None else QuantizedMiniLM(file)


def prepared_embedder(models_dir: Path) -> tuple[WindowedEmbedder, str | None]:
    """The embedder, its 8-bit file made where it was missing; and why that failed, if it did."""
    try:
        return QuantizedMiniLM(build(models_dir)), None
    except ModelUnavailableError as error:
        return ReferenceMiniLM(), error.message


def fingerprint_of(embedder: Embedder, passage_embedder: PassageEmbedder | None = None) -> str:
    """Of all vectors of an index: those that passages are found by, then those of sentences."""
    own = embedder.fingerprint
    return own if passage_embedder is None else f"{passage_embedder.fingerprint} + {own}"


def setting_of(fingerprint: str) -> str:
    """The RAGBOT_EMBEDDER that gives vectors of this fingerprint."""
    named = fingerprint.partition("/")[0]
    return named if named.startswith("bedrock:") else "encoder"
