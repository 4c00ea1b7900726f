"""A net's weights in the tiles' order, and how a batch is divided.

Everything lies in panels: the units of a layer in blocks of as many as a vector has lanes, so that
a tile reads and writes whole vectors.  Units beyond H have weights of zero.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name
from sandbox.engine.kernels.machine import ROWS, lanes_of, padded

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Layout
    from sandbox.engine.kernels.cell_plan import CellPlan

    Maker = Callable[[tuple[int, ...], Any], NDArray[Any]]  # zeros of a shape and dtype

CACHE_LINE = 64  # bytes
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
