"""Make sure of what the tests need, and run pytest apart from the user's runs and screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from sandbox.setup import environment, libraries, places
from sandbox.setup.faults import Fault
from sandbox.setup.progress import tell

INTERRUPTED = 130
MOST_WORKERS = 4  # each takes up to 1.5 GB


def main(argv: list[str], script: str) -> int:
    """Set up and run pytest on tests/ with these arguments; return its exit status."""
    try:
        environment.ensure("dev", argv, script=script)
        see_to_a_screen()
        libraries.ensure(screens=[])
        return run_pytest(argv)
    except Fault as fault:
        return tell(fault)
    except KeyboardInterrupt:
        return INTERRUPTED


def see_to_a_screen() -> None:
    """Install what drives a real window; otherwise say that one test will be skipped."""
    if sys.platform != "linux":
        return
    wanted = lacking_for_a_screen()
    if wanted and libraries.is_debian_root():
        libraries.install_with_apt(wanted, _say)
        wanted = lacking_for_a_screen()
    if wanted:
        _say(
            "The test that uses the window as a person does will be skipped: it needs "
            f"`{libraries.command(wanted)}`."
        )


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def lacking_for_a_screen() -> list[str]:
    """Return the missing system packages of a window under Xvfb."""
    programs = libraries.TEST_PROGRAMS.items()
    lacking = [package for program, package in programs if not shutil.which(program)]
    return lacking + libraries.packages(libraries.missing(["xcb"]))


def run_pytest(argv: list[str]) -> int:
    """Run pytest offscreen, with a data folder of its own that is removed afterwards."""
    with tempfile.TemporaryDirectory(prefix="sequence-sandbox-tests-") as home:
        apart = {"QT_QPA_PLATFORM": "offscreen", "SEQUENCE_SANDBOX_HOME": home}
        command = [sys.executable, "-m", "pytest", *(argv or side_by_side())]
        return subprocess.call(command, cwd=places.ROOT, env={**os.environ, **apart})


def side_by_side() -> list[str]:
    """Options that share all tests among a few processes; one that is done takes from others."""
    workers = min(os.cpu_count() or 1, MOST_WORKERS)
    return ["-n", str(workers), "--dist", "worksteal"] if workers > 1 else []
