"""The states that a net goes through on fresh sequences."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.trace import layer_prefix
from sandbox.insight.subject import AT_ONCE, asked_steps
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from numpy.typing import NDArray

    from sandbox.insight.subject import Subject
    from sandbox.tasks.base import Sequences

    Floats = NDArray[np.float64]

SAMPLE, STREAM = 256, 5  # fresh sequences; the first of more with the same stream
MOST_ROWS = 20_000  # states that are kept
ROOM = 4_000_000  # numbers of one array in a pass


@dataclass(frozen=True)
class Visited:
    """States of a layer on N fresh sequences, flat as in `CellStep.unflat`.

    states (R, D) at all steps and filler (F, D) at filler steps: evenly chosen if there are many.
    last (N, D): before the question, at the last filler step.  below (H,): mean of what the layer
    below gives at filler steps, None for the bottom layer.
    """

    sequences: Sequences
    states: Floats
    filler: Floats
    last: Floats
    below: Floats | None

    @property
    def spread(self) -> float:
        """How far states at filler lie from their mean, root mean square; 1 if they are all one."""
        found = float(np.sqrt(self.filler.var(axis=0).sum()))
        return found if found > 1e-12 else 1.0


def visited(
    subject: Subject, layer: int, stop: Callable[[], bool] = lambda: False
) -> Visited | None:
    """What a layer (from 1, the bottom one) goes through on SAMPLE sequences.

    None if `stop` said so.
    """
    sequences = subject.fresh(SAMPLE, STREAM)
    there, filler = sequences.roles != Role.PADDING, filler_steps(sequences)
    every = max(1, -(-int(there.sum()) // MOST_ROWS))
    states, at_filler, last, below = [], [], [], []
    for part, arrays in traced(subject, sequences):
        if stop():
            return None
        flat = np.swapaxes(flat_states(subject, arrays, layer), 0, 1)
        fills = filler[part]
        states.append(flat[there[part]][::every])
        at_filler.append(flat[fills][::every])
        last.append(flat[np.arange(len(flat)), last_filler(sequences.pick(part))])
        if layer > 1:
            under = arrays[layer_prefix(layer - 1, subject.net.layers) + "hidden"]
            below.append(np.swapaxes(under, 0, 1)[fills].astype(np.float64).sum(axis=0))
    mean = np.sum(below, axis=0) / filler.sum() if below else None
    return Visited(sequences, _joined(states), _joined(at_filler), _joined(last), mean)


def traced(
    subject: Subject, sequences: Sequences
) -> Iterator[tuple[slice, Mapping[str, NDArray[Any]]]]:
    """Some sequences at a time, and the arrays (T, n, H) of their trace."""
    width = sequences.roles.shape[1] * subject.net.hidden
    count = min(max(ROOM // width, 1), AT_ONCE)
    for start in range(0, len(sequences), count):
        part = slice(start, min(start + count, len(sequences)))
        yield part, subject.net.trace(sequences.pick(part)).arrays


def flat_states(
    subject: Subject, arrays: Mapping[str, NDArray[Any]], layer: int
) -> NDArray[np.float32]:
    """All states of a layer in a trace's arrays, one after another, (T, N, D)."""
    prefix = layer_prefix(layer, subject.net.layers)
    return np.concatenate([arrays[prefix + name] for name in subject.cell.states], axis=-1)


def filler_steps(sequences: Sequences) -> NDArray[np.bool_]:
    """Which steps are filler, (N, T); where a task has none, all that are there."""
    filler = sequences.roles == Role.FILLER
    return np.asarray(filler if filler.any() else sequences.roles != Role.PADDING)


def last_filler(sequences: Sequences) -> NDArray[np.intp]:
    """The last filler step before each question, (N,); the question's if there is none."""
    asked, filler = asked_steps(sequences), filler_steps(sequences)
    before = filler & (np.arange(filler.shape[1]) < asked[:, None])
    last = filler.shape[1] - 1 - before[:, ::-1].argmax(axis=1)
    return np.asarray(np.where(before.any(axis=1), last, asked))


def _joined(parts: list[NDArray[np.float32]]) -> Floats:
    return np.concatenate(parts).astype(np.float64)
