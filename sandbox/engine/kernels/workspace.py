"""A net's arrays as compiled calls take them: weights for all batches, states for one size."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name
from sandbox.engine.kernels.machine import ROWS, padded
from sandbox.engine.kernels.states import (
    CACHE_LINE,
    make_readout,
    make_states,
    make_weights,
    zeros,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell, Layout
    from sandbox.engine.kernels.states import Maker

Views = tuple["NDArray[Any]", ...]
Size = tuple[int, int, int | None, int]  # steps T, sequences B, channels (None: tokens), layers


class Panels:
    """The weights of every layer in the tiles' order, and where the flat vectors keep them."""

    def __init__(
        self, cell: Cell, parts: Layout, theta: NDArray[Any], gradient: NDArray[Any], layers: int
    ) -> None:
        mine, theirs = parts.views(theta), parts.views(gradient)
        gates, (inputs, columns) = len(cell.gates), mine["W_x"].shape
        self.hidden = hidden = columns // gates
        self.output = tuple((each["W_o"], each["b_o"]) for each in (mine, theirs))
        self._first = (
            *make_weights(gates, inputs, hidden, 0, theta.dtype),
            *(_views(each, 0) for each in (mine, theirs)),
        )
        self._uppers: Any = None
        if layers > 1:
            own = make_weights(gates, hidden, hidden, hidden, theta.dtype)
            size = sum(view.size for view in _views(mine, 1))
            self._uppers = (
                *(_repeated(each, layers - 1) for each in own),
                *(_all_above(_views(each, 1), layers - 1, size) for each in (mine, theirs)),
            )

    def layers(self, states: tuple[Any, Any]) -> tuple[Any, Any]:
        """First and upper layers for a compiled call, with these states."""

        def with_states(layer: Any, own: Any) -> Any:
            w, g, p, d = layer
            return (w, own, g, p, d)

        upper = None if self._uppers is None else with_states(self._uppers, states[1])
        return with_states(self._first, states[0]), upper


class Workspace:
    """States and scratch for batches of B sequences of T steps, in arrays made by `new`."""

    def __init__(
        self,
        cell: Cell,
        panels: Panels,
        steps: int,
        count: int,
        inputs: int | None,
        layers: int,
        new: Maker = zeros,
    ) -> None:
        dtype = panels.output[0][0].dtype
        self.batch = padded(count, ROWS)
        first = make_states(cell.name, steps, self.batch, panels.hidden, dtype, new)
        upper: Any = _repeated(first, layers - 1, new) if layers > 1 else None
        self.states: tuple[Any, Any] = (first, upper)
        outputs = panels.output[0][1].shape[0]
        readout = make_readout(panels.hidden, outputs, self.batch, dtype, new)
        layer, self.uppers = panels.layers(self.states)
        self.net = (layer, readout, *panels.output)
        rows = steps * self.batch
        x = new((rows,), np.int32) if inputs is None else new((rows, inputs), dtype)
        self.scratch = (x, new((count,), dtype))

    def layer(self, number: int) -> Any:
        """The states of a layer, the first being 0."""
        if number == 0:
            return self.states[0]
        return type(self.states[1])(*(each[number - 1] for each in self.states[1]))

    def last_states(self) -> list[NDArray[Any]]:
        """Copies of every layer's states after the last step, for `begin_with`."""
        return [each[..., -self.batch :, :].copy() for each in self._carried()]

    def begin_with(self, states: list[NDArray[Any]]) -> None:
        """Begin with the `last_states` of another workspace for as many sequences."""
        for mine, given in zip(self._carried(), states, strict=True):
            mine[..., : self.batch, :] = given

    def _carried(self) -> list[NDArray[Any]]:
        """What goes from step to step: hs, and cs where the cell has them."""
        kinds = [states for states in self.states if states is not None]
        return [getattr(s, name) for s in kinds for name in ("hs", "cs") if name in s._fields]


class Memory:
    """One buffer that is used over and over: it grows to the largest workspace made in it.

    A task whose sequences vary in length needs a workspace of another size for many batches.
    To keep them all would take memory without end; to allocate each anew, time.

    slack: how many times larger than needed the buffer may be before a smaller one is made.
    """

    def __init__(self, slack: float = math.inf) -> None:
        self._slack = slack
        self._buffer = zeros((0,), np.uint8)
        self._size: Size | None = None
        self._workspace: Workspace | None = None

    def workspace(self, cell: Cell, panels: Panels, size: Size) -> Workspace:
        """A workspace of this size; the one before must not be used again.

        It is the same one, as it was left, while the size stays the same.
        """
        if self._workspace is None or size != self._size:
            self._workspace, needed = None, workspace_bytes(cell, panels, size)
            if not needed <= len(self._buffer) <= self._slack * needed:
                self._buffer = zeros((0,), np.uint8)  # let it go before asking for another
                self._buffer = zeros((needed,), np.uint8)
            else:
                self._buffer[:needed] = 0
            self._used, self._size = 0, size
            self._workspace = Workspace(cell, panels, *size, new=self._cut)
        return self._workspace

    def _cut(self, shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        start, size = self._used, _bytes(shape, dtype)
        self._used += _whole_lines(size)
        cut: NDArray[Any] = self._buffer[start : start + size].view(dtype).reshape(shape)
        return cut


def workspace_bytes(cell: Cell, panels: Panels, size: Size) -> int:
    """The bytes of a workspace of this size, without making one."""
    total = 0

    def measure(shape: tuple[int, ...], dtype: Any) -> NDArray[Any]:
        nonlocal total
        total += _whole_lines(_bytes(shape, dtype))
        return np.broadcast_to(np.zeros((), dtype), shape)

    Workspace(cell, panels, *size, new=measure)
    return total


def _bytes(shape: tuple[int, ...], dtype: Any) -> int:
    return math.prod(shape) * int(np.dtype(dtype).itemsize)


def _whole_lines(size: int) -> int:
    return padded(size, CACHE_LINE)


def _views(parameters: Mapping[str, NDArray[Any]], layer: int) -> Views:
    """W_x, W_h, b (1, G·H) and b_h (1, H), or (0, H) where there is none, of a layer."""
    W_x, W_h, b = (parameters[layer_name(name, layer)] for name in ("W_x", "W_h", "b"))
    b_h = parameters.get(layer_name("b_h", layer), W_h[:0, : W_h.shape[0]].reshape(-1))
    return W_x, W_h, b[None], b_h.reshape(-1, W_h.shape[0])


def _all_above(views: Views, count: int, size: int) -> Views:
    """The views of all upper layers, which follow one another in the flat vector."""
    step = size * views[0].itemsize
    return tuple(
        np.lib.stride_tricks.as_strided(each, (count, *each.shape), (step, *each.strides))
        for each in views
    )


def _repeated(arrays: Any, count: int, new: Maker = zeros) -> Any:
    """A named tuple of such arrays, zero, with an axis of `count` in front."""
    return type(arrays)(*(new((count, *each.shape), each.dtype) for each in arrays))
