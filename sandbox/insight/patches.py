"""States and gates taken from one pass into another (activation patching)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trace import layer_count, layer_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sandbox.cells.surgery import Hold
    from sandbox.engine.trace import Trace


def patched(
    donor: Trace, holds: Iterable[Hold], hidden: int, steps: int
) -> dict[str, NDArray[Any]]:
    """What holds lines at a donor's own values, to be held in T steps: arrays (T, 1, H).

    donor: the trace of one sequence.  A hold's value is not looked at; its steps are the donor's.
    """
    held: dict[str, NDArray[Any]] = {}
    layers = layer_count(donor)
    for hold in holds:
        units = [
            n for first, last in hold.units or ((0, hidden - 1),) for n in range(first, last + 1)
        ]
        for layer in [hold.layer] if hold.layer else range(1, layers + 1):
            name = layer_prefix(layer, layers) + hold.line
            array = held.setdefault(name, np.full((steps, 1, hidden), np.nan))
            for first, last in hold.steps:
                rows = slice(first, last + 1)
                array[rows, :, units] = donor.arrays[name][rows, :1, units]
    return held
