from __future__ import annotations

import pytest

from ragbot.figures import figures_of, in_figures_of


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("400 KB", "400KB"),
        ("11 nines of durability", "99.999999999% durability"),
        ("10,000 requests", "10000 requests"),
        ("five minutes", "5-minute window"),
        ("1 million requests", "1,000,000 requests"),
        ("$3,000 a month", "3000"),
        ("16,000 IOPS", "16000 iops"),
        ("two weeks", "14 days"),
        ("90 minutes", "1.5 hours"),
        ("10800 s", "3 h"),
        ("100 million rows", "100 M rows"),
        ("three thousand dollars", "$3,000"),
        ("one thousand", "1,000"),
        ("latency below one millisecond", "sub-millisecond latency"),
        ("within ten milliseconds", "single-digit millisecond latency"),
        ("in a quarter of an hour", "15 minutes"),
        ("three quarters of an hour", "45 minutes"),
        ("half a gigabyte", "0.5 GB"),
        ("a fifth cheaper", "20% less"),
    ],
)
def test_the_same_figure_in_two_spellings(one: str, other: str) -> None:
    (left,), (right,) = figures_of(one), figures_of(other)
    assert left.agrees_with(right)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("11 nines", "12 nines"),
        ("400 KB", "400 MB"),
        ("5 minutes", "5 hours"),
        ("64 KB", "4 KB"),
        ("10 %", "100 %"),
        ("5 milliseconds", "5 microseconds"),
        ("5 µs", "5 s"),
    ],
)
def test_different_figures(one: str, other: str) -> None:
    (left,), (right,) = figures_of(one), figures_of(other)
    assert not left.agrees_with(right)


def test_what_is_counted_is_no_part_of_the_figure() -> None:
    assert [each.text for each in figures_of("ten copies, 1,000 reads, 5 million rows")] == [
        "ten",
        "1,000",
        "5 million",
    ]


@pytest.mark.parametrize("name", ["S3", "EC2", "io2 volumes", "Route53", "v2", "sub-accounts"])
def test_a_digit_in_a_name_is_no_figure(name: str) -> None:
    assert figures_of(name) == []


@pytest.mark.parametrize(
    "text",
    ["between 8 and 48 hours", "at least 8 and at most 48 hours", "8-48 hours", "8 to 48 hrs"],
)
def test_both_ends_of_a_range_have_its_unit(text: str) -> None:
    ends = figures_of(text)
    assert [(each.unit, each.value) for each in ends] == [("second", 28_800), ("second", 172_800)]


def test_a_figure_beside_a_range_keeps_its_own() -> None:
    assert [each.unit for each in figures_of("4 boxes and 16 KB")] == [None, "kb"]
    assert [each.unit for each in figures_of("5 GB or 10 MB")] == ["gb", "mb"]


@pytest.mark.parametrize(
    ("claim", "as_the_notes"),
    [
        ("It can take 300 seconds at most.", "It can take 5 minutes at most."),
        ("It is a fifth cheaper, for 40 cents.", "It is 20% cheaper, for $0.40."),
        ("It can take 6 minutes at most.", "It can take 6 minutes at most."),
        ("It comes in 5 sizes.", "It comes in 5 sizes."),
    ],
)
def test_a_figure_is_put_as_the_notes_write_it(claim: str, as_the_notes: str) -> None:
    held = figures_of("At most 5 minutes, discounted by 20%, at $0.40.")
    assert in_figures_of(held, claim) == as_the_notes


def test_the_smaller_of_the_two_counts_nothing() -> None:
    assert not figures_of("The student is the smaller of the two.")
    assert figures_of("The student is one of the two kinds.")


def test_a_sum_of_money_is_of_its_currency_and_ends_before_the_next_word() -> None:
    (dollars,), (euros,) = figures_of("It costs $5 monthly."), figures_of("It costs €5.")
    assert dollars.text == "$5" and not dollars.agrees_with(euros)
    assert euros.agrees_with(figures_of("5 euros")[0])


@pytest.mark.parametrize("text", ["5 to 10 lids fit.", "Between 5 and 10 lids fit.", "5-10 lids"])
def test_both_ends_of_a_range_of_things_are_one_range(text: str) -> None:
    low, high = figures_of(text)
    assert low.range_at == high.range_at is not None
    assert [figure.range_at for figure in figures_of("It has 5 lids and 10 boxes.")] == [None, None]


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("$1 a year", "$1 a month", False),
        ("$5 monthly", "$5 per month", True),
        ("100 requests per minute", "100 requests per second", False),
        ("$0.40 per thousand requests", "$0.40 per million requests", False),
        ("$0.40 per million requests", "$0.40 a month", True),  # either may be left out
        ("5 GB/day", "5 GB a day", True),
    ],
)
def test_a_rate_is_of_its_time_or_number(one: str, other: str, same: bool) -> None:
    (a,), (b,) = figures_of(one), figures_of(other)
    assert a.agrees_with(b) == same


@pytest.mark.parametrize(
    ("one", "other", "agree"),
    [
        ("-18 °C", "18 °C", False),
        ("\u221218 °C", "-18 °C", True),
        ("minus 18 °C", "-18 °C", True),
        ("it goes to -40 m", "it goes to 40 m", False),
        ("a range of 2-8 days", "8 days", True),
        ("16 MB/s", "16 MB", False),
        ("16 MB/s", "16 MB per second", True),
        ("$5 a month", "$5", True),
        ("three shifts", "3 hours", False),
        ("three shifts", "3 shifts", True),
        ("after three tries", "tried 3 times", True),
        ("back in three to five hours", "back in 3-5 hours", True),
        ("Per second it takes 2 MB.", "2 MB per second", True),
        ("10 cents", "€0.10", True),
        ("10 cents", "$0.10", True),
        ("10 cents", "£0.10", False),
    ],
)
def test_signs_rates_and_counts_are_compared(one: str, other: str, agree: bool) -> None:
    *_, first = figures_of(one)
    *_, second = figures_of(other)
    assert first.agrees_with(second) is agree


def test_a_figure_without_a_unit_is_put_as_the_notes_write_it() -> None:
    held = figures_of("Gold melts at 1,064 °C and the freezer runs at -18 °C.")
    assert in_figures_of(held, "It melts at 1064 °C.") == "It melts at 1,064 °C."
    assert in_figures_of(held, "It runs at \u221218 °C.") == "It runs at -18 °C."
