"""What each claim is about, as a sketch: shapes only, no measured figures."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Role = Literal["rnn", "lstm", "gru", "other", "quiet"]
Points = tuple[tuple[float, float], ...]
COUNT = 60  # points of a curve


@dataclass(frozen=True)
class Stroke:
    """A line with its name at its end; both axes go from 0 to 1.  dashed: as an RNN's is."""

    points: Points
    role: Role
    name: str
    dashed: bool = False


@dataclass(frozen=True)
class Sketch:
    """levels: dotted lines with their names.  dots: loose points.  bars: (name, height).

    words: the whole of it, for those who cannot see it.
    """

    y: str
    x: str
    words: str
    strokes: tuple[Stroke, ...] = ()
    levels: tuple[tuple[float, str], ...] = ()
    dots: Points = ()
    bars: tuple[tuple[str, float], ...] = ()


def _curve(value: Callable[[float], float], end: float = 1.0) -> Points:
    """A function of 0..1, as far as `end`."""
    places = [end * n / (COUNT - 1) for n in range(COUNT)]
    return tuple((x, value(x)) for x in places)


def _from(high: float, low: float, at: float, wide: float = 0.05) -> Callable[[float], float]:
    """From one value to another, around a place."""
    return lambda x: low + (high - low) / (1 + math.exp((x - at) / wide))


def _rough(value: Callable[[float], float], size: float) -> Callable[[float], float]:
    """With bumps, the same each time."""
    return lambda x: value(x) + size * math.sin(41 * x) * math.sin(17 * x + 1)


def _baselines() -> Sketch:
    heights = (("ln 2", 0.28), ("ln 4", 0.56), ("ln 6", 0.72), ("ln 8", 0.83))
    return Sketch(
        "loss of a constant answer",
        "tasks",
        "Bars of the measured loss, each as high as the figure of its formula.",
        bars=heights,
    )


def _gradients() -> Sketch:
    dots = tuple((x, x) for x in (0.06, 0.13, 0.2, 0.31, 0.37, 0.48, 0.57, 0.66, 0.74, 0.85, 0.93))
    return Sketch(
        "the engine's gradient",
        "finite differences",
        "Points on the diagonal: the engine's gradient over finite differences.",
        strokes=(Stroke(((0, 0), (1, 1)), "quiet", ""),),
        dots=dots,
    )


def _gradient_flow() -> Sketch:
    return Sketch(
        "gradient, log",
        "steps back from the question",
        "Three straight lines: rising for ρ above 1, level for 1, falling for ρ below 1.",
        strokes=(
            Stroke(((0, 0.5), (1, 0.93)), "gru", "ρ > 1"),
            Stroke(((0, 0.5), (1, 0.5)), "lstm", "ρ = 1"),
            Stroke(((0, 0.5), (1, 0.07)), "rnn", "ρ < 1", dashed=True),
        ),
    )


def _direct_path() -> Sketch:
    ends = (
        ("bias 5", "lstm", 0.93),
        ("bias 3", "gru", 0.84),
        ("1", "other", 0.5),
        ("0", "rnn", 0.05),
    )
    return Sketch(
        "gradient along the cell, log",
        "100 steps back",
        "Four straight lines: with bias 5 nearly level, then 3, 1 and 0, each steeper.",
        strokes=tuple(
            Stroke(((0, 0.95), (1, end)), role, name, role == "rnn")  # type: ignore[arg-type]
            for name, role, end in ends
        ),
    )


def _adding() -> Sketch:
    return Sketch(
        "squared error",
        "training steps",
        "The RNN's error stays on the baseline; the LSTM's lies there long, then falls to 0.",
        strokes=(
            Stroke(_curve(_rough(lambda x: 0.79, 0.015)), "rnn", "RNN", dashed=True),
            Stroke(_curve(_rough(_from(0.78, 0.05, 0.5), 0.01)), "lstm", "LSTM"),
        ),
        levels=((0.8, "1/6: remembers neither"),),
    )


def _irnn() -> Sketch:
    return Sketch(
        "squared error",
        "training steps",
        "The relu RNN's error lies on the baseline, then falls, with bumps, nearly to 0.",
        strokes=(
            Stroke(_curve(_rough(lambda x: 0.79, 0.015)), "rnn", "tanh RNN", dashed=True),
            Stroke(_curve(_rough(_from(0.78, 0.1, 0.45, 0.07), 0.05)), "other", "relu, identity"),
        ),
        levels=((0.8, "1/6: remembers neither"),),
    )


def _temporal_order() -> Sketch:
    return Sketch(
        "share of right answers",
        "training steps",
        "With chrono biases the share of right answers rises to all; with bias 1 it stays at 1/4.",
        strokes=(
            Stroke(_curve(_rough(_from(0.24, 0.95, 0.35), 0.012)), "lstm", "chrono"),
            Stroke(_curve(_rough(lambda x: 0.25, 0.015)), "other", "bias 1"),
        ),
        levels=((0.25, ""), (0.97, "all right")),
    )


def _copy() -> Sketch:
    return Sketch(
        "cross-entropy",
        "training steps",
        "Both fall to the baseline at once; bias 1 stays on it and chrono goes on below.",
        strokes=(
            Stroke(_curve(lambda x: 0.6 + 0.35 * math.exp(-30 * x)), "other", "bias 1"),
            Stroke(
                _curve(lambda x: 0.58 + 0.37 * math.exp(-30 * x) - 0.42 * max(x - 0.25, 0) ** 0.7),
                "lstm",
                "chrono",
            ),
        ),
        levels=((0.6, "without memory"),),
    )


def _reber() -> Sketch:
    return Sketch(
        "outer symbol right",
        "sequences",
        "The share of right outer symbols stays at a half, then rises to all.",
        strokes=(Stroke(_curve(_rough(_from(0.5, 0.95, 0.55), 0.02)), "lstm", "LSTM of 1997"),),
        levels=((0.5, "guessed"), (0.97, "all right")),
    )


def _continual_reber() -> Sketch:
    return Sketch(
        "outer symbol right",
        "symbols of one long stream",
        "With a forget gate the share of right outer symbols rises to nearly all, without not.",
        strokes=(
            Stroke(_curve(_rough(_from(0.5, 0.96, 0.4, 0.07), 0.015)), "lstm", "with forget gate"),
            Stroke(_curve(_rough(_from(0.5, 0.6, 0.4), 0.03)), "rnn", "without", dashed=True),
        ),
        levels=((0.5, "guessed"),),
    )


SKETCHES: Mapping[str, Callable[[], Sketch]] = {
    "baselines": _baselines,
    "gradients": _gradients,
    "gradient_flow": _gradient_flow,
    "direct_path": _direct_path,
    "adding": _adding,
    "irnn": _irnn,
    "temporal_order": _temporal_order,
    "copy": _copy,
    "reber": _reber,
    "continual_reber": _continual_reber,
}
