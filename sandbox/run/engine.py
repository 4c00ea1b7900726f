"""The engine, imported late and warmed up: it makes a worker's trainers."""

from __future__ import annotations

import ctypes
import gc
import sys
from contextlib import closing
from typing import TYPE_CHECKING

from sandbox.engine import compilation

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.engine.trainer import Trainer
    from sandbox.experiment import Experiment

COMPILING = "preparing this task for your computer (about 20 s the first time)"

Kind = tuple[str, str, frozenset[tuple[str, bool]]]


def kind_of(experiment: Experiment) -> Kind:
    """What decides which kernels are needed: task, device, cells and whether they are stacked."""
    cells = frozenset((each.cell, each.layers > 1) for each in experiment.contestants)
    return experiment.task, experiment.device, cells


def preparation(experiment: Experiment) -> str:
    """What this experiment waits for, apart from kernels; "" if nothing."""
    compiled = [
        compilation.is_compiled(each.cell, experiment.device) for each in experiment.contestants
    ]
    loaded = "torch" in sys.modules  # importing it takes 1 to 2 s, once per process
    return "" if loaded or all(compiled) else "loading PyTorch"


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
        """Import numba and the kernels: about a second, once per process.

        tell_compiling: called when something is compiled rather than loaded.
        """
        from importlib import import_module

        self._warm: set[Kind] = set()
        self._tell_compiling = tell_compiling
        import_module("sandbox.engine.trainer")
        compilation.load()

    def __call__(self, experiment: Experiment) -> Trainer:
        """A trainer at step 0; about 7 s a cell if its kernels have never been compiled.

        ExperimentError names a wrong value.  If compiling fails, PyTorch trains: see `notice`.
        """
        from sandbox.engine.trainer import Trainer

        kind = kind_of(experiment)
        if kind not in self._warm:
            with compilation.trying():
                _warm_up(experiment, self._tell_compiling)
            self._warm.add(kind)
        return Trainer(experiment)


def _warm_up(experiment: Experiment, tell_compiling: Callable[[], None]) -> None:
    """Call every kernel once, with the smallest nets of the same kind."""
    from sandbox.engine.trainer import Trainer

    small = [
        {**each.model_dump(), "hidden": 1}
        for each in experiment.contestants
        if compilation.is_compiled(each.cell, experiment.device)
    ]
    if not small:
        return
    tiny = experiment.changed(batch=1, steps=1, replicates=1, contestants=small)
    before = _compiled()
    with closing(Trainer(tiny)) as trainer, compilation.reporting(tell_compiling):
        trainer.run(1)
        trainer.evaluate()
    if _compiled() > before:  # return the compiler's freed memory, 20 MB that libc would keep
        gc.collect()
        trim = getattr(ctypes.CDLL(None), "malloc_trim", None)  # glibc has it
        if trim is not None:
            trim(0)


def _compiled() -> int:
    """How many kernels this process has compiled, not loaded."""
    from sandbox.engine.kernels.block import run_block

    return sum(run_block.stats.cache_misses.values())
