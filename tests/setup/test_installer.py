"""What goes wrong on a machine becomes one sentence; how far pip is can be read."""

from __future__ import annotations

import errno
import os
import shutil
from pathlib import Path
from typing import Any

import pytest

from sandbox.setup import (
    disk,
    faults,
    installer,
    mutex,
    pip,
    places,
    progress,
    requirements,
    skeleton,
)
from sandbox.setup.faults import Fault

PIP_SAYS = {
    "ERROR: Could not install packages due to an OSError: [Errno 28] No space left on device":
        "is full: make room",
    "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnectionError': "
    "[Errno -3] Temporary failure in name resolution\n"
    "ERROR: No matching distribution found for torch==2.13.0": "cannot be reached",
    "SSLError(SSLCertVerificationError(1, '[SSL: CERTIFICATE_VERIFY_FAILED]')) "
    "Max retries exceeded": "does not trust",
    "ERROR: Could not install packages: [Errno 13] Permission denied: '/x'": "cannot be written",
    "ERROR: Could not find a version that satisfies the requirement torch==2.13.0 "
    "(from versions: 2.1, 2.2)\nERROR: No matching distribution found for torch==2.13.0":
        "pip finds no torch==2.13.0 for Python",
    "ERROR: Wheel 'torch' located at /tmp/x.whl is invalid.": "damaged",
    "Collecting torch\nERROR: something new": "something new",
}  # fmt: skip


@pytest.mark.parametrize("output", PIP_SAYS)
def test_that_what_pip_says_becomes_a_sentence(output: str) -> None:
    sentence = str(faults.from_pip(output, "/home/me/.venv", "/home/me/setup.log."))
    assert PIP_SAYS[output] in sentence
    assert "\n" not in sentence
    assert sentence.endswith(".")


@pytest.fixture
def job_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    (tmp_path / "requirements.lock").write_text("llvmlite==0.50.0\nsmall==1.0\n")
    both = "-r requirements.lock\ntorch==2.13.0\n"
    (tmp_path / "requirements-torch.lock").write_text(both)
    monkeypatch.setattr(places, "ROOT", str(tmp_path))
    return str(tmp_path / ".venv")


def test_that_a_disk_without_room_is_refused_before_anything_is_made(
    job_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(os.path.dirname(job_place))._replace(free=100 * disk.MB)
    monkeypatch.setattr(disk.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(Fault, match=r"needs 275 MB in .* only 100 MB are free: make room"):
        installer.choose_place("run")
    assert not os.path.exists(job_place)


def test_that_what_is_installed_needs_no_room(job_place: str) -> None:
    assert disk.needed_mb(job_place, "run") == 275
    assert disk.needed_mb(job_place, "all") == 1575
    site = Path(requirements.site_of(job_place))
    (site / "torch-2.13.0+cpu.dist-info").mkdir(parents=True)
    assert disk.needed_mb(job_place, "all") == 275


@pytest.mark.parametrize(
    ("number", "words"),
    [(errno.ENOSPC, "is full"), (errno.EROFS, "cannot be written"), (errno.EACCES, "written")],
)
def test_that_the_machines_refusal_leaves_nothing_behind(
    job_place: str, monkeypatch: pytest.MonkeyPatch, number: int, words: str
) -> None:
    def refuse(job: Any) -> str:
        os.makedirs(os.path.join(job.venv, "lib"))
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(skeleton, "prepare", refuse)
    with pytest.raises(Fault, match=words):
        installer.set_up(job_place, "run", progress.Text(None))
    assert not os.path.exists(job_place)
    assert not os.path.exists(job_place + ".lock")


def test_that_our_own_mistake_keeps_its_traceback(
    job_place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stumble(job: Any) -> str:
        raise ZeroDivisionError

    monkeypatch.setattr(skeleton, "prepare", stumble)
    with pytest.raises(ZeroDivisionError):
        installer.set_up(job_place, "run", progress.Text(None))


def test_that_a_lock_is_waited_for_and_its_file_removed(tmp_path: Path) -> None:
    path = str(tmp_path / "lock")
    with mutex.held(path, lambda: None) as first:
        assert mutex.try_open(path) is None
        os.close(os.dup(first))  # a child that ends does not let go for its parent
        assert mutex.try_open(path) is None
    assert not os.path.exists(path)
    with mutex.held(path, lambda: pytest.fail("nobody holds it")):
        pass


def test_that_a_lock_file_left_by_a_dead_process_holds_nobody_up(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    path.write_text("")
    with mutex.held(str(path), lambda: pytest.fail("nobody holds it")):
        pass


class Reports:
    """Remembers what was reported."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def __call__(self, text: str, done: int = 0, total: int = 0, detail: str = "") -> None:
        self.lines.append(f"{progress.position(done, total)}{text} {detail}".rstrip())


def test_that_each_package_is_told_as_pip_comes_to_it() -> None:
    reports = Reports()
    reader = pip.Reader(reports, {"torch": "2.13.0", "numpy": "2.4.6"})
    for line in (
        "Collecting torch==2.13.0 (from -r requirements.lock (line 1))",
        "  Downloading torch-2.13.0-cp311-cp311-linux.whl (190.3 MB)",
        "Progress 95000000 of 190300000",
        "WARNING: Retrying (Retry(total=4)) after connection broken",
        "Processing /wheels/numpy-2.4.6-cp311-cp311-linux.whl (from -r x (line 2))",
        "Installing collected packages: numpy, torch",
    ):
        reader.read(line)
    reader.look({"numpy": "2.4.6"})
    assert reports.lines == [
        "[1 of 2] fetching torch 2.13.0",
        "[1 of 2] fetching torch 2.13.0 (190.3 MB)",
        "[1 of 2] fetching torch 2.13.0 (95 of 190 MB)",
        "[1 of 2] fetching torch 2.13.0 - the network does not answer, trying again",
        "[2 of 2] fetching numpy 2.4.6",
        "[1 of 2] installing numpy",
        "[2 of 2] installing torch",
    ]
    assert "Progress" not in reader.output()


def test_that_packages_beyond_the_lock_are_counted_too() -> None:
    reports = Reports()
    reader = pip.Reader(reports, {"torch": "2.13.0"})
    reader.read("Collecting torch==2.13.0")
    reader.read("Collecting driver>=1 (from torch==2.13.0)")
    assert reports.lines[-1] == "[2 of 2] fetching driver"


class Screen:
    """A stream that is, or is not, a terminal."""

    def __init__(self, terminal: bool) -> None:
        self.text, self._terminal = "", terminal

    def isatty(self) -> bool:
        return self._terminal

    def write(self, text: str) -> None:
        self.text += text

    def flush(self) -> None:
        pass


def test_that_a_log_gets_a_line_a_step_and_a_terminal_one_that_renews_itself() -> None:
    log, terminal = Screen(False), Screen(True)
    for screen in (log, terminal):
        text = progress.Text(screen)  # type: ignore[arg-type]
        for detail in ("(1 of 9 MB)", "(2 of 9 MB)"):
            text("fetching torch", 0, 3, detail)
        text.say("Done.")
    assert log.text == "[1 of 3] fetching torch (1 of 9 MB)\nDone.\n"
    assert "\n" not in terminal.text.removesuffix("Done.\n")
    assert terminal.text.count("\r\x1b[K") == 3
