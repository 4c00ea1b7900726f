"""A net's dynamics as places, colours and words to draw, on screen and in print."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.styles import LineStyle, QuietStyle
from sandbox.drawing.wording import decimal, magnitude
from sandbox.engine.trace import of_layer
from sandbox.insight.answer_groups import OTHERS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.engine.trace import Trace
    from sandbox.insight.dynamics import Dynamics
    from sandbox.insight.fixed_points import FixedPoint
    from sandbox.tasks.shown import ShownSequence

    Places = NDArray[np.float64]

TITLE = "Dynamics"
PLANES = ((0, 1), (0, 2), (1, 2))  # components that are drawn across and up
EACH, MOST_WAYS = 4, 36  # ways of sequences: of one answer, and together
NEARLY_ALL = (0.001, 0.999)  # quantiles of steps that are in sight
ROOM = 0.06  # around what is drawn, as a share of it
STRETCH = 0.6  # of half the ways' range: points farther outside are not drawn
CIRCLE, MOST_SPECTRUM = 1.15, 2.5  # half the side of the plot of eigenvalues
# After Tol's schemes "light" and "muted" (2021), and three more each.
_ON_DARK = """
#77aadd #ee8866 #44bb99 #eedd88 #ffaabb #bbcc33 #99ddff #c3a5e8 #d9a679 #7fd65f #aaaa00 #e0e0e0
"""
_ON_LIGHT = """
#1f78a8 #b3394f #117733 #8f7a00 #aa4499 #5a7a00 #332288 #c25a00 #2a8577 #882255 #6b6b1f #4a4f57
"""
GROUP_COLOURS: Mapping[str, tuple[str, ...]] = {
    "dark": tuple(_ON_DARK.split()),
    "light": tuple(_ON_LIGHT.split()),
    "print": tuple(_ON_LIGHT.split()),
}


class GroupStyle(LineStyle):
    """How the ways of a group are drawn; `slot` is the group."""

    def color(self, palette: Palette) -> str:
        """Its colour in that palette."""
        return GROUP_COLOURS[palette.name][self.slot]


def group_styles(names: Sequence[str]) -> list[LineStyle]:
    """The style of every group, in order."""
    return [
        QuietStyle(n, (), "circle") if name == OTHERS else GroupStyle(n, (), "circle")
        for n, name in enumerate(names)
    ]


def group_colour(names: Sequence[str], group: int, palette: Palette) -> str:
    """The colour of a group; quiet for the one of all others, and for none (-1)."""
    return palette.quiet if group < 0 else group_styles(names)[group].color(palette)


@dataclass(frozen=True, eq=False)
class DynamicsShown:
    """A net's dynamics after training step `step`, along two components."""

    found: Dynamics
    step: int
    plane: tuple[int, int] = PLANES[0]

    @cached_property
    def few(self) -> NDArray[np.intp]:
        """The sequences whose ways are drawn: some of every answer."""
        ways = self.found.ways
        if ways is None:
            return np.zeros(0, np.intp)
        return ways.few(max(min(EACH, MOST_WAYS // len(self.found.groups.names)), 1))

    @cached_property
    def ways(self) -> Places:
        """Their places (n, T, 2), NaN where a sequence has no step."""
        ways = self.found.ways
        if ways is None:
            return np.zeros((0, 1, 2))
        there = (ways.roles[self.few] > 0)[..., None]
        return np.where(there, self._on_plane(ways.placed[self.few]), np.nan)

    @cached_property
    def points(self) -> Places:
        """The places of fixed and slow points, (P, 2)."""
        states = np.array([point.state for point in self.found.points])
        if not len(states):
            return np.zeros((0, 2))
        return self._on_plane(self.found.components.project(states))

    def cloud(self, step: int = -1) -> tuple[Places, NDArray[np.intp]]:
        """Places (m, 2) and groups (m,) of all sequences that have this step; -1: the question."""
        ways = self.found.ways
        if ways is None or step >= ways.roles.shape[1]:
            return np.zeros((0, 2)), np.zeros(0, np.intp)
        rows = np.arange(len(ways.groups))
        if step >= 0:
            rows = np.flatnonzero(ways.roles[:, step])
        steps = ways.asked[rows] if step < 0 else step
        return self._on_plane(ways.placed[rows, steps]), ways.groups[rows]

    def on(self, plane: tuple[int, int]) -> DynamicsShown:
        """The same along other components."""
        return self if plane == self.plane else self._others[plane]

    @cached_property
    def _others(self) -> dict[tuple[int, int], DynamicsShown]:
        return {plane: replace(self, plane=plane) for plane in PLANES}

    def fits(self, trace: Trace, sequence: ShownSequence) -> bool:
        """Whether a trace has the sequence, and is of a net with such states."""
        arrays = of_layer(trace, self.found.layer).arrays
        shapes = [arrays[name].shape for name in self.found.states if name in arrays]
        size = sum(shape[2] for shape in shapes)
        longer = all(s[0] >= sequence.length and s[1] > sequence.index for s in shapes)
        return longer and size == len(self.found.components.mean)

    def way_of(self, trace: Trace, sequence: ShownSequence) -> Places:
        """The way (T, 2) of one sequence in a trace of this net at any training step."""
        arrays = of_layer(trace, self.found.layer).arrays
        steps, row = slice(sequence.length), sequence.index
        states = [arrays[name][steps, row] for name in self.found.states]
        return self._on_plane(self.found.components.project(np.concatenate(states, axis=-1)))

    def group_of(self, sequence: ShownSequence) -> int:
        """The group of a sequence's answer, -1 for none."""
        return int(self.found.groups.of(sequence.sequences.pick(sequence.index))[0])

    @cached_property
    def frame(self) -> tuple[float, float, float, float]:
        """What is in sight: the ends across, then those up; ways, and points not far from them."""
        low, high = self._range(np.concatenate([self.ways.reshape(-1, 2), self._most]))
        reach = (1 + STRETCH) * float((high - low).max()) / 2
        near = (np.abs(self.points - (low + high) / 2) <= reach).all(axis=1)
        low, high = self._range(np.concatenate([[low, high], self.points[near]]))
        room = ROOM * float((high - low).max()) or 1.0
        (left, bottom), (right, top) = (low - room).tolist(), (high + room).tolist()
        return left, right, bottom, top

    @property
    def outside(self) -> int:
        """How many points are out of sight."""
        left, right, bottom, top = self.frame
        x, y = self.points.T
        return int(((x < left) | (x > right) | (y < bottom) | (y > top)).sum())

    @property
    def axes(self) -> tuple[str, str]:
        """The names of the two axes: "component 1, 45% of the variance"."""
        shares = [*self.found.components.shares.tolist(), 0.0, 0.0, 0.0]
        across, up = (f"component {n + 1}, {shares[n]:.0%} of the variance" for n in self.plane)
        return across, up

    @property
    def spectrum(self) -> float:
        """Half the side of a plot of all eigenvalues around the unit circle; larger ones go out."""
        sizes = [float(np.abs(point.eigenvalues[0])) for point in self.found.points]
        return min(max([CIRCLE, *(1.08 * size for size in sizes)]), MOST_SPECTRUM)

    @property
    def counts(self) -> str:
        """What was found: "3 fixed and 12 slow points from 96 starts, 2 of them out of sight"."""
        fixed = sum(point.fixed for point in self.found.points)
        slow = len(self.found.points) - fixed
        if not self.found.points:
            return f"no fixed or slow point from {self.found.starts} starts"
        word = "point" if len(self.found.points) == 1 else "points"
        kinds = [f"{fixed} fixed"] if fixed else []
        kinds += [f"{slow} slow"] if slow else []
        told = f"{' and '.join(kinds)} {word} from {self.found.starts} starts"
        return f"{told}, {self.outside} out of sight" if self.outside else told

    def words(self, point: FixedPoint) -> str:
        """A point in words: what it is, its speed, largest eigenvalue and time constant."""
        first, per = point.eigenvalues[0], self.found.observed.per
        return (
            f"{point.words} · speed {magnitude(point.speed)} · eigenvalue "
            f"{eigenvalue_text(first)} · {time_text(float(point.time_constants[0]), per)}"
        )

    @property
    def _most(self) -> Places:
        """The corners between which nearly all steps of all sequences are, (2, 2)."""
        ways = self.found.ways
        if ways is None:
            return np.zeros((0, 2))
        return np.quantile(self._on_plane(ways.placed[ways.roles > 0]), NEARLY_ALL, axis=0)

    def _on_plane(self, placed: NDArray[np.floating]) -> Places:
        """The two components of places (…, K); one that a small net lacks is zero."""
        there = placed.shape[-1]
        columns = [placed[..., n] if n < there else np.zeros(placed.shape[:-1]) for n in self.plane]
        return np.stack(columns, axis=-1).astype(np.float64)

    def _range(self, places: Places) -> tuple[Places, Places]:
        finite = places[np.isfinite(places).all(axis=1)]
        if not len(finite):
            return -np.ones(2), np.ones(2)
        return finite.min(axis=0), finite.max(axis=0)


def eigenvalue_text(value: complex) -> str:
    """An eigenvalue with digits enough to tell it from 1: "0.9993", "0.06 ± 0.57i"."""
    if value.imag:
        return f"{decimal(value.real)} ± {abs(value.imag):.2f}i"
    gap = abs(1 - abs(value.real))
    digits = max(2, -int(np.floor(np.log10(max(gap, 1e-6)))))
    return f"{value.real:z.{digits}f}".replace("-", "−")


def time_text(steps: float, per: str) -> str:
    """A time constant in words: "shrinks e-fold in 1.8 words"."""
    if not np.isfinite(steps):
        return "neither grows nor shrinks"
    size = f"{abs(steps):,.1f}" if abs(steps) < 100 else f"{abs(steps):,.0f}"
    return f"{'shrinks' if steps >= 0 else 'grows'} e-fold in {size} {per}s"
