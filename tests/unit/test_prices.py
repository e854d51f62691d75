"""What tokens cost: the table, a person's own before it, and what nobody knows."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from ragbot.chat_models.bedrock_models import RECOMMENDED, bare, target_of
from ragbot.chat_models.prices import FREE, Price, cost_of, load_prices, usage_of
from ragbot.errors import SettingsError
from ragbot.types import Cost, Usage

OWN = """
as_of = 2027-01-02
[models]
"amazon.nova-lite-v1:0" = { input = 1, output = 2 }
"amazon.nova-lite-v1:0@eu-west-1" = { input = 3, output = 4 }
"us.amazon.nova-pro-v1:0" = { input = 5, output = 6 }
"arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2" = { input = 7, output = 8 }
"openai:qwen3:4b" = { input = 9, output = 10 }
"""


def price_of(model: str, file: Path | None = None, region: str = "us-east-1") -> Price | None:
    return load_prices(file).of_bedrock(target_of(model), region)


@pytest.mark.parametrize(
    "model",
    [
        "amazon.nova-pro-v1:0",
        "us.amazon.nova-pro-v1:0",
        "eu.amazon.nova-pro-v1:0@eu-west-1",
        "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0",
        "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-pro-v1:0",
    ],
)
def test_a_model_has_its_price_however_it_is_named(model: str) -> None:
    price = price_of(model)
    assert price is not None
    assert (price.input, price.output, price.cache_read) == (0.80, 3.20, 0.20)


def test_the_world_s_profile_may_cost_less_than_a_geography_s() -> None:
    world = price_of("global.anthropic.claude-sonnet-4-6")
    geography = price_of("eu.anthropic.claude-sonnet-4-6")
    assert world is not None and geography is not None
    assert world.input < geography.input


@pytest.mark.parametrize(
    "model",
    [
        "newcomer.model-9-v1:0",
        "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2",
        "arn:aws:bedrock:us-east-1:1:provisioned-model/x1",
    ],
)
def test_a_model_that_no_table_knows_has_no_price(model: str) -> None:
    assert price_of(model) is None
    assert cost_of("bedrock:x", None, Usage(1000, 10)) == Cost(
        None, ("no price known for bedrock:x",)
    )


def test_a_person_s_own_file_goes_before_the_package_s(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(OWN, encoding="utf-8")
    day = date(2027, 1, 2)
    assert price_of("us.amazon.nova-lite-v1:0", file) == Price(1, 2, as_of=day)
    assert price_of("eu.amazon.nova-lite-v1:0@eu-west-1", file) == Price(3, 4, as_of=day)
    assert price_of("eu.amazon.nova-lite-v1:0", file, "eu-west-1") == Price(3, 4, as_of=day)
    assert price_of("us.amazon.nova-pro-v1:0", file) == Price(5, 6, as_of=day)
    assert price_of("amazon.nova-pro-v1:0", file) == price_of("amazon.nova-pro-v1:0")
    application = "arn:aws:bedrock:us-east-1:1:application-inference-profile/a1b2"
    assert price_of(application, file) == Price(7, 8, as_of=day)
    assert load_prices(file).of_server("qwen3:4b") == Price(9, 10, as_of=day)
    assert load_prices(None).of_server("qwen3:4b") is None


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[models]", "it has no date"),
        ("as_of = 2027-01-02\n[models]\nx = { input = 1 }", "the price of x"),
        ("as_of = 2027-01-02\n[models]\nx = { input = -1, output = 1 }", "the price of x"),
        ("as_of = 2027-01-02\n[models]\nx = { input = 1, output = 1, outptu = 2 }", "price of x"),
        ("as_of = ", "cannot be read"),
        ("as_of = 2027-01-02\nmodels = 3", "models is no table"),
        ('as_of = 2027-01-02\n[model."x"]\ninput = 1\noutput = 1', "it has no 'model'"),
    ],
)
def test_a_table_that_cannot_be_read_is_refused(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=words):
        load_prices(file)


def test_a_table_may_begin_with_a_byte_order_mark(tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(OWN, encoding="utf-8-sig")
    assert load_prices(file).of_server("qwen3:4b") is not None


def test_what_the_cache_gave_and_took_has_its_own_price() -> None:
    told = {
        "input_tokens": 1000,
        "output_tokens": 10,
        "input_token_details": {
            "cache_read": 600,
            "cache_creation": 0,
            "ephemeral_5m_input_tokens": 300,
        },
    }
    usage = usage_of(told)
    assert usage == Usage(1000, 10, cache_read_tokens=600, cache_write_tokens=300)
    price = Price(3.0, 15.0, cache_read=0.3, cache_write=3.75)
    by_hand = (100 * 3.0 + 600 * 0.3 + 300 * 3.75 + 10 * 15.0) / 1e6
    assert price.of(usage) == pytest.approx(by_hand)
    assert Price(3.0, 15.0).of(usage) == pytest.approx((1000 * 3.0 + 10 * 15.0) / 1e6)


def test_costs_add_up_and_what_is_unknown_stays_so() -> None:
    unknown = Cost(None, ("no price known for x",))
    assert Cost(0.25) + Cost(0.5) == Cost(0.75)
    assert Cost() + unknown == unknown
    assert Cost(0.25) + unknown + unknown == Cost(0.25, ("no price known for x",))
    assert str(Cost(0.000018)) == "$0.000018"
    assert str(Cost(12.345)) == "$12.35"
    assert str(unknown) == "no price known for x"
    assert str(Cost(0.25) + unknown) == "$0.25 and more (no price known for x)"


def test_free_is_free() -> None:
    assert cost_of("local:x", FREE, Usage(10_000, 500)) == Cost(0.0)


def test_each_role_has_one_default_and_most_of_the_list_a_price() -> None:
    roles = [model.role for model in RECOMMENDED if model.role]
    assert sorted(roles) == ["answer", "judge", "rewrite"]
    assert all(price_of(model.model) is not None for model in RECOMMENDED if model.role)
    assert all(bare(f"{p}.{m.model}") == m.model for m in RECOMMENDED for p in m.profiles)


def test_a_batch_job_costs_half_of_everything() -> None:
    price = Price(0.8, 3.2, 0.2, None, date(2026, 11, 24))
    half = price.in_batch()
    usage = Usage(1000, 100, cache_read_tokens=200, cache_write_tokens=50)
    assert half.of(usage) == pytest.approx(price.of(usage) / 2)
    assert (half.batch, price.batch, half.as_of) == (True, False, price.as_of)
