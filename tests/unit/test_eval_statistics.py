"""The statistics against published or hand-computed values."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from eval.statistics import (
    bootstrap,
    compare_paired,
    detectable_difference,
    mcnemar,
    proportion,
    sign_flips,
    wilson,
)


def test_wilson_gives_the_textbook_interval() -> None:
    low, high = wilson(8, 10)
    assert (round(low, 3), round(high, 3)) == (0.490, 0.943)


@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_what_was_observed_and_stays_in_bounds(pair: tuple[int, int]) -> None:
    hits, n = pair
    low, high = wilson(hits, n)
    assert 0 <= low <= hits / n <= high <= 1


def test_no_question_is_no_proportion() -> None:
    assert proportion([]) is None
    assert wilson(0, 0) == (0.0, 1.0)


def test_half_a_point_counts_as_half() -> None:
    found = proportion([1.0, 0.5, 0.0])
    assert found is not None
    assert (found.value, found.n) == (0.5, 3)


@pytest.mark.parametrize(
    ("only_a", "only_b", "p"), [(0, 0, 1.0), (1, 8, 0.0391), (5, 5, 1.0), (0, 6, 0.0313)]
)
def test_mcnemar_is_the_exact_binomial(only_a: int, only_b: int, p: float) -> None:
    assert mcnemar(only_a, only_b) == pytest.approx(p, abs=1e-4)


def test_a_seed_gives_the_same_bootstrap_and_another_does_not() -> None:
    values = [0.1, 0.4, 0.9, 0.3, 0.8]
    assert bootstrap(values, 1) == bootstrap(values, 1)
    assert bootstrap(values, 1) != bootstrap(values, 2)


def test_a_large_change_is_real_and_a_coin_is_noise() -> None:
    worse = [1.0] * 20 + [0.0] * 30
    better = [1.0] * 40 + [0.0] * 10
    assert compare_paired(worse, better, 0).real
    coin = random.Random(5)
    a = [float(coin.random() < 0.7) for _ in range(100)]
    b = [float(coin.random() < 0.7) for _ in range(100)]
    assert not compare_paired(a, b, 0).real


def test_a_partial_fall_of_every_question_is_real() -> None:
    compared = compare_paired([1.0] * 200, [0.75] * 200, 0)
    assert (compared.only_a, compared.only_b) == (0, 0)
    assert compared.real and compared.p < 0.001


def test_many_small_gains_are_not_called_better_by_the_flips_that_were_lost() -> None:
    # Right by a hair and then wrong by a hair twelve times, the other way twice.
    a = [0.6] * 12 + [0.4] * 2 + [0.3, 0.0] * 43
    b = [0.5] * 12 + [0.6] * 2 + [0.0, 0.3] * 43
    compared = compare_paired(a, b, 0)
    assert mcnemar(compared.only_a, compared.only_b) < 0.05
    assert not compared.real and compared.changed == 100


def test_right_or_wrong_scores_are_compared_by_mcnemar() -> None:
    compared = compare_paired([1.0] * 8 + [0.0], [0.0] * 8 + [1.0], 0)
    assert compared.p == mcnemar(8, 1)


def test_flipped_signs_come_near_the_exact_binomial() -> None:
    assert sign_flips([-1.0] * 8 + [1.0], 0) == pytest.approx(mcnemar(8, 1), abs=0.01)
    assert sign_flips([0.1, 0.2, -0.3], 0) == 1
    assert sign_flips([0.0, 0.0], 0) == 1
    assert sign_flips([0.25] * 9, 3) == sign_flips([0.25] * 9, 3)


def test_the_same_scores_are_no_difference() -> None:
    compared = compare_paired([1.0, 0.0, 1.0], [1.0, 0.0, 1.0], 0)
    assert (compared.difference, compared.low, compared.high, compared.p) == (0, 0, 0, 1)
    assert not compared.real


def test_unpaired_scores_are_refused() -> None:
    with pytest.raises(ValueError, match="paired"):
        compare_paired([1.0], [1.0, 0.0], 0)


def test_more_questions_show_smaller_differences() -> None:
    assert detectable_difference(400, 0.2) == pytest.approx(0.0626, abs=1e-3)
    assert detectable_difference(100, 0.2) > detectable_difference(400, 0.2)
