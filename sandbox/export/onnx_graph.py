"""An ONNX graph that is written node by node."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.export.optional import needed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

OPSET, IR = 17, 8  # old enough for runtimes on phones and in browsers


class Graph:
    """Nodes in topological order; RunError if the onnx package is missing."""

    def __init__(self) -> None:
        self.onnx = needed("onnx", "An ONNX model")
        self._nodes: list[Any] = []
        self._weights: list[Any] = []

    def weight(self, name: str, values: NDArray[Any]) -> str:
        """Add a constant, floats as float32; return its name."""
        floats = values.dtype.kind == "f"
        array = np.ascontiguousarray(values, np.float32 if floats else values.dtype)
        self._weights.append(self.onnx.numpy_helper.from_array(array, name))
        return name

    def add(self, operator: str, *inputs: str, to: str, **attributes: Any) -> str:
        """Add a node whose first output is called `to`; return that name."""
        self.add_many(operator, inputs, (to,), **attributes)
        return to

    def add_many(
        self, operator: str, inputs: tuple[str, ...], outputs: tuple[str, ...], **attributes: Any
    ) -> None:
        """Add a node with several outputs, named after the last one."""
        node = self.onnx.helper.make_node(
            operator, list(inputs), list(outputs), name=outputs[-1], **attributes
        )
        self._nodes.append(node)

    def body(self, name: str, inputs: Mapping[str, int], outputs: Mapping[str, int]) -> Any:
        """Everything added so far as a graph for a node's attribute.

        inputs and outputs: the columns by name of float32 arrays (batch, columns).
        """
        given, found = (
            [self._batch_of(each, columns) for each, columns in sizes.items()]
            for sizes in (inputs, outputs)
        )
        return self.onnx.helper.make_graph(self._nodes, name, given, found)

    def _batch_of(self, name: str, columns: int) -> Any:
        kind = self.onnx.TensorProto.FLOAT
        return self.onnx.helper.make_tensor_value_info(name, kind, ["batch", columns])

    def model(self, name: str, inputs: list[Any], outputs: list[Any], words: str) -> Any:
        """The model of everything added so far.  words: a description."""
        helper = self.onnx.helper
        graph = helper.make_graph(self._nodes, name, inputs, outputs, self._weights)
        return helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPSET)],
            ir_version=IR,
            producer_name="Sequence Sandbox",
            doc_string=words,
        )
