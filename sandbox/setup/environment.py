"""Find an interpreter, making an environment if there is none, and restart inside it."""

from __future__ import annotations

import os
import sys

from sandbox.setup import places, requirements
from sandbox.setup.faults import Fault

TYPE_CHECKING = False  # importing typing would cost every start some milliseconds
if TYPE_CHECKING:
    from collections.abc import Callable

REENTERED = "SEQUENCE_SANDBOX_REENTERED"


def ensure(
    group: str,
    argv: list[str],
    before_installing: Callable[[], object] | None = None,
    window: bool = False,
    script: str = "",
) -> None:
    """Return if the running interpreter will do; otherwise start again in one that does."""
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
    if places.is_ours(sys.prefix):
        same = requirements.stamped_version(sys.prefix) == requirements.running_version()
        return same and requirements.is_ready(sys.prefix, group)
    found = requirements.installed(requirements.running_folders())
    if "pyside6-essentials" not in found:  # saves reading pyproject.toml at most starts
        return False
    wanted = requirements.ranges(group)
    return all(requirements.satisfies(found.get(name, ""), wanted[name]) for name in wanted)


def is_set_up(group: str) -> bool:
    """Tell whether the running interpreter or an environment has all that is needed."""
    return running_is_enough(group) or bool(find(group))


def find(group: str) -> str:
    """Return the first complete environment, one with PyTorch before others; or ""."""
    ready = [venv for venv in places.environments() if requirements.is_ready(venv, group)]
    with_torch = (venv for venv in ready if requirements.is_ready(venv, "all"))
    return next(with_torch, ready[0] if ready else "")


def make(group: str, window: bool) -> str:
    """Make or complete an environment, showing the progress, and return its folder."""
    from sandbox.setup import installer, progress

    venv = installer.choose_place(group)
    progress.show_progress(lambda report: installer.set_up(venv, group, report), window)
    return venv


def enter(venv: str, script: str, argv: list[str]) -> None:
    """Replace this process by the same command in another interpreter."""
    python = places.python_of(venv)
    environment = {**os.environ, REENTERED: venv}
    environment.pop("__PYVENV_LAUNCHER__", None)
    # What stood between python and the script, as in `python3 -W error main.py`.
    flags = sys.orig_argv[1 : len(sys.orig_argv) - len(sys.argv)]
    if "-m" in flags or "-c" in flags:
        flags = []
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
    os.execve(python, [python, *flags, script, *argv], environment)
