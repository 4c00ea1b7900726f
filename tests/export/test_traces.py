"""The arrays of a probe, as numpy reads them back from a file."""

from __future__ import annotations

from io import BytesIO

import numpy as np

from sandbox.engine.trainer import Trainer
from sandbox.experiment import parse
from sandbox.export import traces
from sandbox.export.recorded import npz
from sandbox.tasks.base import Role
from sandbox.tasks.registry import task_of

LSTM = ("forget", "input", "candidate", "output", "cell", "hidden", "grad_hidden", "grad_cell")


def test_that_a_file_has_every_array_of_the_probe() -> None:
    experiment = parse({"task": "recall", "params": {"gap": 3}})
    task, trainer = task_of(experiment), Trainer(experiment)
    try:
        probe = task.draw(np.random.default_rng(0), 4)
        traced = trainer.trace(probe)
    finally:
        trainer.close()
    with np.load(BytesIO(npz(traces.arrays(traced, task, probe))), allow_pickle=False) as file:
        found = dict(file)
    nets = {f"lstm.{name}" for name in LSTM} | {"rnn.hidden", "rnn.grad_hidden"}
    answers = {"lstm.answers", "rnn.answers"}
    assert set(found) == nets | answers | {"inputs", "targets", "cue_steps", "query_steps"}
    for key in ("lstm", "rnn"):
        np.testing.assert_array_equal(found[f"{key}.answers"], traced[key].answers)
    for name in nets:
        key, _, array = name.partition(".")
        np.testing.assert_array_equal(found[name], traced[key].arrays[array])
    np.testing.assert_array_equal(found["inputs"].T, probe.inputs)
    np.testing.assert_array_equal(found["targets"].T, probe.targets)
    assert (found["cue_steps"] == 0).all()
    assert (found["query_steps"] == 4).all()


def test_that_channels_keep_their_last_axis_and_missing_steps_are_minus_one() -> None:
    task = task_of(parse({"task": "adding", "params": {"length": 12}}))
    probe = task.draw(np.random.default_rng(0), 3)
    probe.roles.setflags(write=True)
    probe.roles[0] = Role.FILLER
    found = traces.arrays({}, task, probe)
    np.testing.assert_array_equal(found["inputs"], np.moveaxis(probe.inputs, 1, 0))
    cues = [[*np.flatnonzero(row == Role.CUE)] for row in probe.roles]
    assert [[*row[row >= 0]] for row in found["cue_steps"]] == cues
    assert cues[0] == []
    assert (found["cue_steps"][0] == -1).all()
    assert found["cue_steps"].dtype == np.int32
