"""What a careful teacher would add to a picture or a curve, where there is something to add.

Each function looks at what is on screen and gives a finding, or None where its claim does not
hold.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.insight.findings import Finding
from sandbox.insight.retention import keeper
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.engine.trace import Trace

    Floats = NDArray[np.floating]

FEWEST = 6  # steps of filler: of fewer nothing is said
WIDER, WIDER_BY = 1.5, 0.08  # how much further open a gate is on filler than at the cue
SAME_SIGN = 0.9  # of what is written, to say that it agrees with what is held
OPPOSITE, EXACTLY = -0.5, -0.95  # cosine of one state and the next
FAINT = 0.05  # a state whose values are smaller shows no pattern
LOST = 0.01  # of a memory: less than this is lost
PATIENT_STEPS = 500  # of training, before a bias is said to fail
BEFORE = 50  # points of a curve that a spike is compared with
LEARNED = 0.7  # of the baseline's loss: a spike begins below it
HIGH, TIMES, BEYOND_NOISE = 0.07, 2.0, 2.5  # a spike: of the baseline; of the loss; of its spread
BACK = 0.25  # of a spike's height that may be left when the loss is back
LARGE = 3.0  # times its usual size: a gradient worth a word


@dataclass(frozen=True)
class Seen:
    """What is on screen of one net: its trace on the sequence `index`, whose roles are (T,).

    title: what it is called in sentences.  per: what a step is called ("word").
    """

    key: str
    title: str
    trace: Trace
    roles: NDArray[Any]
    index: int
    per: str

    def steps(self, role: Role) -> NDArray[np.intp]:
        """The steps with this role."""
        return np.flatnonzero(self.roles == role)

    def values(self, name: str) -> NDArray[np.float64]:
        """One line of the cell on this sequence, (T, H)."""
        return self.trace.arrays[name][:, self.index].astype(np.float64)


@dataclass(frozen=True)
class LossCurve:
    """One net's loss over training, all (n,): training step, loss, smoothed, gradient's norm."""

    key: str
    title: str
    steps: Floats
    losses: Floats
    smooth: Floats
    norms: Floats


def of_input_gate(seen: Seen) -> Finding | None:
    """An input gate that is wider open on the later filler than at the cue."""
    filler, cue = seen.steps(Role.FILLER), seen.steps(Role.CUE)
    if len(filler) < FEWEST or not len(cue) or not _writes(seen.trace):
        return None
    gate, late = seen.values("input"), filler[len(filler) // 2 :]
    at_cue, there = float(gate[cue].mean()), float(gate[late].mean())
    if there < max(WIDER * at_cue, at_cue + WIDER_BY):
        return None
    written, held = gate[late] * seen.values("candidate")[late], seen.values("cell")[late - 1]
    same = float(np.abs(written)[written * held > 0].sum() / max(np.abs(written).sum(), 1e-30))
    adds = "filler is written into the memory as well"
    if same >= SAME_SIGN:
        adds = "what it adds there has the sign of what the cell holds"
    text = (
        f"The {seen.title}'s input gate is wider open on later filler ({there:.2f}) than at the "
        f"cue ({at_cue:.2f}): {adds}."
    )
    evidence = {"at_cue": at_cue, "late": there, "same_sign": same}
    return Finding("input gate", seen.key, text, evidence, "cell", 1.0)


def of_chequerboard(seen: Seen) -> Finding | None:
    """A state that turns into its opposite at every step of filler."""
    filler = seen.roles == Role.FILLER
    steps, state = np.flatnonzero(filler[1:] & filler[:-1]) + 1, seen.values("hidden")
    if len(steps) < FEWEST or np.abs(state[steps]).mean() < FAINT:
        return None
    turns = float(_cosines(state[steps], state[steps - 1]).mean())
    if turns > OPPOSITE:
        return None
    nearly = "nearly " if turns > EXACTLY else ""
    text = (
        f"From {seen.per} to {seen.per} of filler the {seen.title}'s state turns into {nearly}its "
        f"opposite (cosine −{-turns:.2f}): hence the chequerboard."
    )
    evidence = {"cosine": turns, "steps": len(steps)}
    return Finding("chequerboard", seen.key, text, evidence, "cell", 1.0)


def of_bias(seen: Seen, called: str, bias: object, trained: int, remembers: bool) -> Finding | None:
    """A forget bias of 0 with which nothing was learned, and what is left of a memory.

    called: the bias in words ("forget bias").  trained: training steps.  remembers: whether the
    loss on fresh sequences is better than the baseline's.
    """
    found, steps = keeper(cell_named(seen.trace.cell)), len(seen.steps(Role.FILLER))
    if bias != 0 or remembers or trained < PATIENT_STEPS or found is None or steps < FEWEST:
        return None
    gate = seen.values(found.gate)[seen.steps(Role.FILLER)]
    kept = np.exp(np.log(np.maximum(1 - gate if found.rest else gate, 1e-30)).mean(axis=0))
    best = float(kept.max())
    if best**steps > LOST:
        return None
    text = (
        f"With {called} 0 even the {seen.title}'s best unit keeps only {best:.2f} of its "
        f"memory a {seen.per}: after {steps} {seen.per}s {_short(best**steps)} is left."
    )
    evidence = {"kept": best, "unit": int(kept.argmax()), "steps": steps, "left": best**steps}
    return Finding("bias", seen.key, text, evidence, "cell", 2.0)


def of_spike(curve: LossCurve, baseline: float) -> Finding | None:
    """The largest jump of a loss that had fallen, once it is back.

    baseline: the loss of a net that has learned everything except the long dependency.
    """
    peak = _peak(curve.losses, curve.smooth, baseline)
    if peak is None:
        return None
    start, top = peak
    low, high = float(curve.smooth[start]), float(curve.smooth[top])
    back = np.flatnonzero(curve.smooth[top:] <= low + BACK * (high - low))
    if not len(back):
        return None
    usual = float(np.median(curve.norms[max(start - BEFORE, 0) : start + 1]))
    times = float(np.max(curve.norms[start : top + 1])) / max(usual, 1e-30)
    at, until = int(curve.steps[start + 1]), int(curve.steps[top + back[0]])
    text = (
        f"At step {at:,} the {curve.title}'s loss jumped from {low:.2g} to {high:.2g}; it was back "
        f"{until - at:,} steps later."
    )
    if _is_large(times):
        text += f" The gradient was {_rounded(times)} times its usual size."
    evidence = {"step": at, "from": low, "to": high, "back": until, "gradient": times}
    return Finding("spike", curve.key, text, evidence, "loss", 1.0)


def spike_label(found: Finding) -> str:
    """A spike in a few words, to stand beside it."""
    step, times = found.evidence["step"], found.evidence["gradient"]
    why = f": gradient ×{_rounded(times)}" if _is_large(times) else ""
    return f"spike {step:,}{why}"


def _is_large(times: float) -> bool:
    return bool(np.isfinite(times)) and times >= LARGE


def _rounded(times: float) -> str:
    return f"{float(f'{times:.2g}'):,.0f}"


def _writes(trace: Trace) -> bool:
    """Whether its cell has an input gate in the usual sense: a sigmoid that lets in a candidate."""
    lines = dict(cell_named(trace.cell).step.lines)
    named = {"input", "candidate", "cell"} <= set(lines) & set(trace.arrays)
    return named and lines["input"].kind == "sigmoid"


def _cosines(one: Floats, other: Floats) -> NDArray[np.float64]:
    """The cosine of each row with the other's, (n,)."""
    sizes = np.linalg.norm(one, axis=1) * np.linalg.norm(other, axis=1)
    cosines: NDArray[np.float64] = (one * other).sum(axis=1) / np.maximum(sizes, 1e-30)
    return cosines


def _peak(losses: Floats, smooth: Floats, baseline: float) -> tuple[int, int] | None:
    """Where the largest jump begins and where it is highest, as indices; None if there is none."""
    if len(smooth) <= BEFORE or not np.all(np.isfinite(smooth)):
        return None
    after, lowest = smooth[BEFORE:], _lowest(smooth[:-1], BEFORE)
    rises = np.where(lowest <= LEARNED * baseline, after - lowest, 0.0)
    place = int(rises.argmax())
    top = place + BEFORE
    low, rise = float(lowest[place]), float(rises[place])
    start = place + int(np.flatnonzero(smooth[place:top] <= low + 0.1 * rise)[-1])
    spread = 1.5 * float(np.median(np.abs(losses[place:top] - smooth[place:top])))
    if rise < max(HIGH * baseline, BEYOND_NOISE * spread) or low + rise < TIMES * low:
        return None
    return start, top


def _lowest(values: Floats, width: int) -> Floats:
    """The lowest of every `width` values in a row: by doubling, so that long curves are quick."""
    span, lowest = 1, values
    while 2 * span <= width:
        lowest, span = np.minimum(lowest[:-span], lowest[span:]), 2 * span
    rest = width - span
    return np.minimum(lowest[: len(lowest) - rest], lowest[rest:])


def _short(share: float) -> str:
    """A small share: 0.4%, 9e-16."""
    if share >= 1e-4:
        return f"{100 * share:.1g}%"
    digits, _, exponent = f"{share:.0e}".partition("e")
    return f"{digits}e{int(exponent)}"
