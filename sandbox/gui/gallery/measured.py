"""What a full run of `reproduce` measured, as the committed report has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.claims.presets import folder
from sandbox.input_files import MAX_REPORT, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "claims.json"
ABOUT = "run.json"  # beside it: when, and on what machine


@dataclass(frozen=True)
class Row:
    """One figure in words: what it is, the paper's, ours with its interval, and what was asked."""

    name: str
    paper: str
    ours: str
    asks: str
    met: bool | None


@dataclass(frozen=True)
class Measured:
    """What was measured of one claim.  passed: None where too little was done for a verdict."""

    passed: bool | None
    date: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def measured(path: Path | None = None) -> Mapping[str, Measured]:
    """By claim; empty where no report was written.

    ValueError where the file is no such report, OSError where it cannot be read.
    """
    path = path or folder() / FILE
    if not path.exists():
        return {}
    data = json.loads(read_text(path, MAX_REPORT))
    about = json.loads(read_text(path.parent / ABOUT))
    if not isinstance(data, list):
        raise ValueError(f"{path.name} is no report of claims")
    try:
        return {each["claim"]: _measured(each, str(about["date"])) for each in data}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is no report of claims") from error


def _measured(claim: Mapping[str, Any], date: str) -> Measured:
    rows = tuple(_row(figure) for figure in claim["figures"])
    return Measured(claim["passed"], date, rows, tuple(claim.get("notes", ())))


def _row(figure: Mapping[str, Any]) -> Row:
    low, high = figure["interval"]
    ours = f"{figure['measured']:.3g}"
    if low != high:
        ours += f" ({low:.3g} to {high:.3g})"
    paper = figure["paper"]
    return Row(
        str(figure["name"]),
        "–" if paper is None else f"{paper:.3g}",
        ours,
        str(figure["asks"]),
        figure["met"],
    )
