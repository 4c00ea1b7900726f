"""The views that panels draw: frozen values; a panel keeps nothing else."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.curve_axes import LEAST_LOSS
from sandbox.drawing.ranges import round_up
from sandbox.export.figures.run_curves import Series
from sandbox.gui.session.clock import UNTIMED, Clock
from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.drawing.styles import LineStyle
    from sandbox.engine.trace import Trace
    from sandbox.gui.session.curvebuffer import Band
    from sandbox.gui.session.overlays import Overlay
    from sandbox.run.messages import Frame
    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

FEWEST_STEPS, FEWEST_SECONDS = 100.0, 1.0  # of a training axis


@dataclass(frozen=True)
class NetHead:
    """The figures in the head of a contestant's column.

    accuracy 0..1 and loss: smoothed training values, None before the first step.
    status: a few words ("solved at step 312", "diverged at step 40", "untrained", "").
    tone: colours the status.
    """

    title: str
    cell: str
    style: LineStyle
    accuracy: float | None
    loss: float | None
    status: str
    tone: str = "quiet"  # quiet, right, wrong

    @property
    def untrained(self) -> bool:
        """Whether every answer is a guess: before the first step."""
        return self.accuracy is None


@dataclass(frozen=True)
class NetsView:
    """Everything in the centre: sentence, heatmaps and gradients of every contestant.

    frame is None until the engine is warm; then panels say `waiting` in its place.  Where something
    is held its traces are of that, and `untouched` has those without, by contestant.
    """

    sequence: ShownSequence
    heads: Mapping[str, NetHead]
    frame: Frame | None
    waiting: str = ""
    untouched: Mapping[str, Trace] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class CurveData(Series):
    """One net's curves so far.

    steps: long curves come in bins of several steps, of which this is the last.  loss, accuracy,
    grad_norm: of each step, or the means of each bin.  bands: what is drawn of "loss" and
    "accuracy".
    """

    title: str
    style: LineStyle
    steps: NDArray[np.float64]
    bands: Mapping[str, Band]

    @cached_property
    def tests(self) -> NDArray[np.float64]:
        """The evaluations as an array, (m, 3)."""
        return np.array(self.evaluations, np.float64).reshape(-1, 3)

    @cached_property
    def beyond(self) -> NDArray[np.float64]:
        """The finite rows of `generalisation` as an array, (m, 3).

        Qt ends the process on a dashed line through NaN.
        """
        rows = np.array(self.generalisation, np.float64).reshape(-1, 3)
        kept = rows[np.isfinite(rows).all(axis=1)]
        kept[:, 1] = np.maximum(kept[:, 1], LEAST_LOSS)
        return kept


@dataclass(frozen=True)
class TrainingAxisScale:
    """Where one run's steps stand: at their number, or at their time by the run's clock."""

    by_time: bool = False
    clock: Clock = UNTIMED

    def __call__(self, steps: NDArray[np.float64]) -> NDArray[np.float64]:
        """Steps (n,) on the axis, (n,)."""
        return self.clock.seconds(steps) if self.by_time else steps

    def place(self, step: float) -> float:
        """One step on the axis."""
        return float(self(np.array([step]))[0])

    def step(self, x: float) -> int:
        """The step that is nearest to a place on the axis."""
        return round(self.clock.step(x) if self.by_time else x)

    def end(self, needed: float) -> float:
        """The end of the axis: a round number, at least `needed`."""
        return max(round_up(needed), FEWEST_SECONDS if self.by_time else FEWEST_STEPS)


@dataclass(frozen=True)
class CurvesView:
    """Loss and accuracy of every contestant, with the task's baselines.

    changes: (step, what changed), drawn as thin lines.  looking: the step of the pictures, while
    a person looks back.  clock: seconds of training by step.  overlays: curves of other runs,
    drawn under these.  run: its id.  bin: how many steps are merged into one at most; 1 for
    none.  generalisation: whether those curves are drawn.  comments: (contestant's key, step, a
    few words) at places of the curves.
    """

    task: Task
    curves: Mapping[str, CurveData]
    changes: tuple[tuple[int, str], ...] = ()
    looking: int | None = None
    clock: Clock = UNTIMED
    overlays: tuple[Overlay, ...] = ()
    run: str = ""
    bin: int = 1
    generalisation: bool = True
    comments: tuple[tuple[str, int, str], ...] = ()

    @cached_property
    def drawn_overlays(self) -> tuple[Overlay, ...]:
        """The other runs that are drawn: those of this task, since others measure other things."""
        return tuple(each for each in self.overlays if each.timeline.first.task == self.task.name)

    @property
    def remark(self) -> str:
        """What is not drawn, and why; "" where all is."""
        count = len(self.overlays) - len(self.drawn_overlays)
        return f"{counted(count, 'run')} not drawn: different task" if count else ""
