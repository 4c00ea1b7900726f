"""A net's arrays as kernels take them: weights for all batches, states for one size.

Everything lies in panels: the units of a layer in blocks of as many as a vector has lanes, the rows
of all steps after one another in each, so that a tile reads and writes whole vectors and a block's
rows are one run of memory.  An array is (blocks, rows, width): row t·B' + b is sequence b at step t
(states begin with the start state, so step t's is one batch further on), and B' is the part of the
batch, padded to a whole number of tiles.  Units beyond H have weights of zero and stay zero;
sequences beyond B are never scored.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name
from sandbox.engine.kernels.machine import ROWS, lanes_of, padded
from sandbox.engine.kernels.tables import CALL, LAYER, PART

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Layout
    from sandbox.engine.kernels.cell_plan import CellPlan

    Maker = Callable[[tuple[int, ...], Any], NDArray[Any]]  # zeros of a shape and dtype

Size = tuple[int, int, int | None, int]  # steps T, sequences B, channels (None: tokens), layers
CACHE_LINE = 64  # bytes
ROWS_AT_ONCE = 128  # rows of gradients kept for one pass over the weight gradients
PART_ROWS = 16  # sequences in a part of the batch, at least
MOST_PARTS = 16
WORTH_DIVIDING = 20_000_000  # multiplications forward, about half a millisecond; below, one part


def zeros(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
    """Zeros that begin at a cache line: a vector that lies on two lines takes twice as long."""
    size = int(np.prod(shape)) * np.dtype(dtype).itemsize
    raw = np.zeros(size + CACHE_LINE, np.uint8)
    start = -address(raw) % CACHE_LINE
    return np.asarray(raw[start : start + size].view(dtype).reshape(shape))


def address(array: NDArray[Any]) -> int:
    """Where an array's elements begin."""
    place: int = array.__array_interface__["data"][0]
    return place


def write(table: NDArray[np.int64], names: tuple[str, ...], values: Mapping[str, Any]) -> None:
    """Words of a table: whole numbers, floats as they are, arrays by their address."""
    for name, value in values.items():
        if isinstance(value, np.ndarray):
            value = address(value)
        place = names.index(name)
        if isinstance(value, float):
            table.view(np.float64)[place] = value
        else:
            table[place] = value


class Panels:
    """The weights of every layer in the tiles' order, and where the flat vector keeps them."""

    def __init__(
        self,
        plan: CellPlan,
        parts: Layout,
        theta: NDArray[Any],
        gradient: NDArray[Any],
        layers: int,
    ) -> None:
        self.plan, self.theta, self.gradient = plan, theta, gradient
        self.width = width = lanes_of(theta.dtype)
        self.starts = _starts(parts)
        inputs, columns = parts.shapes["W_x"]
        self.hidden, self.outputs = parts.shapes["W_o"]
        self.inputs, self.gates = inputs, columns // self.hidden
        self.high = padded(self.hidden, width)
        self.blocks, self.wide = self.high // width, padded(self.outputs, width)
        self.readout = {
            "W_o": self._room(self.high, self.wide),
            "b_o": self._room(self.wide),
            "W_oT": self._room(self.blocks, self.wide, width),
        }
        self.layers = [self._weights(layer) for layer in range(layers)]

    def _room(self, *shape: int) -> NDArray[Any]:
        return zeros(shape, self.theta.dtype)

    def _weights(self, layer: int) -> dict[str, NDArray[Any]]:
        """W_x (blocks, I, G·L); b (blocks, 1, G·L); W_h (blocks·G, H', L); W_hT and W_xT
        (blocks, blocks·G·L, L), the latter of upper layers; extras (blocks, 1, E·L).
        """
        blocks, columns, width = self.blocks, self.gates * self.width, self.width
        square = (blocks, blocks * columns, width)
        recurrent = self.plan.equations.recurrent
        return {
            "W_x": self._room(blocks, self.high if layer else self.inputs, columns),
            "b": self._room(blocks, 1, columns),
            "W_h": self._room(blocks * self.gates, self.high if recurrent else 0, width),
            "W_hT": self._room(*square) if recurrent else self._room(0),
            "W_xT": self._room(*square) if layer else self._room(0),
            "extras": self._room(blocks, 1, len(self.plan.parameters) * width),
        }

    def gradients(self, layer: int, new: Maker) -> dict[str, NDArray[Any]]:
        """dL/d(weights), dW_h as (blocks, H', G·L)."""
        own = self.layers[layer]
        shapes = {name: own[name].shape for name in ("W_x", "b", "extras")}
        rows = own["W_h"].shape[1]
        shapes["W_h"] = (self.blocks, rows, self.gates * self.width)
        return {f"d{name}": new(shape, self.theta.dtype) for name, shape in shapes.items()}

    def words(self, layer: int, addresses: Mapping[str, int]) -> dict[str, Any]:
        """What a layer's table says of its weights; addresses: of forward and backward."""
        plan, starts = self.plan, self.starts
        names = {name: layer_name(name, layer) for name in ("W_x", "W_h", "b")}
        extras = [layer_name(name, layer) for name in plan.parameters]
        rows = self.layers[layer]["W_x"].shape[1]
        return {
            **self.layers[layer],
            **addresses,
            "gates": self.gates,
            "blocks": self.blocks,
            "inputs": rows,
            "rows_of_W_x": self.hidden if layer else rows,
            "hidden": self.hidden,
            "vectors": len(extras),
            "recurrent": int(plan.equations.recurrent),
            "carried": len(plan.carried),
            **{f"at_{name}": starts.get(own, 0) for name, own in names.items()},
            "at_extras": starts[extras[0]] if extras else 0,
        }


def _starts(parts: Layout) -> dict[str, int]:
    """Where each parameter begins in the flat vector."""
    starts, start = {}, 0
    for name, shape in parts.shapes.items():
        starts[name] = start
        start += math.prod(shape)
    return starts


@dataclass(frozen=True)
class Part:
    """Some sequences of a batch: from `first` on, `count` of them; B' is `batch`."""

    first: int
    count: int

    @property
    def batch(self) -> int:
        """Its rows in every panel."""
        return padded(self.count, ROWS)


def parts_of(panels: Panels, steps: int, count: int) -> list[Part]:
    """A batch in parts for several threads, the same on every machine of a kind; small ones whole.

    So the sums over a batch are the same with one thread or many.
    """
    depth = panels.hidden + panels.inputs
    work = steps * count * depth * panels.hidden * panels.gates * len(panels.layers)
    tiles = padded(count, ROWS) // ROWS
    most = min(padded(count, ROWS) // PART_ROWS, MOST_PARTS)
    number = max(most, 1) if work >= WORTH_DIVIDING else 1
    bounds = [min(tiles * n // number * ROWS, count) for n in range(number + 1)]
    return [Part(a, b - a) for a, b in pairwise(bounds)]


class Workspace:
    """States and scratch for batches of B sequences of T steps, in arrays made by `new`.

    whole: the batch is one part, so that states can be read as one array.
    """

    def __init__(
        self, panels: Panels, addresses: Mapping[str, int], size: Size, new: Maker, whole: bool
    ) -> None:
        steps, count, inputs, _ = size
        self.panels, self.size = panels, size
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
                    source = own["hs" if fed == "hidden" else self._seen(fed)]
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

    def workspace(self, panels: Panels, addresses: Mapping[str, int], size: Size) -> Workspace:
        """A workspace of this size; the one before must not be used again.

        It is the same one, as it was left, while size and kernels stay the same.
        """
        known = self._workspace
        if known is None or size != known.size or addresses is not self._addresses:
            self._workspace, needed = None, self._bytes(panels, addresses, size)
            if not needed <= len(self._buffer) <= self._slack * needed:
                self._buffer = zeros((0,), np.uint8)  # let it go before asking for another
                self._buffer = zeros((needed,), np.uint8)
            else:
                self._buffer[:needed] = 0
            self._used, self._addresses = 0, addresses
            known = Workspace(panels, addresses, size, self._cut, self._whole)
            self._workspace = known
        return known

    def _bytes(self, panels: Panels, addresses: Mapping[str, int], size: Size) -> int:
        """The bytes of a workspace of this size, without making one."""
        total = 0

        def measure(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
            nonlocal total
            total += _whole_lines(_bytes(shape, dtype))
            return np.broadcast_to(np.zeros((), dtype), shape)

        Workspace(panels, addresses, size, measure, self._whole)
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
