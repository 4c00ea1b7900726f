"""`reproduce` from the command line: lines, report, going on, refusals."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from subprocess import PIPE

import pytest

from sandbox.claims import report
from sandbox.claims.measure import memory
from sandbox.claims.measure.memory import AddingClaim
from sandbox.claims.presets import folder
from sandbox.cli import main

ROOT = Path(__file__).resolve().parents[2]
KEYS = {"claim", "passed", "paper", "measured", "interval", "seeds", "seconds"}
EXACT = ["gradient_flow", "direct_path"]


@pytest.fixture(autouse=True)
def tiny(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "QUICK_STEPS", 2)


def reproduce(*arguments: str) -> int:
    return main(["reproduce", "--quick", "--workers", "0", *arguments])


def test_that_the_quick_form_has_the_contracts_lines_and_a_report(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, qapp: object
) -> None:
    names = [*EXACT, "adding"]
    assert reproduce("--json", "--to", str(tmp_path / "out"), *names) == 0
    out, err = capsys.readouterr()
    lines = [json.loads(line) for line in out.splitlines()]
    assert {line["claim"] for line in lines} == set(names)
    for line in lines:
        assert set(line) >= KEYS
        low, high = line["interval"]
        assert low <= line["measured"] <= high
        # Of the training only a first look was taken; the others are exact.
        assert line["passed"] is (True if line["claim"] in EXACT else None)
    assert "left" in err
    written = json.loads((tmp_path / "out" / "claims.json").read_text())
    assert sorted(written, key=lambda line: line["claim"]) == sorted(
        lines, key=lambda line: line["claim"]
    )
    text = (tmp_path / "out" / "report.md").read_text()
    assert report.table(written) in text
    for name in names:
        assert (tmp_path / "out" / f"{name}.svg").read_bytes().startswith(b"<?xml")
        assert f"({name}.svg)" in text
    run = json.loads((tmp_path / "out" / "run.json").read_text())
    assert {"date", "processor", "cores", "python", "numpy", "llvmlite", "torch", "sandbox"} <= set(
        run
    )
    assert str(Path.home()) not in text


def test_that_finished_measurements_are_not_repeated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, qapp: object
) -> None:
    measured: list[int] = []
    real = AddingClaim.measure

    def counted(self: AddingClaim, seed: int, *rest: object) -> object:
        measured.append(seed)
        if len(measured) == 2:
            raise KeyboardInterrupt
        return real(self, seed, *rest)  # type: ignore[arg-type]

    monkeypatch.setattr(AddingClaim, "measure", counted)
    to = tmp_path / "out"
    assert reproduce("adding", "--to", str(to)) == 130
    assert not to.exists()
    assert reproduce("adding", "--to", str(to)) == 0
    assert measured == [0, 1, 1]
    first = (to / "report.md").read_bytes()
    assert reproduce("adding", "--to", str(to)) == 0
    assert measured == [0, 1, 1]
    assert (to / "report.md").read_bytes() == first
    assert reproduce("adding", "--to", str(to), "--fresh") == 0
    assert measured == [0, 1, 1, 0, 1]


def test_that_a_damaged_result_is_measured_again(
    home: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], qapp: object
) -> None:
    assert reproduce("direct_path", "--to", str(tmp_path)) == 0
    (kept,) = (home / "claims" / "kept").glob("direct_path-*.json")
    kept.write_text(kept.read_text()[:40])
    assert reproduce("direct_path", "--to", str(tmp_path)) == 0
    assert "pass" in capsys.readouterr().out
    assert json.loads(kept.read_text())["claim"] == "direct_path"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["subtracting"], "claim: 'subtracting' was given; it takes one of baselines, gradients"),
        (["adding", "--workers", "many"], "--workers: 'many' was given; it takes a whole number"),
        (["adding", "--to", str(Path(__file__))], "it takes a folder"),
    ],
)
def test_that_a_wrong_request_is_refused_in_one_sentence(
    capsys: pytest.CaptureFixture[str], arguments: list[str], words: str
) -> None:
    assert main(["reproduce", *arguments]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert words in err
    assert err.count("\n") == 1


def test_that_an_interrupted_command_says_so_and_leaves_nobody_behind(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "sandbox.cli", "reproduce", "adding", "--to", str(tmp_path)]
    running = subprocess.Popen([*asked, "--workers", "2"], cwd=ROOT, stderr=PIPE, text=True)
    assert running.stderr
    for line in running.stderr:
        if "done;" in line:
            break
    crew = children(running.pid)
    assert len(crew) >= 2
    running.send_signal(signal.SIGINT)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130
    assert "Interrupted after 0 of 1 claims" in err
    wait_for_the_end(crew)


def children(parent: int) -> list[int]:
    import psutil

    return [each.pid for each in psutil.Process(parent).children(recursive=True)]


def wait_for_the_end(pids: list[int]) -> None:
    end = time.monotonic() + 60
    while any(is_running(pid) for pid in pids):
        assert time.monotonic() < end, "a worker goes on without its parent"
        time.sleep(0.05)


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


@pytest.mark.skipif(
    not (folder() / report.CLAIMS).exists(), reason="no full run has been committed yet"
)
def test_that_the_committed_report_has_the_figures_of_the_committed_json() -> None:
    lines = json.loads((folder() / report.CLAIMS).read_text(encoding="utf-8"))
    run = json.loads((folder() / report.RUN).read_text(encoding="utf-8"))
    assert run["quick"] is False
    assert len(lines) == 10
    text = (folder() / report.REPORT).read_text(encoding="utf-8")
    assert text == report.markdown(lines, run)


@pytest.mark.skipif(
    not (folder() / report.CLAIMS).exists(), reason="no full run has been committed yet"
)
def test_that_the_committed_pictures_are_those_of_the_committed_data(tmp_path: Path) -> None:
    for name in (report.CLAIMS, report.FILE):
        shutil.copy(folder() / name, tmp_path)
    report.draw(tmp_path)
    made = {path.name: path.read_bytes() for path in tmp_path.glob("*.svg")}
    assert made == {path.name: path.read_bytes() for path in folder().glob("*.svg")}
    lines = json.loads((folder() / report.CLAIMS).read_text(encoding="utf-8"))
    assert {line["claim"] for line in lines} == {name.removesuffix(".svg") for name in made}
