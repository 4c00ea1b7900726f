"""Who carries the cue: three measures of every unit, and the smallest set that flips answers.

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
from sandbox.insight.contrast import Pair, margin, pair_of
from sandbox.insight.linear_readout import Told, told
from sandbox.insight.subject import AT_ONCE, asked_steps, cue_steps

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences

PAIRS, LESIONED, READ = 24, 200, 400  # pairs that are swapped; sequences for the others
OTHERS = 60  # other sets of units that are tried
FLIPPED = 0.9  # of the answers: enough to say that a set carries the cue
STRONG = 0.25  # of the largest effect: a unit that counts


@dataclass(frozen=True)
class Carrying:
    """A set of units that carries the cue, and how other sets of that size do."""

    units: tuple[int, ...]
    flips: float
    others: float


@dataclass(frozen=True)
class Carriers:
    """Measures of every unit of a layer, each (H,), at a step between cue and question.

    swap: how far swapping all the unit's states moves answers, 0 to 1, over `pairs` pairs; NaN if
    the net answers them alike.  lesion: accuracy lost on fresh sequences, or for values the share
    by which the loss grows.  told: by state, what a linear readout tells from it.  unhurt: what the
    net reaches without a lesion.  set: the smallest set, by the order of `swap`, that flips
    answers; None if all together do not.
    """

    step: int
    layer: int
    pairs: int
    swap: NDArray[np.float64]
    lesion: NDArray[np.float64]
    told: Mapping[str, Told]
    unhurt: float
    set: Carrying | None

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
        """Units from which the cue can be told though answers follow neither swap nor lesion."""
        weak = ~(self._strong("swap") | self._strong("lesion"))
        return tuple(np.flatnonzero(self.tells() & weak).tolist())

    def _strong(self, by: str) -> NDArray[np.bool_]:
        values = self.measure(by)
        return np.asarray(values >= max(STRONG * values.max(), 1e-3))


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
    pairs = _pairs(subject, one, PAIRS)
    single = np.full(subject.net.hidden, np.nan)
    found = None
    if pairs:
        every: Sequence[tuple[int, ...]] = [(unit,) for unit in range(subject.net.hidden)]
        moved = swap_sets(subject, pairs, every, step, layer)[0]
        apart = ~np.isnan(moved).any(axis=0)
        single = moved[:, apart].mean(axis=1) if apart.any() else single
        if apart.any() and not stop():
            found = _smallest(subject, pairs, single, step, layer)
    if stop():
        return None
    lesion, unhurt = lesions(subject, layer, stop)
    if stop():
        return None
    return Carriers(
        step, layer, len(pairs), single, lesion, _told(subject, step, layer), unhurt, found
    )


def swap_sets(
    subject: Subject, pairs: Sequence[Pair], sets: Sequence[Sequence[int]], step: int, layer: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """All states of sets of units swapped at a step: (S, P) margins, and whether answers flip.

    The pairs' questions stand at one step.  NaN for pairs that the net answers alike.
    """
    net: Any = subject.net
    prefix, asked = layer_prefix(layer, net.layers), pairs[0].asked
    firsts, seconds = (_all(pairs, n) for n in (0, 1))
    donor = {}
    plain = np.stack([subject.asked(firsts), subject.asked(seconds)], axis=1)
    traced = net.trace(seconds.steps(slice(0, step + 1)))
    for state in subject.cell.states:
        donor[prefix + state] = traced.arrays[prefix + state][step]
    every = [(s, p) for s in range(len(sets)) for p in range(len(pairs))]
    moved, flips = np.empty(len(every)), np.empty(len(every), bool)
    for start in range(0, len(every), AT_ONCE):
        some = every[start : start + AT_ONCE]
        rows = np.array([p for _, p in some])
        held = {name: np.full((1, len(some), net.hidden), np.nan) for name in donor}
        for b, (s, p) in enumerate(some):
            units = list(sets[s])
            for name, values in donor.items():
                held[name][0, b, units] = values[p, units]
        copies, past = firsts.pick(rows), None
        if step:
            _, past = net.forward(copies.steps(slice(0, step)))
        hidden, past = net.forward(copies.steps(slice(step, step + 1)), held, past, step)
        if step < asked:
            rest = copies.steps(slice(step + 1, asked + 1))
            hidden, _ = net.forward(rest, None, past, step + 1)
        raw = subject.raw(hidden[-1])
        for b, (_, p) in enumerate(some):
            moved[start + b] = margin(raw[b], plain[p], subject.task)
            flips[start + b] = _flips(raw[b], plain[p], moved[start + b], subject)
    return moved.reshape(len(sets), -1), flips.reshape(len(sets), -1)


def lesions(
    subject: Subject, layer: int, stop: Callable[[], bool] = lambda: False
) -> tuple[NDArray[np.float64], float]:
    """What is lost without each unit of a layer, (H,), and the accuracy or loss with all.

    Of values, the share by which the loss grows.
    """
    net, sequences = subject.net, subject.fresh(LESIONED, 1)
    steps, lost = sequences.roles.shape[1], np.zeros(net.hidden)
    of_values = subject.task.loss == "squared_error"
    loss, accuracy = net.evaluate(sequences)
    for unit in range(net.hidden):
        if stop():
            break
        hold = Hold(LESION, 0.0, ((unit, unit),), (), layer)
        without = net.evaluate(
            sequences, held_by((hold,), subject.cell, net.layers, net.hidden, steps)
        )
        lost[unit] = without[0] / max(loss, 1e-12) - 1 if of_values else accuracy - without[1]
    return lost, loss if of_values else accuracy


def _told(subject: Subject, step: int, layer: int) -> dict[str, Told]:
    """What a linear readout tells from each state at the step."""
    prefix = layer_prefix(layer, subject.net.layers)
    sequences = subject.fresh(2 * READ, 2)
    asked = asked_steps(sequences)
    targets = sequences.targets[np.arange(len(asked)), asked]
    states: dict[str, list[NDArray[Any]]] = {name: [] for name in subject.cell.states}
    for start in range(0, 2 * READ, AT_ONCE):
        part = sequences.pick(slice(start, start + AT_ONCE)).steps(slice(0, step + 1))
        arrays = subject.net.trace(part).arrays
        for name, found in states.items():
            found.append(arrays[prefix + name][step])
    return {
        name: told(whole[:READ], targets[:READ], whole[READ:], targets[READ:])
        for name, whole in ((name, np.concatenate(found)) for name, found in states.items())
    }


def _pairs(subject: Subject, one: Sequences, count: int) -> list[Pair]:
    """Pairs with the question where the sequence has it, and other cues and filler."""
    pool, found = subject.fresh(4 * count, 3), []
    asked = asked_steps(one)[0]
    alike = np.flatnonzero((asked_steps(pool) == asked) & (pool.roles == one.roles).all(axis=1))
    donors = pool.pick(alike) if len(alike) else pool.pick(slice(0, 0))
    for n in range(min(count, len(donors))):
        order = np.roll(np.arange(len(donors)), -n - 1)
        pair = pair_of(subject.task, donors, n, donors.pick(order))
        if pair is not None:
            found.append(pair)
    return found


def _smallest(
    subject: Subject, pairs: list[Pair], single: NDArray[np.float64], step: int, layer: int
) -> Carrying | None:
    """The first units by their effects that together flip answers, and what others do."""
    order = np.argsort(-single, kind="stable")
    prefixes = [tuple(order[: n + 1].tolist()) for n in range(len(order))]
    flips = swap_sets(subject, pairs, prefixes, step, layer)[1].mean(axis=1)
    enough = np.flatnonzero(flips >= FLIPPED)
    if not len(enough):
        return None
    size = int(enough[0]) + 1
    rest, rng = order[size:], np.random.default_rng(0)
    others = 0.0
    if len(rest) >= size:
        sets = [tuple(rest[:size].tolist())]
        sets += [tuple(rng.choice(rest, size, replace=False).tolist()) for _ in range(OTHERS)]
        others = float(swap_sets(subject, pairs, sets, step, layer)[1].mean(axis=1).max())
    return Carrying(tuple(sorted(prefixes[size - 1])), float(flips[size - 1]), others)


def _flips(raw: NDArray[Any], plain: NDArray[Any], moved: float, subject: Subject) -> bool:
    """Whether an answer is the second sequence's: of classes the likeliest one, else past half."""
    if subject.task.loss == "cross_entropy":
        first, second = plain.argmax(axis=1)
        return bool(first != second and raw.argmax() == second)
    return bool(moved > 0.5)


def _all(pairs: Sequence[Pair], which: int) -> Sequences:
    arrays = zip(*(pair.both.pick(which).arrays for pair in pairs), strict=True)
    return type(pairs[0].both)(*(np.concatenate(parts) for parts in arrays))
