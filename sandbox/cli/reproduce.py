"""`reproduce`: published claims, measured over their seeds, and one report of them."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.claims.presets import chosen
from sandbox.cli import output
from sandbox.cli.interrupts import INTERRUPTED, Interrupts
from sandbox.folders import data_folder
from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Sequence

    from sandbox.claims.campaign import Campaign, Finding
    from sandbox.claims.presets import Preset

DONE = 0
EVERY_S = 10.0  # between lines of progress where there is no terminal
VERDICTS = {True: "pass", False: "FAIL", None: "no verdict"}


def reproduce(arguments: Namespace) -> int:
    """Measure, print a line a claim, and write the report; see the contract for the lines."""
    presets = chosen(arguments.names)
    folder = _folder(arguments.to)
    as_json = output.wants_json(arguments)
    progress = _Terminal() if sys.stderr.isatty() else _Plain()
    findings: list[Finding] = []
    with Interrupts() as interrupts:
        campaign = _campaign(presets, arguments)
        interrupts.patient = True
        try:
            for finding in campaign.findings(progress, lambda: interrupts.asked):
                findings.append(finding)
                progress.above(_show(finding, as_json))
        except _stops() as why:
            progress.stop()
            return _ended(why, len(findings), len(presets))
        finally:
            progress.stop()
    return _report(findings, arguments.quick, folder)


def _campaign(presets: Sequence[Preset], arguments: Namespace) -> Campaign:
    """Imported late: it needs numba."""
    from sandbox.claims.campaign import Campaign
    from sandbox.claims.keeping import kept_folder

    workers = _workers(arguments.workers)
    return Campaign(presets, arguments.quick, kept_folder(), workers, arguments.fresh)


def _stops() -> tuple[type[BaseException], ...]:
    from sandbox.claims.campaign import Interrupted
    from sandbox.claims.pool import JobFailed

    return Interrupted, JobFailed, KeyboardInterrupt


def _ended(why: BaseException, done: int, count: int) -> int:
    from sandbox.claims.pool import JobFailed

    if isinstance(why, JobFailed):
        sys.stderr.write(f"{why}\n")
        raise RunError(
            "A measurement broke off, as the lines above say; what was finished is kept."
        ) from None
    output.tell(
        f"Interrupted after {done} of {count} claims. What is measured is kept; the same command "
        "goes on from here."
    )
    return INTERRUPTED


def _report(findings: Sequence[Finding], quick: bool, folder: Path) -> int:
    from sandbox.claims import report

    ordered = sorted(findings, key=lambda finding: finding.preset.number)
    report.write(ordered, quick, folder)
    output.tell(f"The report is in {folder / report.REPORT}.")
    return DONE


def _show(finding: Finding, as_json: bool) -> str:
    """JSON goes out at once; text is for above the bar, or for standard output without one."""
    line = finding.line()
    if as_json:
        output.print_json(line)
        return ""
    low, high = line["interval"]
    words = f"{finding.preset.number:2}. {line['claim']}: {VERDICTS[line['passed']]}"
    measured = f"{line['figure']} {line['measured']:.4g} [{low:.4g}, {high:.4g}]"
    return f"{words}; {measured}; {line['seeds']} seeds, {line['seconds']:.0f} s"


def _folder(name: str | None) -> Path:
    """Refused before anything is measured, not after."""
    if name is None:
        return data_folder() / "claims"
    path = Path(name)
    if not name.strip() or (path.exists() and not path.is_dir()):
        raise ExperimentError("--to", name, "a folder, which is made where it is not there")
    return path


def _workers(given: str | None) -> int | None:
    """How many processes; None: one a core.  0 measures in this one."""
    if given is None:
        return None
    if not given.isdecimal() or int(given) > 256:
        raise ExperimentError("--workers", given, "a whole number from 0 to 256")
    return int(given)


class _Plain:
    """A line now and then on standard error."""

    def __init__(self) -> None:
        self._next = 0.0

    def measuring(self, what: str, share: float, seconds_left: float) -> None:
        if time.monotonic() >= self._next:
            output.tell(f"{share:.0%} done; {_left(seconds_left)}; measuring {what}")
            self._next = time.monotonic() + EVERY_S

    def above(self, text: str) -> None:
        if text:
            output.print_text(text)

    def stop(self) -> None:
        """There is nothing to take away."""


class _Terminal:
    """A bar on standard error: what is measured, and how long it takes."""

    def __init__(self) -> None:
        from rich.console import Console
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn

        self._progress = Progress(
            BarColumn(bar_width=24),
            TaskProgressColumn(),
            TextColumn("{task.description}", markup=False),
            console=Console(stderr=True),
            transient=True,
            redirect_stdout=False,  # rich would send the results to standard error
            redirect_stderr=False,
        )
        self._task = self._progress.add_task("starting", total=1.0)
        self._progress.start()

    def measuring(self, what: str, share: float, seconds_left: float) -> None:
        words = f"{_left(seconds_left)}; {what}"
        self._progress.update(self._task, description=words, completed=share)

    def above(self, text: str) -> None:
        if text:
            self._progress.stop()
            output.print_text(text)
            self._progress.start()

    def stop(self) -> None:
        self._progress.stop()


def _left(seconds: float) -> str:
    if seconds < 90:
        return f"about {seconds:.0f} s left"
    return f"about {seconds / 60:.0f} minutes left"
