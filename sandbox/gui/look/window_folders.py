"""Where the window keeps its settings and logs, and where its icons are."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sandbox.folders import data_folder
from sandbox.setup import places


def settings_file() -> Path:
    """The ini file that holds layout, sizes and theme."""
    return _made(data_folder()) / "window.ini"


def log_folder() -> Path:
    """The folder of the log files."""
    return _made(data_folder() / "log")


def icon_file(name: str) -> Path:
    """The SVG file of an icon."""
    return Path(places.resources()) / "icons" / f"{name}.svg"


def unwritable() -> str:
    """One sentence if the data folder cannot be written, else ""."""
    folder = _made(data_folder())
    if os.access(folder, os.W_OK) and folder.is_dir():
        return ""
    return (
        f"The folder {folder} cannot be written, so neither runs nor the layout can be kept: "
        "make it writable, or point SEQUENCE_SANDBOX_HOME at another folder."
    )


def _made(folder: Path) -> Path:
    with contextlib.suppress(OSError):  # said once, by `unwritable`
        folder.mkdir(parents=True, exist_ok=True)
    return folder
