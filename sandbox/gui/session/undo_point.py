"""What is on screen, written down so that it can be gone back to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.store.base import Origin

NO_DRAG = -1


@dataclass(frozen=True)
class Place:
    """A run with its experiment as it is now.

    kept: whether a step of it was taken, so that the store has it; else there is nothing in it
    that the experiment and its origin do not say.
    """

    run: str
    experiment: Experiment
    origin: Origin | None = None
    kept: bool = False


@dataclass(frozen=True)
class Edit:
    """Something a person did that put another experiment or another run on screen.

    before: what was there.  what: in words, "" where they are what differs from before.
    drag: the number of the drag of a slider that this is a part of, or NO_DRAG.
    """

    before: Place
    what: str = ""
    drag: int = NO_DRAG
