"""Where runs are kept; SEQUENCE_SANDBOX_HOME moves it (`sandbox.folders`)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.folders import data_folder

if TYPE_CHECKING:
    from pathlib import Path


def runs_file() -> Path:
    """The database of all runs; not made here."""
    return data_folder().expanduser().absolute() / "runs.sqlite3"
