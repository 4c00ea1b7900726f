"""One net as an ONNX model: sequences in, answers out.

Built operator by operator from the flat weight vector, so every number in the file is a parameter
of the net and every operator is part of an equation of its cell.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name, layer_parameters
from sandbox.cells.known import cell_named
from sandbox.export.onnx_cells import layer, zero_state
from sandbox.export.onnx_graph import Graph
from sandbox.export.recorded import state_at
from sandbox.store.base import Net, RunError, nets
from sandbox.tasks.base import Tokens
from sandbox.tasks.registry import task_of
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Loss, Task

ANSWERS: Mapping[Loss, str] = {
    "cross_entropy": "the probability of each class",
    "legal_symbols": "the probability that each symbol is legal",
    "squared_error": "the predicted values",
}


def onnx_model(record: RunRecord, key: str, step: int | None = None) -> bytes:
    """The net with this key ("lstm", "lstm#1") after `step` training steps, by default the last.

    Input `inputs`: tokens int64 (batch, time), or channels float32 (batch, time, I).  Outputs
    `answers` (batch, time, O), as in a Trace, and `hidden` (batch, time, H), the top layer's
    hidden state; states begin at zero.  Metadata: run, step, contestant, cell, experiment
    (JSON), and the names of inputs and outputs (JSON lists).
    ExperimentError if there is no such net; RunError if the weights of that step are not kept, or
    something is held in the net, or if the onnx package is missing.
    """
    step = record.info.step if step is None else step
    contestants = nets(record.begun)
    if key not in contestants:
        raise ExperimentError("contestant", key, "one of " + ", ".join(contestants))
    net, task = contestants[key], task_of(record.begun)
    if net.contestant.surgery:
        raise RunError(
            f"{key} cannot be written as ONNX, which could not hold what is held in it: export the "
            "run as .seqx or its weights as .safetensors."
        )
    theta = state_at(record, step)[f"{key}/weights"]
    graph = Graph()
    inputs, outputs = _connect(graph, net, task, theta)
    about = (
        f"{cell_named(net.contestant.cell).title}, {key} of run {record.info.run} at step {step}."
    )
    model = graph.model("net", inputs, outputs, about)
    graph.onnx.helper.set_model_props(model, _properties(record, key, step, task))
    data: bytes = model.SerializeToString()
    return data


def _connect(
    graph: Graph, net: Net, task: Task, theta: NDArray[np.float32]
) -> tuple[list[Any], list[Any]]:
    """Add the whole net; return the value infos of its inputs and outputs."""
    contestant, views = net.contestant, net.layout(task).views(theta)
    cell, size = cell_named(contestant.cell), len(task.outputs)
    below = _time_first(graph, task)
    zero_state(graph, cell, below, contestant.hidden)
    for number in range(contestant.layers):
        names = layer_parameters(cell)
        own = {name: views[layer_name(name, number)] for name in names}
        below = layer(graph, cell, below, own, number + 1)
    hidden = graph.add("Transpose", below, to="hidden", perm=[1, 0, 2])
    _readout(graph, hidden, views["W_o"], views["b_o"], task.loss)
    return [_input(graph, task)], [
        _described(graph, "answers", size, ANSWERS[task.loss]),
        _described(graph, "hidden", contestant.hidden, "the top layer's hidden state"),
    ]


def _time_first(graph: Graph, task: Task) -> str:
    """Add the first layer's input, (T, B, I); a token becomes a row of the identity."""
    if not isinstance(task.inputs, Tokens):
        return graph.add("Transpose", "inputs", to="steps", perm=[1, 0, 2])
    rows = graph.weight("one_hot", np.eye(task.inputs.size, dtype=np.float32))
    tokens = graph.add("Transpose", "inputs", to="tokens", perm=[1, 0])
    return graph.add("Gather", rows, tokens, to="steps")


def _readout(graph: Graph, hidden: str, W_o: NDArray[Any], b_o: NDArray[Any], loss: Loss) -> None:
    product = graph.add("MatMul", hidden, graph.weight("W_o", W_o), to="product")
    bias = graph.weight("b_o", b_o)
    if loss == "squared_error":
        graph.add("Add", product, bias, to="answers")
        return
    logits = graph.add("Add", product, bias, to="logits")
    if loss == "cross_entropy":
        graph.add("Softmax", logits, to="answers", axis=-1)
    else:
        graph.add("Sigmoid", logits, to="answers")


def _input(graph: Graph, task: Task) -> Any:
    kinds = graph.onnx.TensorProto
    if isinstance(task.inputs, Tokens):
        return graph.onnx.helper.make_tensor_value_info(
            "inputs", kinds.INT64, ["batch", "time"], "tokens, as indices into the vocabulary"
        )
    return _described(graph, "inputs", task.inputs.size, "the value of each channel")


def _described(graph: Graph, name: str, size: int, words: str) -> Any:
    kind = graph.onnx.TensorProto.FLOAT
    return graph.onnx.helper.make_tensor_value_info(name, kind, ["batch", "time", size], words)


def _properties(record: RunRecord, key: str, step: int, task: Task) -> dict[str, str]:
    inputs = task.inputs.words if isinstance(task.inputs, Tokens) else task.inputs.names
    return {
        "run": record.info.run,
        "step": str(step),
        "contestant": key,
        "cell": nets(record.begun)[key].contestant.cell,
        "experiment": record.experiment_at(step).to_json(),
        "inputs": json.dumps(inputs, ensure_ascii=False),
        "outputs": json.dumps(task.outputs, ensure_ascii=False),
    }
