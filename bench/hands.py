"""How soon the window answers a hand: a marked step, a hold and its effect, a swap, another word.

python bench/hands.py [--rounds 40] [KEY=VALUE …]

Prints medians and 95% quantiles in milliseconds, on the default experiment trained for 300 steps.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen" if not os.environ.get("DISPLAY") else "xcb")
os.environ["SEQUENCE_SANDBOX_HOME"] = tempfile.mkdtemp(prefix="sequence-sandbox-bench-")
sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import numpy as np
from PySide6.QtWidgets import QApplication

from sandbox.cells.surgery import Hold
from sandbox.experiment import Experiment
from sandbox.gui.look.theme import Theme
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import Session
from sandbox.gui.window.main_window import MainWindow
from sandbox.insight.swap_try import Chosen
from sandbox.run.messages import Mailbox, Phase
from sandbox.run.worker import Worker
from sandbox.settings import with_settings
from sandbox.tasks.registry import complete

if TYPE_CHECKING:
    from collections.abc import Callable

LIMIT_S = 60.0


class Hands:
    """A window on a trained run, and a clock."""

    def __init__(self, experiment: Experiment) -> None:
        mailbox = Mailbox()
        self.worker = Worker(mailbox)
        self.session = Session(self.worker.commands, mailbox, experiment)
        self.window = MainWindow(self.session, Theme(), Preferences())
        self.window.resize(1280, 720)
        self.window.show()
        self.session.start()
        self.worker.start()
        self.session.train()
        self.until(lambda: self.session.feed.phase is Phase.FINISHED)
        self.until(lambda: self.session.shown.frame.step == experiment.steps)  # type: ignore[union-attr]

    def until(self, there: Callable[[], bool]) -> float:
        """Milliseconds until it is so, and everything is painted."""
        began = time.perf_counter()
        while not there():
            QApplication.processEvents()
            if time.perf_counter() - began > LIMIT_S:
                raise TimeoutError
        QApplication.processEvents()
        return (time.perf_counter() - began) * 1e3

    def mark(self, step: int) -> float:
        """Milliseconds from a marked step to painted panels."""
        began = time.perf_counter()
        self.window.stage.mark(step)
        QApplication.processEvents()
        return (time.perf_counter() - began) * 1e3

    def edit(self, act: Callable[[], object]) -> float:
        """Milliseconds from an edit of the sequence to painted panels."""
        began = time.perf_counter()
        act()
        self.until(lambda: self.session.shown.frame.probe is self.session.examples)  # type: ignore[union-attr]
        return (time.perf_counter() - began) * 1e3

    def close(self) -> None:
        """Close everything."""
        self.window.close()
        self.session.close()
        self.worker.join()


def tell(what: str, times: list[float]) -> None:
    """A line of the table."""
    print(f"{what:<44} {np.median(times):8.1f} {np.quantile(times, 0.95):8.1f} ms", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    experiment = complete(with_settings(Experiment(), ["steps=300", *given.settings]))
    QApplication(sys.argv[:1])
    hands = Hands(experiment)
    links, length = hands.window.insight_links, hands.window.stage._sequence.length
    for view in ("watch", "cell", "why", "dynamics"):
        links.views.show(view)
        if view in ("why", "dynamics"):
            first = hands.until(lambda v=view: links.feed.answer(v, "lstm") is not None)
            tell(f"{view}: both nets looked into", [first])
        elif view == "cell":
            hands.until(lambda: bool(links.cell.shown_contents))
        tell(f"{view}: mark a step", [hands.mark(n % length) for n in range(given.rounds)])
    views = ["watch", "cell"] * (given.rounds // 2)
    turns = []
    for view in views:
        began = time.perf_counter()
        links.views.show(view)
        QApplication.processEvents()
        turns.append((time.perf_counter() - began) * 1e3)
    tell("switch between Watch and Cell", turns)
    held, scored = [], []
    for n in range(given.rounds // 2):
        links.surgeries.clear()
        hands.until(lambda: not hands.session.shown.frame.cut)  # type: ignore[union-attr]
        began = time.perf_counter()
        links.hold("lstm", Hold("forget", 0.01 * n, ((n, n),)))
        hands.until(lambda: bool(hands.session.shown.frame.cut))  # type: ignore[union-attr]
        held.append((time.perf_counter() - began) * 1e3)
        hands.until(lambda: links.feed.answer("effect", "lstm") is not None)
        scored.append((time.perf_counter() - began) * 1e3)
    tell("hold: panels", held)
    tell("hold: accuracy on 2,000 sequences", scored)
    links.surgeries.clear()
    links.views.show("why")
    swaps = []
    for n in range(given.rounds // 2):
        began = time.perf_counter()
        links.feed.try_swap("lstm", Chosen((), (n % 8,), 20 + n % 8))
        hands.until(lambda: links.feed.answer("swap", "lstm") is not None)
        swaps.append((time.perf_counter() - began) * 1e3)
    tell("swap of one's own", swaps)
    links.views.show("watch")
    probe = hands.window.probe_links.probe
    for gap in (0, 900):
        if gap:
            tell("own sequence: stretch to 908 words", [hands.edit(lambda: probe.stretch(900))])
        words = ["japan", "italy", "germany", "france"] * (given.rounds // 8)
        edits = [hands.edit(lambda word=word: probe.set_word(4, word)) for word in words]
        tell(f"own sequence: a word{' of 908' if gap else ''}", edits)
    hands.close()


if __name__ == "__main__":
    main()
