"""Checks and crosses above a plot: where nets solved the task, and where they diverged."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sandbox.export.figures.ink import Style
    from sandbox.export.figures.lines import Lines

HIGH, WIDE = 5.5, 6.5  # points that a sign takes
MOST_ROWS = 4


@dataclass(frozen=True)
class Sign:
    """One of them, at a step or second; row 0 stands on the frame."""

    when: float
    right: bool
    style: Style
    row: int
    alone: bool  # of a net that is no replicate


@dataclass(frozen=True)
class Signs:
    """All of them, none over another."""

    all: tuple[Sign, ...]

    @property
    def height(self) -> float:
        """Points that they take above a frame."""
        return 1 + HIGH * (1 + max((sign.row for sign in self.all), default=0))


def signs_of(lines: Lines, width: float) -> Signs:
    """The signs above a frame of that width; where several meet, rows over one another.

    Replicates' signs are left out where one like them stands already.
    """
    told = [
        (lines.when(line, step), right, line)
        for line in lines.all
        for net in line.nets
        for step, right in ((net.solved_at, True), (net.diverged_at, False))
        if step is not None
    ]
    apart = WIDE * lines.last / width
    ends: list[float] = []  # of each row
    signs = []
    last: dict[tuple[str, bool], float] = {}
    for when, right, line in sorted(told, key=lambda each: each[0]):
        if line.replicated and when < last.get((line.name, right), -apart) + apart:
            continue  # the legend counts them
        last[line.name, right] = when
        free = (n for n, end in enumerate(ends) if end + apart <= when)
        row = next(free, min(len(ends), MOST_ROWS - 1))
        ends[row : row + 1] = [when]
        signs.append(Sign(when, right, line.style, row, not line.replicated))
    return Signs(tuple(signs))
