"""What a column of the Why view draws, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QRect

from sandbox.drawing.ranges import share_end
from sandbox.drawing.timeline import Timeline
from sandbox.gui.look.typeface import px
from sandbox.gui.panels.nets.column_geometry import MARGIN

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.insight.carriers import Carriers
    from sandbox.insight.why import Why
    from sandbox.tasks.shown import ShownSequence

ORDERS = {  # how units are sorted, and what that is called
    "number": "by number",
    "swap": "by swap",
    "lesion": "by lesion",
    "tells": "by readout",
}
MEASURES = ("swap", "lesion", "tells")
GUTTER, BARS, BAR_GAP, HEAD, ROW = 84, 44, 6, 28, 27
LEAST_MAP, LEAST_WHY_WIDTH = 40, 380


@dataclass(frozen=True)
class WhyView:
    """The answers about every net; none while there is none.

    order: a key of ORDERS.  sizes: how many units each net has.
    """

    sequence: ShownSequence
    heads: Mapping[str, NetHead]
    found: Mapping[str, Why]
    steps: Mapping[str, int]
    order: str = "number"
    waiting: str = ""
    sizes: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class WhyContent:
    """One net's column.  step: the training step that the answer is of."""

    key: str
    head: NetHead
    sequence: ShownSequence
    why: Why | None
    step: int
    order: str
    waiting: str
    palette: Palette

    @property
    def carriers(self) -> Carriers | None:
        """The three measures."""
        return None if self.why is None else self.why.insight.carriers

    @property
    def units(self) -> NDArray[np.intp]:
        """The units from top to bottom, (H,)."""
        found = self.carriers
        if found is None:
            return np.empty(0, np.intp)
        if self.order == "number":
            return np.arange(len(found.lesion))
        return found.ranked(self.order)

    @property
    def states(self) -> tuple[str, ...]:
        """The states that have a map, the first one on top."""
        if self.why is None or self.why.swaps is None:
            return ()
        return tuple(self.why.swaps.effects)

    def effects(self, state: str) -> NDArray[np.float64]:
        """How far each swap moves the answer, sorted, (T, H)."""
        assert self.why is not None
        assert self.why.swaps is not None
        return self.why.swaps.effects[state][: self.sequence.length][:, self.units]

    @property
    def limit(self) -> float:
        """Where the colours of the maps end: a round number, at most 1."""
        assert self.why is not None
        assert self.why.swaps is not None
        effects = self.why.swaps.effects.values()
        return share_end(max(float(np.nan_to_num(np.abs(each)).max()) for each in effects))

    def full(self, measure: str) -> float:
        """What a full bar stands for: a round number, at most 1; 1 for readouts."""
        found = self.carriers
        assert found is not None
        return 1.0 if measure == "tells" else share_end(float(found.measure(measure).max()))

    def values(self, measure: str, state: str) -> NDArray[np.float64]:
        """A measure of every unit, sorted, (H,)."""
        found = self.carriers
        assert found is not None
        if measure == "tells" and state in found.told:
            values = found.told[state].by_unit
        else:
            values = found.measure(measure)
        return np.nan_to_num(values[self.units])


@dataclass(frozen=True)
class WhyPlaces:
    """Parts of a column from top to bottom.  maps: one a state; bars: right of each map."""

    head: QRect
    maps: tuple[QRect, ...]
    bars: tuple[tuple[QRect, ...], ...]
    words: QRect
    roles: QRect
    timeline: Timeline
    slanted: bool = False


def place_why(width: int, height: int, content: WhyContent) -> WhyPlaces:
    """The parts of a column of that size."""
    bar, gap = px(BARS), px(BAR_GAP)
    left = MARGIN + px(GUTTER)
    across = max(width - left - MARGIN - len(MEASURES) * (bar + gap), 1)
    head = QRect(MARGIN, 0, width - 2 * MARGIN, px(HEAD))
    roles = QRect(0, height - px(16), width, px(16))
    words = QRect(0, roles.top() - px(16), left + across + px(20), px(16))
    count = max(len(content.states), 1)
    top, bottom = head.bottom() + 1 + px(ROW), words.top() - 4
    tall = max((bottom - top - (count - 1) * gap) // count, 1)
    maps = tuple(QRect(left, top + n * (tall + gap), across, tall) for n in range(count))
    bars = tuple(
        tuple(
            QRect(left + across + gap + n * (bar + gap), each.top(), bar, each.height())
            for n in range(len(MEASURES))
        )
        for each in maps
    )
    timeline = Timeline(left, across, content.sequence.length)
    return WhyPlaces(head, maps, bars, words, roles, timeline)
