"""The user's folders as paths; `setup.places` decides where they are."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from sandbox.setup import places


def data_folder() -> Path:
    """The absolute folder of runs, settings and logs; it may not exist yet."""
    return Path(places.data_folder())


def cache_folder() -> Path:
    """The absolute folder of what can be made again, such as kernels; it may not exist yet."""
    return Path(places.cache_folder())


def settings_file() -> Path:
    """The ini file that holds layout, sizes and theme."""
    return _made(data_folder()) / "window.ini"


def log_folder() -> Path:
    """The folder of the log files."""
    return _made(data_folder() / "log")


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
