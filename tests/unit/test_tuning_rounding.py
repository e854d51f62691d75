"""Rounding onto a coarse grid keeps what a layer does, not its single weights."""

from __future__ import annotations

import numpy as np
import pytest

from tuning.graph import Grid
from tuning.rounding import rounded_for

GRID = Grid("w", 0.1, 3)


@pytest.fixture
def layer() -> tuple[np.ndarray, np.ndarray]:
    """Weights, and inputs that lean on one another, as a model's do."""
    random = np.random.default_rng(5)
    weights = random.normal(0, 0.4, (24, 48))
    inputs = random.normal(0, 1, (400, 12)) @ random.normal(0, 1, (12, 48))
    return weights, inputs + random.normal(0, 0.1, inputs.shape)


def test_what_it_puts_out_changes_less_than_with_each_weight_at_its_nearest_step(layer) -> None:
    weights, inputs = layer
    nearest = GRID.floats(GRID.codes(weights))
    rounded = rounded_for(weights, GRID, inputs.T @ inputs)

    def off(other: np.ndarray) -> float:
        return float(np.abs(inputs @ (weights - other).T).mean())

    assert off(rounded) < off(nearest) / 2


def test_every_weight_lies_on_the_grid(layer) -> None:
    weights, inputs = layer
    rounded = rounded_for(weights, GRID, inputs.T @ inputs)
    steps = rounded / GRID.scale
    assert np.allclose(steps, np.rint(steps), atol=1e-4)
    assert np.abs(steps + GRID.zero).max() <= 128


def test_what_lies_on_the_grid_stays(layer) -> None:
    weights, inputs = layer
    there = GRID.floats(GRID.codes(weights)).astype(np.float64)
    assert np.allclose(rounded_for(there, GRID, inputs.T @ inputs), there)
