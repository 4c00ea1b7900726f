"""The real process under Xvfb, driven with the keyboard: trained, looked at, closed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from sandbox.store.runs import RunStore

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parent.parent
TOOLS = [tool for tool in ("Xvfb", "xdotool") if shutil.which(tool) is None]
pytestmark = [
    pytest.mark.skipif(bool(TOOLS), reason=f"not installed: {', '.join(TOOLS)}"),
    pytest.mark.timeout(300),
]

GRAB = (
    "import sys\nfrom PySide6.QtGui import QGuiApplication\n"
    "app = QGuiApplication([])\napp.primaryScreen().grabWindow(0).save(sys.argv[1])\n"
)


def wait_for(condition: Callable[[], object], seconds: float, what: str) -> object:
    """What the condition gives once it is true; fails after `seconds`."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        result = condition()
        if result:
            return result
        time.sleep(0.05)
    return pytest.fail(f"waited {seconds} s for {what}")


@pytest.fixture
def display() -> Iterator[str]:
    """A screen of 1280 by 720 of the test's own."""
    read, write = os.pipe()
    server = subprocess.Popen(
        ["Xvfb", "-displayfd", str(write), "-screen", "0", "1280x720x24", "-nolisten", "tcp"],
        pass_fds=[write],
        stderr=subprocess.DEVNULL,
    )
    os.close(write)
    with os.fdopen(read) as pipe:
        number = pipe.readline().strip()
    yield f":{number}"
    server.terminate()
    server.wait(10)


class Person:
    """Someone at the keyboard of that screen."""

    def __init__(self, display: str, home: Path) -> None:
        self.home = home
        self.env = {
            **os.environ,
            "DISPLAY": display,
            "QT_QPA_PLATFORM": "xcb",
            "SEQUENCE_SANDBOX_HOME": str(home),
        }
        self.errors = home.parent / "stderr.txt"
        with self.errors.open("w") as sink:
            self.process = subprocess.Popen(
                [sys.executable, str(ROOT / "main.py")], env=self.env, stderr=sink, cwd=home.parent
            )

    def xdotool(self, *words: str) -> str:
        done = subprocess.run(
            ["xdotool", *words], env=self.env, capture_output=True, text=True, check=False
        )
        return done.stdout.strip()

    def find_window(self) -> str:
        """The window once it is on screen, with the keyboard in it."""
        pid = str(self.process.pid)

        def search() -> str:
            assert self.process.poll() is None, self.errors.read_text()
            return self.xdotool("search", "--onlyvisible", "--pid", pid, "--name", "Sequence")

        found = wait_for(search, 60, "the window")
        window = str(found).split()[-1]
        self.xdotool("windowfocus", "--sync", window)
        return window

    def press(self, key: str) -> None:
        self.xdotool("key", "--clearmodifiers", key)

    def lstm_losses(self) -> list[float]:
        """The stored curve of the newest run."""
        with closing(RunStore(self.home / "runs.sqlite3")) as store:
            runs = store.list()
            curves = store.curves(runs[-1].run) if runs else {}
        return [] if "lstm" not in curves else [float(loss) for loss in curves["lstm"][1][0]]

    def screenshot(self, path: Path) -> Path:
        subprocess.run([sys.executable, "-c", GRAB, str(path)], env=self.env, check=True)
        return path


def test_that_a_person_trains_looks_and_closes(display: str, home: Path) -> None:
    home.mkdir(parents=True)
    person = Person(display, home)
    try:
        person.find_window()
        before = person.screenshot(home / "before.png")
        person.press("space")
        wait_for(
            lambda: min(person.lstm_losses(), default=9) < 0.5, 120, "the LSTM's curve to fall"
        )
        after = person.screenshot(home / "after.png")
        assert _lstm_pixels(after) > _lstm_pixels(before)
        asked = time.monotonic()
        person.press("ctrl+q")
        assert person.process.wait(10) == 0
        assert time.monotonic() - asked < 5
    finally:
        person.process.kill()
        person.process.wait(10)
    assert person.errors.read_text() == ""
    losses = person.lstm_losses()
    assert losses[0] > 1.5
    assert min(losses) < 0.5


def _lstm_pixels(path: Path) -> int:
    """How many pixels of the lower part have the LSTM's colour: its curve."""
    import numpy as np
    from PySide6.QtGui import QColor, QImage

    from sandbox.drawing.styles import DARK, LIGHT

    image = QImage(str(path)).convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1) & 0xFFFFFF
    lower = pixels[int(image.height() * 0.7) :]
    colours = [QColor(palette.contestants[1]).rgb() & 0xFFFFFF for palette in (DARK, LIGHT)]
    return int(np.isin(lower, colours).sum())
