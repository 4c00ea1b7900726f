"""Packages that only some exports need."""

from __future__ import annotations

import shlex
import sys
from importlib import import_module, invalidate_caches, util
from typing import Any

from sandbox.setup.skeleton import base_python
from sandbox.store.base import RunError

RANGES = {"onnx": ">=1.17", "tensorboard": ">=2.18", "nbformat": ">=5.10"}


def needed(name: str, what_for: str) -> Any:
    """Import a module of one of the packages above.

    what_for: the beginning of a sentence, "An ONNX model".  If the package or part of it is
    missing, RunError names the command that installs it into this environment.
    """
    package = name.partition(".")[0]
    invalidate_caches()  # it may have been installed while the window was open
    try:
        return import_module(name)
    except ModuleNotFoundError as error:
        lacking = (error.name or package).partition(".")[0]
        raise RunError(
            f"{what_for} needs the package {lacking}, which is not installed here: "
            f"run `{command(package)}`, then try again."
        ) from None


def command(package: str) -> str:
    """The shell command that installs the package into the running environment."""
    pip = [sys.executable, "-m", "pip"]
    if util.find_spec("pip") is None:
        pip = [base_python(), "-m", "pip", "--python", sys.executable]
    return shlex.join([*pip, "install", package + RANGES[package]])
