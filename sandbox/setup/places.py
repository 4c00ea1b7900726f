"""Where things are: the project, its resources, the user's data folder, environments.

Only `os` and `sys` are imported, since every start pays for this.
"""

from __future__ import annotations

import os
import sys

APP = "sequence-sandbox"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(PACKAGE)
LOCKS = {"run": "requirements.lock", "dev": "requirements-dev.lock"}


def resources() -> str:
    """Return the folder of icons, presets and lessons, in a checkout or in a wheel."""
    beside = os.path.join(ROOT, "resources")
    checkout = os.path.exists(os.path.join(ROOT, "main.py"))
    return beside if checkout else os.path.join(PACKAGE, "resources")


def data_folder() -> str:
    """Return the folder of runs, settings and caches; SEQUENCE_SANDBOX_HOME moves it."""
    chosen = os.environ.get("SEQUENCE_SANDBOX_HOME", "")
    return os.path.abspath(os.path.expanduser(chosen)) if chosen else _usual_data_folder()


def _usual_data_folder() -> str:
    """Return the same folder as platformdirs, which may not be installed yet."""
    if sys.platform == "darwin":
        return os.path.expanduser(f"~/Library/Application Support/{APP}")
    if sys.platform == "win32":
        return os.path.join(os.environ.get("LOCALAPPDATA", os.path.expanduser("~")), APP)
    return os.path.join(xdg_data_home(), APP)


def xdg_data_home() -> str:
    """Return XDG_DATA_HOME, which counts only as an absolute path."""
    given = os.environ.get("XDG_DATA_HOME", "")
    return given if os.path.isabs(given) else os.path.expanduser("~/.local/share")


def lock_file(group: str) -> str:
    """Return the path of the pinned set: `run`, or `dev` with the tests' tools."""
    return os.path.join(ROOT, LOCKS[group])


def environments() -> list[str]:
    """Return where an environment may be: beside the project first, else in the data folder."""
    return [os.path.join(ROOT, ".venv"), os.path.join(data_folder(), "venv")]


def python_of(venv: str) -> str:
    """Return the interpreter of an environment."""
    windows = os.path.join(venv, "Scripts", "python.exe")
    return windows if sys.platform == "win32" else os.path.join(venv, "bin", "python")


def site_packages(venv: str, version: str) -> str:
    """Return the folder of packages of an environment of Python `version` ("3.11")."""
    if sys.platform == "win32":
        return os.path.join(venv, "Lib", "site-packages")
    return os.path.join(venv, "lib", "python" + version, "site-packages")
