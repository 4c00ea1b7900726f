"""Cells of one's own on the command line, from a file to a run that goes anywhere."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.cli import main
from sandbox.store.runs import RunStore, runs_file
from tests.own_cell import PLAIN, TWO_SPEEDS, WHERE, WRONG

if TYPE_CHECKING:
    from pathlib import Path

SMALL = "train --task recall --set gap=2 --cells rnn --set hidden=4 --set batch=4".split()
Captured = pytest.CaptureFixture[str]


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    path = tmp_path / "mine.cell"
    path.write_text(TWO_SPEEDS, "utf-8")
    return path


def said(captured: Captured, *words: str) -> str:
    """What a refused command says."""
    assert main(list(words)) == 2
    out, error = captured.readouterr()
    assert out == ""
    return error.strip()


def ended(captured: Captured, *words: str) -> dict[str, Any]:
    assert main([*words, "--json"]) == 0
    return json.loads(captured.readouterr().out.splitlines()[-1])["cells"]


def experiment() -> Any:
    store = RunStore(runs_file())
    try:
        return store.record(store.resolve("last")).begun
    finally:
        store.close()


# Files.


def test_that_a_new_file_is_a_cell_that_trains(tmp_path: Path, capsys: Captured) -> None:
    path = str(tmp_path / "my_idea.cell")
    assert main(["cells", "new", path]) == 0
    capsys.readouterr()
    assert main(["cells", "check", path, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert (found["cell"], found["title"]) == ("my_idea", "My idea")
    assert found["gates"] == ["keep", "write", "candidate", "show"]
    assert found["states"] == ["hidden", "slow"]
    assert found["parameters"] == "4H(I + H + 1) + H"
    assert list(ended(capsys, *SMALL, "--steps", "2", "--cell-file", path)) == ["rnn", "my_idea"]


def test_that_a_new_file_never_replaces_one(mine: Path, capsys: Captured) -> None:
    assert "does not exist yet" in said(capsys, "cells", "new", str(mine))
    assert mine.read_text("utf-8") == TWO_SPEEDS
    assert "ends in .cell" in said(capsys, "cells", "new", str(mine.with_suffix(".txt")))


def test_that_a_new_file_called_like_our_cells_is_a_cell(tmp_path: Path) -> None:
    path = str(tmp_path / "lstm.cell")
    assert main(["cells", "new", path]) == 0
    assert main(["cells", "check", path]) == 0


def test_that_what_is_wrong_is_shown_in_its_line(tmp_path: Path, capsys: Captured) -> None:
    path = tmp_path / "bad.cell"
    path.write_text(WRONG, "utf-8")
    sentence, line, caret = said(capsys, "cells", "check", str(path)).splitlines()
    assert sentence.startswith(f"bad.cell, {WHERE}")
    assert line == "    hidden = tahn(keep)"
    assert line[caret.index("^") :].startswith("tahn")
    assert said(capsys, *SMALL, "--cell-file", str(path)) == sentence


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "line 1, column 1: expected a line hidden"),
        (b"\xff\xfeh\x00", "it takes a text of equations, in UTF-8."),
        (b"hidden = tanh(x W\0 + b)", "control character U+0000"),
        (b"a" * 10_000_000, "it is larger than 1 MB"),
        (None, "Is a directory"),
    ],
)
def test_that_what_is_no_cell_is_refused(
    data: bytes | None, words: str, tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "bad.cell"
    if data is None:
        path.mkdir()
    else:
        path.write_bytes(data)
    told = said(capsys, "cells", "check", str(path))
    assert words in told
    assert said(capsys, *SMALL, "--cell-file", str(path)) == told.splitlines()[0]


def test_that_a_missing_file_is_refused(tmp_path: Path, capsys: Captured) -> None:
    assert "No such file" in said(capsys, "cells", "check", str(tmp_path / "no.cell"))


# Training.


def test_that_names_are_the_files_and_free(mine: Path, tmp_path: Path, capsys: Captured) -> None:
    ours = tmp_path / "rnn.cell"
    ours.write_text(PLAIN, "utf-8")
    files = [word for path in (mine, mine, ours) for word in ("--cell-file", str(path))]
    more = ["--set", "mine2.hidden=3", "--set", "mine.forget_bias=1", "--steps", "2"]
    assert list(ended(capsys, *SMALL, *files, *more)) == ["rnn", "mine", "mine2", "own_rnn"]
    units = {each.name: each.hidden for each in experiment().contestants}
    assert units == {"rnn": 4, "mine": 4, "mine2": 3, "own_rnn": 4}


def test_that_more_than_eight_are_refused(mine: Path, capsys: Captured) -> None:
    told = said(capsys, *SMALL, *["--cell-file", str(mine)] * 8)
    assert "it takes a list of 1 to 8" in told


def test_that_a_run_that_goes_on_keeps_its_cells(mine: Path, capsys: Captured) -> None:
    ended(capsys, *SMALL, "--steps", "4", "--cell-file", str(mine))
    told = said(capsys, "train", "--resume", "last", "--cell-file", str(mine))
    assert told.startswith("--cell-file: ")
    assert "no value with --resume" in told


def test_that_an_experiment_file_with_a_wrong_cell_says_where(
    tmp_path: Path, capsys: Captured
) -> None:
    path = tmp_path / "plan.json"
    path.write_text(json.dumps({"contestants": [{"cell": "own", "equations": WRONG}]}), "utf-8")
    told = said(capsys, "train", "--experiment", str(path))
    assert told.startswith(f"plan.json, own.equations, {WHERE}")


def test_that_a_run_goes_on_in_another_home_with_the_same_bits(
    mine: Path, tmp_path: Path, capsys: Captured, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = str(tmp_path / "run.seqx")
    ended(capsys, *SMALL, "--steps", "30", "--cell-file", str(mine))
    mine.unlink()
    assert main(["runs", "export", "last", "--to", run]) == 0
    capsys.readouterr()
    here = ended(capsys, "train", "--resume", "last", "--steps", "60")
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path / "elsewhere"))
    assert main(["runs", "import", run]) == 0
    capsys.readouterr()
    there = ended(capsys, "train", "--resume", "last", "--steps", "60")
    assert [there[key]["loss"] for key in there] == [here[key]["loss"] for key in here]


def test_that_its_gates_can_be_held_and_are_traced(
    mine: Path, tmp_path: Path, capsys: Captured
) -> None:
    ended(capsys, *SMALL, "--steps", "5", "--cell-file", str(mine))
    out = tmp_path / "trace.npz"
    trace = ["trace", "--run", "last", "--out", str(out), "--clamp"]
    assert main([*trace, "mine.keep=1"]) == 0
    capsys.readouterr()
    with np.load(out) as arrays:
        assert (arrays["mine.keep"] == 1).all()
        assert {"mine.new", "mine.slow", "mine.hidden", "mine.grad_slow"} <= set(arrays.files)
    assert "keep, new, slow, show, hidden, lesion" in said(capsys, *trace, "mine.fast=1")


def test_that_its_script_takes_the_runs_steps(mine: Path, tmp_path: Path, capsys: Captured) -> None:
    pytest.importorskip("torch")
    ended(capsys, *SMALL, "--steps", "12", "--cell-file", str(mine))
    for name in ("run.py", "run.ipynb", "run.safetensors", "run.svg", "run.csv", "run.npz"):
        assert main(["runs", "export", "last", "--to", str(tmp_path / name)]) == 0
    net = str(tmp_path / "run.onnx")
    assert main(["runs", "export", "last", "--to", net, "--contestant", "mine"]) == 0
    command = [sys.executable, "run.py", "--csv", "script.csv"]
    made = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert made.returncode == 0, made.stderr
    ours, theirs = losses(tmp_path / "run.csv"), losses(tmp_path / "script.csv")
    assert theirs.keys() == ours.keys()
    np.testing.assert_allclose(list(theirs.values()), list(ours.values()), 1e-4)


def losses(path: Path) -> dict[tuple[str, str], float]:
    """By step and contestant."""
    rows = (line.split(",") for line in path.read_text("utf-8").splitlines()[1:])
    return {(step, cell): float(loss) for step, cell, _, loss, *_ in rows}
