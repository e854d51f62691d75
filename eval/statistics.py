"""How sure a number is, and whether two of them differ.

Everything is over questions, never over the orders or sentences inside one: those are not
independent, and counting them would make every interval too narrow.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

Z95 = 1.959964
Z80 = 0.841621
RESAMPLES = 10_000
ALPHA = 0.05


@dataclass(frozen=True, slots=True)
class Proportion:
    """A mean of per-question scores in [0, 1], with Wilson's 95% interval (Wilson 1927).

    Where a score is itself a mean (over the orders of the options) the interval is a little
    too wide, never too narrow.
    """

    value: float
    n: int
    low: float
    high: float

    def __str__(self) -> str:
        return f"{self.value:.3f} ({self.low:.3f}-{self.high:.3f}, n={self.n})"


def wilson(hits: float, n: int, z: float = Z95) -> tuple[float, float]:
    """Wilson's score interval of hits / n; the whole of [0, 1] where n is 0."""
    if n == 0:
        return 0.0, 1.0
    p = hits / n
    middle = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    # Floating point may leave the ends a hair inside the observed 0 or 1.
    return max(0.0, min(p, middle - half)), min(1.0, max(p, middle + half))


def proportion(scores: Sequence[float]) -> Proportion | None:
    """The mean of the scores; None where there is not one question."""
    if not scores:
        return None
    low, high = wilson(sum(scores), len(scores))
    return Proportion(sum(scores) / len(scores), len(scores), low, high)


@dataclass(frozen=True, slots=True)
class Interval:
    """A mean of any figures with the 95% percentile interval of the bootstrap."""

    value: float
    n: int
    low: float
    high: float


def bootstrap(values: Sequence[float], seed: int) -> Interval | None:
    """Mean of the values; questions are drawn with replacement (Efron 1979)."""
    if not values:
        return None
    data = np.asarray(values, dtype=float)
    low, high = np.percentile(_resampled_means(data, seed), [2.5, 97.5])
    return Interval(float(data.mean()), len(data), float(low), float(high))


def _resampled_means(data: np.ndarray, seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    draws = rng.integers(0, len(data), size=(RESAMPLES, len(data)))
    means: np.ndarray = data[draws].mean(axis=1)
    return means


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two runs over the same questions: `difference` is b minus a.

    `low`, `high`: 95% percentile interval of the paired bootstrap.
    `p`: McNemar's exact test where every score is right or wrong, else, since scores between
    them can fall without a flip, the sign-flip permutation test on the differences.
    `changed`: questions whose score differs. `only_a`, `only_b`: those that one run has right
    and the other wrong; right is more than half of the score.
    `detectable`: the smallest difference that would have been found in 4 of 5 tries with
    this n and this many questions that flip (two-sided, alpha .05).
    """

    n: int
    a: float
    b: float
    difference: float
    low: float
    high: float
    changed: int
    only_a: int
    only_b: int
    p: float
    detectable: float

    @property
    def real(self) -> bool:
        """Both tests say that it is no noise; both are of the mean difference, so that they
        cannot point two ways."""
        return self.p < ALPHA and (self.low > 0 or self.high < 0)


def compare_paired(a: Sequence[float], b: Sequence[float], seed: int) -> Comparison:
    """Compare per-question scores; `a[i]` and `b[i]` belong to the same question.

    Raises:
        ValueError: there is no question, or the lists differ in length.
    """
    if not a or len(a) != len(b):
        raise ValueError(f"{len(a)} and {len(b)} scores cannot be paired")
    differences = np.asarray(b, dtype=float) - np.asarray(a, dtype=float)
    low, high = np.percentile(_resampled_means(differences, seed), [2.5, 97.5])
    only_a = sum(x > 0.5 >= y for x, y in zip(a, b, strict=True))
    only_b = sum(y > 0.5 >= x for x, y in zip(a, b, strict=True))
    whole = all(score in (0.0, 1.0) for score in (*a, *b))
    return Comparison(
        n=len(a),
        a=float(np.mean(a)),
        b=float(np.mean(b)),
        difference=float(differences.mean()),
        low=float(low),
        high=float(high),
        changed=int(np.count_nonzero(differences)),
        only_a=only_a,
        only_b=only_b,
        p=mcnemar(only_a, only_b) if whole else sign_flips(differences.tolist(), seed),
        detectable=detectable_difference(len(a), float(np.mean(differences**2))),
    )


def mcnemar(only_a: int, only_b: int) -> float:
    """Exact two-sided p that flips go both ways alike (McNemar 1947, binomial form)."""
    from scipy.stats import binomtest

    if only_a + only_b == 0:
        return 1.0
    return float(binomtest(only_a, only_a + only_b, 0.5).pvalue)


def sign_flips(differences: Sequence[float], seed: int) -> float:
    """Two-sided p that each difference could as well have the other sign (Fisher 1935), by
    `RESAMPLES` random flips; the observed signs count among them (Phipson and Smyth 2010)."""
    data = np.asarray([each for each in differences if each], dtype=float)
    signs = np.random.default_rng(seed).choice((-1.0, 1.0), size=(RESAMPLES, len(data)))
    # Sums of the same terms may differ in the last digits.
    as_far = np.abs(signs @ data) >= abs(data.sum()) - 1e-9
    return (1 + int(as_far.sum())) / (RESAMPLES + 1)


def detectable_difference(n: int, discordance: float) -> float:
    """Smallest difference that a paired test over n questions finds with power .8.

    Args:
        discordance: mean squared per-question difference; for right-or-wrong scores the
            share of questions that flip. At least one flip is assumed (Connor 1987, first
            term of the sample size formula).
    """
    return min(1.0, (Z95 + Z80) * math.sqrt(max(discordance, 1 / n) / n))
