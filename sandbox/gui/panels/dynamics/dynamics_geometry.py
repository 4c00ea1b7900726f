"""Where the parts of a column of the dynamics panel are, and where states are in its plot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QPointF, QRectF

from sandbox.gui.look.typeface import SMALL_PX, TEXT_PX, metrics, px, wrap

if TYPE_CHECKING:
    from numpy.typing import NDArray

MARGIN = 10  # at a type size of 100%, like all that follow
HEAD, NAME, GAP = 30, 16, 12  # name: of an axis, a line above or below its plot
WIDE, SIDE, LEAST_SIDE, KEY_WIDTH = 400, 0.32, 80, 110  # wide: eigenvalues are beside the states
LEAST_WIDTH, LEAST_HEIGHT, LEAST_WIDE_HEIGHT = 220, 400, 250
WORDS_SHARE = 0.3  # of the height, at most


@dataclass(frozen=True)
class DynamicsGeometry:
    """Rectangles in pixels: head, states, eigenvalues with the key of marks, and words.

    Above states and eigenvalues and below states is a line for names.  readout: two lines.
    verdict: the sentences in lines that fit.
    """

    head: QRectF
    states: QRectF
    spectrum: QRectF
    key: QRectF
    readout: QRectF
    words: QRectF
    verdict: tuple[str, ...]


def arrange_dynamics(width: float, height: float, verdict: str) -> DynamicsGeometry:
    """The parts of a column of that size; in a narrow one eigenvalues are below the states."""
    left, across = px(MARGIN), width - 2 * px(MARGIN)
    line, small = metrics(TEXT_PX).height(), metrics(SMALL_PX).height()
    most = max(int(WORDS_SHARE * height // line), 2)
    lines = tuple(wrap(verdict, across, most, TEXT_PX))
    low = height - len(lines) * line - small - px(MARGIN) / 2
    words = QRectF(left, low, across, height - low)
    readout = QRectF(left, low - 2 * small - 4, across, 2 * small)
    top = px(HEAD + NAME)
    room = readout.top() - px(4) - top
    if width >= px(WIDE):
        side = min(SIDE * across, room)
        states = QRectF(left, top, across - side - px(GAP), room - px(NAME))
        spectrum = QRectF(left + across - side, top, side, side)
        key = QRectF(spectrum.left(), spectrum.bottom() + px(4), side, 0)
        key.setBottom(readout.top())
    else:
        side = max(min(0.36 * room, across - px(KEY_WIDTH)), px(LEAST_SIDE))
        states = QRectF(left, top, across, max(room - side - 2 * px(NAME), px(60)))
        spectrum = QRectF(left, states.bottom() + 2 * px(NAME), side, side)
        key = QRectF(spectrum.right() + px(GAP), spectrum.top(), across - side - px(GAP), side)
    head = QRectF(left, 0, across, px(HEAD))
    return DynamicsGeometry(head, states, spectrum, key, readout, words, lines)


@dataclass(frozen=True)
class Chart:
    """A plot with one scale for both directions: `frame` lies in the middle of `rect`.

    frame: the ends across, then those up.
    """

    rect: QRectF
    frame: tuple[float, float, float, float]

    @property
    def scale(self) -> float:
        """Pixels of one unit."""
        left, right, bottom, top = self.frame
        return min(self.rect.width() / (right - left), self.rect.height() / (top - bottom))

    def place(self, places: NDArray[np.float64]) -> NDArray[np.float64]:
        """Pixels (…, 2) of places (…, 2)."""
        left, right, bottom, top = self.frame
        middle = np.array([(left + right) / 2, (bottom + top) / 2])
        centre = np.array([self.rect.center().x(), self.rect.center().y()])
        return np.asarray(centre + (places - middle) * (self.scale, -self.scale))

    def nearest(self, places: NDArray[np.float64], at: QPointF, within: float) -> int:
        """Which of some places (n, 2) is nearest to a pixel, or -1 if none is `within` pixels."""
        if not len(places) or not self.rect.contains(at):
            return -1
        far = np.linalg.norm(self.place(places) - (at.x(), at.y()), axis=1)
        far = np.where(np.isfinite(far), far, np.inf)
        nearest = int(far.argmin())
        return nearest if far[nearest] <= within else -1
