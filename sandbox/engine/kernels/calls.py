"""Calling a net's kernels: tables are filled, and other threads may assist."""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.kernels import library
from sandbox.engine.kernels.cell_plan import CellPlan
from sandbox.engine.kernels.library import Unit
from sandbox.engine.kernels.panels import address, write
from sandbox.engine.kernels.tables import CALL, CLASSES, SYMBOLS, VALUES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.engine.cores import Cores
    from sandbox.engine.kernels.workspace import Workspace
    from sandbox.tasks.batches import Block

_FUNCTION = ctypes.CFUNCTYPE(None, ctypes.c_void_p)  # a call releases the GIL


def units_of(cell: Cell, dtype: str) -> dict[bool, Unit]:
    """What is compiled for a cell: without lines that can be held, and with such lines."""
    shown = tuple(picture.name for picture in cell.pictures)
    return {held: Unit(dtype, cell.step, shown, held) for held in (False, True)}


class Kernels:
    """The compiled code of a cell for one dtype; cores: threads that may assist."""

    def __init__(self, cell: Cell, dtype: str, cores: Cores | None) -> None:
        self._cell, self._cores = units_of(cell, dtype), cores
        self.plan = CellPlan(cell.step, self._cell[False].shown)
        self._addresses: dict[bool, Mapping[str, int]] = {}
        engine = library.addresses(Unit(dtype))
        self._run, self._assist = (_FUNCTION(engine[name]) for name in ("run", "assist"))

    def of_cell(self, held: bool) -> Mapping[str, int]:
        """The addresses of forward and backward; held: with lines that can be held."""
        if held not in self._addresses:
            self._addresses[held] = library.addresses(self._cell[held])
        return self._addresses[held]

    def run(
        self,
        mode: int,
        block: Block,
        workspace: Workspace,
        within: float,
        learning: Mapping[str, Any] | None = None,
    ) -> None:
        """A training step, an evaluation or a trace a batch of the block.

        The workspace's `weight` says what a scored step counts, unless it learns.  learning: what
        else the call's table says of the optimiser; its `measured` (3, N) takes loss, accuracy and
        gradient norm of training steps, one after another.  TypeError for arrays of another kind.
        """
        call = workspace.call
        _check(block, workspace.panels.theta.dtype)
        words = {
            "mode": mode,
            "batches": len(block),
            "within": float(within),
            "judged": _judged_by(block.targets),
            "x": block.inputs,
            "targets": block.targets,
            "scored": block.scored,
            "pause": _pause(),
            **dict.fromkeys(("taken", "loss", "hits", "ticket", "done", "closed"), 0),
            **(learning or {}),
        }
        write(call, CALL, words)
        place = address(call)
        if self._cores is None or len(workspace.parts) == 1:
            self._run(place)
        else:
            with self._cores.assisting(lambda: self._assist(place), lambda: _close(call)):
                self._run(place)


def _check(block: Block, dtype: np.dtype[Any]) -> None:
    """Raise TypeError unless the kernels, which see addresses alone, find what they read."""
    kinds = {
        "inputs": (np.int32 if block.inputs.ndim == 3 else dtype,),
        "targets": (np.int32,) if block.targets.ndim == 3 else (dtype, np.uint8),
        "scored": (np.uint8,),
    }
    for name, wanted in kinds.items():
        array = getattr(block, name)
        if array.dtype not in wanted or not array.flags.c_contiguous:
            raise TypeError(f"{name} of {array.dtype}, contiguous: {array.flags.c_contiguous}")


def _close(call: NDArray[np.int64]) -> None:
    """Let threads go that assist; a call that was made has closed itself."""
    write(call, CALL, {"closed": 1})


def _judged_by(targets: NDArray[Any]) -> int:
    if targets.ndim == 3:
        return CLASSES
    return SYMBOLS if targets.dtype == np.uint8 else VALUES


@cache
def _pause() -> int:
    """The address of the system's function that lets other threads run."""
    if hasattr(ctypes, "WinDLL"):
        function = ctypes.WinDLL("kernel32").SwitchToThread
    else:
        function = ctypes.CDLL(None).sched_yield
    return ctypes.cast(function, ctypes.c_void_p).value or 0
