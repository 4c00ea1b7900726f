"""`reproduce`: measure published claims over their seeds and report on them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.claims.presets import chosen
from sandbox.cli import output
from sandbox.cli.bar import progress, time_left
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
EVERY_S = 10.0  # between lines of progress without a terminal
VERDICTS = {True: "pass", False: "FAIL", None: "no verdict"}


def reproduce(arguments: Namespace) -> int:
    """Measure, print a line for each claim, and write the report."""
    presets = chosen(arguments.names)
    folder = _folder(arguments.to)
    as_json = output.wants_json(arguments)
    told = _Progress()
    findings: list[Finding] = []
    with Interrupts() as interrupts:
        campaign = _campaign(presets, arguments)
        interrupts.patient = True
        try:
            for finding in campaign.findings(told.measuring, lambda: interrupts.asked):
                findings.append(finding)
                told.finding(_show(finding, as_json))
        except _stops() as why:
            told.stop()
            return _ended(why, len(findings), len(presets))
        finally:
            told.stop()
    return _report(findings, arguments.quick, folder)


def _campaign(presets: Sequence[Preset], arguments: Namespace) -> Campaign:
    """Import late, since it needs numba."""
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
            "A measurement failed, as the lines above say; finished ones are kept."
        ) from None
    output.tell(
        f"Interrupted after {done} of {count} claims. What was measured is kept; the same command "
        "continues from here."
    )
    return INTERRUPTED


def _report(findings: Sequence[Finding], quick: bool, folder: Path) -> int:
    from sandbox.claims import report

    ordered = sorted(findings, key=lambda finding: finding.preset.number)
    report.write(ordered, quick, folder)
    output.tell(f"The report is in {folder / report.REPORT}.")
    return DONE


def _show(finding: Finding, as_json: bool) -> str:
    """Print JSON at once, or return a line of text."""
    line = finding.line()
    if as_json:
        output.print_json(line)
        return ""
    low, high = line["interval"]
    words = f"{finding.preset.number:2}. {line['claim']}: {VERDICTS[line['passed']]}"
    measured = f"{line['figure']} {line['measured']:.4g} [{low:.4g}, {high:.4g}]"
    return f"{words}; {measured}; {line['seeds']} seeds, {line['seconds']:.0f} s"


def _folder(name: str | None) -> Path:
    """The report's folder; ExperimentError before anything is measured."""
    if name is None:
        return data_folder() / "claims"
    path = Path(name)
    if not name.strip() or (path.exists() and not path.is_dir()):
        raise ExperimentError("--to", name, "a folder, which is made if it does not exist")
    return path


def _workers(given: str | None) -> int | None:
    """The number of processes; 0 measures in this one, None means one for each core."""
    if given is None:
        return None
    if not given.isdecimal() or int(given) > 256:
        raise ExperimentError("--workers", given, "a whole number from 0 to 256")
    return int(given)


class _Progress:
    """Shows what is being measured, and findings above that."""

    def __init__(self) -> None:
        self._shown = progress(1.0, EVERY_S)
        self.stop = self._shown.stop

    def measuring(self, what: str, share: float, seconds_left: float) -> None:
        words = f"{share:.0%} done; {time_left(seconds_left)}; measuring {what}"
        self._shown.show(words, share, 1.0)

    def finding(self, text: str) -> None:
        if text:
            self._shown.result(text)
