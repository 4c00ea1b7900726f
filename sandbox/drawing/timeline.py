"""The time axis of a sequence: positions of steps, their roles, and the words that fit."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

ROLE_NAMES = {Role.CUE: "cue", Role.FILLER: "filler", Role.QUERY: "question"}
_CLEAR = 4.0  # space between the names of two roles


@dataclass(frozen=True)
class Timeline:
    """`steps` steps of equal width over `width`, starting at `left`; in pixels or points."""

    left: float
    width: float
    steps: int

    @property
    def right(self) -> float:
        """Where the last step ends."""
        return self.left + self.width

    def edge(self, step: float) -> float:
        """Where a step begins."""
        return self.left + step * self.width / max(self.steps, 1)

    def centre(self, step: float) -> float:
        """The middle of a step."""
        return self.edge(step + 0.5)

    def centres(self) -> NDArray[np.float64]:
        """The middle of every step, (T,)."""
        steps = np.arange(self.steps, dtype=np.float64)
        return self.left + (steps + 0.5) * (self.width / max(self.steps, 1))

    def step_at(self, x: float) -> int:
        """The step at x, or -1 if x is off the axis."""
        if not self.left <= x < self.right or not self.steps:
            return -1
        return min(int((x - self.left) * self.steps / self.width), self.steps - 1)

    def columns(self, ratio: float, always: Sequence[int] = ()) -> NDArray[np.intp]:
        """The step shown in each device pixel, (width * ratio,).

        With more steps than pixels, each pixel shows one step, never a mean; the steps in
        `always` are always shown.
        """
        pixels = max(round(self.width * ratio), 1)
        shown = ((np.arange(pixels) + 0.5) * self.steps / pixels).astype(np.intp)
        if self.steps > pixels:
            for step in always:
                shown[step * pixels // self.steps] = step
        return shown


def rows(units: int, height: float, ratio: float) -> NDArray[np.intp]:
    """The unit shown in each device pixel of a heatmap's height, (height * ratio,), top first."""
    pixels = max(round(height * ratio), 1)
    return ((np.arange(pixels) + 0.5) * units / pixels).astype(np.intp)


# -- what steps are for -----------------------------------------------------------------


@dataclass(frozen=True)
class Band:
    """Consecutive steps with one role, from `start` to before `stop`."""

    role: Role
    start: int
    stop: int


def bands(roles: NDArray[np.uint8]) -> list[Band]:
    """The bands of equal roles in `roles`, (T,)."""
    cuts = [0, *(np.flatnonzero(np.diff(roles)) + 1).tolist(), len(roles)]
    return [Band(Role(int(roles[a])), a, b) for a, b in pairwise(cuts) if b > a]


def marked_bands(roles: NDArray[np.uint8]) -> list[Band]:
    """The bands of cue and question, which are tinted."""
    return [band for band in bands(roles) if band.role in (Role.CUE, Role.QUERY)]


def marked_steps(roles: NDArray[np.uint8]) -> tuple[int, ...]:
    """The steps of cue and question, which are always drawn and labelled."""
    return tuple(np.flatnonzero(np.isin(roles, (Role.CUE, Role.QUERY))).tolist())


def named_bands(
    roles: NDArray[np.uint8], timeline: Timeline, measure: Callable[[str], float]
) -> list[tuple[Band, float | None]]:
    """Bands with a name, and the middle of the name's position, or None without room for it.

    measure: the width of a text.  If names would touch, the fillers' are left out.
    """
    taken: list[tuple[float, float]] = []
    placed: list[tuple[Band, float | None]] = []
    named = [band for band in bands(roles) if band.role in ROLE_NAMES]
    for band in sorted(named, key=lambda band: band.role == Role.FILLER):
        half = measure(ROLE_NAMES[band.role]) / 2
        middle = (timeline.edge(band.start) + timeline.edge(band.stop)) / 2
        x = min(max(middle, timeline.left + half), timeline.right - half)
        fits = _is_free(x - half - _CLEAR, x + half + _CLEAR, taken)
        if fits:
            taken.append((x - half, x + half))
        placed.append((band, x if fits else None))
    return placed


# -- words at the axis ------------------------------------------------------------------


def fitting_words(
    labels: Sequence[str], marked: Sequence[int], extent: Callable[[int], tuple[float, float]]
) -> list[int]:
    """The steps whose words fit without overlap.

    extent: left and right end of a step's word.  marked: steps whose words have priority, the
    last one first; then come words of four letters and more, then short ones like "the".
    """
    rest = sorted(set(range(len(labels))) - set(marked), key=lambda t: (len(labels[t]) < 4, t))
    taken: list[tuple[float, float]] = []
    chosen = []
    for step in (*reversed(marked), *rest):
        left, right = extent(step)
        if labels[step] and _is_free(left, right, taken):
            taken.append((left, right))
            chosen.append(step)
    return chosen


def _is_free(left: float, right: float, taken: list[tuple[float, float]]) -> bool:
    return all(right <= a or left >= b for a, b in taken)
