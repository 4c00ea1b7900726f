"""Published claims as data: the source's statement, the protocol, what to watch for.

Each claim is a file in resources/claims/presets.  Nothing here needs the engine, so the window
opens a claim as quickly as any other experiment.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.experiment import parse
from sandbox.setup import places
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sandbox.experiment import Experiment


@dataclass(frozen=True)
class Preset:
    """One claim of a publication.

    name: for `reproduce NAME`.  number: its place, from 1.  source: author and year.  says: the
    source's statement.  protocol: what `reproduce` measures.  passes_when: the criterion.  watch:
    what to watch for in the window.  experiment: what the window opens.
    """

    name: str
    number: int
    title: str
    source: str
    says: str
    protocol: str
    passes_when: str
    watch: str
    experiment: Experiment


def folder() -> Path:
    """The folder of the presets and of the report of a full run."""
    return Path(places.resources()) / "claims"


@cache
def presets() -> tuple[Preset, ...]:
    """Every claim, in order of its number.

    ValueError or OSError if a file of the installation is damaged or missing.
    """
    files = sorted((folder() / "presets").glob("*.json"))
    return tuple(sorted(map(_read, files), key=lambda preset: preset.number))


def preset(name: str) -> Preset:
    """The claim of that name; ExperimentError lists the known ones."""
    return chosen([name])[0]


def chosen(names: Iterable[str]) -> tuple[Preset, ...]:
    """The claims of these names, or all, in order without repeats; ExperimentError if unknown."""
    known = {each.name: each for each in presets()}
    wanted = set(names)
    for name in sorted(wanted - set(known)):
        raise ExperimentError("claim", name, "one of " + ", ".join(known))
    return tuple(each for each in presets() if each.name in wanted or not wanted)


def _read(path: Path) -> Preset:
    data = json.loads(path.read_text(encoding="utf-8"))
    known = {field.name for field in fields(Preset)}
    if set(data) != known or data["name"] != path.stem:
        raise ValueError(f"{path.name} is not a claim: it needs {', '.join(sorted(known))}")
    return Preset(**{**data, "experiment": parse(data["experiment"])})
