"""Values that lines of a net are held at: arrays by their names in a Trace, NaN where free.

An array is (T or 1, B or 1, H or 1), or one number.  A plain name is the top layer's, as in a
Trace.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from sandbox.engine.trace import layer_prefix

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.cells.cell import Cell
    from sandbox.cells.surgery import Hold, Ranges

Arrays = Mapping[str, NDArray[Any]]
Held = Mapping[str, NDArray[Any] | float]


def held_by(
    holds: Iterable[Hold], cell: Cell, layers: int, hidden: int, steps: int
) -> dict[str, NDArray[Any]]:
    """What a surgery holds in T steps: arrays (T, 1, H); later holds replace earlier ones.

    Steps past the end have no effect.  SurgeryError for what the net lacks.
    """
    held: dict[str, NDArray[Any]] = {}
    for hold in holds:
        hold.check(cell, hidden, layers)
        rows, columns = _chosen(hold.steps, steps), _chosen(hold.units, hidden)
        for layer in [hold.layer] if hold.layer else range(1, layers + 1):
            for line in hold.lines(cell):
                name = layer_prefix(layer, layers) + line
                array = held.setdefault(name, np.full((steps, 1, hidden), np.nan))
                array[np.ix_(rows, [0], columns)] = hold.value
    return held


def merged(first: Held, second: Held) -> Held:
    """Both; where both hold, the second does."""
    found: dict[str, NDArray[Any] | float] = dict(first)
    for name, array in second.items():
        found[name] = np.where(np.isnan(array), found[name], array) if name in found else array
    return found


def steps_of(held: Held, part: slice) -> Held:
    """Only these steps."""
    arrays = {name: _whole(given) for name, given in held.items()}
    return {name: each if len(each) == 1 else each[part] for name, each in arrays.items()}


def by_layer(held: Held, cell: Cell, layers: int) -> list[Arrays]:
    """Arrays by plain name for each layer, bottom first; ValueError for a name it lacks."""
    found: list[Arrays] = []
    for layer in range(1, layers + 1):
        prefix = layer_prefix(layer, layers)
        names = {prefix + name: name for name in cell.holdable()}
        found.append({names[name]: _whole(held[name]) for name in held if name in names})
    known = {layer_prefix(n + 1, layers) + name for n, own in enumerate(found) for name in own}
    for name in held:
        if name not in known:
            raise ValueError(f"{cell.title} has no {name} to hold")
    return found


def _whole(given: NDArray[Any] | float) -> NDArray[Any]:
    return given if isinstance(given, np.ndarray) else np.full((1, 1, 1), given)


def _chosen(ranges: Ranges, count: int) -> list[int]:
    if not ranges:
        return list(range(count))
    return [n for first, last in ranges for n in range(first, min(last + 1, count))]
