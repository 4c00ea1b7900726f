"""The nets panel in words: one step's numbers, and what a picture of everything would show."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.cells import CELLS, Picture
from sandbox.gui.panels.wording import (
    accuracy_name,
    loss_text,
    magnitude,
    percent,
    query_step,
    says,
    step_name,
)
from sandbox.tasks.base import Role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.engine.trace import Trace
    from sandbox.gui.panels.content import GradientCurve
    from sandbox.gui.views import NetHead, NetsView, SequenceView


@dataclass(frozen=True)
class Row:
    """A unit of one contestant that is pointed at."""

    key: str
    unit: int


def step_numbers(
    view: NetsView,
    traces: Mapping[str, Trace],
    curves: tuple[GradientCurve, ...],
    step: int,
    row: Row | None,
) -> str:
    """One step's numbers of every contestant: means over its units, or one unit's."""
    said = [step_name(view.sequence, step)]
    for curve in curves:
        unit = row.unit if row is not None and row.key == curve.key else None
        trace = traces[curve.key]
        numbers = [f"gradient {magnitude(float(curve.norms[step]))}"]
        numbers += [
            _number(picture, trace.arrays[picture.name][step, view.sequence.index], unit)
            for picture in CELLS[trace.cell].pictures
        ]
        who = curve.title if unit is None else f"{curve.title} unit {unit + 1}"
        said.append(f"{who}: {', '.join(numbers)}")
    return " · ".join(said)


def _number(picture: Picture, values: np.ndarray, unit: int | None) -> str:
    if unit is not None and unit < len(values):
        return f"{picture.name} {values[unit]:.2f}"
    if picture.kind == "gate":
        return f"{picture.name} {values.mean():.2f}"
    return f"|{picture.name}| {np.abs(values).mean():.2f}"


def summary(view: NetsView, traces: Mapping[str, Trace], curves: tuple[GradientCurve, ...]) -> str:
    """Every contestant in a sentence or two: how well, what it says, what reaches the cue."""
    if not traces:
        return view.waiting or "No frame yet."
    by_key = {curve.key: curve for curve in curves}
    return " ".join(
        _contestant(view, head, traces.get(key), by_key.get(key))
        for key, head in view.heads.items()
    )


def _contestant(
    view: NetsView, head: NetHead, trace: Trace | None, curve: GradientCurve | None
) -> str:
    name = accuracy_name(view.sequence.task)
    parts = [f"{head.title}: {name} {percent(head.accuracy)}, loss {loss_text(head.loss)}"]
    if head.status:
        parts.append(head.status)
    if trace is not None:
        answer = says(view.sequence, trace)
        parts.append(f"says {answer.answer}, {answer.verdict}")
        parts.extend(_gates(view.sequence, trace))
    if curve is not None:
        parts.append(_gradient(view.sequence, curve))
    return "; ".join(parts) + "."


def _gates(sequence: SequenceView, trace: Trace) -> list[str]:
    filler = np.flatnonzero(sequence.roles == Role.FILLER)
    if not len(filler):
        return []
    return [
        f"{picture.title} {trace.arrays[picture.name][filler, sequence.index].mean():.2f}"
        " on average over the filler"
        for picture in CELLS[trace.cell].pictures
        if picture.kind == "gate"
    ]


def _gradient(sequence: SequenceView, curve: GradientCurve) -> str:
    cues = np.flatnonzero(sequence.roles == Role.CUE)
    cue = int(cues[0]) if len(cues) else 0
    at_cue, at_query = (magnitude(float(curve.norms[t])) for t in (cue, query_step(sequence)))
    return f"gradient {at_query} at the query and {at_cue} at the cue"
