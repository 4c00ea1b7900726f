"""Garbage is looked for in the window's thread, as the collector itself would."""

from __future__ import annotations

import gc
import threading
import weakref
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from sandbox.gui.window.process import COLLECT_MS, Garbage

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot


class Ring:
    def __init__(self) -> None:
        self.own = self


def test_that_garbage_is_collected_in_the_thread_of_the_window(qtbot: QtBot) -> None:
    owner, threads = QObject(), list[threading.Thread]()
    garbage = Garbage(owner)
    garbage.start()
    assert not gc.isenabled()
    ring = weakref.finalize(Ring(), lambda: threads.append(threading.current_thread()))

    def allocate() -> None:
        kept = [[number] for number in range(100_000)]  # the collector would run here
        assert len(kept) == 100_000

    worker = threading.Thread(target=allocate)
    worker.start()
    worker.join()
    kept = [[number] for number in range(2_000)]
    qtbot.waitUntil(lambda: not ring.alive, timeout=20 * COLLECT_MS)
    assert threads == [threading.main_thread()]
    assert len(kept) == 2_000
    garbage.stop()
    assert gc.isenabled()
    gc.unfreeze()


def test_that_nothing_is_looked_for_where_nothing_was_made() -> None:
    asked: list[int] = []
    garbage = Garbage(QObject(), asked.append)
    gc.collect()
    garbage.look()
    assert asked == []
    kept = [[number] for number in range(5_000)]
    garbage.look()
    assert asked == [0]
    assert len(kept) == 5_000
