"""One swap that a person chooses: units of some lines at a step, and what becomes of the answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.insight.contrast import margin
from sandbox.insight.swaps import swapped
from sandbox.insight.why import other_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences, Task


@dataclass(frozen=True)
class Chosen:
    """Units (counted from 0; () for all) of lines (() for all states) at a step."""

    lines: tuple[str, ...]
    units: tuple[int, ...]
    step: int


@dataclass(frozen=True)
class Tried:
    """Answers (O,) before, after and in the other sequence, and how far it moved from 0 to 1.

    step: of the question.
    """

    before: NDArray[np.float64]
    after: NDArray[np.float64]
    other: NDArray[np.float64]
    moved: float
    step: int


def try_swap(subject: Subject, sequences: Sequences, index: int, chosen: Chosen) -> Tried | None:
    """Take the chosen units from the other sequence of the Why view; None if there is none."""
    pair = other_of(subject, sequences, index)
    if pair is None:
        return None
    plain = subject.asked(pair.both)
    units = chosen.units or tuple(range(subject.net.hidden))
    raw = swapped(subject, pair, units, chosen.step, chosen.lines)
    moved = float(margin(raw, plain, subject.task))
    one, other, after = (answers(each, subject.task) for each in (*plain, raw))
    return Tried(one, after, other, moved, pair.asked)


def answers(raw: NDArray[np.floating], task: Task) -> NDArray[np.float64]:
    """A readout (O,) as an answer: probabilities of classes or symbols, or values."""
    wide = raw.astype(np.float64)
    if task.loss == "cross_entropy":
        shares = np.exp(wide - wide.max())
        return np.asarray(shares / shares.sum())
    if task.loss == "legal_symbols":
        return np.asarray(0.5 * (1 + np.tanh(0.5 * wide)))
    return wide
