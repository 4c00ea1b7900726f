"""Dynamics: where a layer's states go under filler, and the fixed and slow points behind it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.insight.answer_groups import AnswerGroups
from sandbox.insight.components import components
from sandbox.insight.dynamics_verdict import Observed, verdict_of
from sandbox.insight.filler_drive import filler_drive
from sandbox.insight.fixed_points import fixed_points
from sandbox.insight.linear_readout import told
from sandbox.insight.settling import run_on, settling
from sandbox.insight.trajectories import trajectories
from sandbox.insight.visited import visited
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sandbox.insight.components import Components
    from sandbox.insight.dynamics_verdict import Verdict
    from sandbox.insight.filler_drive import FillerDrive
    from sandbox.insight.fixed_points import FixedPoint, Map
    from sandbox.insight.linear_readout import Told
    from sandbox.insight.settling import Settling
    from sandbox.insight.subject import Subject
    from sandbox.insight.trajectories import Trajectories
    from sandbox.insight.visited import Visited

    Floats = NDArray[np.float64]

STARTS = 96  # of the search for fixed points
JACOBIANS = 2**20  # numbers in all Jacobians of one step of the search
NOISE = 0.1  # of the spread, on starts
FAR = 3.0  # times as far from the centre as any state: points there are left out
PUSHED, PUSH = 64, 0.25  # states that are pushed; how far towards another one
SEEN = 1e-3  # of the spread: finer differences between ends do not count


@dataclass(frozen=True)
class Dynamics:
    """A layer of a net under constant filler input.

    layer: from 1, the bottom one.  states: their names, in the order of a flat state.  input: what
    the input is, in words.  components: of its states on fresh sequences.  starts: of the search
    for points.  groups: of sequences, by their answer.
    ways: of fresh sequences, None unless asked for.
    """

    key: str
    layer: int
    states: tuple[str, ...]
    input: str
    components: Components
    starts: int
    groups: AnswerGroups
    observed: Observed
    verdict: Verdict
    ways: Trajectories | None

    @property
    def points(self) -> tuple[FixedPoint, ...]:
        """The fixed and slow points, those that move least first."""
        return self.observed.points


def dynamics(
    subject: Subject,
    layer: int = 0,
    followed: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Dynamics | None:
    """What a layer does under filler (0: the top one); None if `stop` said so.

    followed: of so many fresh sequences the ways along the components are found, too.
    """
    layer = layer or subject.net.layers
    found = visited(subject, layer, stop)
    if found is None:
        return None
    groups, along = AnswerGroups(subject.task, found.sequences), components(found.states)
    drive = filler_drive(subject, layer, found)
    seen, starts = _observed(subject, drive, found, groups, stop)
    ways = trajectories(subject, layer, along, groups, followed, stop) if followed else None
    if seen is None or stop():
        return None
    verdict = verdict_of(seen)
    return Dynamics(
        subject.key,
        layer,
        subject.cell.states,
        drive.words,
        along,
        starts,
        groups,
        seen,
        verdict,
        ways,
    )


def _observed(
    subject: Subject,
    drive: FillerDrive,
    found: Visited,
    groups: AnswerGroups,
    stop: Callable[[], bool],
) -> tuple[Observed | None, int]:
    """What a verdict rests on, and from how many starts points were sought."""
    rng, of = np.random.default_rng(0), groups.of(found.sequences)
    ran = settling(drive, found.last, found.spread, stop)
    if ran is None:
        return None, 0
    starts, centre = _starts(found, ran, rng), found.filler.mean(axis=0)
    reach = FAR * float(np.linalg.norm(found.filler - centre, axis=1).max())
    points = fixed_points(drive, starts, found.spread, centre, reach, stop)
    if points is None:
        return None, 0
    telling, left = _told(ran, of, found.spread, rng), _push_left(drive, ran, of, rng, stop)
    per = unit_of_length(subject.task).removesuffix("s")
    seen = Observed(points, ran, of, groups.names, telling, left, found.spread, per)
    return seen, len(starts)


def _starts(found: Visited, ran: Settling, rng: np.random.Generator) -> Floats:
    """Where the search begins: states of filler with noise, ends, and mixtures of two ends."""
    size = found.filler.shape[1]
    count = max(min(STARTS, JACOBIANS // size**2), 4)
    some = found.filler[rng.integers(len(found.filler), size=count - count // 2)]
    noise = rng.normal(size=some.shape) * NOISE * found.spread / np.sqrt(size)
    ends = ran.ends[np.isfinite(ran.ends).all(axis=1)]
    if not len(ends):
        return np.asarray(some + noise)
    one, other = ends[rng.integers(len(ends), size=(2, count // 2))]
    share = rng.random((len(one), 1))
    share[::2] = 0  # every other one is an end itself
    return np.concatenate([some + noise, one + share * (other - one)])


def _told(
    ran: Settling, groups: NDArray[np.intp], spread: float, rng: np.random.Generator
) -> Told | None:
    """What a linear readout tells of the answer from half of the ends, fitted on the others."""
    if len(np.unique(groups)) < 2 or not np.isfinite(ran.ends).all():
        return None
    noise = rng.normal(size=ran.ends.shape) * SEEN * spread / np.sqrt(ran.ends.shape[1])
    order = np.argsort(groups, kind="stable")  # so that both halves have as many of each
    ends, fit, test = ran.ends + noise, order[::2], order[1::2]
    return told(ends[fit], groups[fit], ends[test], groups[test])


def _push_left(
    drive: Map,
    ran: Settling,
    groups: NDArray[np.intp],
    rng: np.random.Generator,
    stop: Callable[[], bool],
) -> float:
    """The share of a push towards another answer's end that is left later; NaN if untried."""
    one, other = rng.permutation(len(groups)), rng.permutation(len(groups))
    apart = np.flatnonzero(groups[one] != groups[other])[:PUSHED]
    one, other = one[apart], other[apart]
    way = ran.ends[other] - ran.ends[one]
    length = (way**2).sum(axis=1)
    if not len(one) or not (length > 0).all() or not np.isfinite(length).all():
        return float("nan")
    both = run_on(drive, np.concatenate([ran.ends[one] + PUSH * way, ran.ends[one]]), stop=stop)
    pushed, plain = np.split(both, 2)
    return float(np.median(((pushed - plain) * way).sum(axis=1) / length / PUSH))
