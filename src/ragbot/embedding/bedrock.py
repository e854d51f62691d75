"""Texts -> unit vectors, by an embedding model of Amazon Bedrock.

Such a model finds passages. Sentences, and all else that is compared with thresholds, stay with
the shipped encoder, which they were measured with: see docs/decisions.md.
"""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from ragbot.aws.service import Service
from ragbot.embedding.windows import Progress, Span, Vectors
from ragbot.errors import ModelUnavailableError, SettingsError
from ragbot.failures import UnreadableReply, cause_and_cure
from ragbot.settings import Settings

SETTING, DIMENSIONS = "RAGBOT_EMBEDDER", "RAGBOT_EMBEDDER_DIMENSIONS"
# Told with every reply of InvokeModel, also by models whose body does not tell it.
_TOKENS_READ = "x-amzn-bedrock-input-token-count"
_SPEC = re.compile(r"(?P<model>[\w.:/-]+?)(?:@(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?")

Use = Literal["search_document", "search_query"]  # as Cohere names them; Titan knows no difference


@dataclass(frozen=True, slots=True)
class Family:
    """What one embedding model takes and gives.

    Attributes:
        model: its bare id.
        dimensions: that it can give, the default first.
        texts: at most in one request.
        window: characters of a text that are read at once, so few that the model's own limit on
            tokens is not met; of a longer text the windows are averaged.
    """

    model: str
    dimensions: tuple[int, ...]
    texts: int
    window: int

    @property
    def is_titan(self) -> bool:
        return self.model.startswith("amazon.titan")

    def body(self, texts: Sequence[str], use: Use, dimension: int) -> dict[str, Any]:
        """The request for these texts, no more than `texts` of them."""
        if self.is_titan:
            return {"inputText": texts[0], "dimensions": dimension, "normalize": True}
        asked = {"texts": list(texts), "input_type": use}
        if len(self.dimensions) > 1:
            return {**asked, "embedding_types": ["float"], "output_dimension": dimension}
        # A window of signs that are a token each is too long all the same: its end is dropped.
        return {**asked, "truncate": "END"}


# Titan reads 8,192 tokens, Cohere 3 512 (and 2,048 characters), Cohere 4 128,000; English has more
# than four characters to a token, figures and other scripts fewer.
FAMILIES = (
    Family("amazon.titan-embed-text-v2:0", (1024, 512, 256), 1, 8_000),
    Family("cohere.embed-english-v3", (1024,), 96, 1_500),
    Family("cohere.embed-multilingual-v3", (1024,), 96, 1_500),
    Family("cohere.embed-v4:0", (1536, 1024, 512, 256), 96, 8_000),
)


class BedrockEmbedder:
    """One embedding model in one region; safe to use from several threads.

    `tokens` are those that were read so far; None where a reply did not tell them.
    """

    def __init__(
        self,
        model: str,
        settings: Settings,
        *,
        region: str | None = None,
        dimension: int | None = None,
        patience: float | None = None,
    ) -> None:
        """Opens nothing yet.

        Args:
            model: an id, an inference profile, or the ARN of either.
            region: where it is asked, if not in the environment's region.
            dimension: of its vectors, if not the model's default.
            patience: seconds of waiting where it is throttled; default RAGBOT_BEDROCK_PATIENCE.

        Raises:
            SettingsError: it is no embedding model that is known here, or gives no such vectors.
        """
        self.family = family_of(model)
        self.dimension = dimension or self.family.dimensions[0]
        if self.dimension not in self.family.dimensions:
            offered = ", ".join(map(str, self.family.dimensions))
            raise SettingsError(
                f"{DIMENSIONS}={self.dimension}, but {self.family.model} gives {offered}",
                mend=f"set {DIMENSIONS} to one of them, or unset it",
            )
        # The same model gives the same vectors in every region, through every profile.
        self.fingerprint = f"bedrock:{self.family.model}/{self.dimension}"
        self.model = model
        self.region = region
        self.tokens: int | None = 0
        self._settings = settings
        self._patience = settings.bedrock_patience if patience is None else patience
        self._lock = threading.Lock()
        self._service = Service("bedrock-runtime", f"bedrock:{model}", settings, region)

    def encode_passages(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """float32 [len(texts), dimension], unit length: of what is to be found.

        Raises:
            ModelUnavailableError: Bedrock does not give them; says why, and what mends it.
        """
        return self._encode(texts, "search_document", progress)

    def encode_queries(self, texts: Sequence[str]) -> Vectors:
        """The same, of what is searched for."""
        return self._encode(texts, "search_query", None)

    def _encode(self, texts: Sequence[str], use: Use, progress: Progress | None) -> Vectors:
        owned = [
            (owner, text[start:end])
            for owner, text in enumerate(texts)
            for start, end in windows(text, self.family.window)
        ]
        size = self.family.texts
        batches = [owned[first : first + size] for first in range(0, len(owned), size)]
        vectors = np.zeros((len(texts), self.dimension), dtype=np.float32)
        done = 0
        with ThreadPoolExecutor(max_workers=self._settings.bedrock_concurrency) as pool:
            asked = [
                # In a context of its own: who listens to the waiting here is heard there, too.
                pool.submit(copy_context().run, self._asked, [text for _, text in batch], use)
                for batch in batches
            ]
            try:
                for batch, answer in zip(batches, asked, strict=True):
                    for (owner, text), vector in zip(batch, answer.result(), strict=True):
                        vectors[owner] += len(text) * vector
                    done += len(batch)
                    if progress is not None:
                        progress(done, len(owned))
            except BaseException:
                pool.shutdown(wait=True, cancel_futures=True)  # one refusal is enough
                raise
        return _unit(vectors)

    def _asked(self, texts: Sequence[str], use: Use) -> Vectors:
        """float32 [len(texts), dimension], unit length, in one request."""
        try:
            return self._service.call(
                lambda runtime: self._invoked(runtime, texts, use), self._patience
            )
        except Exception as error:
            told = cause_and_cure(error, SETTING)
            if told is None:
                raise
            cause, cure = told
            raise ModelUnavailableError(
                f"{self.model} on Bedrock cannot embed: {cause}", mend=cure
            ) from error

    def _invoked(self, runtime: Any, texts: Sequence[str], use: Use) -> Vectors:
        reply = runtime.invoke_model(
            modelId=self.model,
            body=json.dumps(self.family.body(texts, use, self.dimension)),
            contentType="application/json",
            accept="application/json",
        )
        try:
            told = json.loads(reply["body"].read())
            vectors = np.asarray(_embeddings(told, titan=self.family.is_titan), dtype=np.float32)
        except (ValueError, KeyError, TypeError) as error:
            raise UnreadableReply("no embeddings") from error
        if vectors.shape != (len(texts), self.dimension) or not np.isfinite(vectors).all():
            shape = " x ".join(map(str, vectors.shape))
            raise ModelUnavailableError(
                f"it gave vectors of {shape} for {len(texts)} x {self.dimension}",
                mend=f"set {SETTING} and {DIMENSIONS} to a model and a size that it gives",
            )
        headers = reply["ResponseMetadata"]["HTTPHeaders"]
        self._count(told.get("inputTextTokenCount", headers.get(_TOKENS_READ)))
        return _unit(vectors)

    def _count(self, tokens: Any) -> None:
        with self._lock:
            known = self.tokens is not None and str(tokens).isdecimal()
            self.tokens = (self.tokens or 0) + int(tokens) if known else None


def family_of(model: str) -> Family:
    """The embedding model behind an id, an inference profile or an ARN.

    Raises:
        SettingsError: there is none behind it that is known here.
    """
    for family in FAMILIES:
        if re.search(rf"(?:^|[./]){re.escape(family.model)}$", model):
            return family
    raise SettingsError(
        f"{SETTING} names {model!r}, which is no embedding model that ragbot can ask",
        mend=f"set {SETTING}=bedrock:ID with one of: {', '.join(f.model for f in FAMILIES)}",
    )


def bedrock_embedder(settings: Settings, patience: float | None = None) -> BedrockEmbedder | None:
    """The embedder that RAGBOT_EMBEDDER names; None where it is the shipped encoder.

    Raises:
        SettingsError: it names neither, or the dimensions are not to be had.
    """
    kind, _, spec = settings.embedder.partition(":")
    if kind == "encoder" and not spec:
        if settings.embedder_dimensions is not None:
            raise SettingsError(
                f"{DIMENSIONS} is set, but the shipped encoder has only its own",
                mend=f"unset it, or set {SETTING}=bedrock:ID",
            )
        return None
    found = _SPEC.fullmatch(spec or FAMILIES[0].model)
    if kind != "bedrock" or found is None:
        raise SettingsError(
            f"{SETTING}={settings.embedder!r} names no embedder",
            mend=f"set it to encoder, or to bedrock:{FAMILIES[0].model}",
        )
    return BedrockEmbedder(
        found["model"],
        settings,
        region=found["region"],
        dimension=settings.embedder_dimensions,
        patience=patience,
    )


def windows(text: str, size: int) -> list[Span]:
    """(start, end) of pieces of at most `size` characters, cut at white space if there is any."""
    spans: list[Span] = []
    start = 0
    while len(text) - start > size:
        at = max(text.rfind(sign, start + size // 2, start + size) for sign in " \n")
        end = at if at > start else start + size
        spans.append((start, end))
        start = end
    return [*spans, (start, len(text))]


def _embeddings(told: Any, *, titan: bool) -> Any:
    if titan:
        return [told["embedding"]]
    # Of one type asked for by name they come under it, else bare.
    found = told["embeddings"]
    return found["float"] if isinstance(found, dict) else found


def _unit(vectors: Vectors) -> Vectors:
    norms = np.linalg.norm(vectors, axis=-1, keepdims=True)
    return (vectors / np.where(norms == 0, 1, norms)).astype(np.float32)
