"""What a first use costs: right after the set-up, and without any kernel.

python bench/first_use.py [--rounds 5]

All folders are fresh; every command is a process of its own, timed from its start.

1. `python -m sandbox.engine.prepare` compiles every kernel: wall time, and CPU time of all cores.
2. `train` of 25 steps, the first time in a data folder with these kernels, as after the set-up,
   and once more: medians over the rounds, and first over warm; CPU time beside, which other work
   on the machine changes less.  Then the same with no bytecode but of what preparing the kernels
   imported, not even the standard library's: no set-up leaves less.
3. The same with an empty folder of kernels: until it reports its first step.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
COMMANDS = {
    "RNN + LSTM": ("--cells", "rnn,lstm"),
    "GRU, forecast": ("--task", "forecast", "--cells", "gru"),
    "LSTM, two layers": ("--cells", "lstm", "--set", "layers=2"),
    "peephole + sLSTM, adding": ("--task", "adding", "--cells", "lstm_peephole,slstm"),
}
FIRST_OVER_WARM, FIRST_STEP_S, CPU_S, WALL_S = 1.2, 5.0, 90.0, 50.0  # limits


class Places:
    """A data folder, and folders of kernels and bytecode ("" where Python keeps it)."""

    def __init__(self, folder: Path, bytecode: bool = False) -> None:
        self.home, self.kernels = folder / "home", folder / "kernels"
        self.bytecode = folder / "bytecode" if bytecode else ""
        folder.mkdir()

    def take_over(self, other: Places) -> Places:
        """Begin with another's kernels and bytecode."""
        shutil.copytree(other.kernels, self.kernels)
        if self.bytecode and other.bytecode:
            shutil.copytree(other.bytecode, self.bytecode)
        return self

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Start Python with these arguments, its standard output in a pipe."""
        env = {
            **os.environ,
            "SEQUENCE_SANDBOX_HOME": str(self.home),
            "SEQUENCE_SANDBOX_KERNELS": str(self.kernels),
            "PYTHONPYCACHEPREFIX": str(self.bytecode),
            "PYTHONDONTWRITEBYTECODE": "",
        }
        command = [sys.executable, *arguments]
        return subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=env, cwd=ROOT)


class Took(NamedTuple):
    """Seconds to the first step that is reported, to the end, and of the processor."""

    first_step: float
    wall: float
    cpu: float


def train(places: Places, options: tuple[str, ...]) -> Took:
    """Train for 25 steps in a process of its own."""
    begun, used, first = time.perf_counter(), children_s(), None
    with places.start("main.py", "train", *options, "--steps", "25", "--json") as process:
        assert process.stdout is not None
        for line in process.stdout:
            if first is None and json.loads(line).get("step", 0) > 0:
                first = time.perf_counter() - begun
    wall = time.perf_counter() - begun
    if process.returncode or first is None:
        raise SystemExit(f"train {' '.join(options)} failed: what it said is above.")
    return Took(first, wall, children_s() - used)


def prepare(places: Places) -> tuple[float, float]:
    """Compile every kernel: CPU seconds of all its processes, and seconds by the clock."""
    begun, used = time.perf_counter(), children_s()
    with places.start("-m", "sandbox.engine.prepare") as process:
        process.communicate()
    if process.returncode:
        raise SystemExit("The kernels cannot be compiled: what was said is above.")
    return children_s() - used, time.perf_counter() - begun


def children_s() -> float:
    """CPU seconds of all processes that were started from here and have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def first_and_warm(folder: Path, ready: Places, rounds: int) -> bool:
    """Print what `train` takes the first time and again; returns whether it is within limits."""
    bytecode, good = bool(ready.bytecode), True
    limit = "" if bytecode else f" (limit {FIRST_OVER_WARM}×)"
    print("no bytecode yet, either" if bytecode else "first use after the set-up")
    for name, options in COMMANDS.items():
        firsts, warms = [], []
        for number in range(rounds):
            place = folder / f"{name} {number} {bytecode}"
            places = Places(place, bytecode).take_over(ready)
            firsts.append(train(places, options))
            warms.append(train(places, options))
            shutil.rmtree(place)
        first, warm = medians(firsts), medians(warms)
        ratio = first.wall / warm.wall
        good &= bytecode or ratio <= FIRST_OVER_WARM
        print(
            f"  {name}: {first.wall:.2f} s, warm {warm.wall:.2f} s: {ratio:.2f}×{limit}; of CPU "
            f"{first.cpu:.2f} s, warm {warm.cpu:.2f} s: {first.cpu / warm.cpu:.2f}×",
            flush=True,
        )
    return good


def medians(times: list[Took]) -> Took:
    """The median of each."""
    return Took(*map(statistics.median, zip(*times, strict=True)))


def without_kernels(folder: Path, rounds: int) -> bool:
    """Print when the first step is reported with no kernel; returns whether it is in time."""
    print("no kernel at all, until the first step is reported")
    good = True
    for name, options in COMMANDS.items():
        places = [Places(folder / f"{name} {n} empty") for n in range(rounds)]
        seconds = medians([train(each, options) for each in places]).first_step
        good &= seconds <= FIRST_STEP_S
        print(f"  {name}: {seconds:.2f} s (limit {FIRST_STEP_S} s)", flush=True)
    return good


def main() -> int:
    """Print everything; returns 1 if a limit is exceeded."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    rounds = parser.parse_args().rounds
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        ready = Places(folder / "ready"), Places(folder / "ready without bytecode", bytecode=True)
        cpu, wall = prepare(ready[0])
        print(
            f"all kernels: {cpu:.1f} s of CPU (limit {CPU_S:.0f} s), {wall:.1f} s by the clock on "
            f"{os.cpu_count()} cores (limit {WALL_S:.0f} s on two)",
            flush=True,
        )
        prepare(ready[1])
        good = cpu <= CPU_S and wall <= WALL_S
        good &= first_and_warm(folder, ready[0], rounds)
        first_and_warm(folder, ready[1], rounds)
        good &= without_kernels(folder, rounds)
    return int(not good)


if __name__ == "__main__":
    sys.exit(main())
