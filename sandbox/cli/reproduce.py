"""`reproduce`: measure published claims over their seeds and report on them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from sandbox.claims import report
from sandbox.claims.campaign import Campaign, Finding, Interrupted
from sandbox.claims.keeping import kept_folder
from sandbox.claims.pool import JobFailed
from sandbox.claims.presets import chosen
from sandbox.cli import output
from sandbox.cli.bar import Bar, time_left
from sandbox.cli.interrupts import INTERRUPTED, Interrupts
from sandbox.cli.request import whole
from sandbox.folders import data_folder
from sandbox.store.base import RunError
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from argparse import Namespace

EVERY_S = 10.0  # between lines of progress without a terminal
VERDICTS = {True: "pass", False: "FAIL", None: "no verdict"}


def reproduce(arguments: Namespace) -> int:
    """Measure, print a line for each claim, and write the report."""
    presets, folder = chosen(arguments.names), _folder(arguments.to)
    workers = arguments.workers  # 0 measures in this process, None in one for each core
    workers = None if workers is None else whole("--workers", workers, 0, 256)
    campaign = Campaign(presets, arguments.quick, kept_folder(), workers, arguments.fresh)
    told, findings = _Progress(1.0, every_s=EVERY_S), list[Finding]()
    with Interrupts() as interrupts:
        interrupts.patient = True
        try:
            for finding in campaign.findings(told.measuring, lambda: interrupts.asked):
                findings.append(finding)
                if output.wants_json(arguments):
                    output.print_json(finding.line())
                else:
                    told.result(_in_words(finding))
        except (Interrupted, KeyboardInterrupt):
            told.stop()
            output.tell(
                f"Interrupted after {len(findings)} of {len(presets)} claims. What was measured "
                "is kept; the same command continues from here."
            )
            return INTERRUPTED
        except JobFailed as error:
            told.stop()
            sys.stderr.write(f"{error}\n")
            sentence = "A measurement failed, as the lines above say; finished ones are kept."
            raise RunError(sentence) from None
        finally:
            told.stop()
    ordered = sorted(findings, key=lambda finding: finding.preset.number)
    report.write(ordered, arguments.quick, folder)
    output.tell(f"The report is in {folder / report.REPORT}.")
    return 0


def _in_words(finding: Finding) -> str:
    line = finding.line()
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


class _Progress(Bar):
    """Shows what is being measured."""

    def measuring(self, what: str, share: float, seconds_left: float) -> None:
        words = f"{share:.0%} done; {time_left(seconds_left)}; measuring {what}"
        self.show(words, share, 1.0)
