"""Whether a file is opened as a table or as a text, by one rule for the window and `data FILE`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from sandbox.reading.table_files import is_table
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

Kind = Literal["text", "table"]
TABLES, PROSE = (".csv", ".tsv"), ".md"  # endings that say it


def kind_of(name: str, path: Path) -> Kind:
    """What a file of this name is opened as; a file called a text may hold a table.  OSError."""
    ending = Path(name).suffix.lower()
    if ending in TABLES:
        return "table"
    return "table" if ending != PROSE and is_table(path) else "text"


def wanted_kind(value: str) -> Kind:
    """The kind that a person asks for; ExperimentError if it is none."""
    kinds: Sequence[Kind] = get_args(Kind)
    for kind in kinds:
        if kind == value.strip():
            return kind
    raise ExperimentError("kind", value, f"one of {', '.join(kinds)}")
