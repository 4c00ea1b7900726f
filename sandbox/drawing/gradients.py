"""The gradient through time: how much each step still matters, on a logarithmic scale."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.wording import power_of_ten

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.tasks.shown import ShownSequence

_BELOW = 1 - 1e-6  # of the lowest decade; smaller values count as below it


def gradient_norms(
    trace: Trace, sequence: ShownSequence, relative: bool = False
) -> NDArray[np.float64]:
    """‖dL/dh_t‖₂ at each step of the shown sequence, (T,); L is its mean loss.

    relative: divided by the value at the question, unless that is 0.
    """
    gradient = trace.arrays["grad_hidden"][: sequence.length, sequence.index]
    with np.errstate(all="ignore"):
        norms: NDArray[np.float64] = np.linalg.norm(gradient.astype(np.float64), axis=1)
        at_question = norms[sequence.asked_at]
        return norms / at_question if relative and at_question else norms


def gradient_label(title: str, norms: NDArray[np.float64]) -> str:
    """A curve's name, with the reason if the curve (T,) cannot be seen."""
    if not np.all(np.isfinite(norms)):
        return f"{title}: not a finite number"
    return title if norms.any() else f"{title}: none, its loss is 0"


def floor_label(curves: Iterable[NDArray[np.float64]], low: int) -> str:
    """The label below the lowest decade, 10**low, of an axis: "<1e-20", or "" for none."""
    below = [norms[norms < 10.0**low * _BELOW] for norms in curves]
    return f"<{power_of_ten(low)}" if any(len(norms) for norms in below) else ""


def gradient_heights(
    norms: NDArray[np.float64],
    decades: tuple[int, int],
    top: float,
    bottom: float,
    floor: float,
) -> NDArray[np.float64]:
    """The y of each value (T,), downwards: 10**high at `top`, 10**low at bottom - floor.

    NaN stays NaN, infinity is at the top; zero and values below 10**low are on the floor.
    """
    low, high = decades
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = (high - np.log10(norms)) / (high - low)
    y = top + np.clip(shares, 0.0, 1.0) * (bottom - floor - top)
    return np.where(shares > 1.0 + 1e-9, bottom - 2.0, y)
