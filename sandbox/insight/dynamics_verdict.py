"""What a layer's dynamics under filler amount to, in a sentence that its numbers carry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from sandbox.insight.fixed_points import NEUTRAL

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.insight.fixed_points import FixedPoint
    from sandbox.insight.linear_readout import Told
    from sandbox.insight.settling import Settling

    Floats = NDArray[np.float64]
    Found = tuple["Kind", str] | None

Kind = Literal["point", "each", "several", "line", "slow", "cycle", "drift", "unclear"]
MOST = 0.9  # of the states: enough to speak of all
FEWEST = 5  # points that a line needs
INSIDE = 0.9  # an eigenvalue of at most this size is well inside the unit circle
ALONG = 0.9  # cosine between a line and its points' slowest directions
STAYS, RETURNS = 0.8, 0.2  # of a push, that is left
NEAR = 0.1  # of the spread, from an end to the point that it belongs to
RARE = 0.02  # of the other states may be at an answer's own point
BOUND = 1e3  # of the spread a step: faster states will not come back
GENTLE = 0.1  # of the spread a step: a pace at which states drift rather than jump


@dataclass(frozen=True)
class Verdict:
    """kind: what it is.  text: a sentence or two.  evidence: the numbers behind it."""

    kind: Kind
    text: str
    evidence: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Observed:
    """What was measured of a layer under filler.

    points: fixed and slow ones.  ran: what became of N states.  groups (N,): which answer each is
    asked for, of `names`.  told: what a linear readout tells of that from the ends, None where
    there is but one answer.  left: how much is left of a push towards another answer's end, NaN
    if not tried.  spread: of states at filler.  per: what a step is called ("word").
    """

    points: tuple[FixedPoint, ...]
    ran: Settling
    groups: NDArray[np.intp]
    names: tuple[str, ...]
    told: Told | None
    left: float
    spread: float
    per: str

    @property
    def tells(self) -> bool:
        """Whether the answer can be told from the ends better than by chance."""
        return self.told is not None and self.told.whole > self.told.chance + self.told.noise

    @property
    def stable(self) -> tuple[FixedPoint, ...]:
        """The fixed points from which no deviation grows."""
        return tuple(point for point in self.points if point.fixed and not point.unstable)

    def evidence(self) -> dict[str, Any]:
        """The numbers that a verdict rests on."""
        return {
            "steps": self.ran.steps,
            "settled": self.ran.settled,
            "places": self.ran.places,
            "period": self.ran.period,
            "fixed": sum(point.fixed for point in self.points),
            "slow": sum(not point.fixed for point in self.points),
            "told": None if self.told is None else self.told.whole,
            "chance": None if self.told is None else self.told.chance,
            "push_left": self.left,
        }


def verdict_of(seen: Observed) -> Verdict:
    """The first that the numbers carry: a point, one for each answer, a line, a cycle, a drift."""
    tried = (_point, _each, _line, _cycle, _drift)
    found = next((each for each in (attempt(seen) for attempt in tried) if each), None)
    kind, text = found or ("unclear", _unclear(seen))
    return Verdict(kind, text, seen.evidence())


def _point(seen: Observed) -> Found:
    ends = seen.ran.ends
    if seen.tells or seen.ran.settled < MOST:
        return None
    apart = np.linalg.norm(ends - ends.mean(axis=0), axis=1).max()
    here = _nearest(seen, seen.stable, ends.mean(axis=0))
    if apart > NEAR * seen.spread or here is None:
        return None
    return "point", (
        f"A single stable point: {_after(seen)} all states are there, whatever came before. "
        f"The slowest difference shrinks e-fold in {_steps(here.time_constants[0], seen.per)}."
    )


def _each(seen: Observed) -> Found:
    """Points that belong to one answer each, to which states come back after a push."""
    ran = seen.ran
    if not seen.left <= RETURNS:
        return None
    there = np.unique(seen.groups).tolist()
    calm = tuple(point for point in seen.points if not point.unstable)
    own = {}
    for group in there:
        inside = ran.place[seen.groups == group]
        place = int(np.bincount(inside + 1).argmax()) - 1
        others = ran.place[seen.groups != group] == place
        if place < 0 or (inside == place).mean() < MOST or others.mean() > RARE:
            continue
        point = _nearest(seen, calm, ran.ends[ran.place == place].mean(axis=0))
        if point is not None:
            own[group] = point
    if len(own) < 2:
        return None
    kind = "stable" if all(point.fixed for point in own.values()) else "stable or slow"
    slowest = _steps(max(point.time_constants[0] for point in own.values()), seen.per)
    back = (
        "Pushed a quarter of the way to those of another, states come back; the slowest "
        f"difference shrinks e-fold in {slowest}."
    )
    if len(own) == len(there):
        return "each", (
            f"A {kind} point for each answer: {_after(seen)} states are at one of {len(there)} "
            f"points, their answer's own. {back}"
        )
    return "several", (
        f"A {kind} point for {len(own)} of {len(there)} answers: {_after(seen)} their states are "
        f"there, and those of the others elsewhere. {back}"
    )


def _line(seen: Observed) -> Found:
    """Points along a curve, or a surface, on which states stay where they are put."""
    if not (seen.tells and seen.left >= STAYS and seen.ran.settled >= MOST):
        return None
    if len(seen.points) < FEWEST:
        return None
    slow, rest = _spectrum(seen.points)
    stay = "Pushed a quarter of the way to another answer's place, states stay where they are put"
    tells = f"{_after(seen)} the answer can be told from the state in {_told(seen)}"
    if slow == 1 and rest <= INSIDE and _along(seen.points) >= ALONG:
        return "line", (
            f"A line attractor: {len(seen.points)} {_kinds(seen.points)} points lie along a curve, "
            f"each with one eigenvalue near 1 and the next at {rest:.2f}. {stay}; {tells}."
        )
    if slow < 1:
        return None
    which = "one direction" if slow == 1 else f"{slow:.0f} directions"
    return "slow", (
        f"A region of slow states: around {len(seen.points)} {_kinds(seen.points)} points "
        f"differences in {which} hardly shrink. {stay}; {tells}."
    )


def _cycle(seen: Observed) -> Found:
    if seen.stable or not np.isfinite(seen.ran.period) or seen.ran.settled > 1 - MOST:
        return None
    tells = f" The answer can be told from where they are in {_told(seen)}." if seen.tells else ""
    return "cycle", (
        f"A limit cycle: there is no stable point, and {_after(seen)} states go round, back "
        f"where they were after {seen.ran.period:.0f} {seen.per}s.{tells}"
    )


def _drift(seen: Observed) -> Found:
    """States that go on in a direction, and take their differences along."""
    pace = float(np.median(seen.ran.pace))
    goes_round = np.isfinite(seen.ran.periods).any()
    if seen.ran.settled > 1 - MOST or goes_round or not pace <= GENTLE or not seen.tells:
        return None
    kept = "" if np.isnan(seen.left) else f" {seen.left:.0%} of a push towards another is left."
    return "drift", (
        f"A drift: {_after(seen)} states still move, by {pace:.1%} of their spread a {seen.per}, "
        f"and the answer can be told from them in {_told(seen)}.{kept}"
    )


def _unclear(seen: Observed) -> str:
    """What can be said where no verdict holds."""
    ran, after = seen.ran, _after(seen)
    pace = float(np.median(ran.pace))
    if not pace <= BOUND:
        return "Nothing clear: under constant filler states grow without bound."
    places = "one place" if ran.places == 1 else f"{ran.places} places"
    said = f"Nothing clear: {after} {ran.settled:.0%} of the states have settled, in {places}"
    if ran.settled <= 1 - MOST:
        said = f"Nothing clear: {after} states move by {pace:.1%} of their spread a {seen.per}"
    if seen.told is None:
        return f"{said}."
    verb = "can be told" if seen.tells else "cannot be told"
    return f"{said}. The answer {verb} from them ({_told(seen)})."


def _spectrum(points: tuple[FixedPoint, ...]) -> tuple[float, float]:
    """How many eigenvalues are near 1 and how large the next one is; medians over points."""
    near = [np.abs(point.eigenvalues - 1) <= NEUTRAL for point in points]
    rest = [
        np.abs(point.eigenvalues[~one]).max(initial=0.0)
        for point, one in zip(points, near, strict=True)
    ]
    return float(np.median([one.sum() for one in near])), float(np.median(rest))


def _along(points: tuple[FixedPoint, ...]) -> float:
    """How far the way from a point to its nearest is along its slowest direction; the median."""
    states = np.stack([point.state for point in points])
    apart = np.linalg.norm(states[:, None] - states, axis=2)
    np.fill_diagonal(apart, np.inf)
    ways = states[apart.argmin(axis=1)] - states
    cosines = [
        abs(way @ point.slowest) / np.linalg.norm(way)
        for way, point in zip(ways, points, strict=True)
    ]
    return float(np.median(cosines))


def _nearest(seen: Observed, points: tuple[FixedPoint, ...], state: Floats) -> FixedPoint | None:
    """The point that is nearest, if it is near."""
    far = [np.linalg.norm(point.state - state) for point in points]
    return points[int(np.argmin(far))] if far and min(far) <= NEAR * seen.spread else None


def _after(seen: Observed) -> str:
    return f"after {seen.ran.steps} {seen.per}s of filler"


def _told(seen: Observed) -> str:
    assert seen.told is not None
    return f"{seen.told.whole:.0%} of cases, chance {seen.told.chance:.0%}"


def _kinds(points: tuple[FixedPoint, ...]) -> str:
    kinds = {point.fixed for point in points}
    return "fixed or slow" if len(kinds) == 2 else "fixed" if True in kinds else "slow"


def _steps(count: float, per: str) -> str:
    if not np.isfinite(count):
        return f"more {per}s than can be told"
    return f"{count:,.1f} {per}s" if count < 10 else f"{count:,.0f} {per}s"
