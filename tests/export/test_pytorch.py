"""Exported scripts: run as a person runs them, and held to the run's own numbers."""

from __future__ import annotations

import csv
import importlib.util
import os
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from safetensors.numpy import load as load_safetensors

from sandbox.cells.known import CELLS
from sandbox.contestants import CONTESTANTS
from sandbox.engine.trainer import Trainer
from sandbox.experiment import Experiment, parse
from sandbox.export.pytorch import ASKING, TRAINING, script, script_files
from sandbox.export.pytorch_weights import starting_weights, weights
from sandbox.store.base import RunError
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import task_of, tasks
from tests.export.records import forked, trained

if TYPE_CHECKING:
    from pathlib import Path
    from types import ModuleType

    from sandbox.store.base import RunRecord

STEPS = 200
FEW = 60  # more than one chunk of batches
SMALL = {
    "water": {"places": 3},
    "fluent": {"gap": 5, "countries": 4},
    "recall": {"gap": 6, "symbols": 3, "fillers": 4},
    "adding": {"length": 10},
    "temporal_order": {"length": 12},
    "latch": {"length": 10, "signal": 2},
    "multiplication": {"length": 10},
    "parity": {"length": 8},
    "induction": {"gap": 3, "symbols": 4},
    "forecast": {"gap": 4, "forecasts": 12},
    "own": {"length": 12},
    "copy": {"gap": 4},
    "selective_copy": {"blanks": 5, "data": 2, "symbols": 3},
    "continual_reber": {"length": 14},
    "counting": {"n": 4},
}


def experiment(task: str = "recall", **fields: Any) -> Experiment:
    contestants = fields.pop("contestants", [{"cell": "rnn"}, {"cell": "lstm"}])
    small = [{"hidden": 6, **each} for each in contestants]
    whole = {"task": task, "params": SMALL.get(task, {}), "batch": 8, "steps": STEPS, "seed": 7}
    return parse({**whole, **fields, "contestants": small})


def losses(record: RunRecord, folder: Path, apart: bool) -> dict[str, np.ndarray]:
    """The script's (step, loss, accuracy, norm) by key.

    apart: as `python exported.py --csv` writes them; else trained in this process.
    """
    start = starting_weights(record)
    if start is not None:
        (folder / "exported.start.npz").write_bytes(start)
    text, steps = script(record, TRAINING), record.info.step
    rows = written(text, folder, steps) if apart else here(text, folder, steps)
    by_key: dict[str, list[list[float]]] = {}
    for row in rows:
        replicate = int(row["seed"]) - record.begun.seed
        many = record.begun.replicates > 1
        key = f"{row['cell']}#{replicate}" if many else row["cell"]
        numbers = [float(row[name]) for name in ("step", "loss", "accuracy", "grad_norm")]
        by_key.setdefault(key, []).append(numbers)
    return {key: np.array(rows) for key, rows in by_key.items()}


def written(text: str, folder: Path, steps: int) -> list[dict[str, Any]]:
    (folder / "exported.py").write_text(text, encoding="utf-8")
    done = run(folder, "exported.py", "--steps", str(steps), "--csv", "out.csv")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("loss of ") == steps // 100
    with open(folder / "out.csv", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def here(text: str, folder: Path, steps: int) -> list[dict[str, Any]]:
    module = as_module(text, folder)
    return [row._asdict() for rows in module.train(steps) for row in rows]


def run(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """`python` with these words, in a folder where this project cannot be imported."""
    return subprocess.run(
        [sys.executable, *words],
        cwd=folder,
        env=alone(),
        capture_output=True,
        text=True,
        check=False,
    )


def alone() -> dict[str, str]:
    """An environment in which this project cannot be imported."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}


def assert_same_curves(
    record: RunRecord, folder: Path, within: float = 1e-3, apart: bool = False
) -> None:
    found = losses(record, folder, apart)
    assert list(found) == list(record.curves)
    for key, (steps, (loss, accuracy, norm)) in record.curves.items():
        assert found[key][:, 0].tolist() == steps.tolist()
        np.testing.assert_allclose(found[key][:, 1], loss, rtol=0, atol=within, err_msg=key)
        np.testing.assert_allclose(found[key][:, 3], norm, rtol=0.01, atol=0.01, err_msg=key)
        assert np.mean(np.abs(found[key][:, 2] - accuracy)) < 0.005, key


def as_module(text: str, folder: Path, name: str = "exported") -> ModuleType:
    path = folder / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    spec = importlib.util.spec_from_file_location("exported", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["exported"] = module  # dataclasses look themselves up
    try:
        spec.loader.exec_module(module)
    finally:
        del sys.modules["exported"]
    return module


def of_modules(task: str) -> RunRecord:
    """A run of the cells that torch has modules for; trained once for several tests."""
    cells = [{"cell": "rnn"}, {"cell": "lstm", "layers": 2}, {"cell": "gru"}]
    return trained(experiment(task, contestants=cells, steps=FEW))


@pytest.mark.parametrize("task", list(tasks()))
def test_that_the_script_trains_every_task_on_the_runs_curve(task: str, tmp_path: Path) -> None:
    assert_same_curves(of_modules(task), tmp_path)


def test_that_a_script_of_its_own_writes_the_runs_curve(tmp_path: Path) -> None:
    cells = [{"cell": "lstm_peephole"}, {"cell": "gru"}]
    assert_same_curves(trained(experiment("fluent", contestants=cells)), tmp_path, apart=True)


def test_that_distractors_are_drawn_as_the_run_drew_them(tmp_path: Path) -> None:
    params = {"gap": 12, "countries": 5, "distractors": True}
    assert_same_curves(trained(experiment("fluent", params=params)), tmp_path)


@pytest.mark.parametrize("part", range(5))
def test_that_the_script_trains_every_cell_on_the_runs_curve(part: int, tmp_path: Path) -> None:
    cells = [
        {"cell": cell, "name": f"{cell[:20]}_{layers}", "layers": layers}
        for cell in list(CONTESTANTS)[part::5]
        for layers in (1, 2)
    ]
    short = {"gap": 2, "symbols": 3, "fillers": 4}
    record = trained(experiment(contestants=cells, params=short, steps=FEW))
    assert_same_curves(record, tmp_path)


def test_that_every_beginning_of_the_weights_is_the_runs(tmp_path: Path) -> None:
    cells = [
        {"cell": "rnn", "recurrent_init": "orthogonal"},
        {"cell": "lstm", "recurrent_init": "identity", "forget_bias": 1.5, "layers": 2},
        {"cell": "gru", "recurrent_init": "orthogonal", "update_bias": -1.0},
        {"cell": "rnn_relu", "recurrent_init": "irnn", "layers": 2},
        {"cell": "lstm_coupled", "forget_bias": 2.0, "recurrent_init": "orthogonal"},
        {"cell": "minlstm", "forget_bias": "chrono"},
    ]
    assert_same_curves(trained(experiment(contestants=cells, batch=3)), tmp_path)


def test_that_a_start_by_a_cells_source_is_the_runs(tmp_path: Path) -> None:
    cells = [{"cell": name, "layers": 2} for name, cell in CELLS.items() if cell.start]
    assert {each["cell"] for each in cells} >= {"rnn_relu", "indrnn", "leaky_rnn", "slstm"}
    assert_same_curves(trained(experiment(contestants=cells, batch=3, steps=FEW)), tmp_path)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "momentum", "sgd"])
def test_that_every_optimizer_takes_the_runs_steps(optimizer: str, tmp_path: Path) -> None:
    cells = [{"cell": "gru", "clip": 0.05}, {"cell": "lstm", "lr": 0.01, "optimizer": "sgd"}]
    whole = experiment(contestants=cells, optimizer=optimizer, replicates=2, clip=None)
    assert_same_curves(trained(whole), tmp_path)


def test_that_changes_made_on_the_way_are_made_again(tmp_path: Path) -> None:
    before = experiment()
    slower = before.changed(lr=0.03)
    clipped = slower.with_contestant("lstm", clip=0.01)
    record = trained(before, STEPS, ((60, slower), (110, clipped)))
    assert "CHANGES" in script(record, TRAINING)
    assert_same_curves(record, tmp_path)


@pytest.mark.parametrize("optimizer", ["adam", "rmsprop", "momentum"])
def test_that_a_fork_goes_on_from_its_weights(optimizer: str, tmp_path: Path) -> None:
    cells = [{"cell": "rnn"}, {"cell": "gru", "layers": 2}]
    whole = experiment(optimizer=optimizer, contestants=cells, replicates=2)
    record = forked(trained(whole, 100), 75, whole.changed(lr=0.01), 130)
    text = script(record, TRAINING)
    assert "continues from run run after step 75" in text
    assert_same_curves(record, tmp_path)


def test_that_a_fork_without_its_first_weights_says_what_is_kept() -> None:
    whole = experiment()
    record = forked(trained(whole, 100), 75, whole, 130)
    del record.checkpoints[75]  # type: ignore[attr-defined]
    with pytest.raises(RunError, match="has no weights of step 75; choose step"):
        starting_weights(record)
    with pytest.raises(RunError, match="has no weights of step 75"):
        script_files(record, "run")


def test_that_a_net_that_stops_stops_in_the_script_too(tmp_path: Path) -> None:
    cells = [{"cell": "rnn_relu", "recurrent_init": "default", "lr": 10.0}, {"cell": "rnn"}]
    whole = experiment("adding", contestants=cells, lr=0.01, optimizer="sgd", clip=None)
    record = trained(whole, 40)
    at = record.info.cells["rnn_relu"]["diverged_at"]
    assert at is not None
    found = losses(record, tmp_path, apart=False)
    assert found["rnn"][-1, 0] == 40
    assert found["rnn_relu"][-1, 0] == pytest.approx(at - 1, abs=1)


def test_that_nets_of_the_usual_size_learn_the_task_on_the_runs_curve(tmp_path: Path) -> None:
    """On another task a steep fall may let rounding grow; here the gates keep it small."""
    usual = parse({"task": "water", "contestants": [{"cell": "lstm"}, {"cell": "gru"}]})
    record = trained(usual, STEPS)
    assert all(loss[-1] < 0.01 for _, (loss, _, _) in record.curves.values())
    assert_same_curves(record, tmp_path)


def test_that_a_title_of_any_signs_stays_a_title(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    record = trained(experiment(contestants=[{"cell": "lstm_peephole"}], steps=3))
    title = '"""\nraise SystemExit\n\\"""'
    known = {**CELLS, "lstm_peephole": replace(CELLS["lstm_peephole"], title=title)}
    monkeypatch.setattr("sandbox.export.pytorch.cell_named", known.get)
    module = as_module(script(record, TRAINING), tmp_path)
    assert module.__doc__ is not None
    assert '"""' in module.__doc__
    assert list(module.CELLS) == ["lstm_peephole"]


def test_that_a_run_of_a_graphics_card_trains_without_one_too(tmp_path: Path) -> None:
    record = trained(experiment(steps=20))
    record = replace(record, begun=record.begun.changed(device="cuda"))
    assert "to(DEVICE)" in script(record, TRAINING)
    assert_same_curves(record, tmp_path)


@pytest.mark.parametrize("task", list(tasks()))
def test_that_loaded_weights_answer_as_the_run_does(task: str, tmp_path: Path) -> None:
    loaded_answers_are_the_runs(of_modules(task), tmp_path)


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("part", range(3))
def test_that_the_loaded_weights_of_every_cell_answer(
    part: int, layers: int, tmp_path: Path
) -> None:
    cells = [{"cell": cell, "layers": layers} for cell in list(CONTESTANTS)[part::3]]
    loaded_answers_are_the_runs(trained(experiment(contestants=cells, steps=10)), tmp_path)


def loaded_answers_are_the_runs(record: RunRecord, folder: Path) -> None:
    module = as_module(script(record, ASKING), folder)
    (folder / "exported.safetensors").write_bytes(weights(record))
    assert_same_answers(module, record)


def assert_same_answers(module: ModuleType, record: RunRecord) -> None:
    examples = example_sequences(task_of(record.begun), record.begun.seed, 3)
    theirs = module.examples()
    np.testing.assert_array_equal(theirs[0], examples.inputs)
    trainer = Trainer(record.begun)
    try:
        trainer.restore(record.state)
        traces = trainer.trace(examples)
    finally:
        trainer.close()
    nets = module.load()
    assert list(nets) == list(traces)
    for key, net in nets.items():
        answers = module.answered(net, theirs).numpy()
        np.testing.assert_allclose(answers, traces[key].answers, rtol=0, atol=1e-5, err_msg=key)


def test_that_the_loading_script_says_what_to_install(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    module = as_module(script(trained(experiment("recall", steps=5)), ASKING), tmp_path)
    monkeypatch.setitem(sys.modules, "safetensors.torch", None)  # as if it were not installed
    with pytest.raises(SystemExit, match="pip install safetensors"):
        module.load()


def test_that_the_loading_script_prints_what_each_net_answers(tmp_path: Path) -> None:
    record = trained(experiment("recall", replicates=2, steps=30))
    module = as_module(script(record, ASKING), tmp_path)
    with pytest.raises(SystemExit, match=r"exported\.safetensors is missing"):
        module.load()
    (tmp_path / "exported.safetensors").write_bytes(weights(record))
    done = run(tmp_path, "exported.py")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("which letter was it?") == 3
    assert done.stdout.count("lstm#1: ") == 3
    assert "%" in done.stdout


def test_that_files_that_belong_together_find_each_other(tmp_path: Path) -> None:
    whole = experiment(steps=60)
    record = forked(trained(whole, 40), 30, whole, 50)
    files = script_files(record, "run")
    assert list(files) == ["run.py", "run.start.npz", "run_trained.py", "run_trained.safetensors"]
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    training = as_module((tmp_path / "run.py").read_text(encoding="utf-8"), tmp_path, "run")
    assert [rows[0].step for rows in training.train()] == [*range(31, 51)]
    done = run(tmp_path, "run_trained.py")
    assert done.returncode == 0, done.stderr


def test_that_weights_can_be_had_of_any_checkpoint() -> None:
    record = trained(experiment(steps=40))
    early, last = load_safetensors(weights(record, 10)), load_safetensors(weights(record))
    assert early["lstm.recurrent.weight_ih_l0"].shape == (24, task_of(record.begun).inputs.size)
    assert not np.array_equal(early["lstm.readout.weight"], last["lstm.readout.weight"])
    with pytest.raises(RunError, match="no weights of step 11; choose step 10 or 20"):
        weights(record, 11)


@pytest.mark.parametrize("use", [TRAINING, ASKING])
def test_that_scripts_stand_alone_and_are_tidy(use: str, tmp_path: Path) -> None:
    cells = [{"cell": "lstm"}, {"cell": "lstm_peephole"}, {"cell": "rnn_relu", "layers": 2}]
    stepped = trained(experiment(contestants=cells, steps=5))
    for record in (*map(of_modules, tasks()), stepped):
        text = script(record, use)
        assert_alone(text)
        name = f"{record.info.task}_{record.begun.contestants[-1].cell}.py"
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert_tidy(tmp_path)


def assert_alone(text: str) -> None:
    compile(text, "run.py", "exec")
    assert not [line for line in text.splitlines() if "import" in line and "sandbox" in line]


def assert_tidy(folder: Path) -> None:
    """Every script in the folder is as ruff wants it."""
    ruff = [sys.executable, "-m", "ruff"]
    about = ["--isolated", "--line-length=100", "--target-version=py311"]
    chosen = ["--select=E,W,F,I,B,UP,RUF", "--ignore=RUF001,RUF002,RUF003"]
    checked = subprocess.run(
        [*ruff, "check", *about, *chosen, str(folder)], capture_output=True, text=True, check=False
    )
    assert checked.returncode == 0, checked.stdout
    formatted = subprocess.run(
        [*ruff, "format", "--diff", *about, str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert formatted.returncode == 0, formatted.stdout


def test_that_the_script_of_the_first_experiment_can_be_read_in_one_sitting() -> None:
    record = trained(Experiment(), 2)
    text = script(
        replace(record, info=replace(record.info, run="2024-05-01-120000-abcd")), TRAINING
    )
    assert len(text.splitlines()) <= 250
