"""Where things are: the project, its resources, the user's folders, environments.

Import only `os` and `sys` here, since every start pays for it.
"""

from __future__ import annotations

import os
import sys

APP = "sequence-sandbox"
HOME = "SEQUENCE_SANDBOX_HOME"
PACKAGE = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ROOT = os.path.dirname(PACKAGE)
# The pinned packages of each group. `run` is the first stage of the set-up, `all` adds PyTorch,
# `dev` adds the tests' tools.
LOCKS = {
    "run": "requirements.lock",
    "all": "requirements-torch.lock",
    "dev": "requirements-dev.lock",
}


def resources() -> str:
    """Return the folder of icons, presets and lessons, in a checkout or in a wheel."""
    beside = os.path.join(ROOT, "resources")
    checkout = os.path.exists(os.path.join(ROOT, "main.py"))
    return beside if checkout else os.path.join(PACKAGE, "resources")


def _chosen_home() -> str:
    """Return SEQUENCE_SANDBOX_HOME as an absolute path, or an empty string."""
    given = os.environ.get(HOME, "")
    return os.path.abspath(os.path.expanduser(given)) if given else ""


def data_folder() -> str:
    """Return the folder of runs, settings and logs; it may not exist yet."""
    if chosen := _chosen_home():
        return chosen
    if sys.platform == "darwin":
        return os.path.expanduser(f"~/Library/Application Support/{APP}")
    return os.path.join(xdg_data_home(), APP)


def cache_folder() -> str:
    """Return the folder of what can be made again, such as kernels; it may not exist yet."""
    if chosen := _chosen_home():
        return os.path.join(chosen, "cache")
    if sys.platform == "darwin":
        return os.path.expanduser(f"~/Library/Caches/{APP}")
    return os.path.join(_xdg("XDG_CACHE_HOME", "~/.cache"), APP)


def xdg_data_home() -> str:
    """Return the folder in which desktop programs keep their data."""
    return _xdg("XDG_DATA_HOME", "~/.local/share")


def _xdg(variable: str, default: str) -> str:
    """Return a folder of the XDG specification, by which only absolute paths count."""
    given = os.environ.get(variable, "")
    return given if os.path.isabs(given) else os.path.expanduser(default)


def lock_file(group: str) -> str:
    """Return the path of a group's pinned requirements."""
    return os.path.join(ROOT, LOCKS[group])


def environments() -> list[str]:
    """Return where an environment may be: beside the project first, else in the data folder."""
    return [os.path.join(ROOT, ".venv"), os.path.join(data_folder(), "venv")]


def is_ours(prefix: str) -> bool:
    """Tell whether this is one of those environments, complete or not."""
    return any(os.path.realpath(prefix) == os.path.realpath(venv) for venv in environments())


def downloads(group: str) -> str:
    """Return the folder of downloads that are not finished; it may not exist."""
    return os.path.join(cache_folder(), "downloads", group)


def python_of(venv: str) -> str:
    """Return the interpreter of an environment."""
    return os.path.join(venv, "bin", "python")


def site_packages(venv: str, version: str) -> str:
    """Return the folder of packages of an environment of Python `version` ("3.11")."""
    return os.path.join(venv, "lib", "python" + version, "site-packages")


# For this process and its children, as early as can be: the working directory may change.
if _home := _chosen_home():
    os.environ[HOME] = _home
