"""What a figure is made of: lines, areas, words and cells on paper, in points.

A figure is a list of these, so that SVG and pixels are two readings of one drawing, and words
stay words: an SVG says where they begin, end or have their middle, whatever face shows them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from sandbox.export.figures.ink import INK, LEADING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

Anchor = Literal["start", "middle", "end"]


class Box(NamedTuple):
    """A rectangle on paper; y grows downwards."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """Its right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Its lower edge."""
        return self.top + self.height

    def meets(self, other: Box) -> bool:
        """Whether they have an area in common."""
        beside = self.right <= other.left or other.right <= self.left
        return not (beside or self.bottom <= other.top or other.bottom <= self.top)

    def holds(self, other: Box) -> bool:
        """Whether all of the other is in here."""
        wide = self.left <= other.left and other.right <= self.right
        return wide and self.top <= other.top and other.bottom <= self.bottom


@dataclass(frozen=True)
class Stroke:
    """A line through points (n, 2); rows of NaN part it.  dash: in points, () being solid."""

    points: NDArray[np.float64]
    colour: str
    width: float
    dash: tuple[float, ...] = ()
    opacity: float = 1.0


@dataclass(frozen=True)
class Patch:
    """A filled polygon with corners (n, 2)."""

    points: NDArray[np.float64]
    colour: str
    opacity: float = 1.0


@dataclass(frozen=True)
class Disc:
    """A filled circle."""

    x: float
    y: float
    radius: float
    colour: str


@dataclass(frozen=True)
class Words:
    """One line of text; x is its start, middle or end.  angle: degrees, clockwise."""

    x: float
    baseline: float
    text: str
    size: float
    colour: str = INK
    bold: bool = False
    anchor: Anchor = "start"
    angle: float = 0.0


@dataclass(frozen=True)
class Cells:
    """A picture of cells, (rows, columns, 3) colours, that fills box, never smoothed.

    always: columns that are drawn also where there are more columns than pixels.
    """

    box: Box
    colours: NDArray[np.uint8]
    always: tuple[int, ...] = ()


Item = Stroke | Patch | Disc | Words | Cells


@dataclass
class Drawing:
    """Collects what is drawn, from the ground up."""

    items: list[Item] = field(default_factory=list)

    def line(
        self,
        points: Sequence[tuple[float, float]] | NDArray[np.float64],
        colour: str,
        width: float,
        dash: tuple[float, ...] = (),
        opacity: float = 1.0,
    ) -> None:
        """A line through points."""
        where = np.asarray(points, np.float64)
        self.items.append(Stroke(where, colour, width, dash, opacity))

    def fill(self, box: Box, colour: str, opacity: float = 1.0) -> None:
        """A filled rectangle."""
        corners = [
            (box.left, box.top),
            (box.right, box.top),
            (box.right, box.bottom),
            (box.left, box.bottom),
        ]
        self.items.append(Patch(np.array(corners), colour, opacity))

    def cells(self, box: Box, colours: NDArray[np.uint8], always: tuple[int, ...] = ()) -> None:
        """A picture of cells, (rows, columns, 3)."""
        self.items.append(Cells(box, colours, always))

    def frame(self, box: Box, colour: str, width: float) -> None:
        """The edges of a rectangle."""
        left, top, right, bottom = box.left, box.top, box.right, box.bottom
        corners = [(left, top), (right, top), (right, bottom), (left, bottom), (left, top)]
        self.line(corners, colour, width)

    def words(
        self,
        x: float,
        baseline: float,
        text: str,
        size: float,
        colour: str = INK,
        *,
        bold: bool = False,
        anchor: Anchor = "start",
        angle: float = 0.0,
    ) -> None:
        """One line of text."""
        self.items.append(Words(x, baseline, text, size, colour, bold, anchor, angle))

    def lines(
        self, x: float, top: float, texts: Sequence[str], size: float, colour: str, bold: bool
    ) -> float:
        """Lines under one another from `top` on; where the next would begin."""
        for text in texts:
            self.words(x, top + size, text, size, colour, bold=bold)
            top += size * LEADING
        return top
