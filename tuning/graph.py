"""A model between two shapes: an int8 ONNX file that answers, a torch module that learns.

The grid of whole numbers and its scales stay those of the file as it was published; what was
learned is rounded onto that grid (`tuning.rounding`). So the difference between the two files is
small, and packs well.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx
import torch
from numpy.typing import NDArray
from onnx import numpy_helper
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    DebertaV2Config,
    DebertaV2ForSequenceClassification,
)

from ragbot.weights.patches import Piece


@dataclass(frozen=True, slots=True)
class Architecture:
    """`prefix` is what the file sets before the module's names; `frozen` are those of the weights
    that are not trained."""

    module: Callable[[], Any]
    prefix: str
    frozen: re.Pattern[str]


@dataclass(frozen=True, slots=True)
class Grid:
    """Where a weight lies in the file: its tensor, and what one step and its zero are worth."""

    tensor: str
    scale: float
    zero: int

    def floats(self, codes: NDArray[Any]) -> NDArray[np.float32]:
        return (codes.astype(np.float32) - self.zero) * np.float32(self.scale)

    def codes(self, weights: NDArray[np.floating[Any]]) -> NDArray[np.int8]:
        rounded = np.rint(weights / self.scale) + self.zero
        codes: NDArray[np.int8] = np.clip(rounded, -128, 127).astype(np.int8)
        return codes


def opened(content: bytes, architecture: Architecture) -> tuple[Any, dict[str, Grid]]:
    """The module with the file's weights, and the grid of each weight that is stored on one."""
    graph = onnx.load_from_string(content).graph
    held = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    module = architecture.module()
    state: dict[str, NDArray[Any]] = {}
    for stored, value in held.items():
        name = stored.removeprefix(architecture.prefix)
        if name in module.state_dict():
            state[name] = value
        elif "embeddings" in name and name.endswith("_quantized"):
            state[name.removesuffix("_quantized")] = _grid(held, stored).floats(value)
    grids: dict[str, Grid] = {}
    for node in graph.node:
        projection = next((n for n in node.input if n.endswith("_quantized") and n in held), None)
        if projection is None or node.op_type != "MatMulInteger":
            continue
        path = node.name.strip("/").replace("/", ".").removeprefix(architecture.prefix)
        weight = re.sub(r"\.(?:Gemm_)?MatMul_quant$", "", path) + ".weight"
        grids[weight] = _grid(held, projection)
        state[weight] = grids[weight].floats(held[projection]).T
    module.load_state_dict({name: torch.tensor(value.copy()) for name, value in state.items()})
    for name, parameter in module.named_parameters():
        parameter.requires_grad = architecture.frozen.search(name) is None
    return module, grids


def written(
    content: bytes, module: Any, grids: dict[str, Grid], architecture: Architecture
) -> bytes:
    """The file with the module's weights, and open to texts of any length."""
    model = onnx.load_from_string(content)
    trained = {
        name: parameter.detach().float().numpy()
        for name, parameter in module.named_parameters()
        if parameter.requires_grad
    }
    tensors = {tensor.name: tensor for tensor in model.graph.initializer}
    for name, weights in trained.items():
        grid = grids.get(name)
        if grid is None:
            tensors[f"{architecture.prefix}{name}"].raw_data = weights.astype(np.float32).tobytes()
        else:
            tensors[grid.tensor].raw_data = grid.codes(weights.T).tobytes()
    for put in model.graph.input:
        length = put.type.tensor_type.shape.dim[1]
        length.dim_param = length.dim_param or "tokens"
    return bytes(model.SerializeToString())


def pieces_between(old: bytes, new: bytes) -> list[Piece]:
    """How the new file lies along the old one: tensors keep their place; what follows the shapes
    of the inputs, which stand behind them and have grown, moves by so much."""
    one, other = np.frombuffer(old, dtype=np.uint8), np.frombuffer(new, dtype=np.uint8)
    shared = min(one.size, other.size)
    differs = np.flatnonzero(one[::-1][:shared] != other[::-1][:shared])
    same = int(differs[0]) if differs.size else shared
    moved = len(old) - same
    return [(0, moved), (None, len(new) - len(old)), (moved, same)]


def _grid(held: dict[str, NDArray[Any]], stored: str) -> Grid:
    base = stored.removesuffix("_quantized")
    return Grid(stored, float(held[f"{base}_scale"]), int(held[f"{base}_zero_point"]))


def _deberta() -> Any:
    """DeBERTa-v3-xsmall (He et al. 2021), with the two classes of the published file."""
    shape: dict[str, Any] = {
        "vocab_size": 128_100,
        "hidden_size": 384,
        "num_hidden_layers": 12,
        "num_attention_heads": 6,
        "intermediate_size": 1536,
        "relative_attention": True,
        "position_buckets": 256,
        "pos_att_type": ["p2c", "c2p"],
        "norm_rel_ebd": "layer_norm",
        "share_att_key": True,
        "type_vocab_size": 0,
        "position_biased_input": False,
        "layer_norm_eps": 1e-7,
        "pooler_dropout": 0.0,
        "pooler_hidden_size": 384,
        "pooler_hidden_act": "gelu",
        "num_labels": 2,
    }
    return DebertaV2ForSequenceClassification(DebertaV2Config(**shape))


def _minilm() -> Any:
    """MiniLM-L12 (Wang et al. 2020), as the cross-encoder of MS MARCO; nothing is dropped out."""
    shape: dict[str, Any] = {
        "vocab_size": 30_522,
        "hidden_size": 384,
        "num_hidden_layers": 12,
        "num_attention_heads": 12,
        "intermediate_size": 1536,
        "hidden_dropout_prob": 0.0,
        "attention_probs_dropout_prob": 0.0,
        "num_labels": 1,
        # The fused one's way back takes half of a step in halves of floats.
        "attn_implementation": "eager",
    }
    return BertForSequenceClassification(BertConfig(**shape))


# The file holds the projections of queries and keys twice, as whole numbers and as floats (for the
# relative positions), and the floats would not pack.
DEBERTA = Architecture(
    _deberta, "m.", re.compile(r"embeddings|encoder\.LayerNorm|query_proj|key_proj")
)
MINILM = Architecture(_minilm, "", re.compile(r"embeddings"))
