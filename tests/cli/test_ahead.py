"""`ahead RUN`: errors by how many steps ahead, as text and as JSON, and what is refused."""

from __future__ import annotations

import json
import math
import zipfile
from typing import TYPE_CHECKING, Any

import pytest

from sandbox.cli import main

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> str:
    """A short run on a table."""
    path = tmp_path / "load.csv"
    rows = (f"{50 + 9 * math.sin(n / 4):.3f},{n % 7}.5" for n in range(400))
    path.write_text("\n".join(["load [MW],flow", *rows]))
    settings = [f"data={path}", "gap=12", "forecasts=12", "inputs=flow", "rnn.hidden=4"]
    given = [part for setting in settings for part in ("--set", setting)]
    argv = ["train", "--task", "forecast", "--cells", "rnn", "--steps", "50", "--json", *given]
    assert main(argv) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert last["cells"]["rnn"]["in_units"].startswith("RMS error ")
    assert last["cells"]["rnn"]["in_units"].endswith(" MW")
    return str(last["run"])


def events(capsys: pytest.CaptureFixture[str], *argv: str) -> list[dict[str, Any]]:
    assert main(["ahead", *argv, "--json"]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_that_errors_are_told_by_steps_ahead(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    *lines, end = events(capsys, run, "--steps", "20")
    assert [line["steps"] for line in lines] == list(range(1, 21))
    assert {line["unit"] for line in lines} == {"MW"}
    assert all(set(line["errors"]) == {"rnn"} and len(line["simple"]) == 2 for line in lines)
    assert (end["event"], end["run"], end["step"]) == ("end", run, 50)
    better = [line["errors"]["rnn"] < min(line["simple"].values()) for line in lines]
    assert end["better_until"]["rnn"] == [*better, False].index(False)
    untrained = events(capsys, "last", "--step", "0")
    assert len(untrained) == 13  # a season, and the end
    assert untrained[0]["errors"] != lines[0]["errors"]


def test_that_the_same_is_told_in_words(run: str, capsys: pytest.CaptureFixture[str]) -> None:
    *_, end = events(capsys, run)
    assert main(["ahead", run]) == 0
    text = capsys.readouterr().out
    assert "RMS error in MW of forecasts from" in text
    assert "the last season of 12" in text
    assert f"{end['better_until']['rnn']:,}" in text.splitlines()[-1] or "not even" in text


def test_that_what_cannot_be_forecast_is_refused(
    run: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["ahead", run, "--steps", "0"]) == 2
    assert "steps: '0' was given; it takes a whole number from 1 to 100." in capsys.readouterr().err
    assert main(["ahead", run, "--steps", "81"]) == 2
    assert "a run of forecast with more than 81 held-out values" in capsys.readouterr().err
    argv = ["train", "--cells", "rnn", "--steps", "1", "--set", "rnn.hidden=4"]
    assert main(argv) == 0
    capsys.readouterr()
    assert main(["ahead", "last"]) == 2
    assert "a run of forecast" in capsys.readouterr().err


def test_that_a_stored_run_tells_its_loss_in_the_columns_unit(
    run: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["runs", "show", run]) == 0
    (line,) = [line for line in capsys.readouterr().out.splitlines() if line.startswith("RNN: ")]
    assert " (RMS error " in line
    assert " MW), " in line
    assert main(["runs", "export", run, "--to", str(tmp_path / "run.seqx")]) == 0
    with zipfile.ZipFile(tmp_path / "run.seqx") as file:
        assert " MW), its accuracy" in file.read("README.txt").decode()
