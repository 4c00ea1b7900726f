"""A million steps of the smallest net in the real window: is memory flat, are redraws quick?

python bench/million.py [--steps 1000000] [KEY=VALUE …]

One window, `main.py` in a process of its own, at its first size and with every panel, trains
at full speed (hidden=1, batch=1) into a store of its own.  Once a second the process waits
while this one reads what it holds from /proc (Linux only).  MB are 10^6 bytes.

Prints what is resident at every 100,000 steps, the slope after the first 100,000 by least
squares, the steps a second, how long a redraw of the curves takes at the end (view, curves and
paint; as wall time and as time of the GUI thread's own), and the size of the store's files.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
from memory import Held, held_by

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.experiment import Experiment  # noqa: E402
from sandbox.settings import with_settings  # noqa: E402

SMALLEST = ("hidden=1", "batch=1")
EVERY = 100_000  # steps
MOST_MB, MOST_MS, MOST_STORE_MB = 1.0, 20.0, 60.0  # a hundred thousand steps; a redraw; all

# Reports its step, then waits for a line, so that its memory is read at that moment.
WINDOW = """
import gc, json, runpy, sys, time
sys.argv = [{main!r}, {experiment!r}]
sys.path.insert(0, {root!r})
from PySide6.QtCore import QTimer
import sandbox.gui.window.main_window as made
from sandbox.gui.window import scene
from sandbox.run.messages import Phase
build = made.MainWindow.__init__
def watched(self, session, *args, **kwargs):
    build(self, session, *args, **kwargs)
    self.resize(made.FIRST_SIZE)
    session.status_changed.connect(lambda status: begin(session, status))
    self.every = QTimer(self)
    self.every.timeout.connect(lambda: look(self, session))
    self.every.start(1000)
def begin(session, status):
    if status.phase is Phase.READY and not session.feed.training:
        tell({{"ready": 0}})
        session.train()
def look(window, session):
    if session.feed.phase is Phase.RUNNING:
        tell({{"step": session.shown.last_step, "rate": session.shown.status.steps_per_s}})
    elif session.feed.phase in (Phase.FINISHED, Phase.FAILED):
        window.every.stop()
        end, step = session.feed.phase.name, session.shown.last_step
        tell({{"end": end, "step": step, "redraws": redraws(window)}})
        window.close()
def redraws(window):
    stage, taken = window.stage, []
    for _ in range(60):
        wall, own = time.perf_counter(), time.thread_time()
        stage.curves.show_view(scene.curves_view(window.session, stage.overlays.shown))
        stage.curves.plots.viewport().repaint()
        taken.append(((time.perf_counter() - wall) * 1e3, (time.thread_time() - own) * 1e3))
    return taken
def tell(what):
    print("say " + json.dumps(what), flush=True)
    if not sys.stdin.readline():
        sys.exit(1)
made.MainWindow.__init__ = watched
runpy.run_path({main!r}, run_name="__main__")
"""


@dataclass
class Seen:
    """Memory by step, and what the window reported."""

    held: dict[int, Held] = field(default_factory=dict)
    rates: list[float] = field(default_factory=list)
    redraws: list[tuple[float, float]] = field(default_factory=list)
    end: str = ""
    seconds: float = 0.0


def watch(experiment: Experiment, home: str) -> Seen:
    """Run one window to its last step."""
    file = Path(home) / "million.json"
    file.write_text(experiment.to_json())
    code = WINDOW.format(main=str(ROOT / "main.py"), root=str(ROOT), experiment=str(file))
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": home}
    if not env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    seen, pipe, begun = Seen(), subprocess.PIPE, time.perf_counter()
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=pipe, stdout=pipe, text=True, env=env
    ) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        for line in window.stdout:
            if line.startswith("say "):
                said = json.loads(line.removeprefix("say "))
                begun = time.perf_counter() if "ready" in said else begun
                note(seen, said, held_by(window.pid), begun)
                window.stdin.write("\n")
                window.stdin.flush()
    if seen.end != "FINISHED":
        raise SystemExit("The window ended before training did; its output is above.")
    return seen


def note(seen: Seen, said: dict[str, Any], held: Held, begun: float) -> None:
    """Record one message of the window."""
    if "step" in said:
        seen.held[int(said["step"])] = held
    if "rate" in said:
        seen.rates.append(float(said["rate"]))
    if "end" in said:
        seen.end, seen.redraws = said["end"], said["redraws"]
        seen.seconds = time.perf_counter() - begun


def slope(held: dict[int, Held]) -> float:
    """Growth of resident memory in MB per 100,000 steps after the first, by least squares.

    The last sample does not count: it is taken during the final evaluation.
    """
    steps = [step for step in held if EVERY <= step < max(held)]
    if len(steps) < 3:
        return float("nan")
    return float(np.polyfit(steps, [held[step].resident for step in steps], 1)[0] * EVERY)


def report(seen: Seen, home: str) -> None:
    """Print memory by step, then each measurement beside its limit."""
    print("     step  MB resident (anonymous; most so far)")
    shown = -1
    for step, held in seen.held.items():
        if step // EVERY > shown:
            shown = step // EVERY
            print(f"{step:>9,} {held.resident:8.1f} ({held.anonymous:.1f}; {held.peak:.1f})")
    last = max(seen.held)
    print(f"{last / seen.seconds:,.0f} steps/s over all of it, median {np.median(seen.rates):,.0f}")
    print(f"memory: {slope(seen.held):+.2f} MB in {EVERY:,} steps (at most {MOST_MB:g})")
    wall, own = np.array(seen.redraws).T
    print(
        f"redraw: median {np.median(wall):.1f} ms, max {wall.max():.1f} ms (at most {MOST_MS:g}); "
        f"of the thread's own {np.median(own):.1f} and {own.max():.1f} ms"
    )
    files = {f.name: f.stat().st_size / 1e6 for f in Path(home).rglob("*") if f.is_file()}
    largest = sorted(files.items(), key=lambda each: -each[1])[:3]
    print(f"store: {sum(files.values()):.1f} MB (at most {MOST_STORE_MB:g}), of it", end=" ")
    print(", ".join(f"{name} {size:.1f}" for name, size in largest))


def main() -> None:
    """Train all steps and print the report."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=1_000_000)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    experiment = with_settings(Experiment(), [*SMALLEST, *given.settings])
    experiment = experiment.changed(steps=given.steps)
    with tempfile.TemporaryDirectory() as home:
        report(watch(experiment, home), home)


if __name__ == "__main__":
    main()
