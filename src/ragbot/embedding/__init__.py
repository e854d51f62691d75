"""Texts -> unit vectors, by all-MiniLM-L6-v2.

open_embedder(models_dir)   the 8-bit twin where it has been made, else the model as published
prepared_embedder(...)      the same, after making the twin: what an ingest begins with
"""

from __future__ import annotations

from pathlib import Path

from ragbot.embedding.building import build, built_file
from ragbot.embedding.package import verified_weights
from ragbot.embedding.quantized import QuantizedMiniLM
from ragbot.embedding.reference import ReferenceMiniLM
from ragbot.embedding.windows import (
    DIMENSION,
    Embedder,
    Progress,
    Span,
    Vectors,
    WindowedEmbedder,
)
from ragbot.errors import ModelUnavailableError

__all__ = [
    "DIMENSION",
    "Embedder",
    "Progress",
    "QuantizedMiniLM",
    "ReferenceMiniLM",
    "Span",
    "Vectors",
    "WindowedEmbedder",
    "open_embedder",
    "prepared_embedder",
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
