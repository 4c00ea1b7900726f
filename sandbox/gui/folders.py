"""Where the window keeps what it remembers, and where its icons lie."""

from __future__ import annotations

from pathlib import Path

from sandbox.folders import data_folder
from sandbox.setup import places


def settings_file() -> Path:
    """The ini file that holds layout, size and theme."""
    return _made(data_folder()) / "window.ini"


def log_folder() -> Path:
    """Where the log files lie."""
    return _made(data_folder() / "log")


def icon_file(name: str) -> Path:
    """The SVG file of an icon."""
    return Path(places.resources()) / "icons" / f"{name}.svg"


def _made(folder: Path) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    return folder
