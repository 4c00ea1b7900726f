"""Claim 2: every cell's analytic gradient beside central differences, in float64."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sandbox.cells.cell import layout
from sandbox.cells.known import CELLS
from sandbox.claims.measure.deviations import Deviations, trained_here
from sandbox.claims.pictures import Picture, Row
from sandbox.engine.optimizer_constants import CODES
from sandbox.tasks.base import Sequences
from sandbox.tasks.batches import block_of
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.claims.measure.claim import Figure, Measurement, Values
    from sandbox.engine.compilation import Net

COUNT, STEPS, INPUTS, HIDDEN, OUTPUTS = 4, 7, 3, 5, 2
STEP = 1e-5  # of a weight: the error of the difference is of the order of its square
LAYERS = (1, 2)
QUICK_CELLS = ("lstm", "lstm_no_forget")


class Gradients(Deviations):
    """Compiled cells by their kernels, the others through PyTorch: whatever trains them."""

    name, seeds, quick_seeds, seconds = "gradients", 5, 1, 12.0
    limit: ClassVar[float] = 1e-5
    worst = "largest relative error of a gradient"
    asks = "every cell below 1e-5"

    def protocol(self, quick: bool) -> Values:
        """Sizes and cells."""
        sizes = {"sizes": [COUNT, STEPS, INPUTS, HIDDEN, OUTPUTS], "step": STEP}
        return {**sizes, "cells": self._cells(quick), "layers": self._layers(quick)}

    def measure(self, seed: int, quick: bool, measurement: Measurement) -> Values:
        """{"measured": {cell: relative error}}: the worst over layers and kinds of data."""
        cells, measured = self._cells(quick), dict[str, float]()
        for done, cell in enumerate(cells):
            measurement.progress(done / len(cells))
            measured[cell] = max(
                relative_error(cell, layers, tokens, seed)
                for layers in self._layers(quick)
                for tokens in (True, False)
            )
        return {"measured": measured}

    def expected(self, results: Sequence[Values]) -> Mapping[str, float]:
        """No error."""
        return dict.fromkeys(results[0]["measured"], 0.0)

    def picture(self, figures: Sequence[Figure], results: Sequence[Values]) -> Picture:
        """Each cell's worst error, from the seed where it was least to the one where it was most.

        A logarithmic axis has no room for an interval that reaches below zero.
        """
        rows = tuple(
            Row(each.name, each.measured, (min(each.by_seed), max(each.by_seed)))
            for each in figures
        )
        axis = "largest relative error of a gradient, mean and range over seeds"
        return Picture(axis, log=True, rows=rows, levels={"1e-5": self.limit})

    def _cells(self, quick: bool) -> list[str]:
        return list(QUICK_CELLS if quick else CELLS)

    def _layers(self, quick: bool) -> list[int]:
        return list(LAYERS[:1] if quick else LAYERS)


def relative_error(cell: str, layers: int, tokens: bool, seed: int) -> float:
    """The largest difference of a gradient's entry, as a share of the largest entry."""
    rng = stream(seed, Purpose.INITIALISATION, list(CELLS).index(cell) * 10 + layers)
    size = layout(CELLS[cell], INPUTS, HIDDEN, OUTPUTS, layers).size
    theta = rng.uniform(-1, 1, size) / math.sqrt(HIDDEN)
    sequences = _drawn(rng, tokens)
    net = trained_here(cell, theta, INPUTS, HIDDEN, OUTPUTS, layers)
    analytic = _gradient(net, sequences)
    numeric = np.array([_slope(net, sequences, place) for place in range(size)])
    return float(np.abs(analytic - numeric).max() / np.abs(numeric).max())


def _drawn(rng: np.random.Generator, tokens: bool) -> Sequences:
    """Random symbols and classes, or numbers and values; every step may be asked for."""
    shape = (COUNT, STEPS)

    def rows(size: int) -> NDArray[Any]:
        if tokens:
            return rng.integers(0, size, shape).astype(np.int32)
        return rng.normal(size=(*shape, size))

    inputs, targets = rows(INPUTS), rows(OUTPUTS)
    scored = rng.random(shape) < 0.5
    scored[:, -1] = True
    return Sequences(inputs, targets, scored, np.ones(shape, np.uint8))


def _gradient(net: Net, sequences: Sequences) -> NDArray[np.float64]:
    """By one step of gradient descent with a rate of 1: what moved is the gradient."""
    start = net.vectors()
    net.learn(block_of(sequences, len(sequences)), 0, 1.0, math.inf, CODES["sgd"])
    after = net.vectors()["weights"]
    net.load_vectors(start)
    return np.asarray(start["weights"] - after)


def _slope(net: Net, sequences: Sequences, place: int) -> float:
    """The central difference of the loss by one weight."""
    start, losses = net.vectors(), []
    for move in (STEP, -STEP):
        theta = start["weights"].copy()
        theta[place] += move
        net.load_vectors({**start, "weights": theta})
        losses.append(net.evaluate(sequences)[0])
    net.load_vectors(start)
    return float((losses[0] - losses[1]) / (2 * STEP))
