"""Curves of other runs under the live ones, made from what is stored."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Signal

from sandbox.drawing.smoothing import Smoothing
from sandbox.drawing.styles import LineStyle, line_styles
from sandbox.gui.session.clock import clock_of
from sandbox.run.differences import distinguish
from sandbox.run.words import title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.store.base import Curves, ExperimentTimeline, Measured

    Nets = list[tuple[NDArray[np.int64], Measured]]

MOST_OVERLAYS = 8
MOST_POINTS = 4_000  # of a curve

Values = NDArray[np.float64]


@dataclass(frozen=True)
class OverlayCurve:
    """One contestant of another run: smoothed curves at some of its steps, each (n,).

    seconds: of training by each of the steps.
    """

    title: str
    style: LineStyle
    steps: Values
    seconds: Values
    loss: Values
    accuracy: Values


@dataclass(frozen=True)
class Overlay:
    """Another run's curves by contestant's name, and what the run is called beside them.

    last: the last step that was measured when it was made.  timeline: its settings.
    """

    run: str
    label: str
    curves: Mapping[str, OverlayCurve]
    last: int
    timeline: ExperimentTimeline


def overlay_of(
    run: str,
    label: str,
    timeline: ExperimentTimeline,
    curves: Curves,
    times: NDArray[np.float64],
) -> Overlay:
    """An overlay of what a store has of a run; a contestant's replicates become their mean.

    timeline: its settings.  curves, times: `Store.curves` and `Store.clock`.
    It takes some 10 ms for 100,000 steps of a net, so it is called where nobody waits for it.
    """
    experiment = timeline.first
    cells = {each.name: each.cell for each in experiment.contestants}
    nets: dict[str, Nets] = {}
    for key, net in curves.items():
        if len(net[0]):
            nets.setdefault(key.partition("#")[0], []).append(net)
    styles = line_styles({name: cells[name] for name in nets}, experiment.looks)
    made = {
        name: _curve(title(name, cells[name]), styles[name], each, times)
        for name, each in nets.items()
    }
    last = max((int(c.steps[-1]) for c in made.values()), default=0)
    return Overlay(run, label, made, last, timeline)


def _curve(called: str, style: LineStyle, nets: Nets, times: NDArray[np.float64]) -> OverlayCurve:
    """The mean of the replicates, up to the step at which the first of them ends."""
    count = min(len(steps) for steps, _ in nets)
    every = -(-(count - 1) // (MOST_POINTS - 1)) or 1
    places = np.append(np.arange(0, count - 1, every), count - 1)  # with the first and the last
    loss, accuracy = (
        np.mean([Smoothing().extend(columns[n][:count])[places] for _, columns in nets], axis=0)
        for n in (0, 1)
    )
    steps = nets[0][0][places].astype(np.float64)
    seconds = clock_of(int(nets[0][0][0]), times).seconds(steps)
    called = called if len(nets) == 1 else f"{called}, mean of {len(nets)}"
    return OverlayCurve(called, style, steps, seconds, loss, accuracy)


class Overlays(QObject):
    """The runs drawn under the live curves, in the order in which they were chosen."""

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._shown: dict[str, Overlay] = {}
        self._beside: tuple[ExperimentTimeline, tuple[Overlay, ...]] | None = None  # labelled

    @property
    def shown(self) -> tuple[Overlay, ...]:
        """The overlays that are drawn."""
        return tuple(self._shown.values())

    def beside(self, current: ExperimentTimeline) -> tuple[Overlay, ...]:
        """The overlays, each labelled with its differences from the current run and the others.

        Where the settings are the same, the label with which it was made tells it apart.
        """
        if self._beside is None or self._beside[0] != current:
            words = distinguish([current, *(each.timeline for each in self.shown)])[1:]
            alike = {text for text in words if not text or words.count(text) > 1}
            labelled = tuple(
                replace(each, label=" · ".join(filter(None, (text, each.label * (text in alike)))))
                for each, text in zip(self.shown, words, strict=True)
            )
            self._beside = current, labelled
        return self._beside[1]

    @property
    def full(self) -> bool:
        """Whether no more runs can be drawn."""
        return len(self._shown) >= MOST_OVERLAYS

    def __contains__(self, run: object) -> bool:
        return run in self._shown

    def show(self, overlay: Overlay) -> None:
        """Draw an overlay, replacing an older one of its run; ValueError if there are too many."""
        if self.full and overlay.run not in self:
            raise ValueError(f"{MOST_OVERLAYS} runs are drawn already: hide one first")
        self._shown[overlay.run], self._beside = overlay, None
        self.changed.emit()

    def hide(self, run: str) -> None:
        """Stop drawing this run."""
        if self._shown.pop(run, None) is not None:
            self._beside = None
            self.changed.emit()
