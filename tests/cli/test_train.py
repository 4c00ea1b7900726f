"""`train` and `trace` with the real engine on the smallest nets."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import os
import pty
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

from sandbox.cli import main
from sandbox.experiment import Experiment, from_json
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase
from sandbox.run.worker import Worker
from sandbox.store.runs import RunStore, runs_file
from tests.run.fakes import RememberingMailbox, probe_of

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[2]
SMALL = "--task recall --set gap=3 --set hidden=4 --set batch=4".split()
CELL_FIELDS = {"loss", "accuracy", "baseline_loss", "solved_at", "steps_per_s", "parameters"}


def trained(capsys: pytest.CaptureFixture[str], *argv: str, status: int = 0) -> list[dict]:
    """The JSON lines of `train`; nothing but JSON lines comes out."""
    capsys.readouterr()
    assert main(["train", "--json", *argv]) == status
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line, parse_constant=pytest.fail) for line in out.splitlines()]


def curves(home: Path, run: str) -> str:
    """The run's curves as `runs export` writes them."""
    path = home / "curves.csv"
    assert main(["runs", "export", run, "--to", str(path), "--json"]) == 0
    return path.read_text()


def test_that_json_has_the_shapes_of_the_contract(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    start, *between, end = trained(capsys, *SMALL, "--steps", "60")
    assert start["event"] == "start"
    assert from_json(json.dumps(start["experiment"])).steps == 60
    progress = [line for line in between if line["event"] == "progress"]
    assert progress
    assert all(set(line["cells"]["rnn"]) == {"loss", "accuracy"} for line in progress)
    assert (end["event"], end["run"], end["step"]) == ("end", start["run"], 60)
    assert list(end["cells"]) == ["rnn", "lstm"]
    assert set(end["cells"]["lstm"]) >= CELL_FIELDS
    assert end["cells"]["rnn"]["steps_per_s"] > 0
    rows = list(csv.DictReader(io.StringIO(curves(home, start["run"]))))
    assert list(rows[0]) == ["step", "cell", "seed", "loss", "accuracy", "grad_norm"]
    assert len(rows) == 120


def test_that_every_option_is_honoured(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "x.json"
    file.write_text(Experiment(task="water", lr=0.01).to_json())
    options = (
        "--task recall --cells lstm --steps 7 --seed 5 --seeds 2 --set lstm.hidden=3 "
        "--set lstm.forget_bias=2 --set clip=none --set optimizer=sgd --set gap=1 --set batch=2"
    )
    start, *_, end = trained(capsys, "--experiment", str(file), *options.split())
    experiment = from_json(json.dumps(start["experiment"]))
    (lstm,) = experiment.contestants
    assert (experiment.task, experiment.params["gap"], experiment.lr) == ("recall", 1, 0.01)
    assert (experiment.seed, experiment.replicates, experiment.steps) == (5, 2, 7)
    assert (experiment.clip, experiment.optimizer, experiment.batch) == (None, "sgd", 2)
    assert (lstm.hidden, lstm.forget_bias) == (3, 2)
    assert list(end["cells"]) == ["lstm#0", "lstm#1"]


def test_that_replicates_are_rows_with_their_own_seeds(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    start, *_ = trained(capsys, *SMALL, "--steps", "3", "--seed", "8", "--seeds", "2")
    rows = list(csv.DictReader(io.StringIO(curves(home, start["run"]))))
    assert {(row["cell"], row["seed"]) for row in rows} == {
        (cell, seed) for cell in ("rnn", "lstm") for seed in ("8", "9")
    }


def test_that_40_steps_and_a_resume_to_100_are_100_steps_straight(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    straight, *_, end = trained(capsys, *SMALL, "--steps", "100")
    part, *_ = trained(capsys, *SMALL, "--steps", "40")
    again, *_, resumed = trained(capsys, "--resume", "last", "--steps", "100")
    assert again["run"] == part["run"]
    assert curves(home, straight["run"]) == curves(home, part["run"])
    for name in ("loss", "accuracy", "solved_at"):
        for cell in ("rnn", "lstm"):
            assert end["cells"][cell][name] == resumed["cells"][cell][name]


def test_that_the_window_s_worker_gives_the_same_numbers_as_the_command_line(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    start, *_ = trained(capsys, *SMALL, "--steps", "120")
    experiment = from_json(json.dumps(start["experiment"]))
    mail = RememberingMailbox()
    store = RunStore(home / "runs.sqlite3")
    worker = Worker(mail, store)
    worker.start()
    worker.commands.open("window", experiment, probe_of(experiment))
    worker.commands.speed(300)
    for count in (1, 7, 50):
        worker.commands.step(count)
        worker.commands.ask()
    mail.until_step(58)
    worker.commands.speed(FULL_SPEED)
    worker.commands.train()
    mail.until_phase(Phase.FINISHED)
    worker.commands.close()
    worker.join(5)
    store.close()
    assert curves(home, "window") == curves(home, start["run"])


def test_that_a_checkpoint_of_other_nets_is_refused_in_a_sentence(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    trained(capsys, *SMALL, "--steps", "5")
    with closing(sqlite3.connect(home / "runs.sqlite3")) as db, db:
        db.execute("""UPDATE runs SET begun = replace(begun, '"hidden":4', '"hidden":5')""")
    for argv in (["trace", "--run", "last", "--out", "x.npz"], ["train", "--resume", "last"]):
        assert main(argv) == 1
        err = capsys.readouterr().err
        assert err.count("\n") == 1
        assert "cannot be" in err
        assert "the checkpoint has" in err


def test_that_a_run_that_is_done_can_be_resumed_without_a_step_and_says_the_same(
    capsys: pytest.CaptureFixture[str],
) -> None:
    *_, end = trained(capsys, *SMALL, "--steps", "30")
    _, again = trained(capsys, "--resume", "last")
    for cells in (end["cells"], again["cells"]):
        for cell in cells.values():
            del cell["steps_per_s"]
    assert again == end


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--task water", "--task: 'water' was given; it takes no value with --resume"),
        ("--seed 3", "--seed: '3' was given"),
        ("--set hidden=9", "rnn.hidden: 9 was given; it takes what the run began with, 4; only"),
        ("--set gap=9", "gap: 9 was given; it takes what the run began with, 3; only"),
        ("--steps 10", "steps: '10' was given; it takes a whole number of at least 30"),
        ("--set steps=10", "steps: 10 was given"),
    ],
)
def test_that_a_resumed_run_cannot_become_another(
    capsys: pytest.CaptureFixture[str], options: str, sentence: str
) -> None:
    trained(capsys, *SMALL, "--steps", "30")
    assert main(["train", "--resume", "last", *options.split()]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1


def test_that_without_json_there_is_a_table_with_units_and_words(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["train", *SMALL, "--steps", "30"]) == 0
    out, err = capsys.readouterr()
    assert "loss (nats)" in out
    assert "RNN did not solve it within 30 steps" in out
    assert "steps/s" in out
    assert err.startswith("Run 20")


def test_that_a_run_in_which_everyone_diverged_has_failed(
    capsys: pytest.CaptureFixture[str],
) -> None:
    wild = (
        "--task adding --cells rnn --set length=10 --set lr=10 --set optimizer=sgd --set clip=none"
    )
    *lines, end = trained(capsys, *wild.split(), "--steps", "20000", status=1)
    assert "diverged" in [line["event"] for line in lines]
    assert end["cells"]["rnn"]["diverged_at"] == end["step"] + 1


def test_that_training_goes_on_where_nothing_can_be_saved(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    (home / "runs.sqlite3").mkdir(parents=True)
    *lines, end = trained(capsys, *SMALL, "--steps", "30")
    assert end["step"] == 30
    (note,) = [line for line in lines if line["event"] == "note"]
    assert "not being saved" in note["text"]


# Interrupts -----------------------------------------------------------------------------


@contextmanager
def process(*argv: str, **environment: str) -> Iterator[subprocess.Popen[str]]:
    started = subprocess.Popen(
        [sys.executable, "-W", "error", "-m", "sandbox.cli", *argv],
        env={**os.environ, "PYTHONPATH": str(ROOT), **environment},
        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    )  # fmt: skip
    try:
        yield started
    finally:
        started.kill()
        started.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_an_interrupted_run_is_saved_and_resumes_on_the_same_curve(
    capsys: pytest.CaptureFixture[str], home: Path, number: int
) -> None:
    with process("train", "--json", *SMALL, "--steps", "10000000") as going:
        assert going.stdout is not None
        while json.loads(going.stdout.readline())["event"] != "progress":
            pass
        going.send_signal(number)
        out, err = going.communicate(timeout=20)
    assert going.returncode == 130
    last = json.loads(out.splitlines()[-1])
    assert last["event"] == "interrupted"
    assert "`train --resume" in err
    steps = str(last["step"] + 40)
    trained(capsys, "--resume", "last", "--steps", steps)
    straight, *_ = trained(capsys, *SMALL, "--steps", steps)
    assert curves(home, last["run"]) == curves(home, straight["run"])


def test_that_an_interrupt_during_the_first_compilation_ends_at_once(tmp_path: Path) -> None:
    cache = tmp_path / "kernels"
    with process("train", "--json", *SMALL, SEQUENCE_SANDBOX_KERNELS=str(cache)) as going:
        while not any(cache.rglob("*.o")):
            assert going.poll() is None
            threading.Event().wait(0.02)
        started = time.monotonic()
        going.send_signal(signal.SIGINT)
        out, err = going.communicate(timeout=20)
    assert time.monotonic() - started < 2
    assert (going.returncode, out) == (130, "")
    assert err == "Interrupted; there was nothing to save yet.\n"


def read_to_the_end(terminal: int) -> str:
    """What a process wrote to its terminal until it left it; a terminal keeps 4 kB only."""
    parts = []
    with contextlib.suppress(OSError):  # that the other end is closed
        while part := os.read(terminal, 100_000):
            parts.append(part)
    return b"".join(parts).decode()


def test_that_json_goes_to_standard_output_also_beside_a_bar_on_a_terminal(tmp_path: Path) -> None:
    terminal, other_end = pty.openpty()
    with open(tmp_path / "out", "w+") as out:
        going = subprocess.Popen(
            [sys.executable, "-m", "sandbox.cli", "train", "--json", *SMALL, "--steps", "20"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdout=out, stderr=other_end,
        )  # fmt: skip
        os.close(other_end)
        shown = read_to_the_end(terminal)
        assert going.wait(90) == 0
        out.seek(0)
        events = [json.loads(line)["event"] for line in out]
    os.close(terminal)
    assert (events[0], events[-1]) == ("start", "end")
    assert "20/20" in shown
    assert "event" not in shown


def test_that_the_cursor_is_back_after_a_run_that_cannot_begin(
    capsys: pytest.CaptureFixture[str],
) -> None:
    start, *_ = trained(capsys, *SMALL, "--steps", "20")
    terminal, other_end = pty.openpty()
    with closing(RunStore(runs_file())) as store:
        store.resume(start["run"])  # so it is locked
        going = subprocess.Popen(
            [sys.executable, "-m", "sandbox.cli", "train", "--resume", "last", "--steps", "40"],
            env={**os.environ, "PYTHONPATH": str(ROOT), "TERM": "xterm"},
            stdout=subprocess.DEVNULL, stderr=other_end,
        )  # fmt: skip
        os.close(other_end)
        shown = read_to_the_end(terminal)
        assert going.wait(90) == 1
    os.close(terminal)
    hidden, back = "\x1b[?25l", "\x1b[?25h"
    assert shown.count(hidden) == shown.count(back) > 0


def test_that_a_reader_who_leaves_early_gets_a_saved_run_and_no_complaint(
    capsys: pytest.CaptureFixture[str],
) -> None:
    with process("train", "--json", *SMALL, "--steps", "10000000") as going:
        assert going.stdout is not None
        assert json.loads(going.stdout.readline())["event"] == "start"
        going.stdout.close()
        assert going.wait(20) == 130
        assert going.stderr is not None
        assert going.stderr.read() == ""
        going.stdout = None
    assert main(["runs", "show", "last", "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["step"] > 0


# Traces ---------------------------------------------------------------------------------


def traced(tmp_path: Path, *argv: str) -> dict[str, np.ndarray]:
    path = tmp_path / "trace.npz"
    assert main(["trace", "--run", "last", "--out", str(path), *argv]) == 0
    with np.load(path) as arrays:
        return dict(arrays)


def test_that_a_trace_has_exactly_the_arrays_of_the_contract(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *SMALL, "--steps", "30")
    arrays = traced(tmp_path)
    gates = ("forget", "input", "candidate", "output", "cell", "hidden", "grad_hidden", "grad_cell")
    nets = {f"lstm.{name}" for name in gates} | {"rnn.hidden", "rnn.grad_hidden"}
    answers = {"lstm.answers", "rnn.answers"}
    assert set(arrays) == nets | answers | {"inputs", "targets", "cue_steps", "query_steps"}
    length, batch = arrays["inputs"].shape
    assert all(np.allclose(arrays[name].sum(axis=2), 1, atol=1e-5) for name in answers)
    assert {arrays[name].shape for name in nets} == {(length, batch, 4)}
    assert arrays["targets"].shape == (length, batch)
    assert (arrays["query_steps"] == length - 1).all()
    assert (arrays["query_steps"] - arrays["cue_steps"] == 4).all()
    assert 0 < arrays["lstm.forget"].min() < arrays["lstm.forget"].max() < 1


def test_that_a_task_that_goes_on_has_the_answers_of_nets_fed_on_their_own(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *"--task forecast --cells lstm --set hidden=4 --steps 5".split())
    arrays = traced(tmp_path)
    length, batch = arrays["inputs"].shape[:2]
    known, ahead = arrays["lstm.answers"], arrays["lstm.ahead"]
    assert known.shape == (length, batch, 1)
    assert ahead.shape[0] > length
    np.testing.assert_array_equal(ahead[:length], known)
    assert np.isfinite(ahead).all()


def test_that_a_clamped_gate_is_constant(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *SMALL, "--steps", "30")
    arrays = traced(tmp_path, "--clamp", "lstm.forget=1", "--clamp", "lstm.output=0.5")
    assert (arrays["lstm.forget"] == 1).all()
    assert (arrays["lstm.output"] == 0.5).all()
    assert np.ptp(arrays["lstm.input"]) > 0


def test_that_units_and_steps_are_held_lesioned_and_patched(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *SMALL, "--steps", "30")
    plain = traced(tmp_path)
    held = traced(tmp_path, "--clamp", "lstm.forget[0,2-3]@2-3=0.25")
    there = np.zeros(plain["lstm.forget"].shape, bool)
    there[2:4, :, [0, 2, 3]] = True
    assert (held["lstm.forget"][there] == 0.25).all()
    np.testing.assert_array_equal(held["rnn.hidden"], plain["rnn.hidden"])
    np.testing.assert_array_equal(held["lstm.forget"][:2], plain["lstm.forget"][:2])
    lesion = traced(tmp_path, "--lesion", "lstm[0]", "--lesion", "rnn")
    assert (lesion["lstm.cell"][:, :, 0] == 0).all()
    assert (lesion["lstm.hidden"][:, :, 0] == 0).all()
    assert (lesion["rnn.hidden"] == 0).all()
    states = [("cell", "lstm.cell@2=1"), ("hidden", "lstm.hidden@2=1")]
    patched = traced(tmp_path, *(part for _, text in states for part in ("--patch", text)))
    for name, _ in states:  # all sequences go on from example 1's states
        np.testing.assert_array_equal(
            patched[f"lstm.{name}"][2], np.repeat(plain[f"lstm.{name}"][2][1:2], 3, axis=0)
        )
    np.testing.assert_array_equal(patched["lstm.answers"][2:, 1], plain["lstm.answers"][2:, 1])


TWO = "--task recall --cells gru,lstm_peephole --set gap=3 --set hidden=4 --set batch=4".split()


def test_that_other_cells_and_layers_are_trained_and_traced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    layered = "--set lstm_peephole.layers=2 --set gru.update_bias=chrono --steps 20".split()
    start, *_, end = trained(capsys, *TWO, *layered)
    gru, peephole = start["experiment"]["contestants"]
    assert (gru["cell"], gru["update_bias"], gru["layers"]) == ("gru", "chrono", 1)
    assert (peephole["layers"], "update_bias" in peephole) == (2, False)
    assert list(end["cells"]) == ["gru", "lstm_peephole"]
    arrays = traced(tmp_path)
    assert {"gru.update", "gru.reset", "gru.candidate", "gru.grad_hidden"} <= set(arrays)
    assert arrays["lstm_peephole.layer1.forget"].shape == arrays["lstm_peephole.forget"].shape
    assert not np.array_equal(arrays["lstm_peephole.layer1.forget"], arrays["lstm_peephole.forget"])
    assert not any(name.startswith("gru.layer") for name in arrays)


def test_that_a_grus_update_gate_held_at_one_keeps_the_state_as_it_began(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *TWO, "--steps", "5")
    arrays = traced(tmp_path, "--clamp", "gru.update=1")
    assert (arrays["gru.update"] == 1).all()
    assert (arrays["gru.hidden"] == 0).all()  # nothing is ever written


def test_that_a_trace_of_an_earlier_step_is_that_of_a_run_stopped_there(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *SMALL, "--steps", "45")
    trained(capsys, "--resume", "last", "--steps", "70", "--set", "lr=0.02")
    stopped = traced(tmp_path)
    trained(capsys, "--resume", "last", "--steps", "90", "--set", "lr=0.001")
    again = traced(tmp_path, "--step", "70")
    for name, array in stopped.items():
        np.testing.assert_array_equal(array, again[name])
    assert not np.array_equal(traced(tmp_path)["rnn.hidden"], again["rnn.hidden"])


def test_that_a_sequence_of_ones_own_can_be_traced(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    trained(capsys, *"--task water --cells lstm --set hidden=4 --steps 5".split())
    arrays = traced(tmp_path, "--step", "0", "--sequence", "the fishes are in the")
    assert arrays["inputs"].shape[1] == 1
    assert arrays["lstm.hidden"].shape[1:] == (1, 4)


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ("--step 31", "step: '31' was given; it takes a whole number from 0 to 30"),
        ("--clamp rnn.forget=1", "it takes a line of RNN: hidden, lesion"),
        ("--clamp lstm.forget[9]=1", "it takes units from 0 to 3"),
        ("--clamp lstm.forget@99=1", "it takes steps from 0 to"),
        ("--clamp lstm.forget", "it takes NAME[UNITS]@STEPS=VALUE"),
        ("--clamp gru.update=1", "it takes the name of a net first: rnn, lstm"),
        ("--lesion lstm.cell", "it takes the name of a net first"),
        ("--patch lstm.cell=1", "it takes NET.STATE[UNITS]@STEP=N"),
        ("--patch lstm.cell@3=-1", "it takes NET.STATE[UNITS]@STEP=N"),
        ("--clamp lstm.forget=x", "--clamp: 'lstm.forget=x'"),
        ("--clamp lstm.forget=nan", "--clamp: 'lstm.forget=nan'"),
        ("--clamp lstm#1.forget=1", "--clamp: 'lstm#1.forget=1'"),
        ("--sequence blah", "blah"),
        ("--out /nowhere/x.npz", "--out: '/nowhere/x.npz' was given; it takes a file in a folder"),
        ("--out x.txt", "--out: 'x.txt' was given; it takes a file name that ends in .npz"),
    ],
)
def test_that_a_trace_that_cannot_be_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, options: str, sentence: str
) -> None:
    trained(capsys, *SMALL, "--steps", "30")
    out = ["--out", str(tmp_path / "x.npz")]
    assert main(["trace", "--run", "last", *out, *options.split()]) == 2
    assert sentence in capsys.readouterr().err
    assert list(tmp_path.glob("*.npz")) == []


# Runs -----------------------------------------------------------------------------------


def test_that_runs_are_listed_shown_and_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    first, *_ = trained(capsys, *SMALL, "--steps", "10")
    second, *_ = trained(capsys, *SMALL, "--steps", "20", "--cells", "lstm")
    for argv in (["runs"], ["runs", "list"], ["runs", "show", first["run"]]):
        assert main(argv) == 0
        assert first["run"] in capsys.readouterr().out
    assert main(["runs", "list", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(run["run"], run["step"]) for run in listed] == [
        (first["run"], 10),
        (second["run"], 20),
    ]
    assert main(["runs", "show", "last", "--json"]) == 0
    shown = json.loads(capsys.readouterr().out)
    assert shown["run"] == second["run"]
    assert from_json(json.dumps(shown["experiment"])).steps == 20
    assert main(["runs", "delete", "last", "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"event": "deleted", "run": second["run"]}
    assert main(["runs", "delete", "last"]) == 0
    capsys.readouterr()
    assert main(["runs", "show", "last"]) == 2


def test_that_the_budget_of_runs_is_shown_and_changed(capsys: pytest.CaptureFixture[str]) -> None:
    def said(*argv: str) -> dict:
        assert main(["runs", "budget", *argv, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    assert said() == {"event": "budget", "used": 0, "budget": 2_000_000_000}
    trained(capsys, *SMALL, "--steps", "30")
    assert said("500MB")["budget"] == 500_000_000
    assert said()["budget"] == 500_000_000
    assert said()["used"] > 1_000
    for wrong in ("much", "5kB", "-2GB", "nan"):
        assert main(["runs", "budget", wrong]) == 2
        assert capsys.readouterr().err.count("\n") == 1


def test_that_train_imports_no_window() -> None:
    code = (
        "import sys; from sandbox.cli import main; "
        f"assert main(['train', '--json', *{SMALL!r}, '--steps', '3']) == 0; "
        "assert not {'PySide6', 'torch'} & set(sys.modules)"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=90,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
