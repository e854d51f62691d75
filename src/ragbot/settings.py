"""What can be set, by `RAGBOT_*` variables or by argument, and its defaults.

A `RAGBOT_` variable that names no setting is refused with the nearest real name:
pydantic-settings alone would ignore a misspelt one, and the person would never know.
"""

from __future__ import annotations

import difflib
import os
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import AfterValidator, Field, SecretStr, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from ragbot.errors import SettingsError
from ragbot.policies import Policies, read_policies

PREFIX = "RAGBOT_"


def _expanded(path: Path) -> Path:
    """No shell does it in a compose file, nor behind `--index=`."""
    try:
        return path.expanduser()
    except RuntimeError as error:
        raise ValueError(str(error)) from error


Place = Annotated[Path, AfterValidator(_expanded)]


class Settings(BaseSettings):
    """All settings, frozen. The variable for `models_dir` is `RAGBOT_MODELS_DIR`, and so on."""

    model_config = SettingsConfigDict(
        # An empty one is not set: so docker and compose files pass what nobody gave.
        env_prefix=PREFIX,
        env_ignore_empty=True,
        frozen=True,
        extra="forbid",
    )

    home: Place = Field(Path(".ragbot"), description="where the index is kept")
    index: Place | None = Field(None, description="the index, if not HOME/index")
    models_dir: Place = Field(
        default_factory=lambda: Path(platformdirs.user_cache_dir("ragbot")) / "models",
        description="where downloaded model weights are kept",
    )
    retriever: str = Field("index", description="index | kb:ID[@REGION]: what passages come from")
    kb_search: Literal["hybrid", "semantic"] | None = Field(
        None, description="how a knowledge base searches, if not as it chooses itself"
    )
    embedder: str = Field(
        "encoder", description="encoder | bedrock:ID[@REGION]: what passages are found by"
    )
    embedder_dimensions: int | None = Field(
        None, ge=1, description="of Bedrock's vectors, if not the model's default"
    )
    model: str = Field("auto", description="auto | bedrock:ID | openai:ID | local[:PATH] | quotes")
    k: int = Field(8, ge=1, le=100, description="passages retrieved for a question")
    max_tokens: int = Field(600, ge=16, le=8192, description="longest reply of a chat model")
    unsupported: Literal["withhold", "strike"] = Field(
        "withhold", description="a sentence that the notes don't bear out: left out, or struck"
    )
    judge: str = Field(
        "off",
        description="off | bedrock[:ID] | openai:ID | local[:PATH]: checks after the rules",
    )
    timeout: float = Field(60.0, gt=0, le=600, description="seconds without a word from a model")
    bedrock_model: str | None = Field(None, description="the model `auto` takes from Bedrock")
    bedrock_rewrite_model: str | None = Field(None, description="the model that rewrites questions")
    bedrock_judge_model: str | None = Field(None, description="the model that judges answers")
    bedrock_fallbacks: str = Field("", description="MODEL[@REGION], ...: who answers instead")
    bedrock_role_arn: str | None = Field(None, description="a role to assume for Bedrock")
    bedrock_endpoints: str = Field("", description="[REGION=]URL, ...: of the Bedrock runtime")
    bedrock_patience: float = Field(
        20.0, ge=0, le=3600, description="seconds of waiting before another model answers"
    )
    bedrock_concurrency: int = Field(8, ge=1, le=256, description="questions to Bedrock at a time")
    bedrock_citations: Literal["markers", "native"] = Field(
        "markers", description="how a model of Bedrock cites: as it is told to, or by itself"
    )
    prices: Place | None = Field(None, description="a file of prices, before those of the package")
    openai_base_url: str | None = Field(None, description="an OpenAI-compatible server")
    openai_api_key: SecretStr | None = Field(None, description="its key, where it wants one")
    config: Place | None = Field(None, description="the guardrails' file, if not ./ragbot.toml")

    @property
    def index_dir(self) -> Path:
        return self.index if self.index is not None else self.home / "index"

    @cached_property
    def guardrails(self) -> Policies:
        """What `ragbot.toml` says; read once.

        Raises:
            SettingsError: the file is missing or wrong.
        """
        return read_policies(self.config)


def load_settings(**overrides: Any) -> Settings:
    """Read the environment; an override of None leaves the variable or default in force.

    Raises:
        SettingsError: an unknown `RAGBOT_` variable, a value that cannot be used, or a fault in
            `ragbot.toml`.
    """
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    for variable in sorted(os.environ):
        if variable.upper().startswith(PREFIX) and variable.upper() not in known:
            raise SettingsError(
                f"{variable} is not a setting of ragbot", mend=_advice(variable, known)
            )
    try:
        settings = Settings(**{k: value for k, value in overrides.items() if value is not None})
        _ = settings.guardrails  # a fault in the file is told now, not at the first question
        return settings
    except ValidationError as error:
        first = error.errors()[0]
        name = str(first["loc"][0]) if first["loc"] else "?"
        raise SettingsError(
            f"{PREFIX}{name.upper()}={first['input']!r} cannot be used: {first['msg']}",
            mend=f"set {PREFIX}{name.upper()} to another value, or unset it",
        ) from error


def _advice(variable: str, known: set[str]) -> str:
    # Without the prefix that all of them share, else every misspelling is near to some name.
    names = {name.removeprefix(PREFIX) for name in known}
    near = difflib.get_close_matches(variable.upper().removeprefix(PREFIX), names, n=1)
    return (
        f"did you mean {PREFIX}{near[0]}? Else: unset {variable}"
        if near
        else f"unset {variable} (the settings are: {', '.join(sorted(known))})"
    )
