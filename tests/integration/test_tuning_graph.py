"""A model that was opened and learned nothing is written as it was read."""

from pathlib import Path

import pytest

from ragbot import weights
from ragbot.settings import Settings
from tuning.graph import DEBERTA, MINILM, Architecture, opened, pieces_between, written


@pytest.mark.parametrize(
    ("name", "file", "architecture"),
    [("reranker", "model.onnx", MINILM), ("entailment", "model.onnx", DEBERTA)],
)
def test_a_model_that_learned_nothing_is_the_one_it_was(
    name: str, file: str, architecture: Architecture
) -> None:
    folder = weights.find(name, Settings().models_dir)
    if folder is None:
        pytest.skip(f"the weights are not here: ragbot models pull {name}")
    content = Path(folder, file).read_bytes()
    module, grids = opened(content, architecture)
    assert len(grids) == 74
    new = written(content, module, grids, architecture)
    assert new == content
    assert sum(length for _, length in pieces_between(content, new)) == len(new)


def test_what_is_learned_is_written() -> None:
    folder = weights.find("reranker", Settings().models_dir)
    if folder is None:
        pytest.skip("the weights are not here: ragbot models pull reranker")
    content = Path(folder, "model.onnx").read_bytes()
    module, grids = opened(content, MINILM)
    name, grid = next(iter(grids.items()))
    learning = dict(module.named_parameters())
    assert learning[name].requires_grad
    learning[name].data += 2 * grid.scale  # two steps of the grid
    new = written(content, module, grids, MINILM)
    again, _ = opened(new, MINILM)
    moved = dict(again.named_parameters())[name] - learning[name]
    assert moved.detach().abs().median().item() < grid.scale / 2
    assert new != content and len(new) == len(content)
