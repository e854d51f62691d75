"""The tensors of a decoder -> an ONNX graph that computes in 8 bits.

Weights are int8, one scale for each output; what goes into a matrix is scaled by the largest
number of its own token, so that a token means the same whatever is read along with it. Products
are added in 32 bits. Attention, norms and positions stay floats.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from ragbot.decoding.gguf_file import GgufFile, Shape
from ragbot.onnx_graph import Graph

MICROSOFT = "com.microsoft"  # the operators of ONNX Runtime's own
OPSETS = {"": 17, MICROSOFT: 1}
IR_VERSION = 9
MIDDLE = 128  # of unsigned 8 bits: what zero becomes
LEVELS = 127  # on either side of it
SMALL = 1024  # bytes of a constant that stands in the graph's own file
GRAPH, TENSORS = "model.onnx", "model.onnx.data"


def past(layer: int) -> tuple[str, str]:
    """The names of a layer's keys and values of what was read before."""
    return f"past_key.{layer}", f"past_value.{layer}"


def present(layer: int) -> tuple[str, str]:
    """The same with what was read now."""
    return f"present_key.{layer}", f"present_value.{layer}"


def write_graph(source: GgufFile, shape: Shape, context: int, folder: Path) -> None:
    """Writes GRAPH and TENSORS.

    ids int64 [1, n]; length int32 [1], all that was read less one; total int32 [1], the same and
    one more; past float32 [1, kv_heads, read, head_size] for each layer -> logits float32 [1,
    tokens] after the last id, and present.
    """
    import onnx

    with (folder / TENSORS).open("wb") as tensors:
        graph = _Decoder(source, shape, tensors)
        model = graph.written(context)
    onnx.save(model, str(folder / GRAPH))


class _Decoder(Graph):
    """Large constants go to a file of their own as they come: they are never all in memory."""

    def __init__(self, source: GgufFile, shape: Shape, tensors: BinaryIO) -> None:
        super().__init__()
        self.source, self.shape, self.tensors = source, shape, tensors

    def constant(self, name: str, value: Any) -> str:
        from onnx import TensorProto, helper

        held = np.asarray(value, order="C")
        if held.nbytes < SMALL:
            return super().constant(name, held)
        kind = helper.np_dtype_to_tensor_dtype(held.dtype)
        proto = TensorProto(name=name, dims=held.shape, data_type=kind)
        proto.data_location = TensorProto.EXTERNAL
        self.tensors.write(bytes(-self.tensors.tell() % 64))  # as ONNX Runtime likes to map them
        where = {"location": TENSORS, "offset": self.tensors.tell(), "length": held.nbytes}
        for key, told in where.items():
            proto.external_data.add(key=key, value=str(told))
        self.tensors.write(held.data)
        self.constants[name] = proto
        return name

    def written(self, context: int) -> Any:
        from onnx import TensorProto, helper

        shape = self.shape
        held: list[str | int] = [1, shape.kv_heads, "read", shape.head_size]
        asked = [
            helper.make_tensor_value_info("ids", TensorProto.INT64, [1, "n"]),
            helper.make_tensor_value_info("length", TensorProto.INT32, [1]),
            helper.make_tensor_value_info("total", TensorProto.INT32, [1]),
        ]
        told = [helper.make_tensor_value_info("logits", TensorProto.FLOAT, [1, "tokens"])]
        for layer in range(shape.layers):
            for names, values in ((past(layer), asked), (present(layer), told)):
                values += [
                    helper.make_tensor_value_info(name, TensorProto.FLOAT, held) for name in names
                ]
        turns = np.arange(0, shape.head_size, 2) / shape.head_size
        angles = np.outer(np.arange(context), shape.rope_base**-turns)
        self.constant("cosines", np.cos(angles).astype(np.float32))
        self.constant("sines", np.sin(angles).astype(np.float32))
        value = self.embedded()
        for layer in range(shape.layers):
            value = self.layer(value, layer)
        last = self.op("Gather", value, self.constant("last", np.int64(-1)), axis=1)
        out = "output.weight" if self.source.has("output.weight") else "token_embd.weight"
        logits = self.linear(self.norm(last, "output_norm.weight"), [out])
        self.ops("Identity", (logits,), ["logits"])
        return self.model("decoder", asked, told, OPSETS, IR_VERSION)

    def embedded(self) -> str:
        from onnx import TensorProto

        table, scales = quantized(self.source.parts("token_embd.weight"))
        rows = self.op("Gather", self.constant("tokens", table), "ids")
        rows = self.op("Cast", rows, to=TensorProto.FLOAT)
        return self.op(
            "Mul", rows, self.op("Gather", self.constant("tokens.scales", scales[:, None]), "ids")
        )

    def layer(self, value: str, layer: int) -> str:
        shape, name = self.shape, f"blk.{layer}"
        normed = self.norm(value, f"{name}.attn_norm.weight")
        asked = self.linear(normed, [f"{name}.attn_{part}.weight" for part in "qkv"])
        seen, *_ = self.ops(
            "GroupQueryAttention",
            (asked, "", "", *past(layer), "length", "total", "cosines", "sines"),
            [f"seen.{layer}", *present(layer)],
            domain=MICROSOFT,
            num_heads=shape.heads,
            kv_num_heads=shape.kv_heads,
            do_rotary=1,
            rotary_interleaved=int(shape.interleaved),
        )
        value = self.op("Add", value, self.linear(seen, [f"{name}.attn_output.weight"]))
        normed = self.norm(value, f"{name}.ffn_norm.weight")
        wide = self.linear(normed, [f"{name}.ffn_gate.weight", f"{name}.ffn_up.weight"])
        gate, up = self.ops("Split", (wide,), [f"gate.{layer}", f"up.{layer}"], axis=-1)
        gated = self.op("Mul", self.op("Mul", gate, self.op("Sigmoid", gate)), up)
        return self.op("Add", value, self.linear(gated, [f"{name}.ffn_down.weight"]))

    def norm(self, value: str, name: str) -> str:
        scale = self.constant(name, self.source.floats(name))
        return self.op(
            "SimplifiedLayerNormalization", value, scale, axis=-1, epsilon=self.shape.epsilon
        )

    def linear(self, value: str, names: list[str]) -> str:
        """What several matrices make of the same value, side by side."""
        weights = [quantized(self.source.parts(name)) for name in names]
        matrix = self.constant(f"{names[0]}.int8", np.concatenate([w for w, _ in weights]).T)
        scales = self.constant(f"{names[0]}.scales", np.concatenate([s for _, s in weights]))
        largest = self.op("ReduceMax", self.op("Abs", value), axes=[-1], keepdims=1)
        largest = self.op("Max", largest, self.number(1e-9))
        step, middle = self.number(1 / LEVELS), self.constant("middle", np.uint8(MIDDLE))
        rounded = self.op("QuantizeLinear", self.op("Div", value, largest), step, middle)
        product = self.op(
            "MatMulIntegerToFloat", rounded, matrix, step, scales, middle, domain=MICROSOFT
        )
        product = self.op("Mul", product, largest)
        biases = [name.removesuffix("weight") + "bias" for name in names]
        if not self.source.has(biases[0]):
            return product
        bias = np.concatenate([self.source.floats(name) for name in biases])
        return self.op("Add", product, self.constant(biases[0], bias))


def quantized(
    parts: Iterable[NDArray[np.float32]],
) -> tuple[NDArray[np.int8], NDArray[np.float32]]:
    """int8 [outputs, inputs] of a matrix in parts, and the scale of each output, float32."""
    whole, scales = [], []
    for part in parts:
        scale = np.maximum(np.abs(part).max(axis=1), 1e-9) / LEVELS
        whole.append(np.rint(part / scale[:, None]).astype(np.int8))
        scales.append(scale.astype(np.float32))
    return np.concatenate(whole), np.concatenate(scales)
