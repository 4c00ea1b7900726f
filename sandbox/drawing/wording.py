"""Numbers, steps and pictures in words."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.timeline import ROLE_NAMES
from sandbox.tasks.base import Role, Tokens
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.cells.cell import Picture
    from sandbox.tasks.base import Task
    from sandbox.tasks.shown import ShownSequence

NEARLY_ALL = 0.9995
LARGE = 10_000  # larger numbers are written with a power of ten
SHORTER_MEANINGS = {  # for pictures with little room, the longest first
    "1 keeps the memory, 0 erases it": ("1 keeps, 0 erases",),
    "1 writes the candidate, 0 writes nothing": ("1 writes, 0 does not", "1 writes, 0 not"),
    "1 shows the memory, 0 hides it": ("1 shows, 0 hides",),
    "forget × old memory + input × candidate": ("forget × old + input × new", "f × old + i × new"),
    "old memory + input × candidate": ("old + input × new", "old + i × new"),
    "forget × old memory + candidate": ("forget × old + new", "f × old + new"),
    "the new content": ("new content",),
    "what the net shows of its memory": ("what the net shows", "what is shown"),
    "one tanh layer, overwritten at each step": ("overwritten each step", "overwritten"),
    "one relu layer, overwritten at each step": ("overwritten each step", "overwritten"),
    "the new content, without a tanh": ("new content, no tanh", "the new content"),
    "1 keeps the memory, 0 replaces it": ("1 keeps, 0 replaces",),
    "1 replaces the memory, 0 keeps it": ("1 replaces, 0 keeps",),
    "1 lets the candidate see the memory": ("1 sees the memory",),
    "update × old memory + (1 − update) × candidate": (
        "z × old + (1 − z) × new",
        "old and new, mixed",
    ),
    "(1 − update) × old memory + update × candidate": (
        "(1 − z) × old + z × new",
        "old and new, mixed",
    ),
    "its share of forget + input is kept": ("its share is kept",),
    "its share of forget + input is written": ("its share is written",),
    "share × old memory + share × candidate": ("old and new, mixed",),
    "(1 − forget) × old memory + forget × candidate": (
        "(1 − f) × old + f × new",
        "old and new, mixed",
    ),
    "each unit sees its own past only": ("sees its own past",),
    "moves a fifth of the way at each step": ("moves a fifth each step",),
    "the logarithm of the largest weight so far": ("log of the largest weight", "log of a weight"),
    "weight of the candidate, relative": ("weight of the new",),
    "weight of the memory, relative": ("weight of the old",),
    "cell state divided by normaliser": ("cell / normaliser",),
}


def percent(share: float | None) -> str:
    """A share in whole percent; 100% from 99.95% on, since smoothing never quite reaches 1."""
    if share is None or not math.isfinite(share):
        return "–"
    if 0.99 < share < NEARLY_ALL:
        return "99%"
    return f"{share:.0%}"


def number_text(value: float) -> str:
    """A value of an answer, with two digits."""
    if not math.isfinite(value):
        return "not a number"
    return decimal(value) if abs(value) < LARGE else f"{value:.2g}".replace("-", "−", 1)


def value_text(task: Task, value: float) -> str:
    """A value that a task asks for, as a person reads it: "57.12 MW"."""
    if task.units is None or not math.isfinite(value):
        return number_text(value)
    return task.units.value(value)


def distance_text(task: Task, distance: float) -> str:
    """How far a value is from another: "1.66 MW"."""
    if task.units is None or not math.isfinite(distance):
        return number_text(distance)
    return task.units.distance(distance)


def within_text(task: Task) -> str:
    """How near a value has to be to count as right: "0.2", "1.66 MW"."""
    within = task.correct_within
    return f"{within:g}" if task.units is None else task.units.distance(within)


def as_read(task: Task, values: NDArray[np.floating]) -> NDArray[np.float64]:
    """Values (…) of a task in the units in which they are read, (…)."""
    read = np.asarray(values, np.float64)
    return read if task.units is None else read * task.units.scale + task.units.offset


def told_loss(task: Task, loss: float | None) -> str:
    """A loss, and what it means in the task's units: "0.31, RMS error 4.6 MW"."""
    words = "" if loss is None else task.in_units(loss)
    return ", ".join(filter(None, (loss_text(loss), words)))


def decimal(value: float) -> str:
    """A number with two digits and a minus sign; never "−0.00"."""
    return f"{value:z.2f}".replace("-", "−")


def loss_text(loss: float | None) -> str:
    """A loss to two significant digits or decimals."""
    if loss is None:
        return "–"
    if not math.isfinite(loss):
        return "not finite"
    plain = loss == 0 or 0.1 <= loss < LARGE
    return f"{loss:.2f}" if plain else f"{loss:.2g}"


def magnitude(value: float) -> str:
    """The size of a gradient: 3.1e-9."""
    if math.isnan(value):
        return "not a number"
    if math.isinf(value):
        return "infinite"
    digits, _, exponent = f"{value:.1e}".partition("e")
    if value == 0:
        return "0"
    return f"{digits}e{int(exponent)}" if int(exponent) else digits


def power_of_ten(exponent: int) -> str:
    """A power of ten at an axis, without a superscript: 1e-3."""
    return f"1e{exponent}" if exponent else "1"


def end_text(value: float) -> str:
    """An end of a colour bar, with a proper minus sign."""
    return f"{value:g}".replace("e+0", "e").replace("e+", "e").replace("-", "−")


def meanings(picture: Picture) -> tuple[str, ...]:
    """What a picture means, the longest wording first."""
    return (picture.meaning, *SHORTER_MEANINGS.get(picture.meaning, ()))


def step_name(sequence: ShownSequence, step: int) -> str:
    """The name of a step: word 5 "GERMANY" (cue)."""
    role = ROLE_NAMES.get(Role(int(sequence.roles[step])))
    label = sequence.told[step]
    if label and isinstance(sequence.task.inputs, Tokens):
        label = f'"{label}"'
    unit = unit_of_length(sequence.task).removesuffix("s")
    parts = (f"{unit} {step + 1}", label, f"({role})" if role else "")
    return " ".join(part for part in parts if part)
