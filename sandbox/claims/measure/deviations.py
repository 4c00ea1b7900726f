"""Claims of exact figures: how far each is off."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import TYPE_CHECKING, Any, ClassVar

from sandbox.cells.known import CELLS
from sandbox.claims.measure.claim import Claim, Outcome, Values, mean_figure
from sandbox.engine.compilation import is_compiled

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.claims.measure.claim import Figure
    from sandbox.claims.pictures import Picture
    from sandbox.engine.compilation import Net


class Deviations(Claim):
    """A seed's result is {"measured": {name: figure}}; `expected` says what they should be.

    limit: the largest relative deviation that passes; if 0 is expected, `near_zero` is the
    largest difference.  quick_decides: whether the quick form gives a verdict.
    """

    limit: ClassVar[float]
    quick_decides: ClassVar[bool] = True
    near_zero: ClassVar[float] = 0.0
    worst: ClassVar[str]
    asks: ClassVar[str]

    @abstractmethod
    def expected(self, results: Sequence[Values]) -> Mapping[str, float]:
        """The right figure by name."""

    def conclude(self, results: Sequence[Values], quick: bool) -> Outcome:
        """Pass if every figure of every seed is near enough."""
        right = self.expected(results)
        by_name = {name: [result["measured"][name] for result in results] for name in right}
        worst = [
            max(self._off(result["measured"][name], right[name]) for name in right)
            for result in results
        ]
        passed = max(worst) < self.limit
        first = mean_figure(self.worst, worst, 0.0, self.asks, passed)
        each = tuple(self._figure(name, right[name], by_name[name]) for name in right)
        verdict = passed if self.quick_decides or not quick else None
        return Outcome(verdict, (first, *each), self.picture(each, results))

    @abstractmethod
    def picture(self, figures: Sequence[Figure], results: Sequence[Values]) -> Picture:
        """What is drawn; figures: one for each name."""

    def _figure(self, name: str, right: float, values: Sequence[float]) -> Figure:
        near = all(self._off(value, right) < self.limit for value in values)
        return mean_figure(name, values, right, "", near)

    def _off(self, value: float, right: float) -> float:
        """The relative deviation; of a zero, in units in which `near_zero` is the limit."""
        if not math.isfinite(value):
            return math.inf
        if right == 0:
            return abs(value) / self.near_zero * self.limit if self.near_zero else abs(value)
        return abs(value / right - 1)


def trained_here(
    cell: str, theta: NDArray[Any], inputs: int, hidden: int, outputs: int, layers: int = 1
) -> Net:
    """A net of the kind that trains this cell here; theta (P,) becomes its own."""
    if is_compiled():
        from sandbox.engine.network import Network

        return Network(CELLS[cell], theta, inputs, hidden, outputs, layers=layers)
    from sandbox.engine.reference import ReferenceNetwork

    return ReferenceNetwork(CELLS[cell], theta, inputs, hidden, outputs, layers=layers)
