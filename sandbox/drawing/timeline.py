"""The one mapping from steps to pixels that heatmaps, gradient and words of a column share."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True)
class Timeline:
    """`steps` steps over `width` pixels from `left` on, each equally wide."""

    left: int
    width: int
    steps: int

    @property
    def right(self) -> int:
        """Where the last step ends."""
        return self.left + self.width

    def edge(self, step: float) -> float:
        """Where a step begins."""
        return self.left + step * self.width / max(self.steps, 1)

    def centre(self, step: float) -> float:
        """A step's middle."""
        return self.edge(step + 0.5)

    def centres(self) -> NDArray[np.float64]:
        """Every step's middle, (T,)."""
        steps = np.arange(self.steps, dtype=np.float64)
        return self.left + (steps + 0.5) * (self.width / max(self.steps, 1))

    def step_at(self, x: float) -> int:
        """The step under x, or -1 beside the axis."""
        if not self.left <= x < self.right or not self.steps:
            return -1
        return min(int((x - self.left) * self.steps / self.width), self.steps - 1)

    def columns(self, ratio: float, always: Sequence[int] = ()) -> NDArray[np.intp]:
        """The step shown in each device pixel.

        Where there are more steps than pixels each pixel shows one real step, never a mean,
        and the steps in `always` (cue and query) are among them.
        """
        pixels = max(round(self.width * ratio), 1)
        shown = ((np.arange(pixels) + 0.5) * self.steps / pixels).astype(np.intp)
        if self.steps > pixels:
            for step in always:
                shown[step * pixels // self.steps] = step
        return shown


def rows(units: int, height: int, ratio: float) -> NDArray[np.intp]:
    """The unit shown in each device pixel of a picture's height, the first on top."""
    pixels = max(round(height * ratio), 1)
    return ((np.arange(pixels) + 0.5) * units / pixels).astype(np.intp)
