"""Compiling every kernel ahead: what that is, what is missing, and that nothing compiles later."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.cells.equations import read
from sandbox.cells.known import CELLS
from sandbox.engine import prepare
from sandbox.engine.kernels import library

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.timeout(200)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "SEQUENCE_SANDBOX_KERNELS": str(folder)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )


AFTERWARDS = """
from sandbox.cells.known import CELLS
from sandbox.engine import prepare
from sandbox.engine.kernels import library
if __name__ == "__main__":
    print(len(prepare.missing()), prepare.prepare(), len(prepare.missing()))
    def refuse(*_): raise AssertionError("compiled after the set-up")
    library.compiled = refuse
    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import parse
    from sandbox.tasks.preview import example_sequences
    from sandbox.tasks.registry import complete
    cells = list(CELLS)
    for task in ("recall", "forecast", "reber"):
        for n in range(0, len(cells), 6):
            some = [{"cell": cell, "hidden": 5, "layers": 2} for cell in cells[n : n + 6]]
            trainer = Trainer(complete(parse({"task": task, "contestants": some, "steps": 2})))
            trainer.run(2)
            trainer.evaluate()
            held = {cell: {gate: 0.5 for gate in CELLS[cell].holdable()} for cell in cells}
            held = {cell: gates for cell, gates in held.items() if gates}
            trainer.trace(example_sequences(trainer.task, 0, 2), held)
            trainer.close()
    print("trained")
"""


def test_that_nothing_compiles_after_everything_was_prepared(tmp_path: Path) -> None:
    """Every cell, with tokens and channels, each loss, two layers, gates held or not."""
    said = run(AFTERWARDS, tmp_path).stdout.split()
    units = 1 + 2 * len(CELLS)
    assert said == [str(units), str(units), "0", "trained"]


def test_that_what_is_asked_for_first_is_compiled_first() -> None:
    units = prepare.every_unit()
    assert units[0].equations is None
    assert [unit.equations for unit in units[1:4]] == [
        CELLS[name].step for name in ("rnn", "lstm", "gru")
    ]
    assert not any(unit.held for unit in units[: 1 + len(CELLS)])
    assert len({unit.file for unit in units}) == len(units)


def test_that_a_process_is_begun_only_if_something_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(library, "_folder", lambda: tmp_path)
    monkeypatch.setenv("SEQUENCE_SANDBOX_KERNELS", str(tmp_path / "theirs"))
    process = prepare.in_background()
    assert process is not None
    assert process.wait(150) == 0
    (made,) = (tmp_path / "theirs").iterdir()
    for file in made.iterdir():
        file.rename(tmp_path / file.name)
    assert prepare.missing() == []
    assert prepare.in_background() is None


def test_that_nothing_is_said_where_no_process_can_be_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no more processes")

    monkeypatch.setattr(library, "_folder", lambda: tmp_path)
    monkeypatch.setattr(subprocess, "Popen", refuse)
    assert prepare.in_background() is None
    assert "kernels are not compiled ahead: no more processes" in caplog.text


DAMAGE = {
    "nothing": lambda code: b"",
    "its beginning": lambda code: code[: len(code) // 2],
    "one wrong byte": lambda code: code[:5000] + bytes([code[5000] ^ 1]) + code[5001:],
    "something else": lambda code: bytes(range(256)) * 100,
    "code without its digest": lambda code: code[32:],
}


@pytest.mark.parametrize("left", DAMAGE.values(), ids=DAMAGE.keys())
def test_that_a_damaged_file_is_compiled_again_and_replaced(
    left: Callable[[bytes], bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Loading such code ends the process."""
    monkeypatch.setattr(library, "_folder", lambda: tmp_path)
    unit = prepare.every_unit()[1]
    made = library.object_code(unit)
    file = tmp_path / unit.file
    whole = file.read_bytes()
    assert library.is_kept(unit)
    file.write_bytes(left(whole))
    assert not library.is_kept(unit)
    told: list[bool] = []
    with library.reporting(lambda: told.append(True)):
        assert library.object_code(unit) == made
        assert library.object_code(unit) == made
    assert told == [True]
    assert file.read_bytes() == whole


@pytest.mark.parametrize("fails", ["mkdir", "write_bytes", "replace"])
def test_that_code_that_cannot_be_kept_is_used_and_leaves_nothing_behind(
    fails: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(library, "_folder", lambda: tmp_path)
    monkeypatch.setattr(Path, fails, full)
    monkeypatch.setattr(library, "compiled", lambda unit: b"code")
    assert library.object_code(prepare.every_unit()[1]) == b"code"
    assert list(tmp_path.iterdir()) == []
    assert "kernels are compiled anew at every start" in caplog.text


def test_that_how_equations_are_written_compiles_nothing_anew() -> None:
    """Two texts of one cell are one unit, also where both are loaded in a process."""
    texts = (
        "hidden = tanh(x W + hidden[t-1] W + b)",
        "hidden=tanh( b + x W+hidden[t-1] W ) # shown",
    )
    one, other = (library.Unit("float64", read(text)) for text in texts)
    assert one != other
    assert one.file == other.file
    assert library.addresses(one) == library.addresses(other)
    another = library.Unit("float64", read("hidden = relu(x W + hidden[t-1] W + b)"))
    assert another.file != one.file
