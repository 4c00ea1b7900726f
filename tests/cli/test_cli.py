"""The command line: requests, refusals and listings; nothing here needs the engine."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.cli import main
from sandbox.contestants import CONTESTANTS
from sandbox.experiment import Experiment
from sandbox.store.runs import RunStore
from sandbox.tasks.registry import tasks
from tests.store.blocks import write

ROOT = Path(__file__).resolve().parents[2]


def refused(capsys: pytest.CaptureFixture[str], *argv: str) -> str:
    """The one sentence on standard error; nothing on standard output, status 2."""
    assert main(list(argv)) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert err.count("\n") == 1
    assert err.endswith(".\n")
    assert "usage" not in err
    return err


def lines(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict]:
    assert main(list(argv)) == 0
    out, err = capsys.readouterr()
    assert err == ""
    return [json.loads(line) for line in out.splitlines()]


REFUSALS = [
    ("", "COMMAND: nothing was given; it takes one of train, tasks"),
    (
        "fly",
        "command: 'fly' was given; it takes one of train, tasks, cells, data, ahead, ask, trace",
    ),
    ("sweep --over gap=5", "command: 'sweep'"),
    ("train --fast", "options: '--fast' was given; it takes those of the command: --help, --task"),
    ("train --step 5", "options: '--step' was given"),
    ("train here", "options: 'here' was given"),
    ("train --steps", "--steps: nothing was given; it takes N: training steps"),
    ("train --steps many", "steps: 'many' was given; it takes a whole number from 1"),
    ("train --steps 1.5", "steps: 1.5 was given; it takes a whole number"),
    ("train --steps 0", "steps: 0 was given"),
    ("train --seed -1", "seed: -1 was given; it takes a whole number from 0"),
    ("train --seeds 0", "seeds: 0 was given; it takes a whole number from 1 to 64"),
    ("train --task nope", "task: 'nope' was given; it takes one of"),
    (
        "train --cells wing",
        "cells: 'wing' was given; it takes names separated by commas, of rnn",
    ),
    ("train --cells rnn,rnn", "cells: 'rnn,rnn' was given; it takes each cell once"),
    ("train --set gap", "--set: 'gap' was given; it takes KEY=VALUE"),
    ("train --set gap=-1", "gap: -1 was given; it takes a whole number from"),
    ("train --set nothing=1", "nothing: 1 was given"),
    ("train --set hidden=0", "hidden: 0 was given; it takes a whole number from 1"),
    ("train --set lstm.wings=2", "lstm.wings: 2 was given; it takes one of lstm's own fields"),
    ("train --set gru.hidden=2", "gru.hidden: 2 was given"),
    ("train --set forget_bias=1 --cells gru", "none of gru has it; the cells that have it are ls"),
    ("train --set gru.forget_bias=1 --cells gru", "it takes one of gru's own fields: chrono_max"),
    ("train --set lr=nan", "lr"),
    ("train --experiment /nowhere/x.json", "--experiment: '/nowhere/x.json' was given"),
    ("train --resume last", "run: 'last' was given; it takes an id as `runs list` prints it"),
    ("train --resume ../../etc", "run: '../../etc' was given"),
    ("trace", "--run: nothing was given; it takes RUN"),
    ("trace --run last", "--out: nothing was given; it takes FILE.npz"),
    ("trace --run last --out x.npz", "run: 'last' was given"),
    ("tasks show", "NAME: nothing was given"),
    ("tasks show nope", "task: 'nope' was given; it takes one of"),
    ("tasks show fluent --set gap=x", "gap: 'x' was given"),
    ("tasks show fluent --set lr=1", "lr: 1"),
    ("tasks show fluent --set task=water", "task: 'water' was given"),
    ("tasks show fluent --count 0", "count: '0' was given; it takes a whole number from 1"),
    ("tasks show fluent --seed x", "seed: 'x' was given"),
    ("runs export last --to x.csv", "run: 'last' was given; it takes an id"),
    ("runs export last --to x.csv --scale 9", "run: 'last' was given"),
    ("runs eat last", "command: 'eat' was given; it takes one of list, show"),
    ("runs restore x", "run: 'x' was given; it takes the id of a deleted run"),
    ("runs show nope", "run: 'nope' was given; it takes an id as `runs list` prints it, or last"),
    ("runs delete ../x", "run: '../x' was given"),
]


@pytest.mark.parametrize(("request_", "sentence"), REFUSALS, ids=[text for text, _ in REFUSALS])
def test_that_a_wrong_request_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], request_: str, sentence: str
) -> None:
    assert sentence in refused(capsys, *request_.split())


def test_that_a_file_that_is_no_experiment_is_refused(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(b"\xff\xfe")
    assert "in JSON" in refused(capsys, "train", "--experiment", str(path))
    path.write_text("{")
    assert "x.json, line 1, column 2 is not valid JSON" in refused(
        capsys, "train", "--experiment", str(path)
    )
    path.write_text(Experiment().changed(params={"gap": -3}).to_json())
    assert "x.json, gap: -3" in refused(capsys, "train", "--experiment", str(path))
    path.write_text('{"contestants": [{"cell": "lstm", "hidden": 0}]}')
    assert "x.json, lstm.hidden: 0" in refused(
        capsys, "train", "--experiment", str(path), "--set", "hidden=4"
    )


def test_that_help_is_printed_and_is_no_fault(capsys: pytest.CaptureFixture[str]) -> None:
    for argv in (["--help"], ["train", "--help"], ["runs", "--help"]):
        assert main(argv) == 0
    assert "--resume RUN" in capsys.readouterr().out


def test_that_tasks_and_their_parameters_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    listed = lines(capsys, "tasks", "--json")
    assert [task["name"] for task in listed] == list(tasks())
    assert main(["tasks"]) == 0
    text = capsys.readouterr().out
    assert all(name in text for name in tasks())
    assert "--set gap=" in text


@pytest.mark.parametrize("name", list(tasks()))
def test_that_sequences_are_shown(capsys: pytest.CaptureFixture[str], name: str) -> None:
    shown = lines(capsys, "tasks", "show", name, "--seed", "3", "--count", "4", "--json")
    assert len(shown) == 4
    assert shown == lines(capsys, "tasks", "show", name, "--seed", "3", "--count", "4", "--json")
    assert shown != lines(capsys, "tasks", "show", name, "--seed", "4", "--count", "4", "--json")
    assert main(["tasks", "show", name]) == 0
    assert "3." in capsys.readouterr().out


def test_that_the_gap_of_shown_sequences_can_be_set(capsys: pytest.CaptureFixture[str]) -> None:
    short, long = (
        lines(capsys, "tasks", "show", "fluent", "--set", f"gap={gap}", "--json")[0]
        for gap in (5, 40)
    )
    assert long["query_steps"][0] - short["query_steps"][0] == 35


def test_that_cells_are_listed_with_equations_gates_and_parameters(
    capsys: pytest.CaptureFixture[str],
) -> None:
    listed = {cell["name"]: cell for cell in lines(capsys, "cells", "--json")}
    assert list(listed) == list(CONTESTANTS)
    lstm = listed["lstm"]
    assert set(lstm["gates"]) == {"input", "forget", "candidate", "output"}
    assert lstm["holdable"] == [*lstm["gates"], "cell", "hidden"]
    assert listed["rnn"]["holdable"] == ["hidden"]
    assert all(cell["source"] for cell in listed.values())
    assert "cell = forget * cell[t-1] + input * candidate" in lstm["equations"]
    assert "forget_bias" in [field["name"] for field in lstm["parameters"]]
    assert main(["cells"]) == 0
    text = capsys.readouterr().out
    for words in ("--set lstm.forget_bias=chrono", "--set gru.update_bias=chrono", "PyTorch"):
        assert words in text
    assert all(f"\n{name}\n" in f"\n{text}" for name in CONTESTANTS)


@pytest.mark.parametrize("cell", list(CONTESTANTS))
@pytest.mark.parametrize("layers", [1, 3])
def test_that_the_formula_of_a_cells_size_counts_its_vector(
    capsys: pytest.CaptureFixture[str], cell: str, layers: int
) -> None:
    described = next(each for each in lines(capsys, "cells", "--json") if each["name"] == cell)
    inputs, hidden, outputs = 7, 5, 3
    formulas = described["size"], described["size_of_further_layers"]
    plain = [re.sub(r"(?<=[\dH])(?=[HO(])|(?<=O)(?=\()", "*", text) for text in formulas]
    first, further = (eval(text, {"I": inputs, "H": hidden, "O": outputs}) for text in plain)
    counted = layout(CELLS[cell], inputs, hidden, outputs, layers).size
    assert first + (layers - 1) * further == counted


def test_that_no_runs_are_said_in_words_and_in_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert lines(capsys, "runs", "list", "--json") == []
    assert main(["runs"]) == 0
    assert "no runs yet" in capsys.readouterr().out


def test_that_a_damaged_run_is_told_in_one_line_on_standard_error(
    capsys: pytest.CaptureFixture[str], home: Path
) -> None:
    with closing(RunStore(home / "runs.sqlite3")) as store:
        write(store, "20260101-000000-recall-aaaaaa")
    with closing(sqlite3.connect(home / "runs.sqlite3")) as db, db:
        db.execute("UPDATE checkpoints SET data = x'00'")
    assert main(["runs", "show", "last"]) == 1
    err = capsys.readouterr().err
    assert err.count("\n") == 1
    assert "is damaged" in err
    assert "curves can be read" in err
    assert main(["runs", "delete", "last"]) == 0
    assert main(["runs", "restore", "20260101-000000-recall-aaaaaa"]) == 0
    assert main(["runs", "list"]) == 0
    assert "recall-aaaaaa" in capsys.readouterr().out


def test_that_a_fault_of_ours_says_so_with_a_traceback(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sandbox.tasks.preview.catalogue", lambda: 1 / 0)
    assert main(["tasks"]) == 1
    err = capsys.readouterr().err
    assert "ZeroDivisionError" in err
    assert "bug in Sequence Sandbox" in err


IMPORTS = """
import sys
from sandbox.cli import main
assert main(sys.argv[1:]) == 0
heavy = {"PySide6", "llvmlite", "torch", "rich"} & set(sys.modules)
assert not heavy, heavy
"""


@pytest.mark.parametrize("command", ["tasks", "tasks show fluent", "cells --json", "runs list"])
def test_that_listings_import_nothing_heavy(command: str) -> None:
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", IMPORTS, *command.split()],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("command", ["tasks", "cells --json", "train --steps 5", "runs list"])
@pytest.mark.parametrize("where", [">&-", "> /dev/full"])
def test_that_a_standard_output_that_takes_nothing_ends_a_command_with_a_sentence(
    command: str, where: str
) -> None:
    if where == "> /dev/full" and not Path("/dev/full").exists():
        pytest.skip("there is no full device")
    done = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m sandbox.cli {command} {where}"],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=120,
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.splitlines()[-1].startswith("Standard output ")
    assert "Traceback" not in done.stderr


def test_that_a_reader_who_leaves_early_causes_no_complaint() -> None:
    command = f"{sys.executable} -W error -m sandbox.cli tasks show fluent --count 900 | head -1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        env={**os.environ, "PYTHONPATH": str(ROOT)}, capture_output=True, text=True, timeout=60,
    )  # fmt: skip
    assert (done.returncode, done.stderr) == (0, "")
