"""The page that shows how a table was read: from a control's change to the repainted plot.

python bench/data_page.py [--rounds 3] [SIZE …]

Sizes: 5k, 200k, 100columns, 2M and 100M, each in a process of its own.  Prints when the file was
read first, what a change of each control takes until the plot is painted again (wall and
processor time, medians over the control's choices), the longest time for which the window was
held meanwhile, and how much memory the process took at most above a page that shows a small table.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen" if not os.environ.get("DISPLAY") else "xcb")
os.environ["SEQUENCE_SANDBOX_HOME"] = tempfile.mkdtemp(prefix="sequence-sandbox-bench-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from sandbox.gui.look.theme import Theme
from sandbox.gui.own.data_dialog import DataDialog
from sandbox.gui.window.process import Garbage

SIZES = {  # bytes, and columns of numbers
    "5k": (5_000, 3),
    "200k": (200_000, 3),
    "100columns": (200_000, 100),
    "2M": (2_000_000, 3),
    "100M": (100_000_000, 3),
}
CHOICES: dict[str, tuple[object, ...]] = {  # each differs from those before it
    "decimal": (".", ",", ""),
    "thousands": ("none", "'", ""),
    "missing": ("-200", "-201 nd", "-202"),
    "time": ("none", "time", ""),
    "order": ("turned round", "as it stands", ""),
    "dates": ("day first", "month first", ""),
    "header": (1, 2, None),
    "skip_after": (1, 2, None),
    "separator": ("comma", "semicolon", ""),
}
TREATMENTS = ("carry", "interpolate", "skip")
TICK_MS = 1


class Cost(NamedTuple):
    """Seconds by the clock and of the processor, and the longest for which the window was held."""

    wall: float
    cpu: float
    held: float


class Watch(QObject):
    """Sees the plot being painted, and how long the event loop does not come round."""

    def __init__(self, dialog: DataDialog) -> None:
        super().__init__()
        self.painted, self.longest, self._last = 0, 0.0, time.perf_counter()
        self._dialog = dialog
        self._timer = QTimer(self, interval=TICK_MS, timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start()
        dialog.table.plot.curve.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count the paints of a table that is read, and pass each event on."""
        self.painted += event.type() == QEvent.Type.Paint and not self._dialog.busy
        return False

    def _tick(self) -> None:
        now = time.perf_counter()
        self.longest, self._last = max(self.longest, now - self._last), now

    def cost(self, begin: object) -> Cost:
        """What it takes from calling `begin` until the plot is painted."""
        self.painted, self.longest, self._last = 0, 0.0, time.perf_counter()
        wall, cpu = time.perf_counter(), time.process_time()
        begin()  # type: ignore[operator]
        while not self.painted:
            QApplication.processEvents()
            time.sleep(1e-4)
        return Cost(time.perf_counter() - wall, time.process_time() - cpu, self.longest)


def written(size: int, columns: int, folder: Path) -> Path:
    """A table of about this many bytes: hours, and numbers that go up and down."""
    random = np.random.default_rng(0)
    head = ",".join(["time", *(f"value{n}" for n in range(columns))]) + "\n"
    rows = max(size // (17 + 8 * columns), 20)
    path, start = folder / f"{size}x{columns}.csv", np.datetime64("1700-01-01T00:00")
    with path.open("w") as file:
        file.write(head)
        level = np.full(columns, 300.0)
        for first in range(0, rows, 100_000):
            count = min(100_000, rows - first)
            values = level + random.normal(0, 0.5, (count, columns)).cumsum(axis=0) % 600
            level = values[-1] % 300
            times = start + np.arange(first, first + count)
            cells = [[f"{each:.3f}" for each in row] for row in values.tolist()]
            lines = zip(times.astype(str).tolist(), map(",".join, cells), strict=True)
            file.writelines(f"{at.replace('T', ' ')},{row}\n" for at, row in lines)
    return path


def peak_mb() -> float:
    """What the process held at most so far."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


def opened(path: Path) -> DataDialog:
    """The dialog on a file, not yet read."""
    dialog = DataDialog(str(path), "forecast", {}, None)
    dialog.show()
    return dialog


def measured(size: str, rounds: int) -> dict[str, object]:
    """All figures of one size."""
    app, _theme = QApplication([]), Theme()
    folder = Path(tempfile.mkdtemp())
    small = opened(written(4_000, 3, folder))
    Watch(small).cost(lambda: None)
    small.close()
    Garbage(app).start()  # as in the program: never in the middle of a job
    path, before = written(*SIZES[size], folder), peak_mb()
    dialog = opened(path)
    watch = Watch(dialog)
    costs = {"first": watch.cost(lambda: None)}
    peak = peak_mb() - before
    if size != "100M":
        changed = dialog.table.guesses.changed
        for name, choices in CHOICES.items():
            each = [
                watch.cost(lambda name=name, choice=choice: changed.emit(name, choice))
                for _ in range(rounds)
                for choice in choices
            ]
            costs[name] = median_of(each)
        each = [
            watch.cost(lambda way=way: dialog.table.form.edited.emit("missing", way))
            for _ in range(rounds)
            for way in TREATMENTS
        ]
        costs["treatment"] = median_of(each)
    dialog.close()
    return {"size": size, "costs": costs, "mb": peak, "bytes": path.stat().st_size}


def median_of(costs: list[Cost]) -> Cost:
    """The medians of wall and processor time, and the longest time held."""
    wall, cpu, held = zip(*costs, strict=True)
    return Cost(statistics.median(wall), statistics.median(cpu), max(held))


def main() -> None:
    """Measure each size in a process of its own, and print a table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", nargs="*", metavar="SIZE", help=", ".join(SIZES))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--inside", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        print(json.dumps(measured(given.inside, given.rounds)))
        return
    for size in given.sizes or SIZES:
        command = [sys.executable, __file__, "--inside", size, "--rounds", str(given.rounds)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        found = json.loads(done.stdout.splitlines()[-1])
        print(f"{size}: {found['bytes']:,} bytes; {found['mb']:.0f} MB more at the first reading")
        for name, cost in found["costs"].items():
            wall, cpu, held = (1000 * each for each in cost)
            print(f"  {name:12} wall {wall:6.0f} ms  cpu {cpu:6.0f} ms  window held {held:4.0f} ms")


if __name__ == "__main__":
    main()
