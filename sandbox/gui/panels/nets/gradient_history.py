"""The gradient of one sequence over training, from the frames that were shown."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from numpy.typing import NDArray

MOST_ROWS = 512  # then every other one is dropped
MOST_PLACES = 8  # sequences, runs and layers whose history is kept


class GradientHistory:
    """Sizes at every position (T,) by net and training step, of one place: a run and a sequence."""

    def __init__(self) -> None:
        self._places: dict[Hashable, dict[str, dict[int, NDArray[np.float64]]]] = {}

    def note(self, place: Hashable, step: int, sizes: Mapping[str, NDArray[np.float64]]) -> None:
        """Keep the sizes (T,) at a training step, by net."""
        if place not in self._places and len(self._places) >= MOST_PLACES:
            self._places.pop(next(iter(self._places)))
        nets = self._places.setdefault(place, {})
        for key, norms in sizes.items():
            rows = nets.setdefault(key, {})
            rows[step] = norms
            if len(rows) > MOST_ROWS:
                for old in sorted(rows)[1:-1:2]:
                    del rows[old]

    def of(self, place: Hashable, key: str) -> GradientRows:
        """What was kept of a net."""
        rows = self._places.get(place, {}).get(key, {})
        return GradientRows(tuple(sorted(rows)), tuple(rows[step] for step in sorted(rows)))


@dataclass(frozen=True)
class GradientRows:
    """Training steps in order, and the sizes (T,) at each."""

    steps: tuple[int, ...]
    norms: tuple[NDArray[np.float64], ...]

    def picture(self, pixels: int) -> NDArray[np.float64]:
        """Sizes at evenly spread training steps, the first on top, (pixels, T).

        Each is that of the last kept step before it, so nothing is shown before it was measured.
        """
        wanted = np.linspace(self.steps[0], self.steps[-1], pixels)
        chosen = np.searchsorted(self.steps, wanted, side="right") - 1
        return np.stack([self.norms[each] for each in chosen])
