"""From `python3 main.py` to a painted window, beside a bare PySide6 + pyqtgraph window.

python bench/first_paint.py [--rounds 7]

Each start is a fresh process of the environment's interpreter; they alternate.  On a machine
without a display it paints offscreen.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Both report the first paint of the window, then exit at once.
OURS = """
import gc, os, runpy, sys, time
sys.argv = [{main!r}]
sys.path.insert(0, {root!r})
import sandbox.gui.app as app
real = app.main
def main(argv):
    gc.disable()  # as app.main does first of all
    import sandbox.gui.window.main_window as made
    build = made.MainWindow.__init__
    def watched(self, *args, **kwargs):
        build(self, *args, **kwargs)
        self.painted.connect(painted)
    made.MainWindow.__init__ = watched
    return real(argv)
def painted():
    print(time.time(), flush=True)
    os._exit(0)
app.main = main
runpy.run_path({main!r}, run_name="__main__")
"""

BARE = """
import os, time
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication
import pyqtgraph
class Window(pyqtgraph.PlotWidget):
    def event(self, event):
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint:
            QTimer.singleShot(0, painted)
        return handled
    def paintEvent(self, event):
        super().paintEvent(event)
        QTimer.singleShot(0, painted)
def painted():
    print(time.time(), flush=True)
    os._exit(0)
app = QApplication([])
window = Window()
window.plot([1, 2, 3])
window.resize(1280, 720)
window.show()
app.exec()
"""


def seconds(code: str) -> float:
    """Time from starting the process until it reports its first paint."""
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": tempfile.mkdtemp()}
    if not env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    begun = time.time()
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=True
    )
    return float(done.stdout.split()[-1]) - begun


def main() -> None:
    """Alternate, and print medians and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=7)
    rounds = parser.parse_args().rounds
    ours = OURS.format(main=str(ROOT / "main.py"), root=str(ROOT))
    pairs = [(seconds(ours), seconds(BARE)) for _ in range(rounds + 1)][1:]
    window, bare = (statistics.median(column) for column in zip(*pairs, strict=True))
    print(f"window {window:.2f} s, bare {bare:.2f} s, ratio {window / bare:.2f}")


if __name__ == "__main__":
    main()
