"""RAGBOT_MODEL -> the candidates to answer, first choice first.

    auto                     Bedrock where credentials and region resolve, else the local GGUF
    bedrock[:ID|profile|ARN] Amazon Bedrock
    openai:MODEL             any OpenAI-compatible server (RAGBOT_OPENAI_BASE_URL)
    local[:PATH.gguf|:ORG/REPO/FILE.gguf]
    quotes                   verbatim sentences of the notes

`quotes` stands last behind each of them.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragbot import weights
from ragbot.chat_models import aws
from ragbot.errors import ModelUnavailableError, SettingsError
from ragbot.settings import Settings
from ragbot.types import FellBack

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PULL = "ragbot models pull"
FORMS = (
    "auto",
    "bedrock:MODEL",
    "openai:MODEL",
    "local",
    "local:PATH.gguf",
    "local:ORG/REPO/FILE.gguf",
    "quotes",
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer; `open` imports what it needs and may fail with
    ModelUnavailableError. `withhold_unsupported`: too small to be trusted with a sentence
    that the notes do not bear out."""

    model_id: str
    open: Callable[[], BaseChatModel]
    withhold_unsupported: bool


@dataclass(frozen=True, slots=True)
class Availability:
    """A choice of the model picker, and why it cannot be taken where it cannot."""

    spec: str
    label: str
    available: bool
    reason: str | None = None
    mend: str | None = None


def candidates(settings: Settings) -> tuple[Candidate, ...]:
    """The models to try, in order; the last is always `quotes`.

    Raises:
        SettingsError: RAGBOT_MODEL means nothing.
        ModelUnavailableError: a named model file that is not there.
    """
    kind, _, rest = settings.model.partition(":")
    chosen: list[Candidate] = []
    if kind == "auto" and not rest:
        if aws.missing() is None:
            chosen.append(_bedrock(settings.bedrock_model, settings))
        if _local_file(settings) is not None:
            chosen.append(_local(None, settings))
    elif kind == "bedrock":
        chosen.append(_bedrock(rest or settings.bedrock_model, settings))
    elif kind == "openai" and rest:
        chosen.append(_openai(rest, settings))
    elif kind == "local":
        if rest or _local_file(settings) is not None:
            chosen.append(_local(rest or None, settings))
    elif settings.model != "quotes":
        near = difflib.get_close_matches(kind, ["auto", "bedrock", "openai", "local", "quotes"], 1)
        hint = f"did you mean {near[0]}? It is" if near else "set RAGBOT_MODEL to"
        raise SettingsError(
            f"RAGBOT_MODEL={settings.model!r} names no model",
            mend=f"{hint} one of {', '.join(FORMS)}",
        )
    return (*chosen, _quotes())


def passed_over(settings: Settings) -> tuple[FellBack, ...]:
    """What RAGBOT_MODEL would have preferred and why it cannot answer here."""
    found = []
    if settings.model == "auto" and (reason := aws.missing()) is not None:
        found.append(FellBack("bedrock", reason))
    bedrock_answers = settings.model == "auto" and not found
    if (
        settings.model in ("auto", "local")
        and not bedrock_answers
        and _local_file(settings) is None
    ):
        found.append(FellBack("local", f"its weights are not here: {PULL}"))
    return tuple(found)


def availability(settings: Settings) -> tuple[Availability, ...]:
    """The choices for a model picker; asks no network and imports nothing heavy."""
    no_aws = aws.missing()
    no_local = None if _local_file(settings) else "its weights are not here"
    no_server = None if settings.openai_base_url else "no server is set"
    listed = [
        Availability("auto", "the best that works here", True),
        Availability(
            "bedrock",
            f"Amazon Bedrock ({settings.bedrock_model or 'default model'})",
            no_aws is None,
            no_aws,
            None if no_aws is None else "aws configure, or export AWS_PROFILE and AWS_REGION",
        ),
        Availability(
            "local",
            "Qwen2.5 1.5B on this machine",
            no_local is None,
            no_local,
            None if no_local is None else PULL,
        ),
        Availability("quotes", "verbatim quotes, no model", True),
    ]
    if settings.model.startswith("openai:") or no_server is None:
        spec = settings.model if settings.model.startswith("openai:") else "openai:default"
        listed.insert(
            2, Availability(spec, f"server {settings.openai_base_url or ''}".strip(), True)
        )
    if settings.model not in {choice.spec for choice in listed}:
        listed.insert(1, Availability(settings.model, settings.model, True))
    return tuple(listed)


def _bedrock(model: str | None, settings: Settings) -> Candidate:
    name = model or aws.default_model()

    def open_model() -> BaseChatModel:
        from ragbot.chat_models.bedrock import open_bedrock

        return open_bedrock(name, settings)

    return Candidate(f"bedrock:{name}", open_model, withhold_unsupported=False)


def _openai(model: str, settings: Settings) -> Candidate:
    def open_model() -> BaseChatModel:
        from ragbot.chat_models.openai_compatible import open_openai

        return open_openai(model, settings)

    return Candidate(f"openai:{model}", open_model, withhold_unsupported=False)


def _local(named: str | None, settings: Settings) -> Candidate:
    hub = _hub_parts(named) if named else None
    if named and hub is None and not Path(named).is_file():
        raise ModelUnavailableError(
            f"there is no model file {named}",
            mend=f"check the path, or use RAGBOT_MODEL=local ({PULL})",
        )

    def open_model() -> BaseChatModel:
        from ragbot.chat_models.local import open_local

        if hub is not None:
            file = weights.fetch_hub_file(*hub, settings.models_dir)
        elif named:
            file = Path(named)
        else:
            found = _local_file(settings)
            if found is None:
                raise ModelUnavailableError("the local weights are not here", mend=PULL)
            file = found
        return open_local(file, settings)

    stem = Path(named).stem if named else Path(*weights.CATALOGUE["chat"].files).stem
    return Candidate(f"local:{stem}", open_model, withhold_unsupported=True)


def _quotes() -> Candidate:
    def open_model() -> BaseChatModel:
        from ragbot.chat_models.quotes import QuotesChatModel

        return QuotesChatModel()

    return Candidate("quotes", open_model, withhold_unsupported=True)


def _local_file(settings: Settings) -> Path | None:
    folder = weights.find("chat", settings.models_dir)
    return None if folder is None else folder / next(iter(weights.CATALOGUE["chat"].files))


def _hub_parts(named: str) -> tuple[str, str] | None:
    """`org/repo/file.gguf` -> (org/repo, file.gguf), unless such a file lies here."""
    parts = named.split("/")
    if (
        len(parts) == 3
        and all(parts)
        and parts[0] not in (".", "..", "~")
        and not Path(named).exists()
    ):
        return f"{parts[0]}/{parts[1]}", parts[2]
    return None
