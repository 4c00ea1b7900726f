"""See to what the tests need, and run pytest apart from the user's own runs and screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile

from sandbox.setup import environment, libraries, places
from sandbox.setup.faults import Fault, tell

INTERRUPTED = 130


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
    """Get what drives the real window; without it that one test is skipped, and this says so."""
    if not sys.platform.startswith("linux"):
        return
    wanted = lacking_for_a_screen()
    if wanted and libraries.is_debian_root():
        libraries.install_with_apt(wanted, lambda text: print(text, file=sys.stderr, flush=True))
        wanted = lacking_for_a_screen()
    if wanted:
        print(
            "The test that uses the window as a person would will be skipped: it needs "
            f"`{libraries.command(wanted)}`.",
            file=sys.stderr,
            flush=True,
        )


def lacking_for_a_screen() -> list[str]:
    """Return the system packages that a window under Xvfb lacks here."""
    programs = libraries.TEST_PROGRAMS
    lacking = [package for program, package in programs.items() if not shutil.which(program)]
    return lacking + libraries.packages(libraries.missing(["xcb"]))


def run_pytest(argv: list[str]) -> int:
    """Run pytest offscreen, with a data folder of its own that is removed after."""
    with tempfile.TemporaryDirectory(prefix="sequence-sandbox-tests-") as home:
        surroundings = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "SEQUENCE_SANDBOX_HOME": home,
        }
        command = [sys.executable, "-m", "pytest", *argv]
        return subprocess.run(command, cwd=places.ROOT, env=surroundings).returncode
