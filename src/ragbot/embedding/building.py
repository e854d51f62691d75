"""Published weights -> the 8-bit file, made and checked on this machine.

The graph is BERT's (Devlin et al. 2019) with mean pooling, written out node by node, so that
neither torch nor its exporter is needed. The weights of its matrices become int8, one scale a
column; activations are quantized as they come.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from ragbot.embedding.package import WEIGHTS_SHA256, verified_weights
from ragbot.embedding.quantized import RECIPE, forward, windows_tokenizer
from ragbot.errors import ModelUnavailableError
from ragbot.onnx_graph import Graph
from ragbot.onnx_session import open_session

LAYERS, HEADS, HEAD_SIZE = 6, 12, 32
OPSET, IR_VERSION = 20, 9
ALIKE = 0.97  # cosine to the unquantized graph that each of the probes must reach; .99 is usual
PROBES = (
    "How long can a function run?",
    "Copies objects across regions, or inside one region.",
    "A knowledge base keeps its vectors in OpenSearch Serverless, Aurora PostgreSQL or Pinecone.",
    "Which policy fits when a tenth of the visitors shall see the new version of the site?",
    "400 KB",
)


def built_file(models_dir: Path) -> Path | None:
    """The finished file, where it is there and as it was written."""
    file = _place(models_dir)
    stamp = file.with_suffix(".sha256")
    try:
        digest = hashlib.sha256(file.read_bytes()).hexdigest()
        return file if stamp.read_text(encoding="ascii").strip() == digest else None
    except OSError:
        return None


def build(models_dir: Path) -> Path:
    """The 8-bit file, made now (some seconds) where it is not there yet.

    Raises:
        ModelUnavailableError: the weights are not the published ones, `onnx` is missing, the
            folder cannot be written, or the result strays from the unquantized model.
    """
    ready = built_file(models_dir)
    if ready is not None:
        return ready
    source = verified_weights()
    try:
        import onnx
        from onnxruntime.quantization import QuantType, quantize_dynamic
        from safetensors.numpy import load_file
    except ImportError as error:
        raise ModelUnavailableError(
            f"the 8-bit encoder cannot be made ({error})", mend="pip install onnx"
        ) from error
    file = _place(models_dir)
    # The quantizer advises a step that our graph does not need, through the root logger, which
    # sets that up to print everything from then on. With a handler there, it leaves it alone.
    silence = logging.NullHandler()
    logging.getLogger().addHandler(silence)
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=file.parent) as folder:
            whole, small = Path(folder) / "whole.onnx", Path(folder) / "small.onnx"
            onnx.save(_graph(load_file(str(source))), str(whole))
            quantize_dynamic(str(whole), str(small), weight_type=QuantType.QInt8, per_channel=True)
            _check(whole, small)
            digest = hashlib.sha256(small.read_bytes()).hexdigest()
            small.replace(file)
        file.with_suffix(".sha256").write_text(digest + "\n", encoding="ascii")
    except OSError as error:
        raise ModelUnavailableError(
            f"the 8-bit encoder cannot be written to {file.parent} ({error.strerror})",
            mend="set RAGBOT_MODELS_DIR to a folder that can be written",
        ) from error
    finally:
        logging.getLogger().removeHandler(silence)
    return file


def _place(models_dir: Path) -> Path:
    return models_dir / "encoder" / f"all-MiniLM-L6-v2-{WEIGHTS_SHA256[:8]}-{RECIPE}.onnx"


def _check(whole: Path, small: Path) -> None:
    tokenizer = windows_tokenizer()
    exact = forward(open_session(whole), tokenizer, PROBES)
    close = forward(open_session(small), tokenizer, PROBES)
    worst = float((exact * close).sum(axis=1).min())
    if worst < ALIKE:
        raise ModelUnavailableError(
            f"the 8-bit encoder strays from the model on this machine (cosine {worst:.3f})",
            mend="report it, with the processor's name; the model is used as it is",
        )


class _Graph(Graph):
    """One whose constants are a model's weights, by their published names."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        super().__init__()
        self.weights = weights

    def weight(self, name: str) -> str:
        return self.constant(name, self.weights[name])

    def linear(self, value: str, name: str) -> str:
        matrix = self.constant(f"{name}.transposed", self.weights[f"{name}.weight"].T)
        return self.op("Add", self.op("MatMul", value, matrix), self.weight(f"{name}.bias"))

    def norm(self, value: str, name: str) -> str:
        scale, shift = self.weight(f"{name}.weight"), self.weight(f"{name}.bias")
        return self.op("LayerNormalization", value, scale, shift, axis=-1, epsilon=1e-12)

    def heads(self, value: str, name: str, order: list[int]) -> str:
        split = self.op("Reshape", self.linear(value, name), self.ints(0, 0, HEADS, HEAD_SIZE))
        return self.op("Transpose", split, perm=order)


def _graph(weights: Mapping[str, NDArray[Any]]) -> Any:
    """input_ids, attention_mask int64 [batch, tokens] -> vector float32 [batch, 384], and
    tokens float32 [batch, tokens, 384], which only costs where it is asked for."""
    from onnx import TensorProto, helper

    g = _Graph(weights)
    length = g.op("Slice", g.op("Shape", "input_ids"), g.ints(1), g.ints(2))
    places = g.weight("embeddings.position_embeddings.weight")
    words = g.op("Gather", g.weight("embeddings.word_embeddings.weight"), "input_ids")
    value = g.op("Add", words, g.op("Slice", places, g.ints(0), length, g.ints(0)))
    kind = g.constant("first kind", weights["embeddings.token_type_embeddings.weight"][0])
    value = g.norm(g.op("Add", value, kind), "embeddings.LayerNorm")
    mask = g.op("Cast", "attention_mask", to=TensorProto.FLOAT)
    unseen = g.op("Sub", g.number(1.0), g.op("Unsqueeze", mask, g.ints(1, 2)))
    unseen = g.op("Mul", unseen, g.number(-10_000.0))
    for layer in range(LAYERS):
        name = f"encoder.layer.{layer}"
        query = g.heads(value, f"{name}.attention.self.query", [0, 2, 1, 3])
        key = g.heads(value, f"{name}.attention.self.key", [0, 2, 3, 1])
        held = g.heads(value, f"{name}.attention.self.value", [0, 2, 1, 3])
        scores = g.op("Div", g.op("MatMul", query, key), g.number(HEAD_SIZE**0.5))
        shares = g.op("Softmax", g.op("Add", scores, unseen), axis=-1)
        seen = g.op("Transpose", g.op("MatMul", shares, held), perm=[0, 2, 1, 3])
        seen = g.op("Reshape", seen, g.ints(0, 0, HEADS * HEAD_SIZE))
        seen = g.linear(seen, f"{name}.attention.output.dense")
        value = g.norm(g.op("Add", value, seen), f"{name}.attention.output.LayerNorm")
        wide = g.op("Gelu", g.linear(value, f"{name}.intermediate.dense"))
        wide = g.linear(wide, f"{name}.output.dense")
        value = g.norm(g.op("Add", value, wide), f"{name}.output.LayerNorm")
    # The mean over the tokens, as a sum: its length is set to one anyway.
    total = g.op("Mul", value, g.op("Unsqueeze", mask, g.ints(2)))
    total = g.op("ReduceSum", total, g.ints(1), keepdims=0)
    unit = g.op("LpNormalization", total, axis=-1, p=2)
    g.nodes.append(helper.make_node("Identity", [unit], ["vector"]))
    g.nodes.append(helper.make_node("Identity", [value], ["tokens"]))
    asked = [
        helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "tokens"])
        for name in ("input_ids", "attention_mask")
    ]
    shapes: dict[str, list[str | int]] = {
        "vector": ["batch", 384],
        "tokens": ["batch", "tokens", 384],
    }
    told = [
        helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in shapes.items()
    ]
    return g.model("minilm", asked, told, {"": OPSET}, IR_VERSION)
