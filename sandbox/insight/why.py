"""What the Why view shows of one net: all that `ask` finds, and a map of swaps on one sequence."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.insight.asking import ask
from sandbox.insight.contrast import pair_of
from sandbox.insight.swaps import swap_map

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.insight.asking import Insight
    from sandbox.insight.contrast import Pair
    from sandbox.insight.subject import Subject
    from sandbox.insight.swaps import SwapMap
    from sandbox.tasks.base import Sequences

POOL = 64  # fresh sequences among which another cue is looked for


@dataclass(frozen=True)
class Why:
    """swaps: None if no fresh sequence has another answer in the same places."""

    insight: Insight
    swaps: SwapMap | None


def other_of(subject: Subject, sequences: Sequences, index: int) -> Pair | None:
    """The sequence with the one that is swapped into it, the same each time; None if there is none.

    The other is the first of POOL fresh ones that fits: see `contrast.pair_of`.
    """
    return pair_of(subject.task, sequences, index, subject.fresh(POOL, 5))


def why(
    subject: Subject,
    title: str,
    sequences: Sequences,
    index: int,
    stop: Callable[[], bool] = lambda: False,
) -> Why | None:
    """Look into a net on one of the sequences; None if `stop` said so."""
    pair = other_of(subject, sequences, index)
    swaps = None if pair is None else swap_map(subject, pair, stop=stop)
    insight = None if stop() else ask(subject, title, sequences, index, stop)
    return None if insight is None else Why(insight, swaps)
