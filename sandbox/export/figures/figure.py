"""A figure: a drawing of a certain size, with what it is of, as SVG and as pixels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from PySide6.QtGui import QImage

    from sandbox.export.figures.drawing import Item

SCALES = (1, 2, 3, 4)
MOST_PIXELS = 32_000  # a side; beyond it painters lose precision


@dataclass(frozen=True)
class Figure:
    """width_mm; height in points.  title, description: written into the files as metadata."""

    width_mm: float
    height: float
    title: str
    description: str
    items: tuple[Item, ...]

    def svg(self) -> bytes:
        """The figure as an SVG file; words stay words."""
        from sandbox.export.figures.vector import svg

        return svg(self)

    def png(self, scale: int = 2) -> bytes:
        """The figure as a PNG file, 144 dots an inch times `scale`, which is 1, 2, 3 or 4."""
        from sandbox.export.figures.raster import png

        return png(self, known_scale(scale))

    def image(self, scale: int = 2) -> QImage:
        """The figure as pixels, 144 dots an inch times `scale`, which is 1, 2, 3 or 4."""
        from sandbox.export.figures.raster import image

        return image(self, known_scale(scale))


def known_scale(scale: int) -> int:
    """The scale, or ExperimentError where it is none."""
    if scale not in SCALES:
        raise ExperimentError("scale", scale, "1, 2, 3 or 4")
    return scale
