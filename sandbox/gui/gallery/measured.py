"""What a full run of `reproduce` measured, as the report in resources/claims has it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sandbox.claims.pictures import FILE as PICTURES
from sandbox.claims.pictures import load
from sandbox.claims.presets import folder
from sandbox.input_files import MAX_REPORT, read_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from sandbox.claims.pictures import Picture

FILE = "claims.json"
ABOUT = "run.json"  # beside it: when and on what machine


@dataclass(frozen=True)
class Row:
    """One figure in words: what it is, the source's, ours with its interval, and the criterion."""

    name: str
    paper: str
    ours: str
    asks: str
    met: bool | None


@dataclass(frozen=True)
class Measured:
    """What was measured for one claim.  passed: None if too little was done for a verdict."""

    passed: bool | None
    date: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()
    picture: Picture | None = None


def measured(path: Path | None = None) -> Mapping[str, Measured]:
    """The measurements of the report, by claim; empty if there is no report.

    ValueError if one of its files is damaged, OSError if one cannot be read.
    """
    path = path or folder() / FILE
    if not path.exists():
        return {}
    data = json.loads(read_text(path, MAX_REPORT))
    about = json.loads(read_text(path.parent / ABOUT))
    if not isinstance(data, list):
        raise ValueError(f"{path.name} is not a report of claims")
    pictures = load(path.with_name(PICTURES))
    try:
        return {each["claim"]: _measured(each, str(about["date"]), pictures) for each in data}
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is not a report of claims") from error


def _measured(claim: Mapping[str, Any], date: str, pictures: Mapping[str, Picture]) -> Measured:
    rows, notes = tuple(map(_row, claim["figures"])), tuple(claim.get("notes", ()))
    return Measured(claim["passed"], date, rows, notes, pictures.get(claim["claim"]))


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
