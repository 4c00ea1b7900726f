"""A run in TensorBoard's own reader."""

from __future__ import annotations

import math
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import plugin_data_pb2
from tensorboard.util import tensor_util

from sandbox.experiment import parse
from sandbox.export.tensorboard import tensorboard_events
from sandbox.store.base import RunError, RunRecord
from tests.export.records import trained

if TYPE_CHECKING:
    from pathlib import Path

BEGAN = 1714557600  # 2024-05-01T10:00:00 UTC, as the records of these tests say
EVENTS: tuple[dict[str, Any], ...] = (
    {"step": 10, "kind": "evaluation", "cell": "lstm", "splits": {"fresh": [0.5, 0.25]}},
    {"step": 10, "kind": "evaluation", "cell": "rnn", "splits": {"fresh": [None, 0.125]}},
    {"step": 12, "kind": "solved", "cell": "lstm", "text": "LSTM solved at step 12"},
    {"step": 15, "kind": "changed", "cell": None, "text": "learning rate 0.003 → 0.001"},
)


def run_with_events(**changes: Any) -> RunRecord:
    experiment = parse({"task": "recall", "params": {"gap": 3}, **changes})
    return replace(trained(experiment, 20), events=EVENTS)


def read(files: dict[str, bytes], folder: Path, key: str) -> EventAccumulator:
    for name, data in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    everything = {"scalars": 0, "tensors": 0}
    return EventAccumulator(str(folder / key), size_guidance=everything).Reload()


def test_that_there_is_a_folder_a_contestant_in_which_tensorboard_looks() -> None:
    names = list(tensorboard_events(run_with_events(replicates=2)))
    folders = [name.partition("/")[0] for name in names]
    assert folders == ["rnn#0", "rnn#1", "lstm#0", "lstm#1"]
    assert {name.partition("/")[2] for name in names} == {f"events.out.tfevents.{BEGAN}.sandbox"}


def test_that_every_step_is_there_with_its_time(tmp_path: Path) -> None:
    record = run_with_events()
    clock = np.array([[5, 2.0], [20, 8.0]])  # seconds of training until step 5, until step 20
    log = read(tensorboard_events(replace(record, clock=clock)), tmp_path, "lstm")
    steps, measured = record.curves["lstm"]
    for tag, values in zip(("loss", "accuracy", "grad_norm"), measured, strict=True):
        scalars = log.Scalars(tag)
        assert [each.step for each in scalars] == steps.tolist()
        np.testing.assert_array_equal(np.float32([each.value for each in scalars]), values)
        times = [each.wall_time - BEGAN for each in scalars]
        assert times == sorted(times)
        assert (times[0], times[4], times[19]) == pytest.approx((0.4, 2.0, 8.0))
        assert times[9] == pytest.approx(4.0)


def test_that_evaluations_are_a_scalar_a_split(tmp_path: Path) -> None:
    files = tensorboard_events(run_with_events())
    log = read(files, tmp_path, "lstm")
    (loss,) = log.Scalars("evaluation/fresh/loss")
    (accuracy,) = log.Scalars("evaluation/fresh/accuracy")
    assert (loss.step, loss.value, accuracy.value) == (10, 0.5, 0.25)
    (other,) = read(files, tmp_path, "rnn").Scalars("evaluation/fresh/loss")
    assert math.isnan(other.value)


def test_that_what_happened_is_text_with_those_whom_it_concerns(tmp_path: Path) -> None:
    files = tensorboard_events(run_with_events())

    def said(key: str) -> list[tuple[int, str]]:
        log = read(files, tmp_path, key)
        assert log.SummaryMetadata("events").plugin_data.plugin_name == "text"
        return [
            (each.step, tensor_util.make_ndarray(each.tensor_proto).item().decode())
            for each in log.Tensors("events")
        ]

    assert said("rnn") == [(15, "learning rate 0.003 → 0.001")]
    assert said("lstm") == [(12, "LSTM solved at step 12"), *said("rnn")]


def test_that_hyperparameters_are_the_nets_own_before_the_runs(tmp_path: Path) -> None:
    nets = [{"cell": "lstm", "hidden": 8, "lr": 0.01, "forget_bias": 1.5}, {"cell": "gru"}]
    record = run_with_events(contestants=nets, clip=None, seed=4, replicates=2)
    files = tensorboard_events(record)

    def settings(key: str) -> dict[str, Any]:
        metadata = read(files, tmp_path, key).SummaryMetadata("_hparams_/session_start_info")
        content = plugin_data_pb2.HParamsPluginData.FromString(metadata.plugin_data.content)
        start = content.session_start_info
        assert start.start_time_secs == BEGAN
        values = {name: (v.WhichOneof("kind"), v) for name, v in start.hparams.items()}
        return {name: getattr(v, kind) for name, (kind, v) in values.items()}

    lstm, gru = settings("lstm#1"), settings("gru#0")
    assert (lstm["lr"], gru["lr"]) == (0.01, 0.003)
    assert (lstm["seed"], gru["seed"]) == (5, 4)
    assert (lstm["forget_bias"], gru["update_bias"]) == ("1.5", "chrono")
    assert (lstm["cell"], lstm["hidden"], lstm["gap"], lstm["task"]) == ("lstm", 8, 3, "recall")
    assert "clip" not in lstm


def test_that_a_net_that_took_no_step_is_there_too(tmp_path: Path) -> None:
    record = run_with_events()
    without = replace(record, curves={"lstm": record.curves["lstm"]})
    log = read(tensorboard_events(without), tmp_path, "rnn")
    assert "loss" not in log.Tags()["scalars"]
    assert "events" in log.Tags()["tensors"]


def test_that_the_same_run_gives_the_same_bytes() -> None:
    assert tensorboard_events(run_with_events()) == tensorboard_events(run_with_events())


def test_that_a_run_without_the_package_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "tensorboard", None)
    monkeypatch.setitem(sys.modules, "tensorboard.compat.proto.event_pb2", None)
    with pytest.raises(RunError, match="A TensorBoard log needs the package tensorboard"):
        tensorboard_events(run_with_events())
