"""What the dynamics panel shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sandbox.drawing.dynamics_shown import PLANES, DynamicsShown

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.run.messages import Frame
    from sandbox.tasks.shown import ShownSequence

FINDING = "Looking for fixed points …"


@dataclass(frozen=True)
class DynamicsView:
    """Every contestant's dynamics, and the way of the shown sentence through its states.

    shown: by key, at the training step at which it was found.  waiting: by key, in words, why
    there is none.  frame: None until there is one.
    """

    sequence: ShownSequence
    heads: Mapping[str, NetHead]
    frame: Frame | None
    shown: Mapping[str, DynamicsShown] = field(default_factory=dict)
    waiting: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class DynamicsContent:
    """What one column draws.

    way: of the shown sentence (T, 2), group: that of its answer; None and -1 where unknown.
    """

    key: str
    head: NetHead
    sequence: ShownSequence
    palette: Palette
    shown: DynamicsShown | None
    waiting: str
    way: NDArray[np.float64] | None
    group: int
    with_cloud: bool


def content_of(
    view: DynamicsView, key: str, palette: Palette, plane: int = 0, with_cloud: bool = False
) -> DynamicsContent:
    """The content of a contestant's column; plane: an index into PLANES."""
    shown = view.shown.get(key)
    way, group = None, -1
    if shown is not None:
        shown = shown.on(PLANES[plane])
        group = shown.group_of(view.sequence)
        way = _way(view, key, shown)
    waiting = view.waiting.get(key, FINDING)
    head = view.heads[key]
    return DynamicsContent(
        key, head, view.sequence, palette, shown, waiting, way, group, with_cloud
    )


def _way(view: DynamicsView, key: str, shown: DynamicsShown) -> NDArray[np.float64] | None:
    """The sentence's way, if the frame has a trace that fits."""
    if view.frame is None:
        return None
    trace = view.frame.cut.get(key, view.frame.traces.get(key))
    if trace is None or not shown.fits(trace, view.sequence):
        return None
    return shown.way_of(trace, view.sequence)
