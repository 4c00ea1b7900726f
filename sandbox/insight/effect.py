"""What a surgery does to a net: its scores on fresh sequences before and after."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sandbox.engine.holding import held_by

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sandbox.cells.surgery import Hold
    from sandbox.insight.subject import Subject

FRESH = 2000  # sequences


@dataclass(frozen=True)
class Effect:
    """Mean loss and accuracy on the same fresh sequences, before and after."""

    before: tuple[float, float]
    after: tuple[float, float]
    sequences: int

    @property
    def words(self) -> str:
        """In a few words: "100% → 38% right on 2,000 fresh sequences"."""
        one, other = self.before[1], self.after[1]
        return f"{one:.0%} → {other:.0%} right on {self.sequences:,} fresh sequences"


def effect(
    subject: Subject,
    surgery: Iterable[Hold],
    count: int = FRESH,
    stop: Callable[[], bool] = lambda: False,
) -> Effect | None:
    """Scores with and without a surgery; None if `stop` said so."""
    sequences, net = subject.fresh(count), subject.net
    steps = sequences.roles.shape[1]
    held = held_by(surgery, subject.cell, net.layers, net.hidden, steps)
    after = net.evaluate(sequences, held)
    if stop():
        return None
    return Effect(net.evaluate(sequences), after, count)
