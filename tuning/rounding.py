"""Learned weights -> the grid of the published file, without losing what was learned.

A short course moves most weights by less than half a step of the grid, and rounding each to the
nearest step undoes it. So a layer is rounded column by column, and what a column is off by is made
good in the columns that are left, as far as the layer's own inputs tell (GPTQ, Frantar et al.
2023).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray

from tuning.graph import Grid

DAMPING = 0.01  # of the mean of the diagonal, so that inputs that hardly vary can be divided by


def round_onto(
    module: Any, grids: Mapping[str, Grid], inputs: Iterable[dict[str, torch.Tensor]]
) -> None:
    """Round the module's weights in place, each layer for what reaches it of the inputs."""
    layers = {name: module.get_submodule(name.removesuffix(".weight")) for name in grids}
    seen: dict[str, torch.Tensor] = {}
    hooks = [layer.register_forward_hook(_adding_to(seen, name)) for name, layer in layers.items()]
    module.eval()
    with torch.no_grad():
        for each in inputs:
            module(**each)
    for hook in hooks:
        hook.remove()
    for name, layer in layers.items():
        weights = layer.weight.detach().double().numpy()
        rounded = rounded_for(weights, grids[name], seen[name].numpy())
        layer.weight.data = torch.tensor(rounded, dtype=torch.float32)


def rounded_for(
    weights: NDArray[np.float64], grid: Grid, products: NDArray[np.float64]
) -> NDArray[np.float64]:
    """float64 [outputs, inputs] on the grid, so that little changes of what the layer puts out.

    Args:
        products: float64 [inputs, inputs], the sum of x xᵀ over the layer's inputs.
    """
    count = len(products)
    damped = products + DAMPING * np.mean(np.diag(products)) * np.eye(count)
    weighed = np.linalg.cholesky(np.linalg.inv(damped)).T
    left, rounded = weights.copy(), np.zeros_like(weights)
    for column in range(count):
        rounded[:, column] = grid.floats(grid.codes(left[:, column]))
        error = (left[:, column] - rounded[:, column]) / weighed[column, column]
        left[:, column + 1 :] -= np.outer(error, weighed[column, column + 1 :])
    return rounded


def _adding_to(seen: dict[str, torch.Tensor], name: str) -> Callable[..., None]:
    def add(_: Any, given: tuple[torch.Tensor, ...], __: Any) -> None:
        rows = given[0].detach().reshape(-1, given[0].shape[-1]).double()
        products = rows.T @ rows
        seen[name] = products if name not in seen else seen[name] + products

    return add
