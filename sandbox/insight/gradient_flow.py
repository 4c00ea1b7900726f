"""How the gradient of the loss changes on its way back, from the question to the cue."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.insight.subject import asked_steps, cue_steps, in_parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace
    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences

FEWEST = 3  # steps that a fit needs
MOST_FITTED = 200  # of more steps so many are taken, evenly
SMALLEST = 1e-37  # a float32 below it has lost its digits
STEADY = 0.8  # of a fit: the gradient changes by about the same factor at every step
SEQUENCES = 64  # fresh ones


@dataclass(frozen=True)
class GradientFlow:
    """The size of dL/dstate at every step, all states of a layer together, and its decay.

    norms: (T,), up to the question.  decay_per_step: the factor from a step to the one before it,
    fitted to the logarithms between cue and question by the median of all slopes (Theil & Sen);
    None if fewer than three steps have a size.  fit: 1 for a perfect fit, 0 for none.  at_cue: the
    size at the cue as a share of that at the question; None without a cue.
    """

    norms: NDArray[np.float64]
    cue: int | None
    asked: int
    decay_per_step: float | None
    fit: float
    at_cue: float | None

    @property
    def half_life(self) -> float | None:
        """Steps back after which half is left; inf if it does not shrink."""
        if self.decay_per_step is None:
            return None
        if self.decay_per_step >= 1:
            return float("inf")
        return float(np.log(0.5) / np.log(self.decay_per_step))

    @property
    def level(self) -> bool:
        """Whether it stays within a factor of two all the way."""
        way = self.norms[self.cue or 0 :]
        return bool(way.min() > 0 and way.max() <= 2 * way.min())

    def words(self, per: str) -> str:
        """In words; per: what a step is called ("word")."""
        factor, half = self.decay_per_step, self.half_life
        if factor is None or half is None:
            return ""
        if self.level:
            return "changes little on its way back" + self._at_the_cue(": ")
        if self.fit < STEADY:
            return "changes unevenly on its way back" + self._at_the_cue(": ")
        if factor > 1:
            return f"grows by {_percent(factor - 1)} a {per} back" if factor < 10 else "explodes"
        after = f"{half:,.1f}" if half < 10 else f"{half:,.0f}"
        return f"each {per} back keeps {_percent(factor)}: half is gone after {after} {per}s"

    def brief(self, per: str) -> str:
        """The same in a few words: "keeps 55% a word, half-life 1.2"."""
        factor, half = self.decay_per_step, self.half_life
        if factor is None or half is None:
            return ""
        if self.level or self.fit < STEADY:
            return "changes little" if self.level else "changes unevenly"
        if factor > 1:
            return "grows on its way back"
        return f"keeps {_percent(factor)} a {per}, half-life {half:,.1f}"

    def _at_the_cue(self, before: str) -> str:
        if self.at_cue is None:
            return ""
        if self.at_cue > 1:
            return f"{before}at the cue it is {self.at_cue:.1f} times as large"
        return f"{before}{_percent(self.at_cue)} of it is left at the cue"


@dataclass(frozen=True)
class Arrival:
    """The gradient's size at the cue as a share of that at the question, over many sequences.

    typical: the median.  low, high: the 5% and 95% quantiles.
    """

    typical: float
    low: float
    high: float
    sequences: int


def gradient_flow(trace: Trace, sequences: Sequences, index: int) -> GradientFlow:
    """The gradient's way back in one sequence of a trace, through the top layer's states."""
    asked = int(asked_steps(sequences.pick(index))[0])
    cues = cue_steps(sequences, index)
    cue = int(cues[0]) if len(cues) and cues[0] < asked else None
    squares = sum(
        np.square(array[:, index].astype(np.float64)).sum(axis=-1)
        for name, array in trace.arrays.items()
        if name.startswith("grad_")
    )
    return flow_of(np.sqrt(np.asarray(squares))[: asked + 1], cue)


def flow_of(norms: NDArray[np.float64], cue: int | None) -> GradientFlow:
    """The same of sizes (T,) that end at the question; cue: its step, if there is one."""
    decay, fit = _decay(norms, cue or 0)
    whole = norms[-1]
    at_cue = float(norms[cue] / whole) if cue is not None and whole > 0 else None
    return GradientFlow(norms, cue, len(norms) - 1, decay, fit, at_cue)


def arrival(subject: Subject) -> Arrival | None:
    """What arrives at the cue of fresh sequences; None where there is no cue or no gradient."""
    sequences, shares = subject.fresh(SEQUENCES, 7), []
    for rows in in_parts(SEQUENCES, sequences.roles.shape[1]):
        part = sequences.pick(rows)
        trace = subject.net.trace(part)
        shares += [gradient_flow(trace, part, index).at_cue for index in range(len(part))]
    found = [share for share in shares if share is not None and np.isfinite(share)]
    if 2 * len(found) < len(shares):
        return None
    low, typical, high = (float(each) for each in np.quantile(found, (0.05, 0.5, 0.95)))
    return Arrival(typical, low, high, len(found))


def _percent(share: float) -> str:
    """With a digit more where the whole numbers would say all or nothing."""
    if 0 < share < 1e-3:
        return f"{share:.0e}".replace("e-0", "e-")
    return f"{share:.1%}" if share < 0.02 or 0.95 < share < 1 else f"{share:.0%}"


def _decay(norms: NDArray[np.float64], first: int) -> tuple[float | None, float]:
    """The factor a step back, and how well it fits, over steps from `first` that have a size."""
    steps = np.arange(first, len(norms))
    there = np.isfinite(norms[first:]) & (norms[first:] > SMALLEST)
    steps, logs = steps[there], np.log(norms[first:][there])
    if len(steps) < FEWEST:
        return None, 0.0
    if len(steps) > MOST_FITTED:  # every pair of steps has a slope
        some = np.linspace(0, len(steps) - 1, MOST_FITTED).astype(np.intp)
        steps, logs = steps[some], logs[some]
    one, other = np.triu_indices(len(steps), 1)
    slope = float(np.median((logs[other] - logs[one]) / (steps[other] - steps[one])))
    left = logs - slope * steps
    left = left - np.median(left)
    spread = np.abs(logs - np.median(logs)).sum()
    fit = 1 - np.abs(left).sum() / spread if spread > 0 else 1.0
    return float(np.exp(-slope)), float(max(fit, 0.0))
