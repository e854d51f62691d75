"""What tokens cost. A model that no table knows has no price, which is never a price of 0."""

from __future__ import annotations

import functools
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from ragbot.chat_models.bedrock_models import Target, bare
from ragbot.errors import SettingsError
from ragbot.types import Cost, Usage

_PACKAGED = Path(__file__).with_name("prices.toml")
_FIELDS = ("input", "output", "cache_read", "cache_write")
_MILLION = 1_000_000
BATCH = 0.5  # of the price on demand, for every model that takes batch jobs


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens, as of a day where a table tells it.

    What is not given for the cache costs as any input. `batch` where it is that of batch jobs.
    """

    input: float
    output: float
    cache_read: float | None = None
    cache_write: float | None = None
    as_of: date | None = None
    batch: bool = False

    def in_batch(self) -> Price:
        """The price of the same tokens in a batch job."""
        return replace(
            self,
            input=self.input * BATCH,
            output=self.output * BATCH,
            cache_read=None if self.cache_read is None else self.cache_read * BATCH,
            cache_write=None if self.cache_write is None else self.cache_write * BATCH,
            batch=True,
        )

    def of(self, usage: Usage) -> float:
        """US dollars."""
        read, written = usage.cache_read_tokens, usage.cache_write_tokens
        fresh = usage.input_tokens - read - written
        return (
            fresh * self.input
            + read * (self.input if self.cache_read is None else self.cache_read)
            + written * (self.input if self.cache_write is None else self.cache_write)
            + usage.output_tokens * self.output
        ) / _MILLION


FREE = Price(0.0, 0.0)


@dataclass(frozen=True, slots=True)
class Prices:
    """The tables, a person's own before the package's."""

    models: Mapping[str, Price]

    def of_bedrock(self, target: Target, region: str | None) -> Price | None:
        """The price of a model where it is asked: the most particular entry that there is."""
        where = target.region or region
        # The ARN of a profile ends with its id; that of an application's profile tells nothing.
        profile, name = target.model.rsplit("/", 1)[-1], bare(target.model)
        named = (target.model, profile, name)
        for key in (f"{target.model}@{where}", f"{name}@{where}", *named):
            if key in self.models:
                return self.models[key]
        return None

    def of_server(self, model: str) -> Price | None:
        """The price of an OpenAI-compatible server's model, where somebody has set one."""
        return self.models.get(f"openai:{model}")


def is_free(price: Price | None) -> bool:
    return price is not None and price.input == price.output == 0.0


def cost_of(model_id: str, price: Price | None, usage: Usage, *, heard: bool = True) -> Cost:
    """What a call has cost, or why that is not known.

    Args:
        heard: something of a reply came; then tokens that were not told are not none.
    """
    if not (usage.input_tokens or usage.output_tokens):
        if not heard or is_free(price):
            return Cost()
        return Cost(None, (f"{model_id} did not tell its tokens",))
    if price is None:
        return Cost(None, (f"no price known for {model_id}",))
    return Cost(price.of(usage))


def usage_of(metadata: Mapping[str, Any]) -> Usage:
    """LangChain's `usage_metadata` as ours."""
    details = metadata.get("input_token_details") or {}
    written = ("cache_creation", "ephemeral_5m_input_tokens", "ephemeral_1h_input_tokens")
    return Usage(
        metadata.get("input_tokens") or 0,
        metadata.get("output_tokens") or 0,
        details.get("cache_read") or 0,
        sum(details.get(name) or 0 for name in written),
    )


def load_prices(file: Path | None) -> Prices:
    """The package's table, and a person's own before it.

    Raises:
        SettingsError: that file cannot be read as a table of prices.
    """
    return _loaded(file)


@functools.cache
def _loaded(file: Path | None) -> Prices:
    own = {} if file is None else _table(file)
    return Prices({**_table(_PACKAGED), **own})


def _table(file: Path) -> dict[str, Price]:
    mend = "write it like prices.toml of the package, or unset RAGBOT_PRICES"
    try:
        told = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise SettingsError(f"RAGBOT_PRICES: {file} cannot be read: {error}", mend=mend) from error
    if others := told.keys() - {"as_of", "models"}:
        raise SettingsError(f"{file}: it has no {min(others)!r}, only as_of and models", mend=mend)
    as_of = told.get("as_of")
    if not isinstance(as_of, date):
        raise SettingsError(f"{file}: it has no date: as_of = 2026-11-24", mend=mend)
    models = told.get("models", {})
    if not isinstance(models, dict):
        raise SettingsError(f"{file}: models is no table", mend=mend)
    found: dict[str, Price] = {}
    for name, given in models.items():
        amounts = given.values() if isinstance(given, dict) else ()
        known = isinstance(given, dict) and set(given) <= set(_FIELDS)
        if not known or not {"input", "output"} <= set(given) or not all(map(_amount, amounts)):
            raise SettingsError(f"{file}: the price of {name} cannot be read", mend=mend)
        found[name] = Price(**given, as_of=as_of)
    return found


def _amount(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
