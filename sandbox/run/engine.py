"""The engine, imported late and warmed up: it makes a worker's trainers."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from sandbox.engine import compilation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment

COMPILING = "preparing these nets for your computer (a second or two, once)"


def preparation(experiment: Experiment) -> str:
    """What this experiment waits for, apart from kernels; "" if nothing."""
    loaded = "torch" in sys.modules  # importing it takes 1 to 2 s, once per process
    return "" if loaded or compilation.is_compiled(experiment.device) else "loading PyTorch"


def compile_the_rest() -> None:
    """Have the kernels that nothing has asked for yet compiled in a process of its own.

    After a set-up there are none; after an upgrade there may be.
    """
    if not compilation.fault():
        from sandbox.engine.prepare import in_background

        in_background()


def notice() -> str:
    """Why PyTorch trains instead of the kernels, and how to fix it; "" if the kernels train."""
    fault = compilation.fault()
    if not fault:
        return ""
    so = "PyTorch trains all nets, ten to twenty times slower, because"
    if compilation.switched_off():
        return f"{so} {fault}; start without that variable to use the kernels."
    doctor = "`python3 main.py doctor` says how to fix it"
    return f"{so} kernels cannot be compiled here; {doctor} ({fault})."


class Engine:
    """Makes trainers whose kernels are already compiled, so that compiling is not timed."""

    def __init__(self, tell_compiling: Callable[[], None] = lambda: None) -> None:
        """Import the kernels: half a second, once per process.

        tell_compiling: called when something is compiled rather than loaded.
        """
        from importlib import import_module

        self._tell_compiling = tell_compiling
        import_module("sandbox.engine.trainer")
        compilation.load()

    def __call__(self, experiment: Experiment) -> Trainer:
        """A trainer at step 0; a second or two if its kernels have never been compiled.

        ExperimentError names a wrong value.  If compiling fails, PyTorch trains: see `notice`.
        """
        from sandbox.engine.trainer import Trainer

        if compilation.is_compiled(experiment.device):
            cells = [each.cell for each in experiment.contestants]
            compilation.load(cells, self._tell_compiling)
        return Trainer(experiment)
