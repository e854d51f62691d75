"""Which models of Bedrock are good defaults, and how a model is named.

The list, as of 2026-11-24, is short on purpose; any other Converse model can be named by id,
inference profile or ARN, with `@REGION` behind it where it is not to be asked in the environment's
region.
`ragbot doctor --bedrock` tells which of them an account can use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from ragbot.errors import SettingsError

Role = Literal["answer", "rewrite", "judge"]

# Which inference profiles serve a region's geography.
_GEOGRAPHIES = {"us": "us", "ca": "ca", "eu": "eu", "ap": "apac"}
PREFIXES = ("us", "us-gov", "eu", "apac", "ca", "jp", "au", "global")

_TARGET = re.compile(r"(?P<model>[\w.:/-]+)(?:@(?P<region>[a-z]{2}(?:-[a-z]+)+-\d))?")
# us.anthropic.claude-..., anthropic.claude-...: at the end of an ARN or on its own.
_PROVIDER = re.compile(rf"(?:[/]|^)(?:(?:{'|'.join(PREFIXES)})\.)?([a-z0-9]+)\.[^/]+$")
_PROFILE = re.compile(rf"^(?:{'|'.join(PREFIXES)})\.")


@dataclass(frozen=True, slots=True)
class Recommended:
    """A model worth a first try.

    `profiles` are the geographies that have an inference profile for it; a model without any is
    asked by its bare id. `role` is what it is the default for.
    """

    model: str
    family: str
    use: str
    profiles: tuple[str, ...] = ()
    role: Role | None = None


RECOMMENDED = (
    Recommended(
        "amazon.nova-pro-v1:0",
        "Amazon Nova",
        "answers well, in most accounts without a subscription",
        ("us", "eu", "apac"),
        "answer",
    ),
    Recommended(
        "amazon.nova-micro-v1:0",
        "Amazon Nova",
        "quick and cheap: rewriting questions",
        ("us", "eu", "apac"),
        "rewrite",
    ),
    Recommended(
        "anthropic.claude-sonnet-4-6",
        "Anthropic Claude",
        "strong, and of another family than the default: judging answers",
        ("us", "eu", "global"),
        "judge",
    ),
    Recommended(
        "amazon.nova-lite-v1:0",
        "Amazon Nova",
        "the cheapest that answers",
        ("us", "eu", "apac", "ca"),
    ),
    Recommended(
        "amazon.nova-2-lite-v1:0",
        "Amazon Nova",
        "its successor; the default where no geography serves the others",
        ("us", "eu", "global"),
    ),
    Recommended(
        "anthropic.claude-haiku-4-5-20251001-v1:0",
        "Anthropic Claude",
        "quick and careful",
        ("us", "eu", "global"),
    ),
    Recommended(
        "meta.llama3-3-70b-instruct-v1:0", "Meta Llama", "open weights, in the US", ("us",)
    ),
    Recommended("openai.gpt-oss-120b-1:0", "OpenAI gpt-oss", "open weights; it thinks first"),
    Recommended("qwen.qwen3-32b-v1:0", "Qwen", "open weights, many languages"),
    Recommended("deepseek.v3.2", "DeepSeek", "open weights"),
    Recommended("mistral.mistral-large-3-675b-instruct", "Mistral", "European languages"),
)
_ELSEWHERE: dict[Role, str] = {
    "answer": "global.amazon.nova-2-lite-v1:0",
    "rewrite": "global.amazon.nova-2-lite-v1:0",
    "judge": "global.anthropic.claude-sonnet-4-6",
}


@dataclass(frozen=True, slots=True)
class Target:
    """A model and where it is asked; without a region, in that of the environment."""

    model: str
    region: str | None = None

    def __str__(self) -> str:
        return f"{self.model}@{self.region}" if self.region else self.model


def target_of(spec: str, setting: str = "RAGBOT_MODEL") -> Target:
    """`MODEL[@REGION]`.

    Raises:
        SettingsError: it is not of that form.
    """
    found = _TARGET.fullmatch(spec.strip())
    if found is None:
        raise SettingsError(
            f"{setting} holds {spec!r}, which names no model of Bedrock",
            mend="use a model id, an inference profile or an ARN, and @REGION behind it if need be",
        )
    return Target(found["model"], found["region"])


def default_model(role: Role, region: str) -> str:
    """The role's model, else one of its family, by a profile that stays in the region's geography.

    Only where there is none is it asked through a profile that spans the world.
    """
    (chosen,) = (model for model in RECOMMENDED if model.role == role)
    if region.startswith("us-gov-") and chosen.family == "Amazon Nova":
        return chosen.model
    geography = _GEOGRAPHIES.get(region.split("-")[0])
    for model in (chosen, *RECOMMENDED):
        if model.family == chosen.family and geography in model.profiles:
            return f"{geography}.{model.model}"
    return _ELSEWHERE[role]


def bare(model: str) -> str:
    """The model id behind an inference profile or an ARN."""
    return _PROFILE.sub("", model.rsplit("/", 1)[-1])


def provider_of(model: str) -> str:
    """The provider named in a model id or ARN; amazon where it names none."""
    found = _PROVIDER.search(model)
    return found.group(1) if found else "amazon"
