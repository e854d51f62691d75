"""RAGBOT_MODEL -> the candidates to answer, first choice first.

    auto                     Bedrock where credentials and region resolve, then the local GGUF
    bedrock[:ID|profile|ARN][@REGION] Amazon Bedrock
    openai:MODEL             any OpenAI-compatible server (RAGBOT_OPENAI_BASE_URL)
    local[:PATH.gguf|:ORG/REPO/FILE.gguf]
    quotes                   verbatim sentences of the notes

Behind Bedrock stand RAGBOT_BEDROCK_FALLBACKS, in their order, and the local model where its
weights are here; `quotes` stands last behind each of them.
"""

from __future__ import annotations

import difflib
import functools
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from ragbot import weights
from ragbot.aws import environment
from ragbot.chat_models import openai_compatible
from ragbot.chat_models.bedrock_models import Role, Target, default_model, target_of
from ragbot.chat_models.prices import FREE, Price, load_prices
from ragbot.decoding import built_folder
from ragbot.errors import ModelUnavailableError, RagbotError, SettingsError
from ragbot.onnx_session import adds_in_32_bits
from ragbot.settings import Settings
from ragbot.types import FellBack

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel

PULL = "ragbot models pull"
FORMS = (
    "auto",
    "bedrock",
    "bedrock:MODEL",
    "openai:MODEL",
    "local",
    "local:PATH.gguf",
    "local:ORG/REPO/FILE.gguf",
    "quotes",
)
_KINDS = ("auto", "bedrock", "openai", "local", "quotes")
HUB_FILE = re.compile(r"(?P<repository>\w[\w.-]*/\w[\w.-]*)/(?P<file>\w[\w.-]*\.gguf)")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that may answer.

    Attributes:
        model_id: as the answer names it.
        open: gives the model, the same one each time; imports what it needs, and raises
            ModelUnavailableError or an error that `explain_failure` knows.
        withhold_unsupported: a sentence that the notes do not bear out must not be shown.
        price: of its tokens; None where no price is known.
        brief: it reads slowly, and is shown the sentences that tell instead of whole passages.
        completed: it is small, and what it leaves out of the notes is quoted behind its answer.
        rewrites: it is quick enough, and good enough, to word a follow-up anew before the search.
    """

    model_id: str
    open: Callable[[], BaseChatModel]
    withhold_unsupported: bool
    price: Price | None = None
    brief: bool = False
    completed: bool = False
    rewrites: bool = False


@dataclass(frozen=True, slots=True)
class Availability:
    """A choice of the model picker, and why it cannot be taken where it cannot."""

    spec: str
    label: str
    available: bool
    reason: str | None = None
    mend: str | None = None


def candidates(
    settings: Settings, role: Role = "answer", setting: str = "RAGBOT_MODEL"
) -> tuple[Candidate, ...]:
    """The models to try, in order; the last is always `quotes`.

    Args:
        role: what it is for; decides the model where RAGBOT_MODEL names none.
        setting: where the model was named, as a fault of it is told.

    Raises:
        SettingsError: RAGBOT_MODEL or RAGBOT_BEDROCK_FALLBACKS means nothing.
        ModelUnavailableError: a named model file that is not there.
    """
    kind, named = _parsed(settings.model)
    chosen: list[Candidate] = []
    on_bedrock = kind == "bedrock" or (kind == "auto" and environment.missing() is None)
    if on_bedrock:
        first = target_of(named, setting) if named else bedrock_target(settings, role)
        chosen += [_bedrock(target, settings) for target in (first, *fallback_targets(settings))]
    if kind == "openai":
        chosen.append(_openai(named, settings))
    if kind == "local" and named:
        chosen.append(_named_file(named, settings, setting))
    elif (on_bedrock or kind in ("auto", "local")) and _no_local(settings) is None:
        chosen.append(_shipped(settings))
    return (*chosen, quoting_candidate())


def judge_of(settings: Settings) -> Candidate | None:
    """The model that checks sentences after the rules; None where RAGBOT_JUDGE is off.

    Raises:
        SettingsError: RAGBOT_JUDGE names no model that could judge.
        ModelUnavailableError: a named model file, or the local model, is not there.
    """
    named = settings.judge.strip()
    if named in ("", "off"):
        return None
    kind, colon, rest = named.partition(":")
    if kind not in ("bedrock", "openai", "local") or ((colon or kind == "openai") and not rest):
        raise SettingsError(
            f"RAGBOT_JUDGE={named!r} names no model that can judge",
            mend="set it to off, bedrock, bedrock:ID, openai:ID or local",
        )
    missing = _no_local(settings) if named == "local" else None
    if missing is not None:
        raise ModelUnavailableError(f"RAGBOT_JUDGE=local: {missing}", mend=PULL)
    judging = settings.model_copy(update={"model": named, "judge": "off"})
    return candidates(judging, "judge", "RAGBOT_JUDGE")[0]


def bedrock_target(settings: Settings, role: Role) -> Target:
    """The model that Bedrock is asked for, where none is named.

    Raises:
        SettingsError: the role's setting names no model.
    """
    set_for = {
        "answer": settings.bedrock_model,
        "rewrite": settings.bedrock_rewrite_model,
        "judge": settings.bedrock_judge_model,
    }
    setting = {"answer": "MODEL", "rewrite": "REWRITE_MODEL", "judge": "JUDGE_MODEL"}[role]
    chosen = set_for[role]
    if chosen:
        return target_of(chosen, f"RAGBOT_BEDROCK_{setting}")
    return Target(default_model(role, environment.region() or "us-east-1"))


def passed_over(settings: Settings) -> tuple[FellBack, ...]:
    """What RAGBOT_MODEL would have preferred and why it cannot answer here.

    Raises:
        SettingsError: RAGBOT_MODEL means nothing.
    """
    kind, named = _parsed(settings.model)
    no_aws = environment.missing() if kind == "auto" else None
    found = [FellBack("bedrock", no_aws)] if no_aws is not None else []
    if (kind == "local" and not named) or no_aws is not None:
        reason = _no_local(settings)
        if reason is not None:
            found.append(FellBack("local", f"{reason}: {PULL}"))
    return tuple(found)


def availability(settings: Settings) -> tuple[Availability, ...]:
    """The choices for a model picker; imports nothing heavy."""
    specs = ["auto", "bedrock", "local", "quotes"]
    if settings.model not in specs:
        specs.insert(1, settings.model)
    return tuple(_choice(spec, settings) for spec in specs)


def _choice(spec: str, settings: Settings) -> Availability:
    label, reason, mend = spec, None, None
    try:
        kind, named = _parsed(spec)
        if kind == "auto":
            label = "the best that works here"
        elif kind == "bedrock":
            label = f"Amazon Bedrock, {named or bedrock_target(settings, 'answer')}"
            reason, mend = (
                environment.missing(),
                "aws configure, or export AWS_PROFILE and AWS_REGION",
            )
        elif kind == "openai":
            label = f"{named} at {without_login(settings.openai_base_url or 'OpenAI')}"
            reason = openai_compatible.missing(settings)
            mend = "set RAGBOT_OPENAI_BASE_URL or RAGBOT_OPENAI_API_KEY"
        elif kind == "local" and named:
            label = _named_file(named, settings).model_id
        elif kind == "local":
            label, reason, mend = _shipped_label(settings), _no_local(settings), PULL
        else:
            label = "verbatim quotes, no model"
    except RagbotError as error:
        reason, mend = error.message, error.mend
    return Availability(spec, label, reason is None, reason, mend if reason else None)


def without_login(url: str) -> str:
    """An address as it may be shown: without the name and password that may stand in it."""
    # No parser: it refuses an address that is wrong, and that is the one to be shown.
    return re.sub(r"^(\w+://)?.*@", r"\1", url)


def _shipped_label(settings: Settings) -> str:
    label, file = "Qwen2.5 1.5B on this machine", pulled_file(settings)
    if built_folder(file) is not None:
        return f"{label}, in 8 bits"
    slower = file.is_file() and adds_in_32_bits()
    return f"{label} ({PULL} makes it quicker)" if slower else label


def _parsed(spec: str) -> tuple[str, str]:
    """The kind of model and what is named after the colon.

    Raises:
        SettingsError: it is none of the forms.
    """
    kind, colon, named = spec.strip().partition(":")
    named = named.strip()
    whole = bool(named) if colon else kind != "openai"
    if kind in ("bedrock", "openai", "local") and whole:
        return kind, named
    if kind in ("auto", "quotes") and not colon:
        return kind, ""
    near = difflib.get_close_matches(kind.lower(), _KINDS, 1)
    raise SettingsError(
        f"RAGBOT_MODEL={spec!r} names no model" + (f"; did you mean {near[0]}?" if near else ""),
        mend=f"set RAGBOT_MODEL to one of: {', '.join(FORMS)}",
    )


def _bedrock(target: Target, settings: Settings) -> Candidate:
    def open_model() -> BaseChatModel:
        from ragbot.chat_models.bedrock import open_bedrock

        return open_bedrock(target, settings)

    price = load_prices(settings.prices).of_bedrock(target, environment.region())
    return Candidate(
        f"bedrock:{target}", functools.cache(open_model), _withholds(settings), price, rewrites=True
    )


def fallback_targets(settings: Settings) -> Iterator[Target]:
    """RAGBOT_BEDROCK_FALLBACKS, in their order; raises SettingsError where one names no model."""
    for spec in filter(None, map(str.strip, settings.bedrock_fallbacks.split(","))):
        yield target_of(spec, "RAGBOT_BEDROCK_FALLBACKS")


def _openai(name: str, settings: Settings) -> Candidate:
    def open_model() -> BaseChatModel:
        from ragbot.chat_models.openai_compatible import open_openai

        return open_openai(name, settings)

    price = load_prices(settings.prices).of_server(name)
    return Candidate(
        f"openai:{name}", functools.cache(open_model), _withholds(settings), price, rewrites=True
    )


def _shipped(settings: Settings) -> Candidate:
    """The pulled model: in 8 bits where that was made, else through llama.cpp."""
    file = pulled_file(settings)
    folder = built_folder(file)
    if folder is None:
        return _local(file.stem, lambda: file, settings)

    def open_model() -> BaseChatModel:
        from ragbot.chat_models.decoded import open_decoded

        return open_decoded(folder, settings)

    return _small(folder.name, open_model)


def _local(name: str, find: Callable[[], Path], settings: Settings) -> Candidate:
    def open_model() -> BaseChatModel:
        from ragbot.chat_models.local import open_local

        return open_local(find(), settings)

    return _small(name, open_model)


def _small(name: str, open_model: Callable[[], BaseChatModel]) -> Candidate:
    return Candidate(
        f"local:{name}", functools.cache(open_model), True, FREE, brief=True, completed=True
    )


def _named_file(named: str, settings: Settings, setting: str = "RAGBOT_MODEL") -> Candidate:
    """`local:PATH.gguf`, or `local:ORG/REPO/FILE.gguf` where no such path is here."""
    path = Path(named).expanduser()
    if path.is_file():
        return _local(path.stem, lambda: path, settings)
    hub = HUB_FILE.fullmatch(named)
    if hub is None:
        raise ModelUnavailableError(
            f"there is no model file {named}",
            mend=f"check the path in {setting}, or use {setting}=local",
        )
    return _local(
        path.stem,
        lambda: weights.fetch_hub_file(hub["repository"], hub["file"], settings.models_dir),
        settings,
    )


def _withholds(settings: Settings) -> bool:
    return settings.unsupported == "withhold"


def quoting_candidate() -> Candidate:
    """`quotes`, which is always there."""

    def open_model() -> BaseChatModel:
        from ragbot.chat_models.quotes import QuotesChatModel

        return QuotesChatModel()

    return Candidate("quotes", functools.cache(open_model), True, FREE)


def pulled_file(settings: Settings) -> Path:
    """Where the shipped chat model lies once it was fetched."""
    return settings.models_dir / "chat" / next(iter(weights.CATALOGUE["chat"].files))


def _no_local(settings: Settings) -> str | None:
    """Why the local model cannot answer here."""
    if not pulled_file(settings).is_file():
        return "its weights were not fetched"
    return weights.damage("chat", settings.models_dir)
