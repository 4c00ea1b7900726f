"""Where something can be written, and how much room there is."""

from __future__ import annotations

import os
import shutil

from sandbox.setup import requirements
from sandbox.setup.faults import Fault

MB = 1_000_000
# Megabytes on disk, including what pip needs meanwhile; other packages take SIZE_MB.
SIZES_MB = {"torch": 1300, "pyside6-essentials": 350, "llvmlite": 250, "sympy": 120}
SIZE_MB = 25


def can_write(folder: str) -> bool:
    """Tell whether something can be put into this folder."""
    return os.access(folder, os.W_OK | os.X_OK)


def existing(path: str) -> str:
    """Return the nearest folder above a path that exists."""
    while not os.path.exists(path):
        path = os.path.dirname(path)
    return path


def free_mb(path: str) -> int:
    """Return the free megabytes on the disk that holds, or will hold, this path."""
    return shutil.disk_usage(existing(path)).free // MB


def needed_mb(venv: str, group: str) -> int:
    """Return the megabytes that the packages still missing from `venv` will take."""
    found = requirements.installed([requirements.site_of(venv)])
    absent = requirements.missing(requirements.pins(group), found)
    return sum(SIZES_MB.get(name, SIZE_MB) for name in absent)


def no_room(venv: str, group: str) -> Fault:
    """The disk has less room than a group's packages need."""
    return Fault(
        f"Setting up needs {needed_mb(venv, group)} MB in {os.path.dirname(venv)}, and only "
        f"{free_mb(venv)} MB are free: make room on that disk, then start again."
    )
