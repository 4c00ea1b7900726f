"""What every test shares: a home of its own, and a check of what it leaves behind."""

from __future__ import annotations

import ctypes
import gc
import os
import signal
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
# Compiled kernels are shared by the whole test run; homes are not.
os.environ.setdefault(
    "SEQUENCE_SANDBOX_KERNELS", str(Path(tempfile.gettempdir()) / "sequence-sandbox-test-kernels")
)
os.environ.setdefault("MPLCONFIGDIR", str(Path(tempfile.gettempdir()) / "sequence-sandbox-fonts"))
os.environ.setdefault(
    "HYPOTHESIS_STORAGE_DIRECTORY", str(Path(tempfile.gettempdir()) / "sequence-sandbox-hypothesis")
)
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
# A shell that runs this behind its back has interrupts ignored, and what is started inherits it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
# The same examples at every run; `--hypothesis-profile=explore` looks for others.
settings.register_profile("same", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("same")


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder of the test's own."""
    folder = tmp_path / "home"
    monkeypatch.setenv("SEQUENCE_SANDBOX_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def _collects_between_tests(request: pytest.FixtureRequest) -> Iterator[None]:
    """As in the window: no QObject is taken apart by another thread, or while one is painted."""
    if "gui" not in request.path.parts:
        yield
        return
    gc.disable()
    yield
    gc.enable()


@pytest.fixture(autouse=True, scope="module")
def _gives_back_memory(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a file's tests have held goes back to the system before the next file."""
    yield
    if "gui" in request.path.parts:  # windows and panels are circles of references
        gc.collect()
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
    if trim is not None:
        trim(0)


@pytest.fixture(autouse=True)
def _no_leaks(request: pytest.FixtureRequest) -> Iterator[None]:
    """No thread, timer or window outlives its test; says which."""
    before = set(threading.enumerate())
    yield
    left = [f"thread {t.name}" for t in _new_threads(before)]
    if "PySide6.QtWidgets" in sys.modules and "gui" in request.path.parts:
        left += _qt_leftovers()
    if left:
        pytest.fail("left behind: " + ", ".join(left))


def _new_threads(before: set[threading.Thread]) -> list[threading.Thread]:
    """Threads that are still alive a second after they could have ended."""
    fresh = [t for t in threading.enumerate() if t not in before]
    for thread in fresh:
        thread.join(1.0)
    return [t for t in fresh if t.is_alive() and "tqdm" not in t.name]


def _qt_leftovers() -> list[str]:
    from PySide6.QtCore import QTimer
    from PySide6.QtWidgets import QApplication

    app = QApplication.instance()
    if not isinstance(app, QApplication):
        return []
    app.processEvents()
    windows = [w for w in app.topLevelWidgets() if w.isVisible()]
    if windows:  # some are only waiting to be collected
        gc.collect()
        app.processEvents()
        windows = [w for w in app.topLevelWidgets() if w.isVisible()]
    timers = [
        t
        for window in app.topLevelWidgets()
        for t in window.findChildren(QTimer)
        if t.isActive() and not t.isSingleShot() and window.isVisible()
    ]
    named = [f"window {w.objectName() or type(w).__name__}" for w in windows]
    for window in windows:
        window.close()
    return named + [f"timer of {t.parent()}" for t in timers]
