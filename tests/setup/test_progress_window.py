"""The work behind the set-up's window."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from sandbox.setup import progress_window
from sandbox.setup.faults import Fault

if TYPE_CHECKING:
    from sandbox.setup.progress import Report


def start(work: object) -> progress_window._Running:
    running = progress_window._Running(work)  # type: ignore[arg-type]
    running.thread.start()
    return running


def test_that_reports_wait_for_the_window() -> None:
    running = start(lambda report: report("fetching torch", 0, 3, "(1 of 9 MB)"))
    running.result()
    assert running.reports.get() == ("[1 of 3] fetching torch (1 of 9 MB)", 0, 3)


def test_that_a_fault_comes_out_of_the_window_as_it_went_in() -> None:
    def work(report: Report) -> None:
        raise Fault("The disk is full.")

    with pytest.raises(Fault, match="full"):
        start(work).result()


def test_that_stop_interrupts_at_the_next_report() -> None:
    begun, stopped = threading.Event(), threading.Event()

    def work(report: Report) -> None:
        begun.set()
        stopped.wait(10)
        report("fetching torch")
        pytest.fail("it went on")

    running = start(work)
    begun.wait(10)
    running.stopped = True
    stopped.set()
    with pytest.raises(KeyboardInterrupt):
        running.result()


def test_that_no_window_comes_where_there_is_no_screen(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(progress_window.sys, "platform", "linux")
    monkeypatch.setattr(progress_window, "_new_root", lambda: pytest.fail("a window was tried"))
    assert not progress_window.wanted()
