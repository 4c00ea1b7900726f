"""Errors by steps ahead as lines to draw and sentences to read, on screen and in print."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.ranges import round_up
from sandbox.drawing.styles import SIMPLE_DASHES, LineStyle, QuietStyle
from sandbox.engine.errors_ahead import better_in_words

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.engine.errors_ahead import ErrorsAhead

    Values = NDArray[np.float64]

TITLE = "Errors by steps ahead"
UNTRAINED = "untrained"
ABOVE = 1.05  # the axis' end, as a multiple of the largest error that it must show
TAME = 3.0  # simple errors: the most that a net's stretch the axis
EDGE = 0.4  # of a step, before the first and after the last


@dataclass(frozen=True)
class ErrorLine:
    """The finite errors (n,) of a net or a simple forecast, at steps ahead (n,)."""

    title: str
    style: LineStyle
    simple: bool
    steps: Values
    errors: Values


@dataclass(frozen=True)
class NetShown:
    """A net's name and look.  standing: UNTRAINED, "diverged at step 40", or ""."""

    title: str
    style: LineStyle
    standing: str = ""

    @property
    def name(self) -> str:
        """Its name, and where it stands in a word: "RNN, diverged"."""
        return ", ".join(filter(None, (self.title, self.standing.partition(" ")[0])))


@dataclass(frozen=True)
class ErrorsShown:
    """Errors ahead after training step `step`.  nets: by key, as in `found`."""

    found: ErrorsAhead
    step: int
    nets: Mapping[str, NetShown]

    @cached_property
    def lines(self) -> tuple[ErrorLine, ...]:
        """A line for each net, then one for each simple forecast."""
        found = self.found
        nets = [
            _line(self.nets[key].name, self.nets[key].style, errors)
            for key, errors in found.nets.items()
        ]
        simple = [
            _line(name, QuietStyle(0, SIMPLE_DASHES[n % len(SIMPLE_DASHES)], "circle"), errors)
            for n, (name, errors) in enumerate(found.simple.items())
        ]
        return (*nets, *simple)

    @property
    def top(self) -> float:
        """The upper end of the axis, whose lower one is 0; what is far off goes beyond it."""
        simple = max((_largest(line) for line in self.lines if line.simple), default=0.0)
        nets = max((_largest(line) for line in self.lines if not line.simple), default=0.0)
        return round_up(ABOVE * max(simple, min(nets, TAME * simple) if simple else nets))

    @property
    def ends(self) -> tuple[float, float]:
        """The ends of the axis of steps ahead."""
        return 1 - EDGE, self.found.steps + EDGE

    @property
    def axis(self) -> str:
        """The name of the axis of errors: "RMS error, MW"."""
        return ", ".join(filter(None, ("RMS error", self.found.unit)))

    @property
    def about(self) -> str:
        """What is shown, in a sentence."""
        unit = f" in {self.found.unit}" if self.found.unit else ""
        places = f"{self.found.places:,} place{'' if self.found.places == 1 else 's'}"
        after = f"after {self.step:,} training step{'' if self.step == 1 else 's'}"
        return (
            f"RMS error{unit} of forecasts from {places} that no net is trained on, each net fed "
            f"its own forecasts, {after if self.step else 'before training'}."
        )

    @property
    def sentences(self) -> dict[str, str]:
        """Up to where each net is better than simple forecasts, by key."""
        return {key: self._sentence(key) for key in self.found.nets}

    def at(self, ahead: int) -> str:
        """All errors so many steps ahead, in words."""
        place, found = ahead - 1, self.found
        nets = [(self.nets[key].title, errors[place]) for key, errors in found.nets.items()]
        simple = [(name, errors[place]) for name, errors in found.simple.items()]
        told = [f"{name} {error_text(float(error), found.unit)}" for name, error in nets + simple]
        return f"{ahead:,} step{'' if ahead == 1 else 's'} ahead: {', '.join(told)}"

    def _sentence(self, key: str) -> str:
        net, finite = self.nets[key], np.isfinite(self.found.nets[key])
        if net.standing == UNTRAINED:
            return f"{net.title} is untrained."
        words = better_in_words(self.found, key, net.title)
        if not finite.all():
            first = int(np.argmin(finite)) + 1
            steps = f"{first:,} step{'' if first == 1 else 's'}"
            words += f" From {steps} ahead on, some of its forecasts are not finite."
        return f"{net.title} {net.standing}. {words}" if net.standing else words


def error_text(error: float, unit: str) -> str:
    """An error with three digits: "3.21 MW"."""
    if not np.isfinite(error):
        return "not finite"
    number = f"{error:,.0f}" if 1_000 <= error < 1_000_000 else f"{error:#.3g}".rstrip(".")
    return f"{number} {unit}".rstrip()


def _line(title: str, style: LineStyle, errors: Values) -> ErrorLine:
    known = np.isfinite(errors)
    simple = isinstance(style, QuietStyle)
    return ErrorLine(title, style, simple, np.flatnonzero(known) + np.float64(1), errors[known])


def _largest(line: ErrorLine) -> float:
    return float(line.errors.max(initial=0.0))


def error_rows(shown: ErrorsShown) -> list[list[str]]:
    """A table: heads with the unit, then a row a step ahead; "" where an error is not finite."""
    found = shown.found
    unit = f" ({found.unit})" if found.unit else ""
    columns = [*found.nets.values(), *found.simple.values()]
    names = [*(shown.nets[key].title for key in found.nets), *found.simple]
    heads = ["steps ahead", *(f"{name}{unit}" for name in names)]
    return [
        heads,
        *(
            [str(at + 1), *(f"{each[at]:.6g}" if np.isfinite(each[at]) else "" for each in columns)]
            for at in range(found.steps)
        ),
    ]
