"""Sets of units that are swapped together, and the smallest one that carries the cue."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trace import layer_prefix
from sandbox.insight.contrast import Pair, margin, pair_of
from sandbox.insight.subject import asked_steps, in_parts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.engine.holding import Held
    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences

OTHERS = 60  # other sets of units that are tried
ENOUGH = 0.95  # of the answers have to flip on the pairs by which a set is chosen


@dataclass(frozen=True)
class Carrying:
    """Units that carry the cue: the strongest ones, as many as flip answers when they are swapped.

    They are chosen on some pairs; what follows is counted on `pairs` others.  flips: the share of
    answers that they flip.  others: the most that any of `tried` sets of as many other units does;
    None where too few units are left.
    """

    units: tuple[int, ...]
    flips: float
    others: float | None
    tried: int
    pairs: int


def pairs_like(subject: Subject, one: Sequences, count: int) -> list[Pair]:
    """At most so many pairs with the question where the sequence has it, each with other filler."""
    pool, found = subject.fresh(4 * count, 3), []
    asked = asked_steps(one)[0]
    alike = np.flatnonzero((asked_steps(pool) == asked) & (pool.roles == one.roles).all(axis=1))
    donors = pool.pick(alike)
    for n in range(min(count, len(donors))):
        order = np.roll(np.arange(len(donors)), -n - 1)
        pair = pair_of(subject.task, donors, n, donors.pick(order))
        if pair is not None:
            found.append(pair)
    return found


def swap_sets(
    subject: Subject, pairs: Sequence[Pair], sets: Sequence[Sequence[int]], step: int, layer: int
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """All states of sets of units swapped at a step: (S, P) margins, and whether answers flip.

    The pairs' questions stand at one step.  NaN for pairs that the net answers alike.
    """
    firsts, seconds = (_all(pairs, n) for n in (0, 1))
    plain = np.stack([subject.asked(firsts), subject.asked(seconds)], axis=1)
    prefix = layer_prefix(layer, subject.net.layers)
    arrays = subject.net.trace(seconds.steps(slice(0, step + 1))).arrays
    donor = {prefix + state: arrays[prefix + state][step] for state in subject.cell.states}
    chosen = np.zeros((len(sets), 1, subject.net.hidden), bool)
    for n, units in enumerate(sets):
        chosen[n, :, list(units)] = True
    raw = _raw_with(subject, firsts.steps(slice(0, pairs[0].asked + 1)), donor, chosen, step)
    every = range(len(pairs))
    moved = np.stack([margin(raw[:, p], plain[p], subject.task) for p in every], axis=1)
    return moved, _flips(raw, plain, moved, subject)


def strongest(
    subject: Subject,
    choose: Sequence[Pair],
    judge: Sequence[Pair],
    single: NDArray[np.float64],
    step: int,
    layer: int,
) -> Carrying | None:
    """As many units, from the strongest down, as flip answers; None if all together do not.

    single: the effect of each unit, (H,).  Chosen on some pairs and judged on others.
    """
    order = np.argsort(-single, kind="stable")
    prefixes = [tuple(order[: n + 1].tolist()) for n in range(len(order))]
    flips = swap_sets(subject, choose, prefixes, step, layer)[1].mean(axis=1)
    enough = np.flatnonzero(flips >= ENOUGH)
    if not len(enough):
        return None
    size = int(enough[0]) + 1
    others = _other_sets(order[size:], size)
    sets = [prefixes[size - 1], *others]
    flips = swap_sets(subject, judge, sets, step, layer)[1].mean(axis=1)
    most = float(flips[1:].max()) if others else None
    units = tuple(sorted(prefixes[size - 1]))
    return Carrying(units, float(flips[0]), most, len(others), len(judge))


def _other_sets(rest: NDArray[np.intp], size: int) -> list[tuple[int, ...]]:
    """Sets of so many of the other units: all, or the strongest of them and some at random."""
    if comb(len(rest), size) <= OTHERS:
        return list(combinations(rest.tolist(), size))
    rng = np.random.default_rng(0)
    drawn = [rng.choice(rest, size, replace=False).tolist() for _ in range(OTHERS)]
    sets = [rest[:size].tolist(), *drawn]
    return sorted({tuple(sorted(each)) for each in sets})


def _raw_with(
    subject: Subject,
    firsts: Sequences,
    donor: Mapping[str, NDArray[Any]],
    chosen: NDArray[np.bool_],
    step: int,
) -> NDArray[Any]:
    """Readouts (S, P, O) at the last step of P sequences, with S choices of units given away.

    donor: by line, (P, H).  chosen: (S, 1, H).
    """
    held = {
        name: np.where(chosen, values, np.nan).reshape(1, -1, values.shape[1])
        for name, values in donor.items()
    }
    rows = np.tile(np.arange(len(firsts)), len(chosen))
    found = []
    for part in in_parts(len(rows), firsts.roles.shape[1]):
        own = {name: values[:, part] for name, values in held.items()}
        found.append(_with_held(subject.net, firsts.pick(rows[part]), own, step))
    return subject.raw(np.concatenate(found)).reshape(len(chosen), len(firsts), -1)


def _with_held(net: Any, sequences: Sequences, held: Held, step: int) -> NDArray[Any]:
    """Hidden states (N, H) at the last step, with values held at one step."""
    past, last = None, sequences.roles.shape[1]
    if step:
        _, past = net.forward(sequences.steps(slice(0, step)))
    hidden, past = net.forward(sequences.steps(slice(step, step + 1)), held, past, step)
    if step + 1 < last:
        hidden, _ = net.forward(sequences.steps(slice(step + 1, last)), None, past, step + 1)
    return np.asarray(hidden[-1])


def _flips(
    raw: NDArray[Any], plain: NDArray[Any], moved: NDArray[Any], subject: Subject
) -> NDArray[np.bool_]:
    """Whether answers (S, P, O) are the second sequences', by their plain ones (P, 2, O).

    Of classes the likeliest one counts, else whether an answer is past half of the way.
    """
    if subject.task.loss == "cross_entropy":
        first, second = plain.argmax(axis=2).T
        return np.asarray((raw.argmax(axis=2) == second) & (first != second))
    return np.asarray(moved > 0.5)


def _all(pairs: Sequence[Pair], which: int) -> Sequences:
    arrays = zip(*(pair.both.pick(which).arrays for pair in pairs), strict=True)
    return type(pairs[0].both)(*(np.concatenate(parts) for parts in arrays))
