"""Two states of a model -> the one halfway between them.

What a model learns last it learns at the cost of what it knew; halfway between the two its weights
keep most of both ("WiSE-FT", Wortsman et al. 2022).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import numpy_helper


def halfway(before: bytes, after: bytes) -> bytes:
    """The ONNX file whose weights are the mean of those of the two.

    Raises:
        ValueError: they are not two states of one model.
    """
    model, other = onnx.load_from_string(before), onnx.load_from_string(after)
    learned = {tensor.name: numpy_helper.to_array(tensor) for tensor in other.graph.initializer}
    tensors = model.graph.initializer
    if len(learned) != len(tensors) or any(
        each.name not in learned or list(each.dims) != list(learned[each.name].shape)
        for each in tensors
    ):
        raise ValueError("these are not two states of one model")
    for tensor in tensors:
        held = numpy_helper.to_array(tensor)
        if not np.array_equal(held, learned[tensor.name]):
            tensor.raw_data = _mean(held, learned[tensor.name]).tobytes()
    return bytes(model.SerializeToString())


def _mean(one: NDArray[Any], other: NDArray[Any]) -> NDArray[Any]:
    """Of whole numbers the nearest to it, of two such the even one."""
    mean = (one.astype(np.float64) + other.astype(np.float64)) / 2
    return (np.rint(mean) if np.issubdtype(one.dtype, np.integer) else mean).astype(one.dtype)
