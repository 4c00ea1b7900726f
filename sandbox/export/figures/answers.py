"""What a net answers at the question, how sure it is, and whether that is right."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.export.figures.probe import Probe

LIKELY = 0.5  # from which on a symbol counts as said to be legal


@dataclass(frozen=True)
class Answer:
    """text: the answer.  share: its probability, None where it is a number.  note: the rest."""

    text: str
    share: float | None
    right: bool
    note: str


def answer_of(probe: Probe, key: str) -> Answer:
    """The answer of one contestant to the sequence."""
    given = np.ravel(probe.traces[key].answers[probe.asked_at, probe.index]).astype(np.float64)
    target = probe.sequences.targets[probe.index, probe.asked_at]
    if not np.all(np.isfinite(given)):
        return Answer("no answer", None, False, "its numbers are not finite")
    if probe.task.loss == "cross_entropy":
        return _class(probe.task.outputs, given, int(target))
    if probe.task.loss == "squared_error":
        return _value(given, np.ravel(target), probe.task.correct_within)
    return _symbols(probe.task.outputs, given, np.ravel(target) > 0)


def _class(names: tuple[str, ...], chances: NDArray[np.float64], target: int) -> Answer:
    chosen = int(np.argmax(chances))
    right = chosen == target
    note = "" if right else f"{names[target]} gets {percent(float(chances[target]))}"
    return Answer(names[chosen], float(chances[chosen]), right, note)


def _value(given: NDArray[np.float64], target: NDArray[np.floating], within: float) -> Answer:
    error = float(np.max(np.abs(given - target)))
    text = ", ".join(f"{value:.2f}" if abs(value) < 10_000 else f"{value:.2g}" for value in given)
    return Answer(text, None, error <= within, f"off by {error:.2g}")


def _symbols(
    names: tuple[str, ...], chances: NDArray[np.float64], legal: NDArray[np.bool_]
) -> Answer:
    """Right where every legal symbol is likelier than every other one."""
    said = [name for name, chance in zip(names, chances, strict=True) if chance >= LIKELY]
    least = float(chances[legal].min()) if legal.any() else 1.0
    most = float(chances[~legal].max()) if not legal.all() else 0.0
    note = "legal: " + " ".join(n for n, is_legal in zip(names, legal, strict=True) if is_legal)
    return Answer(" ".join(said) or "none", least, least > most, note)


def percent(share: float) -> str:
    """A share as whole percent; 100% only from 99.95% on."""
    return "99%" if 0.99 < share < 0.9995 else f"{share:.0%}"
