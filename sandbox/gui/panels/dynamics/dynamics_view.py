"""What the dynamics panel shows, and what the inspector is asked for it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import partial
from typing import TYPE_CHECKING

from sandbox.drawing.dynamics_shown import PLANES, DynamicsShown
from sandbox.insight.dynamics import Dynamics, dynamics
from sandbox.insight.trajectories import FOLLOWED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.shared.views import NetHead
    from sandbox.insight.subject import Subject
    from sandbox.run.inspector import Answer
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

    def with_answer(self, answer: Answer) -> DynamicsView:
        """The same with what the inspector found of one net; a refusal stands in its place."""
        key, found = answer.inquiry.key, answer.found
        if isinstance(found, Dynamics):
            shown = DynamicsShown(found, answer.inquiry.step)
            return replace(self, shown={**self.shown, key: shown})
        words = answer.refused or "The fixed points could not be found. The log says why."
        rest = {name: each for name, each in self.shown.items() if name != key}
        return replace(self, shown=rest, waiting={**self.waiting, key: words})


def look_into(layer: int = 0) -> Callable[[Subject, Callable[[], bool]], Dynamics | None]:
    """What an inquiry does for this panel; layer: 1 for the bottom one, 0 for the top one."""
    return partial(_look_into, layer)


def _look_into(layer: int, subject: Subject, stop: Callable[[], bool]) -> Dynamics | None:
    return dynamics(subject, layer, FOLLOWED, stop)


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
