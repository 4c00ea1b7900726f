"""A report to copy: what went wrong, on what machine, with which experiment."""

from __future__ import annotations

import platform
from typing import TYPE_CHECKING

import sandbox

if TYPE_CHECKING:
    from sandbox.experiment import Experiment

LIBRARIES = ("PySide6_Essentials", "pyqtgraph", "numpy", "numba", "torch", "pydantic")


def report(experiment: Experiment | None, problem: str = "") -> str:
    """The problem if there is one, then versions, machine and experiment."""
    versions = [
        f"Sequence Sandbox {sandbox.__version__}",
        f"Python {platform.python_version()} on {platform.platform()}",
        *(f"{name} {_version(name)}" for name in LIBRARIES),
    ]
    parts = [problem.strip(), "\n".join(versions)]
    if experiment is not None:
        parts.append(f"Experiment:\n{experiment.to_json()}")
    return "\n\n".join(part for part in parts if part) + "\n"


def _version(name: str) -> str:
    from importlib import metadata  # slow, and seldom needed

    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return "not installed"
