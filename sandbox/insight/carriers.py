"""Who carries the cue: three measures of every unit, and the strongest ones together.

Swaps are causal and forward (does the answer follow this unit?), lesions are causal and by loss (is
it missed?), and the readout says only what could be told from it.  They need not agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.surgery import LESION, Hold
from sandbox.engine.holding import held_by
from sandbox.engine.trace import layer_prefix
from sandbox.insight.linear_readout import Told, told
from sandbox.insight.subject import asked_steps, cue_steps, in_parts
from sandbox.insight.unit_sets import pairs_like, strongest, swap_sets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.insight.unit_sets import Carrying
    from sandbox.tasks.base import Sequences

PAIRS = 48  # that are swapped; as many others judge the set that is chosen on them
LESIONED, READ, AGAIN = 200, 400, 1000  # sequences: to lesion every unit, to read, to lesion one
WEAK = 0.05  # of the way, or of the answers: a unit that hardly matters alone


@dataclass(frozen=True)
class Missed:
    """The unit whose lesion costs most, counted again on `sequences` others.

    without, whole: the accuracy without the unit and with all, or of values the loss.
    """

    unit: int
    without: float
    whole: float
    sequences: int


@dataclass(frozen=True)
class Carriers:
    """Measures of every unit of a layer, each (H,), at a step between cue and question.

    swap: how far swapping all the unit's states moves answers, 0 to 1, over `pairs` pairs; NaN if
    the net answers them alike.  lesion: accuracy lost on fresh sequences, or for values the share
    by which the loss grows.  told: by state, what a linear readout tells from it.  unhurt: what the
    net reaches without a lesion.  set: the strongest units by `swap` that flip answers together;
    None if all together do not.  missed: the unit with the largest `lesion`.  cue: its last step.
    """

    step: int
    layer: int
    pairs: int
    swap: NDArray[np.float64]
    lesion: NDArray[np.float64]
    told: Mapping[str, Told]
    unhurt: float
    set: Carrying | None
    missed: Missed | None = None
    of_values: bool = False
    cue: int | None = None

    def ranked(self, by: str) -> NDArray[np.intp]:
        """Units from the strongest by "swap", "lesion" or "tells"."""
        return np.asarray(np.argsort(-self.measure(by), kind="stable"))

    def measure(self, by: str) -> NDArray[np.float64]:
        """A measure of every unit; "tells" is that of the state that tells most."""
        if by == "tells":
            return np.asarray(np.max([each.by_unit for each in self.told.values()], axis=0))
        return np.nan_to_num(self.swap if by == "swap" else self.lesion)

    def tells(self) -> NDArray[np.bool_]:
        """Which units tell more than chance from any state, (H,)."""
        return np.asarray(np.any([each.tells() for each in self.told.values()], axis=0))

    @property
    def told_only(self) -> tuple[int, ...]:
        """Units from which the answer can be told, though alone they hardly matter to it."""
        weak = (abs(self.measure("swap")) < WEAK) & (abs(self.measure("lesion")) < WEAK)
        return tuple(np.flatnonzero(self.tells() & weak).tolist())


def carriers(
    subject: Subject,
    sequences: Sequences,
    index: int,
    layer: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Carriers | None:
    """The three measures, halfway between the cue and the question of this sequence.

    None if `stop` said so.
    """
    one = sequences.pick(index)
    asked, cues = int(asked_steps(one)[0]), cue_steps(one)
    step = (int(cues[-1]) + asked + 1) // 2 if len(cues) else asked // 2
    layer = layer or subject.net.layers
    swap, pairs, found = _swaps(subject, one, step, layer, stop)
    lesion, unhurt = lesions(subject, layer, stop)
    if stop():
        return None
    readouts, missed = _told(subject, step, layer), _missed(subject, lesion, layer)
    of_values, cue = subject.task.loss == "squared_error", int(cues[-1]) if len(cues) else None
    return Carriers(
        step, layer, pairs, swap, lesion, readouts, unhurt, found, missed, of_values, cue
    )


def _swaps(
    subject: Subject, one: Sequences, step: int, layer: int, stop: Callable[[], bool]
) -> tuple[NDArray[np.float64], int, Carrying | None]:
    """The effect of each unit, (H,), over how many pairs, and the set that carries the cue.

    Half of the pairs are kept back to judge the set.
    """
    pairs = pairs_like(subject, one, 2 * PAIRS)
    choose, judge = pairs[: len(pairs) // 2], pairs[len(pairs) // 2 :]
    nothing = np.full(subject.net.hidden, np.nan)
    if not choose:
        return nothing, 0, None
    moved = swap_sets(subject, choose, [(n,) for n in range(subject.net.hidden)], step, layer)[0]
    apart = ~np.isnan(moved).any(axis=0)
    if not apart.any():
        return nothing, len(choose), None
    effects = moved[:, apart].mean(axis=1)
    found = None if stop() else strongest(subject, choose, judge, effects, step, layer)
    return effects, len(choose), found


def lesions(
    subject: Subject, layer: int, stop: Callable[[], bool] = lambda: False
) -> tuple[NDArray[np.float64], float]:
    """What is lost without each unit of a layer, (H,), and the accuracy or loss with all.

    Of values, the share by which the loss grows.
    """
    sequences, lost = subject.fresh(LESIONED, 1), np.zeros(subject.net.hidden)
    of_values = subject.task.loss == "squared_error"
    whole = _score(subject, sequences)
    for unit in range(subject.net.hidden):
        if stop():
            break
        without = _score(subject, sequences, unit, layer)
        lost[unit] = without / max(whole, 1e-12) - 1 if of_values else whole - without
    return lost, whole


def _score(
    subject: Subject, sequences: Sequences, unit: int | None = None, layer: int = 0
) -> float:
    """The accuracy, or for values the loss; unit: one of this layer that is held at zero."""
    net, held = subject.net, None
    if unit is not None:
        holds = (Hold(LESION, 0.0, ((unit, unit),), (), layer),)
        held = held_by(holds, subject.cell, net.layers, net.hidden, sequences.roles.shape[1])
    loss, accuracy = net.evaluate(sequences, held)
    return loss if subject.task.loss == "squared_error" else accuracy


def _missed(subject: Subject, lesion: NDArray[np.float64], layer: int) -> Missed:
    """The largest lesion on sequences by which it was not chosen."""
    unit, sequences = int(lesion.argmax()), subject.fresh(AGAIN, 6)
    whole, without = _score(subject, sequences), _score(subject, sequences, unit, layer)
    return Missed(unit, without, whole, AGAIN)


def _told(subject: Subject, step: int, layer: int) -> dict[str, Told]:
    """What a linear readout tells from each state at the step."""
    prefix = layer_prefix(layer, subject.net.layers)
    sequences = subject.fresh(2 * READ, 2)
    asked = asked_steps(sequences)
    targets = sequences.targets[np.arange(len(asked)), asked]
    states: dict[str, list[NDArray[Any]]] = {name: [] for name in subject.cell.states}
    for rows in in_parts(2 * READ, step + 1):
        part = sequences.pick(rows).steps(slice(0, step + 1))
        arrays = subject.net.trace(part).arrays
        for name, found in states.items():
            found.append(arrays[prefix + name][step])
    return {
        name: told(whole[:READ], targets[:READ], whole[READ:], targets[READ:])
        for name, whole in ((name, np.concatenate(found)) for name, found in states.items())
    }
