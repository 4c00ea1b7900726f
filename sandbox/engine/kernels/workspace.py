"""The arrays that a net works in for batches of one size: states, gradients and scratch.

As in `panels`, units lie in blocks; the rows of all steps follow one another in each, so that a
block's rows are one run of memory.  An array is (blocks, rows, width): row t·B' + b is sequence b
at step t (states begin with the start state, so step t's is one batch further on), and B' is the
part of the batch, padded to a whole number of tiles.  Sequences beyond B are never scored.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.kernels.cell_plan import BEFORE
from sandbox.engine.kernels.machine import padded
from sandbox.engine.kernels.panels import CACHE_LINE, Panels, Part, address, parts_of, write, zeros
from sandbox.engine.kernels.tables import CALL, LAYER, PART

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.engine.kernels.panels import Maker

Size = tuple[int, int, int | None, int]  # steps T, sequences B, channels (None: tokens), layers
ROWS_AT_ONCE = 128  # rows of gradients kept for one pass over the weight gradients


class Workspace:
    """States and scratch for batches of B sequences of T steps, in arrays made by `new`.

    whole: the batch is one part, so that states can be read as one array.  held: whether lines
    can be held.
    """

    def __init__(
        self,
        panels: Panels,
        addresses: Mapping[str, int],
        size: Size,
        new: Maker,
        whole: bool,
        held: bool,
    ) -> None:
        steps, count, inputs, _ = size
        self.panels, self.size, self._can_hold = panels, size, held
        self.parts = [Part(0, count)] if whole else parts_of(panels, steps, count)
        dtype = panels.theta.dtype
        self.weight = new((count,), dtype)
        self.layers: list[list[dict[str, NDArray[Any]]]] = []
        self._held: list[Any] = []  # arrays that only tables know
        self._tables = [self._part(part, steps, inputs, addresses, new) for part in self.parts]
        blocks = len(panels.layers) * panels.blocks + 1
        self.norms = new((blocks,), np.float64)
        self.call = np.zeros(len(CALL) - 1 + len(self.parts), np.int64)
        self._say(steps, count, inputs)

    def _say(self, steps: int, count: int, inputs: int | None) -> None:
        panels = self.panels
        write(
            self.call,
            CALL,
            {
                "steps": steps,
                "size": count,
                "layers": len(panels.layers),
                "parts": len(self.parts),
                "outputs": panels.outputs,
                "wide": panels.wide,
                "reads": int(inputs is not None),
                "inputs": inputs or 0,
                "weight": self.weight,
                "theta": panels.theta,
                "gradient": panels.gradient,
                "parameters": panels.theta.size,
                "at_W_o": panels.starts["W_o"],
                "at_b_o": panels.starts["b_o"],
                "norms": self.norms,
            },
        )
        self.call[CALL.index("part0") :] = [address(table) for table, _ in self._tables]

    def _part(
        self, part: Part, steps: int, inputs: int | None, addresses: Mapping[str, int], new: Maker
    ) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        panels, batch = self.panels, part.batch
        dtype, slots = panels.theta.dtype, max(min(ROWS_AT_ONCE // batch, steps), 2)
        states = [self._states(n, steps, batch, slots, new) for n in range(len(panels.layers))]
        self.layers.append(states)
        layers = np.zeros((len(states), len(LAYER)), np.int64)
        for n, own in enumerate(states):
            write(layers[n], LAYER, {**panels.words(n, addresses), **own})
            for g, gate in enumerate(panels.plan.gates):
                fed = panels.plan.fed[gate]
                if fed:
                    source = own["hs" if fed == BEFORE else self._seen(fed)]
                    write(layers[n], LAYER, {f"fed{g}": source})
        rows = steps * batch
        x = new((rows,), np.int32) if inputs is None else new((rows, inputs), dtype)
        readout = self._readout(batch, new)
        self._held += [x, *readout.values()]
        table = np.zeros(len(PART), np.int64)
        write(
            table,
            PART,
            {
                "batch": batch,
                "first": part.first,
                "count": part.count,
                "rows": rows,
                "after": rows + batch,
                "slots": slots,
                "layers": layers,
                "x": x,
                **panels.readout,
                **readout,
            },
        )
        return table, layers

    def _seen(self, name: str) -> str:
        return f"seen{self.panels.plan.seen.index(name)}"

    def _readout(self, batch: int, new: Maker) -> dict[str, NDArray[Any]]:
        panels = self.panels
        dtype = panels.theta.dtype
        return {
            "dW_o": new((panels.high, panels.wide), dtype),
            "db_o": new((panels.wide,), dtype),
            "out": new((batch, panels.wide), dtype),
        }

    def _states(
        self, layer: int, steps: int, batch: int, slots: int, new: Maker
    ) -> dict[str, NDArray[Any]]:
        """States and gradients of one layer; dax is da unless a gate is split."""
        panels, plan = self.panels, self.panels.plan
        gates, rows, after = panels.gates, steps * batch, (steps + 1) * batch

        def panel(height: int, vectors: int = 1) -> NDArray[Any]:
            return new((panels.blocks, height if vectors else 0, vectors * panels.width), dtype)

        dtype = panels.theta.dtype
        da = panel(slots * batch, gates)
        return {
            **panels.gradients(layer, new),
            "hs": panel(after),
            "dhs": panel(rows),
            "da": da,
            "dax": panel(slots * batch, gates) if plan.split else da,
            "cs": panel(after, len(plan.states)),
            "dcs": panel(rows, len(plan.states)),
            "kept": panel(rows, plan.kept_vectors),
            "carry": panel(batch, len(plan.carried)),
            "cross": panel(batch, len(plan.crossing)),
            "held": panel(rows, len(plan.holdable) if self._can_hold else 0),
            **{f"seen{n}": panel(after) for n in range(len(plan.seen))},
        }

    def word(self, name: str) -> int:
        """A whole number that the last call left."""
        return int(self.call[CALL.index(name)])

    def real(self, name: str) -> float:
        """A float64 that it left."""
        return float(self.call.view(np.float64)[CALL.index(name)])

    def steps_of(self, layer: int, name: str, vector: int = 0) -> NDArray[Any]:
        """The vector-th array (T, B, H) of a layer's panel, copied: (T + 1, B, H) of states."""
        width, hidden = self.panels.width, self.panels.hidden
        found = []
        for part, layers in zip(self.parts, self.layers, strict=True):
            panel = layers[layer][name][:, :, vector * width : (vector + 1) * width]
            steps = np.moveaxis(panel.reshape(len(panel), -1, part.batch, width), 0, 2)
            steps = steps[:, : part.count]
            found.append(steps.reshape(*steps.shape[:2], -1)[..., :hidden])
        return np.concatenate(found, axis=1)  # never a view

    def hold(self, layer: int, held: Mapping[str, NDArray[Any]]) -> None:
        """Hold lines of a layer at arrays that broadcast to (T, B, H); NaN leaves a unit free."""
        steps, count, *_ = self.size
        names, width, hidden = self.panels.plan.holdable, self.panels.width, self.panels.hidden
        for part, layers in zip(self.parts, self.layers, strict=True):
            panel = layers[layer]["held"]
            panel[:] = np.nan
            cut = panel.reshape(len(panel), steps, part.batch, len(names), width)
            for name, array in held.items():
                values = np.broadcast_to(array, (steps, count, hidden))
                values = values[:, part.first : part.first + part.count]
                for j, block in enumerate(cut):
                    units = values[..., j * width : (j + 1) * width]
                    block[:, : part.count, names.index(name), : units.shape[-1]] = units

    def last_states(self) -> list[NDArray[Any]]:
        """Copies of every layer's states after the last step, for `begin_with`."""
        return [
            each[:, -part.batch :].copy()
            for part, layers in zip(self.parts, self.layers, strict=True)
            for each in _carried(layers)
        ]

    def begin_with(self, states: list[NDArray[Any]]) -> None:
        """Begin with the `last_states` of another workspace for as many sequences."""
        mine = [
            each[:, : part.batch]
            for part, layers in zip(self.parts, self.layers, strict=True)
            for each in _carried(layers)
        ]
        for own, given in zip(mine, states, strict=True):
            own[:] = given


def _carried(layers: list[dict[str, NDArray[Any]]]) -> list[NDArray[Any]]:
    """What goes from step to step: hs, and cs where the cell has other states."""
    return [own[name] for own in layers for name in ("hs", "cs") if own[name].size]


class Memory:
    """One buffer that is used over and over: it grows to the largest workspace made in it.

    A task whose sequences vary in length needs a workspace of another size for many batches.
    To keep them all would take memory without end; to allocate each anew, time.

    slack: how many times larger than needed the buffer may be before a smaller one is made.
    whole: its batches are one part each.
    """

    def __init__(self, slack: float = math.inf, whole: bool = False) -> None:
        self._slack, self._whole = slack, whole
        self._buffer = zeros((0,), np.uint8)
        self._workspace: Workspace | None = None
        self._addresses: Mapping[str, int] | None = None

    def workspace(
        self, panels: Panels, addresses: Mapping[str, int], size: Size, held: bool = False
    ) -> Workspace:
        """A workspace of this size; the one before must not be used again.

        It is the same one, as it was left, while size and kernels stay the same.
        """
        known = self._workspace
        if known is None or size != known.size or addresses is not self._addresses:
            self._workspace, needed = None, self._bytes(panels, addresses, size, held)
            if not needed <= len(self._buffer) <= self._slack * needed:
                self._buffer = zeros((0,), np.uint8)  # let it go before asking for another
                self._buffer = zeros((needed,), np.uint8)
            else:
                self._buffer[:needed] = 0
            self._used, self._addresses = 0, addresses
            known = Workspace(panels, addresses, size, self._cut, self._whole, held)
            self._workspace = known
        return known

    def _bytes(self, panels: Panels, addresses: Mapping[str, int], size: Size, held: bool) -> int:
        """The bytes of a workspace of this size, without making one."""
        total = 0

        def measure(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
            nonlocal total
            total += _whole_lines(_bytes(shape, dtype))
            return np.broadcast_to(np.zeros((), dtype), shape)

        Workspace(panels, addresses, size, measure, self._whole, held)
        return total

    def _cut(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        start, size = self._used, _bytes(shape, dtype)
        self._used += _whole_lines(size)
        cut: NDArray[Any] = self._buffer[start : start + size].view(dtype).reshape(shape)
        return cut


def _bytes(shape: tuple[int, ...], dtype: Any) -> int:
    return math.prod(shape) * int(np.dtype(dtype).itemsize)


def _whole_lines(size: int) -> int:
    return padded(size, CACHE_LINE)
