"""The nets panel in words: the numbers of one step, and a summary for screen readers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.drawing.answer_text import answer_at
from sandbox.drawing.curve_axes import accuracy_name
from sandbox.drawing.wording import decimal, magnitude, percent, step_name, told_loss
from sandbox.gui.look.typeface import width_of
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.nets.nets_scales import GradientCurve
    from sandbox.gui.panels.shared.views import NetsView
    from sandbox.tasks.shown import ShownSequence


_SHORT = {"candidate": "cand."}  # in the status bar, where two contestants have to fit


@dataclass(frozen=True)
class Row:
    """A unit of one contestant that is pointed at."""

    key: str
    unit: int


def step_numbers(
    view: NetsView,
    traces: Mapping[str, Trace],
    curves: Sequence[GradientCurve],
    step: int,
    row: Row | None,
    room: float,
) -> str:
    """The numbers of one step: of the unit pointed at, or means over each contestant's units.

    Contestants that do not fit into `room` pixels are left out whole.
    """
    where = step_name(view.sequence, step)
    own = next((curve for curve in curves if row is not None and curve.key == row.key), None)
    if row is not None and own is not None:
        numbers = _numbers(view, traces[own.key], own, step, row.unit)
        return f"{where} · {own.title} unit {row.unit + 1}: {numbers}"
    said = [f"{curve.title} {_numbers(view, traces[curve.key], curve, step)}" for curve in curves]
    start = f"{where} · mean |value|: " if said else where
    for count in range(len(said), 0, -1):
        text = start + " · ".join([*said[:count], *(["…"] if count < len(said) else [])])
        if width_of(text) <= room or count == 1:
            return text
    return start


def _numbers(
    view: NetsView, trace: Trace, curve: GradientCurve, step: int, unit: int | None = None
) -> str:
    numbers = []
    for picture in cell_named(trace.cell).pictures:
        values = trace.arrays[picture.name][step, view.sequence.index]
        size = np.abs(values).mean() if unit is None or unit >= len(values) else values[unit]
        numbers.append(f"{_SHORT.get(picture.name, picture.name)} {decimal(float(size))}")
    end = "" if unit is None else ","
    return f"{' '.join(numbers)}{end} gradient {magnitude(float(curve.norms[step]))}"


def summary(view: NetsView, traces: Mapping[str, Trace], curves: Sequence[GradientCurve]) -> str:
    """Each contestant in a sentence: figures, answer, gates, and gradient at the cue."""
    if not traces:
        return view.waiting or "No frame yet."
    gradients = {curve.key: _gradient(view.sequence, curve) for curve in curves}
    name, sentences = accuracy_name(view.sequence.task), []
    for key, head in view.heads.items():
        loss = told_loss(view.sequence.task, head.loss)
        parts = [f"{head.title}: {name} {percent(head.accuracy)}, loss {loss}"]
        if head.status:
            parts.append(head.status)
        if key in traces:
            answer = answer_at(view.sequence, traces[key].answers, untrained=head.untrained)
            parts.append(f"says {answer.answer}, {answer.verdict}")
            parts += [*_gates(view.sequence, traces[key]), gradients[key]]
        sentences.append("; ".join(parts) + ".")
    return " ".join(sentences)


def _gates(sequence: ShownSequence, trace: Trace) -> list[str]:
    filler = np.flatnonzero(sequence.roles == Role.FILLER)
    if not len(filler):
        return []
    shown = {name: values[:, sequence.index] for name, values in trace.arrays.items()}
    return [
        f"{picture.title} {decimal(float(shown[picture.name][filler].mean()))}"
        " on average over the filler"
        for picture in cell_named(trace.cell).pictures
        if picture.kind == "gate"
    ]


def _gradient(sequence: ShownSequence, curve: GradientCurve) -> str:
    cues = np.flatnonzero(sequence.roles == Role.CUE)
    cue = int(cues[0]) if len(cues) else 0
    at_cue, at_query = (magnitude(float(curve.norms[t])) for t in (cue, sequence.asked_at))
    return f"gradient {at_query} at the question and {at_cue} at the cue"
