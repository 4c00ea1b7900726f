"""From a start, kernels kept by an earlier one, to a painted window and the first training step.

python bench/second_start.py [--rounds 9]

Each start is `main.py` in a fresh process of the environment's interpreter; Train is triggered
as soon as the window has been painted, sooner than anyone could click.  The first start
compiles its kernels and does not count; then all are compiled.  Prints medians, each since the
process was started.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).resolve().parent.parent
LIMITS_S = {"painted": 1.0, "first points shown": 2.0}

# Tells when each thing has happened; ends when the first training steps are in the window.
WINDOW = """
import gc, json, os, runpy, sys, time
sys.argv = [{main!r}]
sys.path.insert(0, {root!r})
times = {{"interpreter": time.time()}}
import sandbox.gui.app as app
real = app.main
def main(argv):
    gc.disable()  # as app.main does first of all
    times["environment found"] = time.time()
    import sandbox.gui.window.process
    times["window imported"] = time.time()
    import sandbox.gui.window.main_window as made
    import sandbox.run.worker as worker
    from sandbox.run.messages import Frame, Points
    from PySide6.QtCore import QTimer
    build = made.MainWindow.__init__
    def watched(self, session, *args, **kwargs):
        build(self, session, *args, **kwargs)
        times["window built"] = time.time()
        self.painted.connect(painted)
        train = self.actions_by_name["train"]
        self.painted.connect(lambda: QTimer.singleShot(0, train.trigger))
        session.records_arrived.connect(records)
    def painted():
        times["painted"] = time.time()
    def records(records):
        if any(isinstance(record, Points) for record in records):
            times["first points shown"] = time.time()
            assert "torch" not in sys.modules
            print(json.dumps(times), flush=True)
            os._exit(0)
    made.MainWindow.__init__ = watched
    tell("_load", "engine imported")
    tell("_open_run", "kernels loaded, trainer made")
    tell("_train", "first steps taken")
    return real(argv)
def tell(method, what):
    import sandbox.run.worker as worker
    act = getattr(worker.Worker, method)
    def timed(self, *args):
        act(self, *args)
        if method != "_train" or self._training.step:
            times.setdefault(what, time.time())
    setattr(worker.Worker, method, timed)
app.main = main
runpy.run_path({main!r}, run_name="__main__")
"""


def start(env: Mapping[str, str]) -> dict[str, float]:
    """Seconds since the start of a process, by what had happened then."""
    code, begun = WINDOW.format(main=str(ROOT / "main.py"), root=str(ROOT)), time.time()
    with subprocess.Popen(
        [sys.executable, "-c", code],
        stdout=subprocess.PIPE,
        text=True,
        env=env,
        start_new_session=True,
    ) as window:
        said, _ = window.communicate()
    with suppress(ProcessLookupError):  # no more kernels from a process that outlived it
        os.killpg(window.pid, signal.SIGKILL)
    if window.returncode:
        raise SystemExit("The window ended before it had trained: what it said is above.")
    return {what: at - begun for what, at in json.loads(said).items()}


def surroundings(home: str) -> dict[str, str]:
    """The environment of a window whose data and kernels are in `home`."""
    env = {**os.environ, "SEQUENCE_SANDBOX_HOME": home}
    env.pop("SEQUENCE_SANDBOX_KERNELS", None)
    if not env.get("DISPLAY"):
        env["QT_QPA_PLATFORM"] = "offscreen"
    return env


def main() -> int:
    """Print medians and the slowest; returns 1 if a median is over its limit."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=9)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as home:
        env = surroundings(home)
        first = start(env)
        prepare = [sys.executable, "-m", "sandbox.engine.prepare"]
        subprocess.run(prepare, stdout=subprocess.DEVNULL, check=True, env=env, cwd=ROOT)
        starts = [start(env) for _ in range(rounds)]
    print(f"compiling: first points shown after {first['first points shown']:.1f} s")
    late = False
    for what in sorted(first, key=lambda each: starts[0][each]):
        seconds = sorted(each[what] for each in starts)
        median, limit = statistics.median(seconds), LIMITS_S.get(what)
        late |= limit is not None and median > limit
        note = f"  (limit {limit:.1f} s)" if limit else ""
        print(f"{median:6.2f} s {what}, slowest {seconds[-1]:.2f} s{note}")
    return int(late)


if __name__ == "__main__":
    sys.exit(main())
