"""ONNX models in another program's hands, beside what this engine's own traces say."""

from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import onnx
import onnxruntime
import pytest

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.engine.compilation import network_for
from sandbox.experiment import Experiment, parse
from sandbox.export.onnx_model import onnx_model
from sandbox.store.base import RunError, RunInfo, RunRecord
from sandbox.tasks.base import Sequences
from sandbox.tasks.recall import Recall
from sandbox.tasks.registry import complete, task_of
from sandbox.validation import ExperimentError
from tests.export.records import trained

if TYPE_CHECKING:
    from sandbox.engine.trace import Trace

HIDDEN = 13  # no multiple of anything that a kernel likes
SHAPES = ((1, 1), (2, 9), (7, 40))  # (batch, time)
TASKS = {"tokens": ("recall", {"gap": 5}), "channels": ("adding", {"length": 20})}


def at_random(cell: str, layers: int, inputs: str) -> RunRecord:
    """A run of one net whose parameters are all far from zero, peepholes and biases too."""
    task, params = TASKS[inputs]
    net = {"cell": cell, "hidden": HIDDEN, "layers": layers}
    experiment = complete(parse({"task": task, "params": params, "contestants": [net]}))
    drawn = task_of(experiment)
    size = layout(CELLS[cell], drawn.inputs.size, HIDDEN, len(drawn.outputs), layers).size
    theta = np.random.default_rng(7).uniform(-0.5, 0.5, size).astype(np.float32)
    state = {f"{cell}/weights": theta}
    nothing = np.zeros((0, 2))
    return RunRecord(RunInfo("r1", step=5), experiment, (), state, {}, nothing, {5: state})


def drawn(record: RunRecord, batch: int, time: int) -> Sequences:
    """Random sequences of any length, asked at the last step."""
    task, rng = task_of(record.begun), np.random.default_rng(batch)
    tokens = task.name == "recall"
    inputs: np.ndarray = rng.normal(size=(batch, time, task.inputs.size)).astype(np.float32)
    targets: np.ndarray = np.zeros((batch, time, len(task.outputs)), np.float32)
    if tokens:
        inputs = rng.integers(0, task.inputs.size, (batch, time)).astype(np.int32)
        targets = np.zeros((batch, time), np.int32)
    scored = np.arange(time) == np.full((batch, 1), time - 1)
    return Sequences(inputs, targets, scored, np.ones((batch, time), np.uint8))


def in_openvino(data: bytes, inputs: np.ndarray) -> tuple[Any, Any]:
    """Answers and hidden states in float32; some processors would take bfloat16."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # sends nothing
    openvino = pytest.importorskip("openvino")
    core, precise = openvino.Core(), {"INFERENCE_PRECISION_HINT": "f32"}
    model = core.compile_model(core.read_model(data, b""), "CPU", precise)
    given = inputs.astype(np.int64) if inputs.dtype.kind == "i" else inputs
    found = model({"inputs": given})
    return found["answers"], found["hidden"]


def session(data: bytes) -> onnxruntime.InferenceSession:
    return onnxruntime.InferenceSession(data, providers=["CPUExecutionProvider"])


def answered(running: onnxruntime.InferenceSession, inputs: np.ndarray) -> tuple[Any, Any]:
    given = inputs.astype(np.int64) if inputs.dtype.kind == "i" else inputs
    answers, hidden = running.run(["answers", "hidden"], {"inputs": given})
    return answers, hidden


def traced(record: RunRecord, step: int, sequences: Sequences) -> Trace:
    (contestant,) = record.begun.contestants
    theta = record.checkpoints[step][f"{contestant.name}/weights"].copy()
    return network_for(contestant, task_of(record.begun), theta).trace(sequences)


@pytest.mark.parametrize("inputs", TASKS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_that_another_program_gives_the_same_answers_and_states(
    cell: str, layers: int, inputs: str
) -> None:
    record = at_random(cell, layers, inputs)
    data = onnx_model(record, cell)
    onnx.checker.check_model(onnx.load_from_string(data), full_check=True)
    running = session(data)
    for batch, time in SHAPES:
        sequences = drawn(record, batch, time)
        answers, hidden = answered(running, sequences.inputs)
        own = traced(record, 5, sequences)
        size = max(1.0, float(np.abs(own.arrays["hidden"]).max()))  # relu grows without a bound
        assert answers.shape == (batch, time, len(task_of(record.begun).outputs))
        assert np.abs(answers - own.answers.swapaxes(0, 1)).max() <= 1e-5 * size
        assert np.abs(hidden - own.arrays["hidden"].swapaxes(0, 1)).max() <= 1e-5 * size


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_that_openvino_agrees_with_the_equations(cell: str, layers: int) -> None:
    record = at_random(cell, layers, "tokens")
    sequences = drawn(record, 3, 12)
    answers, hidden = in_openvino(onnx_model(record, cell), sequences.inputs)
    own = traced(record, 5, sequences)
    np.testing.assert_allclose(answers, own.answers.swapaxes(0, 1), rtol=1e-5, atol=1e-5)
    np.testing.assert_allclose(hidden, own.arrays["hidden"].swapaxes(0, 1), rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("cell", CELLS)
def test_that_a_model_uses_nothing_that_runtimes_disagree_about(cell: str) -> None:
    nodes = onnx.load_from_string(onnx_model(at_random(cell, 2, "tokens"), cell)).graph.node
    for node in nodes:
        settings = {each.name for each in node.attribute}
        assert not settings & {"clip", "input_forget", "layout", "direction"}
        if node.op_type in ("RNN", "GRU", "LSTM"):
            _, _, _, _, lengths, *states = node.input
            assert not lengths
            assert len(states) == (2 if node.op_type == "LSTM" else 1)  # and no peepholes
            assert all(states)


def test_that_what_onnx_has_an_operator_for_is_that_operator() -> None:
    operators = {
        cell: {node.op_type for node in onnx.load_from_string(data).graph.node}
        & {"RNN", "LSTM", "GRU", "Scan"}
        for cell in CELLS
        for data in [onnx_model(at_random(cell, 1, "tokens"), cell)]
    }
    named = {"rnn": "RNN", "rnn_relu": "RNN", "lstm": "LSTM", "gru": "GRU"}
    named["gru_reset_before"] = "GRU"
    assert operators == {cell: {named.get(cell, "Scan")} for cell in CELLS}


def test_that_batch_and_time_are_left_open() -> None:
    graph = onnx.load_from_string(onnx_model(at_random("lstm", 1, "channels"), "lstm")).graph
    shapes = {
        value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim]
        for value in (*graph.input, *graph.output)
    }
    assert shapes == {
        "inputs": ["batch", "time", 2],
        "answers": ["batch", "time", 1],
        "hidden": ["batch", "time", HIDDEN],
    }


def test_that_legal_symbols_are_answered_with_a_probability_each(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = at_random("lstm", 1, "tokens")
    inputs = drawn(record, 3, 8).inputs
    classes, _ = answered(session(onnx_model(record, "lstm")), inputs)
    monkeypatch.setattr(Recall, "loss", "legal_symbols")
    legal, _ = answered(session(onnx_model(record, "lstm")), inputs)
    odds = np.exp(np.log(classes) - np.log(classes[..., :1]))  # logits but for a shift a step
    shift = legal[..., :1] / (1 - legal[..., :1])
    np.testing.assert_allclose(legal, odds * shift / (1 + odds * shift), atol=1e-5)
    assert not np.allclose(legal.sum(-1), 1)


def test_that_a_token_beyond_the_vocabulary_is_refused() -> None:
    record = at_random("gru", 1, "tokens")
    size = task_of(record.begun).inputs.size
    running = session(onnx_model(record, "gru"))
    with pytest.raises(Exception, match="out of data bounds"):
        answered(running, np.full((1, 3), size, np.int64))


def test_that_the_model_says_what_it_is() -> None:
    experiment = complete(parse({"task": "recall", "params": {"gap": 3}, "replicates": 2}))
    record = trained(experiment, 20)
    metadata = session(onnx_model(record, "lstm#1")).get_modelmeta().custom_metadata_map
    task = task_of(experiment)
    assert metadata["run"] == record.info.run
    assert metadata["step"] == "20"
    assert metadata["contestant"] == "lstm#1"
    assert metadata["cell"] == "lstm"
    assert parse(json.loads(metadata["experiment"])) == experiment
    assert tuple(json.loads(metadata["inputs"])) == task.inputs.words
    assert tuple(json.loads(metadata["outputs"])) == task.outputs


def test_that_a_step_means_the_weights_and_the_experiment_of_that_step() -> None:
    one = [{"cell": "lstm", "hidden": 8}]
    experiment = complete(parse({"task": "recall", "params": {"gap": 3}, "contestants": one}))
    record = trained(experiment, 20, ((10, experiment.changed(lr=0.01)),))
    sequences = drawn(record, 4, 6)
    seen = {}
    for step in (5, 10, 20):
        running = session(onnx_model(record, "lstm", step))
        seen[step], _ = answered(running, sequences.inputs)
        own = traced(record, step, sequences).answers.swapaxes(0, 1)
        np.testing.assert_allclose(seen[step], own, atol=1e-5)
        metadata = running.get_modelmeta().custom_metadata_map
        assert json.loads(metadata["experiment"])["lr"] == (0.01 if step >= 10 else 0.003)
    assert not np.allclose(seen[5], seen[20], atol=1e-4)
    assert onnx_model(record, "lstm") == onnx_model(record, "lstm", 20)


@pytest.mark.parametrize(
    ("key", "sentence"),
    [
        ("gru", "contestant: 'gru' was given; it takes one of rnn, lstm."),
        ("lstm#0", "contestant: 'lstm#0' was given; it takes one of rnn, lstm."),
    ],
)
def test_that_a_net_that_is_not_there_is_refused(key: str, sentence: str) -> None:
    record = trained(Experiment(task="recall", params={"gap": 3}), 20)
    with pytest.raises(ExperimentError) as refused:
        onnx_model(record, key)
    assert str(refused.value) == sentence


def test_that_a_step_whose_weights_are_not_kept_is_refused() -> None:
    record = trained(Experiment(task="recall", params={"gap": 3}), 20)
    with pytest.raises(RunError, match="has no weights of step 6; choose step 5 or 10, "):
        onnx_model(record, "rnn", 6)


def test_that_a_run_without_the_package_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    record = at_random("rnn", 1, "tokens")
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(RunError, match="An ONNX model needs the package onnx"):
        onnx_model(record, "rnn")


def test_that_without_a_step_the_last_weights_are_meant() -> None:
    record = at_random("rnn", 1, "tokens")
    last = {"rnn/weights": record.state["rnn/weights"] * 2}
    later = replace(record, info=replace(record.info, step=9), state=last)
    sequences = drawn(record, 2, 4)
    now, _ = answered(session(onnx_model(later, "rnn")), sequences.inputs)
    before, _ = answered(session(onnx_model(later, "rnn", 5)), sequences.inputs)
    np.testing.assert_allclose(before, traced(record, 5, sequences).answers.swapaxes(0, 1), 1e-5)
    assert not np.allclose(now, before, atol=1e-4)
