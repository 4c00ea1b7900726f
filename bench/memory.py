"""Memory of the window's process while it trains at full speed: its peak, and whether it is flat.

python bench/memory.py [--steps 110000] [KEY=VALUE …]

Two windows, each `main.py` in a process of its own, at its first size and with every panel:
the first compiles its kernels, into an empty folder, while a process beside, which does not count,
compiles the others; the second loads them.  Once a second the
process waits while this one reads what it holds from /proc (Linux only).  MB are 10^6 bytes.

Prints what is resident after the first paint, when the run is ready, and while it trains; the
most when it is ready and in all, as the system kept it (VmHWM); and the slope from step 10,000
on, by least squares.  Of the slope 36 bytes a step and net are the curves: four measurements kept,
and two of them smoothed.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from sandbox.experiment import Experiment  # noqa: E402
from sandbox.settings import with_settings  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Mapping

OPEN_MB, TRAINING_MB = 260, 320  # limits of a window that need not compile
SETTLED = 10_000  # steps before the slope begins: buffers have their first sizes then

# Reports its step, then waits for a line, so that its memory is read at that moment.
WINDOW = """
import os, runpy, sys
sys.argv = [{main!r}, {experiment!r}]
sys.path.insert(0, {root!r})
from PySide6.QtCore import QTimer
import sandbox.gui.window.main_window as made
from sandbox.run.messages import Phase
build = made.MainWindow.__init__
def watched(self, session, *args, **kwargs):
    build(self, session, *args, **kwargs)
    self.resize(made.FIRST_SIZE)
    self.painted.connect(lambda: tell("painted"))
    session.status_changed.connect(lambda status: begin(session, status))
    every = QTimer(self)
    every.timeout.connect(lambda: look(session))
    every.start(1000)
def begin(session, status):
    if status.phase is Phase.READY and not session.feed.training:
        tell("ready")
        session.train()
def look(session):
    if session.feed.phase is Phase.RUNNING:
        tell(session.shown.last_step)
    elif session.feed.phase in (Phase.FINISHED, Phase.FAILED):
        tell(session.feed.phase.name)
        os._exit(0)
def tell(what):
    print(what, flush=True)
    if not sys.stdin.readline():  # nobody reads any more
        os._exit(1)
made.MainWindow.__init__ = watched
runpy.run_path({main!r}, run_name="__main__")
"""


@dataclass(frozen=True)
class Held:
    """The memory of a process at one moment, in MB.  peak: the most that was ever resident."""

    resident: float
    anonymous: float
    proportional: float
    peak: float


def held_by(process: int) -> Held:
    """Read a process's memory from /proc."""
    folder = Path(f"/proc/{process}")
    numbers = {}
    for name in ("status", "smaps_rollup"):
        for line in (folder / name).read_text().splitlines():
            key, _, value = line.partition(":")
            if value.endswith(" kB"):
                numbers[key] = int(value.split()[0]) * 1024 / 1e6
    return Held(numbers["VmRSS"], numbers["RssAnon"], numbers["Pss"], numbers["VmHWM"])


def watch(experiment: Experiment, env: Mapping[str, str]) -> dict[str, Held]:
    """Run one window to its last step; returns its memory at each message it sent."""
    file = Path(env["SEQUENCE_SANDBOX_HOME"]) / "memory.json"
    file.write_text(experiment.to_json())
    code = WINDOW.format(main=str(ROOT / "main.py"), root=str(ROOT), experiment=str(file))
    command, seen, pipe = [sys.executable, "-c", code], {}, subprocess.PIPE
    with subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, env=env, start_new_session=True
    ) as window:
        assert window.stdin is not None
        assert window.stdout is not None
        for line in window.stdout:
            seen[line.strip()] = held_by(window.pid)
            window.stdin.write("\n")
            window.stdin.flush()
    with suppress(ProcessLookupError):  # no more kernels from a process that outlived it
        os.killpg(window.pid, signal.SIGKILL)
    if "FINISHED" not in seen:
        raise SystemExit("The window ended before its training did: what it said is above.")
    return seen


def surroundings(home: str) -> dict[str, str]:
    """The environment of a window whose data and kernels are in `home`."""
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": home}
    env.pop("SEQUENCE_SANDBOX_KERNELS", None)
    if not env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    return env


def report(title: str, seen: dict[str, Held]) -> None:
    """Print memory at the start and every 10,000 steps, then peak and slope."""
    print(f"{title}: MB resident (anonymous; proportional; most so far)")
    shown = -1
    for word, held in seen.items():
        if word.isdigit() and int(word) // 10_000 == shown:
            continue
        shown = int(word) // 10_000 if word.isdigit() else shown
        parts = (held.anonymous, held.proportional, held.peak)
        print(f"  {word:>9} {held.resident:6.1f} ({'; '.join(f'{part:.1f}' for part in parts)})")
    ready, peak = seen["ready"].peak, max(held.peak for held in seen.values())
    print(
        f"  open {ready:.1f} MB (limit {OPEN_MB} MB); training {peak:.1f} MB (limit "
        f"{TRAINING_MB} MB); {slope(seen)}",
        flush=True,
    )


def slope(seen: dict[str, Held]) -> str:
    """The growth of resident memory per 10,000 steps, by least squares, in words."""
    points = {int(word): held.resident for word, held in seen.items() if word.isdigit()}
    steps = [step for step in points if step >= SETTLED]
    if len(steps) < 3:
        return f"too few samples from step {SETTLED:,} on for a slope"
    a_step = np.polyfit(steps, [points[step] for step in steps], 1)[0]
    return f"{a_step * 10_000:+.2f} MB in 10,000 steps, from {steps[0]:,} to {steps[-1]:,}"


def main() -> None:
    """Measure a window that compiles the kernels, then one that loads them."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--steps", type=int, default=110_000)
    parser.add_argument("settings", nargs="*")
    given = parser.parse_args()
    experiment = with_settings(Experiment(), given.settings)
    experiment = experiment.changed(steps=given.steps)
    with tempfile.TemporaryDirectory() as home:
        env = surroundings(home)
        report("compiling", watch(experiment, env))
        prepare = [sys.executable, "-m", "sandbox.engine.prepare"]
        subprocess.run(prepare, stdout=subprocess.DEVNULL, check=True, env=env, cwd=ROOT)
        report("kernels cached", watch(experiment, env))


if __name__ == "__main__":
    main()
