"""What this account can use of Bedrock: what is listed, what is open to it, what answers.

The control plane lists models and inference profiles, and tells for a model whether the account
was given access. The last word has the model itself: it is asked for one token.
"""

from __future__ import annotations

import difflib
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from ragbot.aws.clients import client
from ragbot.chat_models.bedrock_models import PREFIXES, Target, bare
from ragbot.failures import cannot_stream, explain_failure
from ragbot.settings import Settings

SECONDS = 20.0  # a token takes one; a model that wakes up takes some more
_AT_A_TIME = 8
_OPEN = {
    "authorizationStatus": "AUTHORIZED",
    "entitlementAvailability": "AVAILABLE",
    "regionAvailability": "AVAILABLE",
}


@dataclass(frozen=True, slots=True)
class Listed:
    """A model or an inference profile, by the id under which it can be asked.

    `open` tells whether the account was given access; None where that may not be asked.
    `models` are the bare ids behind a profile, of a model its own.
    """

    id: str
    provider: str
    models: tuple[str, ...]
    is_profile: bool
    open: bool | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """One token of a model: `failure` tells why it did not come, `instead` which id would do."""

    target: Target
    seconds: float
    failure: str | None = None
    instead: str | None = None


def listed(settings: Settings, region: str) -> tuple[Listed, ...]:
    """What can be asked for text in this region, on demand or through a profile.

    Raises:
        Exception: the control plane's refusal; `explain_failure` knows it.
    """
    control = client("bedrock", settings, region, read_seconds=SECONDS)
    found = control.list_foundation_models(byOutputModality="TEXT")["modelSummaries"]
    models = {
        model["modelId"]: model
        for model in found
        if model.get("modelLifecycle", {}).get("status") != "LEGACY"
    }
    provider_of = {name: model.get("providerName", "") for name, model in models.items()}
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        told = pool.map(lambda name: _is_open(control, name), models)
        opened = dict(zip(models, told, strict=True))
    on_demand = [
        Listed(name, provider_of[name], (name,), False, opened[name])
        for name, model in models.items()
        if "ON_DEMAND" in model.get("inferenceTypesSupported", ())
    ]
    profiles = []
    for profile in _profiles(control):
        behind = tuple(dict.fromkeys(bare(each["modelArn"]) for each in profile["models"]))
        known = [name for name in behind if name in models]
        if known:
            own = profile["type"] == "APPLICATION"
            name = profile["inferenceProfileArn" if own else "inferenceProfileId"]
            profiles.append(Listed(name, provider_of[known[0]], behind, True, opened[known[0]]))
    return (*on_demand, *profiles)


def try_one_token(target: Target, settings: Settings, known: Sequence[Listed] = ()) -> Trial:
    """Ask a model for one token, as an answer is asked for: streamed."""
    started = time.perf_counter()
    try:
        _one_token(target, settings)
    except Exception as error:
        failure = explain_failure(error)
        if failure is None:
            raise
        spent = time.perf_counter() - started
        return Trial(target, spent, failure, _instead(target, str(error), known))
    return Trial(target, time.perf_counter() - started)


def _one_token(target: Target, settings: Settings) -> None:
    from botocore.exceptions import ClientError

    runtime = client("bedrock-runtime", settings, target.region, read_seconds=SECONDS)
    asked: dict[str, Any] = {
        "modelId": target.model,
        "messages": [{"role": "user", "content": [{"text": "Hi"}]}],
        "inferenceConfig": {"maxTokens": 1},
    }
    try:
        for _ in runtime.converse_stream(**asked)["stream"]:
            pass
    except ClientError as error:
        if not cannot_stream(error):
            raise
        runtime.converse(**asked)


def _instead(target: Target, says: str, known: Sequence[Listed]) -> str | None:
    """The id that would do: the profile of a model that has one, else the nearest id."""
    if "on-demand throughput" in says:
        behind = [each.id for each in known if each.is_profile and target.model in each.models]
        order = {f"{prefix}.": place for place, prefix in enumerate(PREFIXES)}
        # A geography's own profile before the one that spans the world.
        behind.sort(key=lambda name: order.get(name.partition(".")[0] + ".", -1))
        return behind[0] if behind else None
    if "identifier is invalid" in says or "ResourceNotFound" in says:
        ids = [each.id for each in known]
        near = difflib.get_close_matches(target.model, ids, 1, cutoff=0.7)
        return near[0] if near and near[0] != target.model else None
    return None


def _is_open(control: Any, model: str) -> bool | None:
    try:
        told = control.get_foundation_model_availability(modelId=model)
    except Exception as error:
        if explain_failure(error) is None:
            raise
        return None
    return all(told.get(name) == value for name, value in _OPEN.items())


def _profiles(control: Any) -> Iterator[dict[str, Any]]:
    for kind in ("SYSTEM_DEFINED", "APPLICATION"):
        pages = control.get_paginator("list_inference_profiles").paginate(typeEquals=kind)
        for page in pages:
            yield from page["inferenceProfileSummaries"]
