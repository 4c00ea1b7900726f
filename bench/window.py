"""The window while it trains at full speed, beside the same run without a window.

python bench/window.py [--seconds 5] [--rounds 3] [--view why] [--hold lstm:forget=1] [KEY=VALUE …]

Prints, for each round and as medians: steps a second with and without the window, frames
painted a second, the longest and the 99th-percentile gap between two ticks of a 5 ms timer,
and the share of a core that the GUI thread used.
"""

from __future__ import annotations

import argparse
import os
import statistics
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen" if not os.environ.get("DISPLAY") else "xcb")
os.environ["SEQUENCE_SANDBOX_HOME"] = tempfile.mkdtemp(prefix="sequence-sandbox-bench-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer
from PySide6.QtWidgets import QApplication

from sandbox.cells.surgery import read_hold
from sandbox.experiment import Experiment
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.settings import with_settings
from sandbox.tasks.preview import example_sequences
from sandbox.tasks.registry import complete, task_of

WARM_S = 2.0  # training before anything is measured


@dataclass
class Measured:
    """One round in the window."""

    steps_per_s: float
    frames_per_s: float
    longest_ms: float
    p99_ms: float
    gui_share: float


class Painted(QObject):
    """Counts the paint events of a widget's viewports."""

    def __init__(self) -> None:
        super().__init__()
        self.count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Count a paint event and pass it on."""
        self.count += event.type() == QEvent.Type.Paint
        return False


def headless(experiment: Experiment, seconds: float) -> float:
    """Steps per second of a worker whose mail is drained 30 times a second, without frames."""
    mailbox = Mailbox()
    worker = Worker(mailbox)
    worker.start()
    task = task_of(experiment)
    worker.commands.open(
        "headless", experiment, example_sequences(task, experiment.seed, 3), train=True
    )
    last = wait_running(mailbox, lambda: time.sleep(1 / 30))
    begun, first = time.perf_counter(), last
    while time.perf_counter() - begun < seconds:
        time.sleep(1 / 30)
        last = newest(mailbox, last)
    rate = (last - first) / (time.perf_counter() - begun)
    worker.commands.close()
    worker.join()
    return rate


def newest(mailbox: Mailbox, step: int) -> int:
    """The last step of the points in the mail, else `step`."""
    for record in mailbox.drain().records:
        step = max(step, getattr(record, "last", 0))
    return step


def wait_running(mailbox: Mailbox, wait: object) -> int:
    """Let it train for WARM_S from the first point on."""
    step, since = 0, None
    while since is None or time.perf_counter() - since < WARM_S:
        wait()  # type: ignore[operator]
        step = newest(mailbox, step)
        if step and since is None:
            since = time.perf_counter()
    return step


def in_window(experiment: Experiment, seconds: float, view: str, hold: str) -> Measured:
    """The same run with this view open, and this held in a net if it is not ""."""
    mailbox = Mailbox()
    worker = Worker(mailbox)
    session = Session(worker.commands, mailbox, experiment)
    window = MainWindow(session, Theme(), Preferences())
    window.resize(1280, 720)
    window.show()
    links = window.insight_links
    links.views.show(view)
    session.start()
    worker.start()
    session.train()
    run_for(lambda: session.feed.phase is Phase.RUNNING, 120)
    run_for(lambda: False, WARM_S)
    if hold:
        key, _, text = hold.partition(":")
        links.hold(key, read_hold(text))
    painted, frames = Painted(), [0]
    counted = (links.views.pages.currentWidget(), session.frame_arrived)
    for child in (counted[0], *counted[0].findChildren(QObject)):
        child.installEventFilter(painted)

    def count(_: object) -> None:
        frames[0] += 1

    counted[1].connect(count)
    gaps = Gaps()
    step, begun, cpu = session.shown.status.step, time.perf_counter(), time.thread_time()
    run_for(lambda: False, seconds)
    took, used = time.perf_counter() - begun, time.thread_time() - cpu
    steps = session.shown.status.step - step
    gaps.stop()
    leave(window, session, worker)
    late = sorted(gaps.gaps)
    return Measured(
        steps / took,
        min(frames[0], painted.count) / took,
        late[-1] * 1e3,
        late[int(len(late) * 0.99)] * 1e3,
        used / took,
    )


def leave(window: MainWindow, session: Session, worker: Worker) -> None:
    """Close, and let Qt delete the window now: several in a process must not wait for Python's."""
    window.close()
    session.close()
    worker.join()
    window.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


class Gaps:
    """Seconds between ticks of a timer of 5 ms in the GUI thread."""

    def __init__(self) -> None:
        self.gaps: list[float] = []
        self._last = time.perf_counter()
        self._timer = QTimer(timerType=Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._tick)
        self._timer.start(5)

    def _tick(self) -> None:
        now = time.perf_counter()
        self.gaps.append(now - self._last)
        self._last = now

    def stop(self) -> None:
        """Stop ticking."""
        self._timer.stop()


def run_for(done: object, seconds: float) -> None:
    """Run the event loop until done() or so many seconds."""
    poll, loop = QTimer(), QEventLoop()
    end = time.perf_counter() + seconds

    def look() -> None:
        if done() or time.perf_counter() > end:  # type: ignore[operator]
            loop.quit()

    poll.timeout.connect(look)
    poll.start(10)
    loop.exec()
    poll.stop()


def main() -> None:
    """Alternate with and without the window; print rounds and medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--view", default="watch")
    parser.add_argument("--hold", default="")
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    experiment = complete(with_settings(Experiment(), ["steps=10000000", *given.settings]))
    app = QApplication(sys.argv[:1])
    app.setQuitOnLastWindowClosed(False)
    alone, rounds = [], []
    for number in range(given.rounds):
        alone.append(headless(experiment, given.seconds))
        rounds.append(in_window(experiment, given.seconds, given.view, given.hold))
        r = rounds[-1]
        print(
            f"round {number + 1}: window {r.steps_per_s:,.0f}/s, headless {alone[-1]:,.0f}/s, "
            f"{r.frames_per_s:.1f} frames/s, longest gap {r.longest_ms:.0f} ms, "
            f"p99 {r.p99_ms:.0f} ms, GUI thread {r.gui_share:.0%} of a core",
            flush=True,
        )
    ratio = statistics.median(r.steps_per_s / a for r, a in zip(rounds, alone, strict=True))
    print(
        f"median: window / headless {ratio:.1%}, "
        f"{statistics.median(r.frames_per_s for r in rounds):.1f} frames/s, "
        f"longest gap {max(r.longest_ms for r in rounds):.0f} ms, "
        f"GUI {statistics.median(r.gui_share for r in rounds):.0%} of a core; "
        f"threads left: {[t.name for t in threading.enumerate()][1:]}"
    )


if __name__ == "__main__":
    main()
