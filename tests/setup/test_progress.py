"""The work behind the set-up's window."""

from __future__ import annotations

import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import progress
from sandbox.setup.faults import Fault

if TYPE_CHECKING:
    from sandbox.setup.progress import Report


def test_that_reports_wait_for_the_window() -> None:
    running = progress.Running(lambda report: report("fetching torch", 0, 3, "(1 of 9 MB)"))
    running.end.result(10)
    assert running.reports.get() == ("[1 of 3] fetching torch (1 of 9 MB)", 0, 3)


def test_that_a_fault_comes_out_of_the_window_as_it_went_in() -> None:
    def work(report: Report) -> None:
        raise Fault("The disk is full.")

    with pytest.raises(Fault, match="full"):
        progress.Running(work).end.result(10)


def test_that_stop_interrupts_at_the_next_report() -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(report: Report) -> None:
        begun.set()
        stopped.wait(10)
        report("fetching torch")
        pytest.fail("it went on")

    running = progress.Running(work)
    begun.wait(10)
    running.stopped = True
    stopped.set()
    with pytest.raises(KeyboardInterrupt):
        running.end.result(10)


def test_that_no_window_comes_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress.sys, "platform", "linux")
    for name in ("stdin", "stderr"):
        monkeypatch.setattr(progress.sys, name, None)
    toolkit = SimpleNamespace(Tk=lambda **names: pytest.fail("a window was tried"))
    monkeypatch.setitem(sys.modules, "tkinter", toolkit)
    assert progress._hidden_window() is None
