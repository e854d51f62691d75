"""An ONNX graph as it is written out, node by node: neither torch nor an exporter is needed."""

from __future__ import annotations

from typing import Any

import numpy as np


class Graph:
    """Nodes and constants as they are added; a value is known by its name."""

    def __init__(self) -> None:
        self.nodes: list[Any] = []
        self.constants: dict[str, Any] = {}

    def constant(self, name: str, value: Any) -> str:
        from onnx import numpy_helper

        self.constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def ints(self, *values: int) -> str:
        return self.constant(f"ints{values}", np.array(values, dtype=np.int64))

    def number(self, value: float) -> str:
        return self.constant(f"number {value}", np.float32(value))

    def op(self, kind: str, *inputs: str, **attributes: Any) -> str:
        """The one value that a node gives."""
        (output,) = self.ops(kind, inputs, [f"value{len(self.nodes)}"], **attributes)
        return output

    def ops(
        self, kind: str, inputs: tuple[str, ...], outputs: list[str], **attributes: Any
    ) -> list[str]:
        """A node that gives several values, which are named by whoever adds it."""
        from onnx import helper

        self.nodes.append(helper.make_node(kind, list(inputs), outputs, **attributes))
        return outputs

    def model(
        self, name: str, inputs: list[Any], outputs: list[Any], opsets: dict[str, int], ir: int
    ) -> Any:
        """The ONNX model; `opsets` maps a domain ("" is ONNX's own) to its version."""
        from onnx import helper

        graph = helper.make_graph(self.nodes, name, inputs, outputs, list(self.constants.values()))
        named = [helper.make_opsetid(domain, version) for domain, version in opsets.items()]
        return helper.make_model(graph, opset_imports=named, ir_version=ir)
