"""Halfway between two states of a model."""

from __future__ import annotations

import numpy as np
import onnx
import pytest
from numpy.typing import NDArray
from onnx import helper, numpy_helper

from tuning.blending import halfway


def model(**weights: NDArray[np.generic]) -> bytes:
    tensors = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    graph = helper.make_graph([], "boxes", [], [], tensors)
    return bytes(helper.make_model(graph).SerializeToString())


def test_weights_are_the_mean_whole_ones_rounded() -> None:
    kept = np.array([3, -3], dtype=np.int8)
    before = model(codes=np.array([1, -7, 127], dtype=np.int8), bias=np.float32([0.5]), kept=kept)
    after = model(codes=np.array([3, -8, 127], dtype=np.int8), bias=np.float32([1.0]), kept=kept)
    blended = onnx.load_from_string(halfway(before, after))
    held = {each.name: numpy_helper.to_array(each) for each in blended.graph.initializer}
    assert held["codes"].tolist() == [2, -8, 127]
    assert held["bias"].tolist() == [0.75]
    assert held["kept"].tolist() == [3, -3]


def test_two_models_are_not_blended() -> None:
    codes = np.array([1, 2], dtype=np.int8)
    for other in (model(codes=codes[:1]), model(others=codes), model(codes=codes, more=codes)):
        with pytest.raises(ValueError, match="not two states of one model"):
            halfway(model(codes=codes), other)
