"""Experiment files: what is written comes back, and anybody can read it."""

from __future__ import annotations

import errno
import json
import os
import subprocess
import sys
import zipfile
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from safetensors.numpy import load

from sandbox.contestants import CONTESTANTS
from sandbox.engine.checkpoint import MAX_STEPS
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment, parse
from sandbox.store import seqx, seqx_archive
from sandbox.store.base import RunError
from sandbox.tasks.registry import complete, tasks
from sandbox.validation import ExperimentError
from tests.export.records import trained
from tests.store.seqx_records import TINY, assert_same, entries, record, zipped

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "lesson.seqx"


# Round trips ----------------------------------------------------------------------------


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    task=st.sampled_from(sorted(tasks())),
    cells=st.lists(st.sampled_from(sorted(CONTESTANTS)), min_size=1, max_size=3, unique=True),
    hidden=st.integers(1, 3),
    layers=st.integers(1, 3),
    replicates=st.integers(1, 3),
    span=st.tuples(st.integers(0, 30), st.integers(1, 30)),
    seed=st.integers(0, 2**32 - 1),
    note=st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=20),
    flags=st.tuples(st.booleans(), st.booleans()),
)
def test_that_a_run_comes_back_to_the_last_bit(
    tmp_path: Path, task, cells, hidden, layers, replicates, span, seed, note, flags
) -> None:
    nets = [{"cell": cell, "hidden": hidden, "layers": layers} for cell in cells]
    experiment = complete(
        parse({"task": task, "contestants": nets, "replicates": replicates, "seed": seed})
    )
    first, count = span
    star, interrupted = flags
    more = {"note": note, "star": star, "interrupted": interrupted, "gap": first, "damage": None}
    run = record(experiment, first + count, first, seed, **more)
    seqx.write(tmp_path / "one.seqx", run)
    opened = seqx.read(tmp_path / "one.seqx")
    assert opened.experiment == experiment
    assert_same(opened.record, run)


@pytest.mark.parametrize("replicates", [1, 2])
def test_that_a_trained_run_goes_on_from_its_file_as_it_would_have(
    path: Path, replicates: int
) -> None:
    nets = [{"cell": "rnn", "hidden": 4}, {"cell": "lstm", "hidden": 3}]
    experiment = complete(
        parse(
            {"task": "recall", "params": {"gap": 3}, "contestants": nets, "replicates": replicates}
        )
    )
    run = trained(experiment, 40, ((20, experiment.changed(lr=0.01)),))
    seqx.write(path, run)
    opened = seqx.read(path).record
    assert_same(opened, replace(run, state=run.checkpoints[40]))
    trainer = Trainer(opened.experiment_at(40))
    try:
        trainer.restore(opened.state)
        for name, array in trainer.state().items():
            assert array.tobytes() == run.state[name].tobytes()
    finally:
        trainer.close()


def test_that_a_net_that_diverged_at_once_has_no_curve(path: Path) -> None:
    whole = record()
    (key, (steps, measured)), *_ = whole.curves.items()
    short = replace(whole, curves={key: (steps[:2], tuple(column[:2] for column in measured))})
    empty = replace(whole, curves={}, clock=np.empty((0, 2)))
    for run in (short, empty):
        seqx.write(path, run)
        assert_same(seqx.read(path).record, run)


def test_that_an_experiment_alone_comes_back(path: Path) -> None:
    seqx.write_experiment(path, TINY)
    assert seqx.read(path) == seqx.Opened(TINY, None)
    assert set(entries(path)) == {"README.txt", "experiment.json"}
    seqx.write_experiment(path, Experiment())
    assert seqx.read(path).experiment == Experiment()


def test_that_the_same_run_gives_the_same_bytes(path: Path) -> None:
    seqx.write(path, record())
    before = path.read_bytes()
    seqx.write(path, record())
    assert path.read_bytes() == before


def test_that_what_is_not_finite_in_results_and_events_becomes_none(path: Path) -> None:
    run = record()
    events = ({"step": 1, "kind": "evaluation", "splits": {"fresh": (np.nan, np.float32(0.5))}},)
    info = replace(run.info, cells={"rnn": {"loss": np.inf}})
    seqx.write(path, replace(run, info=info, events=events))
    back = seqx.read(path).record
    assert back.events[0]["splits"] == {"fresh": [None, 0.5]}
    assert back.info.cells == {"rnn": {"loss": None}}


def test_that_a_long_note_of_one_letter_is_not_taken_for_a_bomb(path: Path) -> None:
    long = "a" * 10_000
    events = tuple({"step": 1, "kind": "note", "text": long} for _ in range(300))
    run = replace(record(note="a" * 100_000), events=events)
    seqx.write(path, run)
    assert_same(seqx.read(path).record, run)


def test_that_a_file_packed_anew_by_another_tool_is_read(path: Path) -> None:
    run = record()
    seqx.write(path, run)
    path.write_bytes(zipped(entries(path), zipfile.ZIP_DEFLATED))
    assert_same(seqx.read(path).record, run)


# For anybody ----------------------------------------------------------------------------


def test_that_the_entries_are_those_that_are_promised(path: Path) -> None:
    seqx.write(path, record())
    held = entries(path)
    assert list(held) == [
        "README.txt",
        "experiment.json",
        "run.json",
        "events.json",
        "curves.safetensors",
        *(f"checkpoints/0000000{step}.safetensors" for step in (0, 4, 8)),
    ]
    run, curves = json.loads(held["run.json"]), load(held["curves.safetensors"])
    assert (run["version"], run["checkpoints"]) == (1, [0, 4, 8])
    assert run["info"]["note"] == "“first”\n😀"
    assert run["clock"] == "curves.safetensors: clock"
    columns = ("step", "loss", "accuracy", "grad_norm")
    assert set(curves) == {f"{key}/{name}" for key in ("rnn", "lstm") for name in columns} | {
        "clock"
    }
    assert list(curves["lstm/step"]) == list(range(1, 9))


def test_that_the_readme_says_what_it_is_in_words(path: Path) -> None:
    seqx.write(path, record())
    text = entries(path)["README.txt"].decode()
    for words in (
        "Task: Add two marked numbers (adding; length 4)",
        "Net: lstm (LSTM, 2 units, 1 layer, default init, chrono)",
        "8 of 8 steps",
        "rnn did not solve it; on fresh sequences its loss is 0.5, its accuracy 100.0%.",
        "lstm/loss: float32 (8,)",
        "lstm/weights: float32",
        "clock: float64 (8, 2)",
        "python3 main.py lesson.seqx",
        "lstm: W_x (2, 8), W_h (2, 8), b (8,), W_o (2, 1), b_o (1,); gates input, forget",
    ):
        assert words in text, words


def test_that_the_lines_of_python_in_the_readme_read_the_file(path: Path) -> None:
    run = record()
    seqx.write(path, run)
    text = entries(path)["README.txt"].decode()
    lines = text.partition("    import json")[2].partition("\nThe file is a plain zip")[0]
    code = "\n".join(line[4:] for line in ("    import json" + lines).splitlines())
    code += '\nprint(run["info"]["step"], curves["lstm/loss"].sum(), len(events), weights["step"])'
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=path.parent, capture_output=True, text=True, timeout=60
    )
    total = run.curves["lstm"][1][0].sum()
    assert done.stdout.split() == ["8", str(total), "2", "8"], done.stderr


# Writing --------------------------------------------------------------------------------


def test_that_a_full_disk_leaves_the_old_file_and_no_other(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    seqx.write(path, record())
    before = path.read_bytes()

    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr("os.fsync", full)
        with pytest.raises(RunError) as caught:
            seqx.write(path, record(seed=1))
    assert str(caught.value) == "lesson.seqx cannot be written: No space left on device."
    assert path.read_bytes() == before
    assert os.listdir(path.parent) == ["lesson.seqx"]


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("nowhere/lesson.seqx", "No such file or directory"),
        ("a\0b", "it has an impossible file name"),
        ("x" * 300, "File name too long"),
        ("folder", "Is a directory"),
    ],
)
def test_that_where_nothing_can_be_written_is_told(tmp_path: Path, name: str, why: str) -> None:
    (tmp_path / "folder").mkdir()
    for write, what in ((seqx.write, record()), (seqx.write_experiment, TINY)):
        with pytest.raises(RunError, match=rf"cannot be written: {why}\.$"):
            write(tmp_path / name, what)
    assert os.listdir(tmp_path) == ["folder"]


def test_that_a_name_that_is_no_unicode_can_be_written_and_read(tmp_path: Path) -> None:
    odd = tmp_path / os.fsdecode(b"\xff\n.seqx")
    seqx.write(odd, record())
    assert_same(seqx.read(odd).record, record())
    assert b"'??.seqx'" in entries(odd)["README.txt"]


def gap_in_curve(run: Any) -> Any:
    steps, measured = run.curves["rnn"]
    rows = [0, 1, 3]
    curve = (steps[rows], tuple(column[rows] for column in measured))
    return replace(run, curves={"rnn": curve})


@pytest.mark.parametrize(
    ("spoil", "sentence"),
    [
        (gap_in_curve, "curves.safetensors has steps for rnn that are not consecutive"),
        (
            lambda run: replace(run, checkpoints={0: run.checkpoints[0]}),
            "run.json has checkpoint steps that do not rise to the run's step",
        ),
        (
            lambda run: replace(run, info=replace(run.info, note="\x1b[2J")),
            "run.json holds a control character",
        ),
        (
            lambda run: replace(run, begun=run.begun.with_contestant("rnn", hidden=2)),
            "events.json changes a field that cannot change during a run",
        ),
        (
            lambda run: replace(run, events=(), begun=run.begun.with_contestant("rnn", hidden=2)),
            "checkpoints/00000000.safetensors "
            "has rnn/weights in another type or size than the net's",
        ),
    ],
)
def test_that_nothing_is_written_that_could_not_be_opened(
    path: Path, spoil: Any, sentence: str
) -> None:
    with pytest.raises(RunError) as caught:
        seqx.write(path, spoil(record()))
    assert str(caught.value) == f"lesson.seqx cannot be written: {sentence}."
    assert not path.exists()


def test_that_an_experiment_of_an_unknown_task_is_refused(path: Path) -> None:
    with pytest.raises(ExperimentError, match="task: 'nothing' was given"):
        seqx.write_experiment(path, Experiment(task="nothing"))


def test_that_a_run_too_large_keeps_the_checkpoints_that_fit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = record(TINY, 40)
    run = replace(run, checkpoints={s: _at(run.state, s) for s in range(0, 41, 4)})
    run = replace(run, state=run.checkpoints[40])
    assert seqx.fitting(run) is run
    monkeypatch.setattr(seqx, "MAX_ARRAYS", 5 * len(run.state))
    with pytest.raises(RunError, match="would have more arrays than a file can"):
        seqx.write(path, run)
    fits = seqx.fitting(run)
    assert list(fits.checkpoints) == [0, 8, 20, 32, 40]
    seqx.write(path, fits)
    assert_same(seqx.read(path).record, fits)


def test_that_a_run_of_too_many_bytes_is_refused_and_can_be_made_to_fit(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = record(TINY, 40)
    run = replace(run, checkpoints={s: _at(run.state, s) for s in range(41)})
    run = replace(run, state=run.checkpoints[40])
    room = seqx._ROOM + seqx_archive.LIMITS["events.json"]
    monkeypatch.setattr(seqx, "MAX_TOTAL", room + 40_000)
    fits = seqx.fitting(run)
    assert 2 <= len(fits.checkpoints) < 41
    assert {0, 40} <= set(fits.checkpoints)
    seqx.write(path, fits)
    monkeypatch.setattr(seqx, "MAX_TOTAL", seqx._ROOM + 40_000)
    with pytest.raises(RunError, match="would be larger than 4 MiB; leave checkpoints out"):
        seqx.write(path, run)


def test_that_the_limits_are_those_of_an_experiment() -> None:
    (limit,) = [m.le for m in Experiment.model_fields["steps"].metadata if hasattr(m, "le")]
    assert limit == MAX_STEPS


def _at(state: Any, step: int) -> Any:
    own = {"step": np.array(step), "rnn/updates": np.array(step), "lstm/updates": np.array(step)}
    return {name: own.get(name, array) for name, array in state.items()}


def test_that_what_is_held_in_the_pictures_travels_and_is_left_out_where_nothing_is(
    path: Path,
) -> None:
    seqx.write(path, record(held={"lstm": "forget[1]=0; lesion[0]"}))
    opened = seqx.read(path)
    assert opened.record is not None
    assert opened.record.info.held == {"lstm": "forget[1]=0; lesion[0]"}
    seqx.write(path, record())
    assert "held" not in json.loads(entries(path)["run.json"])["info"]
