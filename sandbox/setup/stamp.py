"""The stamp in an environment: whether its set-up was finished, and for which Python."""

from __future__ import annotations

import os

from sandbox.setup import places, requirements

STAMP = "sequence-sandbox-setup"


def is_ready(venv: str, group: str, running: str = "") -> bool:
    """Tell whether the set-up of `venv` was finished and every pinned package is still there."""
    version = stamped_version(venv)
    if not version or not os.path.exists(places.python_of(venv)) or running not in ("", version):
        return False
    found = requirements.installed([places.site_packages(venv, version)])
    return not requirements.missing(requirements.pins(group, version), found)


def stamped_version(venv: str) -> str:
    """Return the Python version of a finished environment; "" for an unfinished one."""
    try:
        with open(os.path.join(venv, STAMP), encoding="ascii") as file:
            word, _, version = file.read().strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return ""
    return version if word == "done" else ""


def write_stamp(venv: str, text: str) -> None:
    """Write `making` or `done 3.11` in one piece."""
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)
