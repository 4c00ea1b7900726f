"""The pictures of claims as data: what `reproduce` measured, curve by curve, to be drawn."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from math import isfinite
from typing import TYPE_CHECKING, Any

from sandbox.claims.presets import folder

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sandbox.claims.intervals import Interval

FILE = "pictures.json"
_DIGITS = 6  # significant ones; a picture shows four


@dataclass(frozen=True)
class Curve:
    """One net over its steps: a row of `values` for each seed, (S, n).  cell: decides its colour.

    A value is None where it was not finite.
    """

    name: str
    cell: str
    steps: Sequence[int]
    values: Sequence[Sequence[float | None]]


@dataclass(frozen=True)
class Row:
    """One value with its interval, drawn as a line of a table."""

    name: str
    value: float
    interval: Interval


@dataclass(frozen=True)
class Picture:
    """What is drawn of a claim: curves over steps, or rows of values.

    axis: what the values are.  log: whether their axis is logarithmic.  levels: lines across
    the curves, or the limits of the rows, name -> value.
    """

    axis: str
    across: str = "training step"
    log: bool = False
    curves: tuple[Curve, ...] = ()
    rows: tuple[Row, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)


def to_json(pictures: Mapping[str, Picture]) -> str:
    """Pictures by claim, as FILE stores them."""
    plain = {name: _rounded(asdict(picture)) for name, picture in pictures.items()}
    lines = (f"{json.dumps(name)}: {json.dumps(each)}" for name, each in plain.items())
    return "{\n" + ",\n".join(lines) + "\n}\n"


def load(path: Path | None = None) -> Mapping[str, Picture]:
    """The pictures of the committed report, or of another one, by claim; empty if it has none.

    ValueError if the file is damaged, OSError if it cannot be read.
    """
    path = path or folder() / FILE
    if not path.exists():
        return {}
    data = json.loads(path.read_text(encoding="utf-8"))
    try:
        return {name: _picture(each) for name, each in data.items()}
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"{path.name} holds no pictures of claims") from error


def _picture(plain: Mapping[str, Any]) -> Picture:
    curves = tuple(Curve(**curve) for curve in plain["curves"])
    return Picture(
        **{**plain, "curves": curves, "rows": tuple(Row(**row) for row in plain["rows"])}
    )


def _rounded(value: Any) -> Any:
    """Plain data with short numbers, and None for those that JSON cannot hold."""
    if isinstance(value, dict):
        return {key: _rounded(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [_rounded(each) for each in value]
    if isinstance(value, float):
        return float(f"{value:.{_DIGITS}g}") if isfinite(value) else None
    return value
