"""Choose the interpreter to run in, make it if there is none, and go on inside it."""

from __future__ import annotations

import os
import sys

from sandbox.setup import places, requirements
from sandbox.setup.faults import Fault

TYPE_CHECKING = False  # typing itself would cost every start some milliseconds
if TYPE_CHECKING:
    from collections.abc import Callable

STAMP = "sequence-sandbox-setup"
REENTERED = "SEQUENCE_SANDBOX_REENTERED"


def ensure(
    group: str,
    argv: list[str],
    before_installing: Callable[[], object] | None = None,
    window: bool = False,
    script: str = "",
) -> None:
    """Return where the running interpreter will do; else start again in one that does."""
    again = os.environ.pop(REENTERED, "")
    if running_is_enough(group):
        return
    if again:
        raise Fault(f"The environment {again} does not work: delete that folder and start again.")
    venv = find(group)
    if not venv and before_installing:
        before_installing()
    enter(venv or make(group, window), script or os.path.join(places.ROOT, "main.py"), argv)


def provide(group: str) -> str:
    """Make the environment if need be, and return its interpreter without entering it."""
    if running_is_enough(group):
        return sys.executable
    return places.python_of(find(group) or make(group, window=False))


def running_is_enough(group: str) -> bool:
    """Tell whether the running interpreter has all that is needed."""
    if not os.path.exists(places.lock_file(group)):
        return True  # installed as a package: pip has seen to the rest
    if is_ours(sys.prefix):
        return is_ready(sys.prefix, group, requirements.running_version())
    found = requirements.installed(requirements.running_folders())
    if "torch" not in found:  # spares reading pyproject.toml at most starts
        return False
    wanted = requirements.ranges(group)
    return all(requirements.satisfies(found.get(name, ""), wanted[name]) for name in wanted)


def is_ours(prefix: str) -> bool:
    """One of the environments that this module makes, stamped or not."""
    return any(os.path.realpath(prefix) == os.path.realpath(v) for v in places.environments())


def find(group: str) -> str:
    """Return the first environment that is complete, or an empty string."""
    return next((venv for venv in places.environments() if is_ready(venv, group)), "")


def is_ready(venv: str, group: str, running: str = "") -> bool:
    """Tell whether a set-up of `venv` was finished, and every pin is still there."""
    version = stamped_version(venv)
    if not version or not os.path.exists(places.python_of(venv)) or running not in ("", version):
        return False
    found = requirements.installed([places.site_packages(venv, version)])
    return not requirements.missing(requirements.pins(group, version), found)


def stamped_version(venv: str) -> str:
    """Return the Python version of a finished environment; of a half-made one nothing."""
    try:
        with open(os.path.join(venv, STAMP), encoding="ascii") as stamp:
            word, _, version = stamp.read().strip().partition(" ")
    except (OSError, UnicodeDecodeError):
        return ""
    return version if word == "done" else ""


def stamp(venv: str, text: str) -> None:
    """Write `making` or `done 3.11`, so that at no moment there is half a word."""
    path = os.path.join(venv, STAMP)
    with open(path + ".new", "w", encoding="ascii") as file:
        file.write(text + "\n")
        file.flush()
        os.fsync(file.fileno())
    os.replace(path + ".new", path)


def make(group: str, window: bool) -> str:
    """Make or mend an environment, showing how far it is, and return its folder."""
    from sandbox.setup import installer, progress

    venv = installer.choose_place(group)
    progress.show(lambda report: installer.set_up(venv, group, report), window)
    return venv


def enter(venv: str, script: str, argv: list[str]) -> None:
    """Replace this process by the same command in another interpreter."""
    python = places.python_of(venv)
    command = [python, *interpreter_flags(), script, *argv]
    environment = {**os.environ, REENTERED: venv}
    environment.pop("__PYVENV_LAUNCHER__", None)
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    if sys.platform == "win32":  # exec there returns to the shell before the program ends
        import subprocess

        raise SystemExit(subprocess.call(command, env=environment))
    os.execve(python, command, environment)


def interpreter_flags() -> list[str]:
    """Return what stood between python and the script, as in `python3 -W error main.py`."""
    flags = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv)]
    return [] if "-m" in flags or "-c" in flags else flags
