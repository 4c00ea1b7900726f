"""A record of what is on screen, so that undo can go back to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.gui.session.recording import Inherited
    from sandbox.store.base import Origin

NO_DRAG = -1


@dataclass(frozen=True)
class UndoPoint:
    """A run with its experiment as it is now.

    kept: whether the store has the run, since a step was taken; otherwise the rest says all of
    it.  inherited: what a fork's nets began with.  preset: of the claim that was opened.
    """

    run: str
    experiment: Experiment
    origin: Origin | None = None
    kept: bool = False
    inherited: Inherited = field(default_factory=dict)
    preset: Experiment | None = None


@dataclass(frozen=True)
class Edit:
    """Something a person did that put another experiment or another run on screen.

    before: what was there.  what: in words, "" for the differences from before.  drag: the
    number of the drag of a slider that this is a part of, or NO_DRAG.
    """

    before: UndoPoint
    what: str = ""
    drag: int = NO_DRAG
