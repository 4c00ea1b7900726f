"""`python3 main.py doctor`: what is installed, what is missing, and how to fix it."""

from __future__ import annotations

import json
from dataclasses import asdict

from sandbox import __version__
from sandbox.setup import diagnosis

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from sandbox.setup.diagnosis import Finding

MARKS = {True: "ok", False: "MISSING", None: "-"}


def main(argv: list[str]) -> int:
    """Print the findings as text or JSON lines; return 1 if something needed is missing."""
    findings = diagnosis.everything()
    show = _json_lines if "--json" in argv else _text_lines
    for line in show(findings, is_fine(findings)):
        print(line)
    return 0 if is_fine(findings) else 1


def is_fine(findings: list[Finding]) -> bool:
    """Tell whether everything needed is there."""
    return all(finding.ok is not False for finding in findings)


def _json_lines(findings: list[Finding], fine: bool) -> Iterator[str]:
    for finding in findings:
        yield json.dumps({"event": "check", **asdict(finding)})
    yield json.dumps({"event": "end", "version": __version__, "ok": fine})


def _text_lines(findings: list[Finding], fine: bool) -> Iterator[str]:
    yield f"Sequence Sandbox {__version__}"
    for finding in findings:
        yield _text_line(finding)
    yield ""
    if fine:
        yield "Everything needed is there."
    else:
        yield "To fix this:"
        yield from (f"  {mend}" for mend in mends(findings))


def mends(findings: list[Finding]) -> list[str]:
    """Return the commands that fix what is missing, with a single one for system packages."""
    commands: dict[str, list[str]] = {}
    for finding in findings:
        if finding.ok is False and finding.mend:
            system = finding.check in ("library", "fonts")
            start, _, package = finding.mend.rpartition(" ") if system else (finding.mend, "", "")
            commands.setdefault(start, []).append(package)
    return [" ".join([start, *dict.fromkeys(last)]).strip() for start, last in commands.items()]


def _text_line(finding: Finding) -> str:
    wanted = f" (wanted {finding.wanted})" if finding.wanted else ""
    found = finding.found or "missing"
    mend = f"; {finding.mend}" if finding.mend and finding.ok is None else ""
    return f"{MARKS[finding.ok]:>8}  {finding.check:<12}{finding.name:<24}{found}{wanted}{mend}"
