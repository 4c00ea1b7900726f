"""See to what the tests need, and run pytest apart from the user's own runs and screen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from typing import IO

from sandbox.setup import environment, libraries, places
from sandbox.setup.faults import Fault
from sandbox.setup.progress_window import tell

INTERRUPTED = 130
SECOND_HALF = (
    "tests/claims",
    "tests/engine/test_parity.py",
    "tests/engine/test_reference.py",
    "tests/engine/test_variants.py",
    "tests/export",
    "tests/run",
    "tests/setup",
    "tests/tasks",
    "tests/test_bootstrap.py",
    "tests/cli/test_reproduce.py",
    "tests/cli/test_train.py",
)


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
    """Run pytest offscreen, with a data folder of its own that is removed after.

    Without arguments, and with two cores, in two halves side by side: kernels are compiled in
    both, which takes the longest on a fresh machine.
    """
    with tempfile.TemporaryDirectory(prefix="sequence-sandbox-tests-") as home:
        surroundings = {
            **os.environ,
            "QT_QPA_PLATFORM": "offscreen",
            "SEQUENCE_SANDBOX_HOME": home,
        }
        if argv or (os.cpu_count() or 1) < 2:
            return start_pytest(argv, surroundings).wait()
        return run_halves(surroundings)


def run_halves(surroundings: dict[str, str]) -> int:
    """Run both halves at once; what the second one prints follows the first one's."""
    with tempfile.TemporaryFile("w+", encoding="utf-8") as printed:
        second = start_pytest(list(SECOND_HALF), surroundings, printed)
        first = start_pytest([f"--ignore={each}" for each in SECOND_HALF], surroundings)
        try:
            statuses = [first.wait(), second.wait()]
        finally:
            for each in (first, second):
                each.terminate()
                each.wait()
        printed.seek(0)
        print(printed.read(), flush=True)
    return next((status for status in statuses if status), 0)


def start_pytest(
    argv: list[str], surroundings: dict[str, str], printed: IO[str] | None = None
) -> subprocess.Popen[bytes]:
    """Start pytest; what it prints goes to a file, or where this process prints."""
    command = [sys.executable, "-m", "pytest", *argv]
    errors = None if printed is None else subprocess.STDOUT
    return subprocess.Popen(
        command, cwd=places.ROOT, env=surroundings, stdout=printed, stderr=errors
    )
