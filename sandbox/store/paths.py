"""Where runs are kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.folders import data_folder

if TYPE_CHECKING:
    from pathlib import Path


def runs_file() -> Path:
    """The database of all runs; not made here."""
    return data_folder() / "runs.sqlite3"
