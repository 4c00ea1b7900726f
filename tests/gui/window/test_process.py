"""The window's process: imports, errors, arguments, its end."""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import qWarning
from PySide6.QtWidgets import QApplication

from sandbox.experiment import Experiment
from sandbox.folders import log_folder, unwritable
from sandbox.gui.widgets.dialogs import ReportDialog
from sandbox.gui.window.commands import read_experiment
from sandbox.gui.window.crash_reports import Faults
from sandbox.gui.window.process import start_log
from sandbox.run.messages import Phase
from sandbox.store.runs import RunStore, runs_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

ROOT = Path(__file__).resolve().parents[3]

IMPORT = """
import sys
import sandbox.gui.app
import sandbox.gui.window.process
heavy = ("llvmlite", "torch", "scipy", "matplotlib", "pandas", "regex")
print([name for name in heavy if name in sys.modules])
"""

RUN = """
import signal, sys, time
from PySide6.QtCore import QTimer
from sandbox.gui import app
from sandbox.gui.window import main_window
from sandbox.run.messages import Phase

made, asked = [], []
whole = main_window.MainWindow.__init__
def init(self, *words, **more):
    whole(self, *words, **more)
    made.append(self)
    self.painted.connect(self.session.train)
    {then}
main_window.MainWindow.__init__ = init
status = app.main(sys.argv[1:])
print("closed", made[0].session.feed.phase.name, time.monotonic() - asked[0])
sys.exit(status)
"""
CLOSE = """
    def look():
        shown = self.session.shown
        if self.session.feed.phase is Phase.RUNNING and shown.recording.curve("lstm").steps.size:
            asked.append(time.monotonic())
            timer.stop()
            self.close()
    timer = QTimer(self)
    timer.timeout.connect(look)
    timer.start(20)
"""
INTERRUPT = CLOSE.replace("self.close()", "signal.raise_signal(signal.{name})")

EARLY = """
import signal, sys
from sandbox.gui import app
from sandbox.gui.panels.shared import panel
from sandbox.gui.window import main_window
whole = {when}
def raising(*words, **more):
    signal.raise_signal(signal.{name})
    return whole(*words, **more)
{when} = raising
sys.exit(app.main([]))
"""


def process(code: str, home: Path, *argv: str, seconds: float = 200) -> tuple[int, str, str]:
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": str(home), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", code, *argv],
        env=env,
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )
    return done.returncode, done.stdout, done.stderr


def test_that_the_window_needs_neither_llvmlite_nor_torch_to_open(home: Path) -> None:
    status, out, err = process(IMPORT, home)
    assert (status, out.strip(), err) == (0, "[]", "")


def test_that_closing_while_training_ends_with_status_0(home: Path) -> None:
    status, out, err = process(RUN.format(then=CLOSE.strip()), home)
    assert (status, err) == (0, "")
    _, phase, seconds = out.split()
    assert phase == "RUNNING"
    assert float(seconds) < 5  # most of it waiting for a disk that others keep busy


@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_that_a_signal_ends_the_window_as_closing_does_and_saves_the_run(
    home: Path, name: str
) -> None:
    then = INTERRUPT.replace("{name}", name).strip()
    status, _, err = process(RUN.format(then=then), home)
    assert (status, err) == (130, "")
    store = RunStore(runs_file())
    assert store.load(store.resolve("last")).info.step > 0
    store.close()


@pytest.mark.parametrize("when", ["main_window.MainWindow.event", "panel.Panel.showEvent"])
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM"])
def test_that_a_signal_ends_a_window_that_is_still_being_opened(
    home: Path, name: str, when: str
) -> None:
    code = EARLY.format(name=name, when=when)
    status, _, err = process(code, home, seconds=60)
    assert (status, err) == (130, "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_that_a_window_nobody_touched_ends_at_a_signal_from_outside(
    home: Path, number: signal.Signals
) -> None:
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": str(home)}
    command = [sys.executable, str(ROOT / "main.py")]
    window = subprocess.Popen(command, env=env, stderr=subprocess.PIPE, text=True)
    try:
        log = log_folder() / "window.log"
        end = time.monotonic() + 60
        while not log.exists() and time.monotonic() < end:
            time.sleep(0.05)
        time.sleep(2)
        window.send_signal(number)
        assert window.wait(40) == 130
        assert window.stderr is not None
        assert window.stderr.read() == ""
    finally:
        window.kill()
        window.communicate()


def test_that_a_file_argument_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "run.json"
    path.write_text(Experiment(task="recall", params={"gap": 20}).to_json())
    experiment, refusal = read_experiment(str(path))
    assert (experiment.task, experiment.params["gap"], refusal) == ("recall", 20, "")


@pytest.mark.parametrize(
    "content", ["nonsense", '{"task": "fluent", "params": {"gap": 9000}}', None]
)
def test_that_a_wrong_file_gives_the_default_and_a_sentence(
    tmp_path: Path, content: str | None
) -> None:
    path = tmp_path / "run.json"
    if content is not None:
        path.write_text(content)
    experiment, refusal = read_experiment(str(path))
    assert experiment == Experiment()
    assert "run.json" in refusal
    assert refusal.endswith(".")


@pytest.fixture
def faults(window: MainWindow) -> Iterator[Faults]:
    made = Faults(window, window.close)
    made.install()
    yield made
    made.remove()
    for dialog in reports():
        dialog.close()


def reports() -> list[ReportDialog]:
    return [w for w in QApplication.topLevelWidgets() if isinstance(w, ReportDialog)]


def fail(message: str) -> None:
    try:
        raise ValueError(message)
    except ValueError as error:
        sys.excepthook(type(error), error, error.__traceback__)


def test_that_an_error_is_shown_once_and_can_be_copied(
    desk: Desk, faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    for _ in range(3):
        fail("a fault of ours")
    (dialog,) = reports()
    dialog.copy_button.click()
    copied = QApplication.clipboard().text()
    assert "ValueError: a fault of ours" in copied
    assert "in fail" in copied
    assert "PySide6" in copied
    assert desk.session.experiment.to_json() in copied
    assert [record.name for record in caplog.records].count("sandbox") == 3


def test_that_another_error_gets_its_own_dialog(faults: Faults) -> None:
    fail("one")
    try:
        raise KeyError("two")
    except KeyError as error:
        sys.excepthook(type(error), error, error.__traceback__)
    assert len(reports()) == 2


def test_that_an_error_in_a_thread_is_shown_in_the_window(faults: Faults, qtbot: object) -> None:
    def work() -> None:
        raise RuntimeError("in a thread")

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    QApplication.processEvents()
    (dialog,) = reports()
    assert "in a thread" in dialog.text.toPlainText()


def test_that_the_workers_failure_is_shown_once(desk: Desk, faults: Faults) -> None:
    desk.run_until(3)
    for _ in range(2):
        desk.tell(Phase.FAILED, 3, error="Traceback (most recent call last)\nOSError: worker")
    (dialog,) = reports()
    assert "OSError: worker" in dialog.text.toPlainText()


def test_that_a_keyboard_interrupt_closes_the_window_without_a_dialog(
    faults: Faults, window: MainWindow
) -> None:
    sys.excepthook(KeyboardInterrupt, KeyboardInterrupt(), None)
    assert not window.isVisible()
    assert not reports()


def test_that_messages_of_qt_go_into_the_log(
    faults: Faults, caplog: pytest.LogCaptureFixture
) -> None:
    qWarning("something about a font")
    assert ("qt", logging.WARNING, "something about a font") in caplog.record_tuples


def test_that_the_log_lies_in_the_data_folder(home: Path) -> None:
    handler = start_log()
    logging.getLogger("sandbox").warning("written down")
    logging.getLogger().removeHandler(handler)
    handler.close()
    assert log_folder().is_relative_to(home)
    assert "written down" in (log_folder() / "window.log").read_text()


def test_that_a_folder_that_cannot_be_written_is_told_and_stops_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path / "file" / "home"))
    assert "cannot be written" in unwritable()
    handler = start_log()
    logging.getLogger().removeHandler(handler)
    handler.close()
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(tmp_path / "home"))
    assert unwritable() == ""
