"""Time in the window from the Space key until the LSTM counts as solved, over ten seeds.

python bench/space_to_solved.py [--seeds 10] [--most 30] [KEY=VALUE …]

Every run is a window of its own in this process, kernels already loaded, all panels visible,
at full speed.  For the RNN up to 3,000 steps, see `bench/seeds.py`.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")  # a key needs the focus

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from window import leave, run_for

from sandbox.experiment import Experiment
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.settings import with_settings


def one(experiment: Experiment, most: float) -> tuple[int | None, float]:
    """The step at which the LSTM was declared solved, and the seconds since the key."""
    mailbox = Mailbox()
    worker = Worker(mailbox)
    session = Session(worker.commands, mailbox, experiment)
    window = MainWindow(session, Theme(), Preferences())
    window.resize(1280, 720)
    window.show()
    session.start()
    worker.start()
    run_for(lambda: session.feed.phase is Phase.READY, 120)
    begun = time.perf_counter()
    QTest.keyClick(window, Qt.Key.Key_Space)
    run_for(lambda: "lstm" in session.shown.recording.solved_at, most)
    took = time.perf_counter() - begun
    step = session.shown.recording.solved_at.get("lstm")
    leave(window, session, worker)
    return step, took


def main() -> None:
    """Print a line per seed, then the median and the slowest."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--most", type=float, default=30)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    base = with_settings(Experiment(), given.settings)
    one(base, given.most)  # loads the kernels
    results = []
    for seed in range(given.seeds):
        step, took = one(base.changed(seed=seed), given.most)
        results.append((step, took))
        print(
            f"seed {seed}: " + (f"step {step}, {took:.2f} s" if step else "not solved"), flush=True
        )
    solved = [took for step, took in results if step]
    print(
        f"{len(solved)} of {len(results)} solved; median {statistics.median(solved):.2f} s, "
        f"slowest {max(solved):.2f} s"
    )


if __name__ == "__main__":
    main()
