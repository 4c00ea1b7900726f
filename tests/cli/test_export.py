"""`runs export`, `import` and what is started from files: every ending, and what is refused."""

from __future__ import annotations

import csv
import io
import json
import os
import xml.etree.ElementTree as ET
from contextlib import closing
from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from PySide6.QtGui import QImage
from safetensors.numpy import load

from sandbox.cli import main
from sandbox.experiment import Experiment
from sandbox.export.files import ENDINGS
from sandbox.store import seqx
from sandbox.store.runs import RunStore
from sandbox.store.shorthand import to_text

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.timeout(300)
SMALL = "--task recall --set gap=3 --set hidden=4 --set batch=4 --steps 60".split()


@pytest.fixture
def run(home: Path, capsys: pytest.CaptureFixture[str]) -> str:
    assert main(["train", *SMALL]) == 0
    capsys.readouterr()
    with closing(RunStore(home / "runs.sqlite3")) as store:
        return store.resolve("last")


def exported(capsys: pytest.CaptureFixture[str], path: Path, *more: str) -> list[str]:
    """The files that were written."""
    capsys.readouterr()
    assert main(["runs", "export", "last", "--to", str(path), "--json", *more]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    line = json.loads(out)
    assert line["event"] == "exported"
    return [str(name) for name in line["files"]]


def test_that_every_ending_is_written_and_can_be_read(
    run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {ending: tmp_path / f"x{ending}" for ending in ENDINGS}
    written = {ending: exported(capsys, path) for ending, path in files.items()}
    rows = list(csv.DictReader(io.StringIO(files[".csv"].read_text())))
    assert len(rows) == 120
    assert json.loads(files[".json"].read_text())["experiment"]["task"] == "recall"
    with np.load(files[".npz"]) as arrays:
        assert arrays["lstm.forget"].shape[2] == 4
    assert seqx.read(files[".seqx"]).experiment.task == "recall"
    onnx.checker.check_model(onnx.load(str(files[".onnx"])))
    assert any(name.startswith("lstm.") for name in load(files[".safetensors"].read_bytes()))
    assert json.loads(files[".ipynb"].read_text())["nbformat"] == 4
    compile(files[".py"].read_text(), "x.py", "exec")
    assert ET.fromstring(files[".svg"].read_text()).tag.endswith("svg")
    assert files[".pdf"].read_bytes().startswith(b"%PDF")
    assert not QImage(str(files[".png"])).isNull()
    assert len(written[".tfevents"]) == 2
    assert len(written[".py"]) == 3


def test_that_a_picture_is_as_large_as_was_asked_for(
    run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    widths = []
    for scale in ("1", "4"):
        exported(capsys, tmp_path / "x.png", "--scale", scale, "--by", "seconds")
        widths.append(QImage(str(tmp_path / "x.png")).width())
    assert abs(widths[1] - 4 * widths[0]) <= 4


def test_that_an_exported_run_is_imported_elsewhere_and_goes_on_with_the_same_numbers(
    run: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    exported(capsys, tmp_path / "x.seqx")
    assert main(["train", "--resume", run, "--steps", "120"]) == 0
    exported(capsys, tmp_path / "here.csv")
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path / "elsewhere"))
    assert main(["runs", "import", str(tmp_path / "x.seqx"), "--json"]) == 0
    assert json.loads(capsys.readouterr().out) == {"event": "imported", "run": run}
    assert main(["train", "--resume", run, "--steps", "120"]) == 0
    exported(capsys, tmp_path / "there.csv")
    assert (tmp_path / "here.csv").read_text() == (tmp_path / "there.csv").read_text()


@pytest.mark.parametrize("kind", ["file of a run", "short text"])
def test_that_training_starts_from_a_file_of_a_run_and_from_a_short_text(
    run: str, kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "x.seqx"
    exported(capsys, path)
    text = str(path) if kind == "file of a run" else to_text(seqx.read(path).experiment)
    assert main(["train", "--experiment", text, "--steps", "5", "--json"]) == 0
    first = json.loads(capsys.readouterr().out.splitlines()[0])
    assert first["experiment"]["params"] == {**first["experiment"]["params"], "gap": 3}
    assert first["experiment"]["steps"] == 5


def test_that_which_net_an_onnx_holds_can_be_said(
    run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    exported(capsys, tmp_path / "x.onnx", "--contestant", "rnn")
    model = onnx.load(str(tmp_path / "x.onnx"))
    assert {each.key: each.value for each in model.metadata_props}["contestant"] == "rnn"


@pytest.mark.parametrize(
    ("request_", "status", "sentence"),
    [
        ("last --to x.foo", 2, "a file name that ends in .seqx"),
        ("last --to x.csv --by weeks", 2, "--by: 'weeks' was given; it takes step or seconds"),
        ("last --to x.png --scale 9", 2, "--scale: '9' was given"),
        ("last --to x.onnx --contestant gru", 2, "--contestant: 'gru' was given; it takes one of"),
        ("last --to /proc/no/x.csv", 1, "could not be written"),
        ("last", 2, "--to: nothing was given"),
    ],
)
def test_that_a_wrong_export_is_refused_in_one_sentence(
    run: str, request_: str, status: int, sentence: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "export", *request_.split()]) == status
    out, err = capsys.readouterr()
    assert out == ""
    assert sentence in err
    assert err.count("\n") == 1


@pytest.mark.parametrize("ending", [".csv", ".seqx", ".tfevents", ".py"])
def test_that_an_export_makes_no_folder_that_was_not_there(
    ending: str, run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "export", run, "--to", str(tmp_path / "no" / f"x{ending}")]) == 1
    assert "No such file" in capsys.readouterr().err
    assert not (tmp_path / "no").exists()


@pytest.mark.parametrize("command", ["train --experiment", "runs import"])
@pytest.mark.parametrize("how", ["nonsense", "cut short", "folder", "missing", "huge"])
@pytest.mark.parametrize("ending", [".seqx", ".json"])
def test_that_a_wrong_input_file_is_status_2_and_one_sentence(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], command: str, how: str, ending: str
) -> None:
    path = tmp_path / f"x{ending}"
    if how == "folder":
        path.mkdir()
    elif how == "cut short":
        seqx.write_experiment(path, Experiment())
        path.write_bytes(path.read_bytes()[:-40])
    elif how == "huge":
        path.touch()
        os.truncate(path, 1 << 40)
    elif how == "nonsense":
        path.write_bytes(b"nothing of ours")
    assert main([*command.split(), str(path)]) == 2
    err = capsys.readouterr().err
    assert path.name in err or "--experiment" in err
    assert err.count("\n") == 1
