"""`ragbot doctor --bedrock`: what this account can use, and the cure of each refusal."""

from __future__ import annotations

import os
import time
import urllib.request
from collections.abc import Iterator, Sequence

from ragbot.aws import environment
from ragbot.chat_models.bedrock_account import SECONDS, Listed, Trial, listed, try_one_token
from ragbot.chat_models.bedrock_models import Role, Target, target_of
from ragbot.chat_models.choosing import bedrock_target, fallback_targets, without_login
from ragbot.chat_models.prices import load_prices
from ragbot.cli.doctor import Finding
from ragbot.embedding import bedrock_embedder, open_embedder
from ragbot.errors import KnowledgeBaseError, ModelUnavailableError
from ragbot.failures import explain_failure
from ragbot.retrieval import KnowledgeBase, Readers, base_of
from ragbot.settings import Settings

_ROLES: tuple[Role, ...] = ("answer", "rewrite", "judge")


def examine(settings: Settings, named: Sequence[str]) -> Iterator[Finding]:
    """Credentials and region, what the account lists, then a token of each model in use.

    Raises:
        SettingsError: a setting or an argument that names no model.
    """
    missing = environment.missing()
    yield Finding(
        "AWS credentials and region",
        missing is None,
        missing or f"found, {environment.region()}",
        "aws configure, or export AWS_PROFILE and AWS_REGION",
    )
    yield from _surroundings(settings)
    if missing is not None:
        return
    region = environment.region() or ""
    known: tuple[Listed, ...] = ()
    try:
        known = listed(settings, region)
    except Exception as error:
        told = explain_failure(error)
        if told is None:
            raise
        yield Finding("models of this account", False, *_split(told), needed=False)
    else:
        yield from _listing(known, region)
    yield from _knowledge_base(settings)
    yield from _embedder(settings)
    for number, (use, target) in enumerate(_in_use(settings, named)):
        yield _tried(use, try_one_token(target, settings, known), settings, needed=number == 0)


def _knowledge_base(settings: Settings) -> Iterator[Finding]:
    """What holds the notes, where that is no index of ours: searched once."""
    base = base_of(settings)
    if base is None:
        return
    what = f"{base.id} (knowledge base)"
    searched = KnowledgeBase(base, open_embedder(settings.models_dir), Readers(), settings)
    started = time.perf_counter()
    try:
        found = searched.found("Hi", settings.k)
    except KnowledgeBaseError as error:
        yield Finding(what, False, error.message, error.mend)
        return
    spent = time.perf_counter() - started
    yield Finding(
        what,
        bool(found),
        f"answers in {spent:.1f} s; finds {len(found)} passages for a greeting",
        "sync its data source in the Bedrock console: it holds no text",
    )


def _embedder(settings: Settings) -> Iterator[Finding]:
    """What finds the passages, where that is a model of Bedrock: asked for one vector."""
    embedder = bedrock_embedder(settings, patience=SECONDS)
    if embedder is None:
        return
    what = f"{embedder.model} (embedder)"
    started = time.perf_counter()
    try:
        embedder.encode_queries(["Hi"])
    except ModelUnavailableError as error:
        yield Finding(what, False, error.message, error.mend)
        return
    spent = time.perf_counter() - started
    yield Finding(what, True, f"answers in {spent:.1f} s; {embedder.dimension} dimensions")


def _surroundings(settings: Settings) -> Iterator[Finding]:
    if settings.bedrock_role_arn:
        yield Finding("role to assume", True, settings.bedrock_role_arn)
    for scheme, url in sorted(urllib.request.getproxies().items()):
        if scheme in ("http", "https"):
            yield Finding(f"{scheme} proxy", True, without_login(url))
    endpoint = settings.bedrock_endpoints or os.environ.get("AWS_ENDPOINT_URL_BEDROCK_RUNTIME")
    if endpoint:
        yield Finding("endpoint", True, endpoint)


def _listing(known: Sequence[Listed], region: str) -> Iterator[Finding]:
    closed = sum(each.open is False for each in known)
    usable = [each for each in known if each.open is not False]
    unsure = "" if all(each.open is not None for each in usable) else ", access not told"
    yield Finding(
        "models of this account",
        bool(usable),
        f"{len(usable)} models and profiles in {region}{unsure}"
        + (f"; no access to {closed} more" if closed else ""),
        "ask for access in the Bedrock console, under Model access",
    )
    for provider in sorted({each.provider for each in usable}):
        ids = ", ".join(each.id for each in usable if each.provider == provider)
        yield Finding(f"  {provider}", True, ids)


def _in_use(settings: Settings, named: Sequence[str]) -> Iterator[tuple[str, Target]]:
    """Each model once, under all that it is used for."""
    model, judge = (_on_bedrock(spec) for spec in (settings.model, settings.judge))
    by_name = {"answer": model, "rewrite": model, "judge": judge}
    uses: dict[Target, list[str]] = {}
    for name in named:
        uses.setdefault(target_of(name, "--bedrock"), []).append("named")
    for role in _ROLES:
        uses.setdefault(by_name[role] or bedrock_target(settings, role), []).append(role)
    for target in fallback_targets(settings):
        uses.setdefault(target, []).append("fallback")
    return ((", ".join(names), target) for target, names in uses.items())


def _on_bedrock(spec: str) -> Target | None:
    """The model that a setting names, where it names one of Bedrock's."""
    kind, _, named = spec.partition(":")
    return target_of(named) if kind == "bedrock" and named else None


def _tried(use: str, trial: Trial, settings: Settings, *, needed: bool) -> Finding:
    what = f"{trial.target} ({use})"
    if trial.failure is None:
        price = load_prices(settings.prices).of_bedrock(trial.target, environment.region())
        costs = (
            "no price known"
            if price is None
            else f"${price.input:g} and ${price.output:g} for a million tokens in and out"
        )
        return Finding(what, True, f"answers in {trial.seconds:.1f} s; {costs}", needed=needed)
    detail, mend = _split(trial.failure)
    if trial.instead:
        mend = f"use {trial.instead}"
    return Finding(what, False, detail, mend, needed=needed)


def _split(told: str) -> tuple[str, str | None]:
    """A failure's sentence, into what happened and what cures it."""
    what, colon, cure = told.partition(": ")
    return what, cure if colon else None
