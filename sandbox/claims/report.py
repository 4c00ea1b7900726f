"""The report: a table of all claims, then the evidence for each, and a picture of each."""

from __future__ import annotations

import json
import os
import platform
from contextlib import suppress
from datetime import UTC, datetime
from importlib.metadata import version
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

import sandbox
from sandbox.claims.keeping import code_version
from sandbox.claims.pictures import FILE, load, to_json
from sandbox.claims.presets import preset
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.store.blobs import finite

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    from sandbox.claims.campaign import Finding, Line

REPORT, CLAIMS, RUN = "report.md", "claims.json", "run.json"
VERDICTS = {True: "pass", False: "**FAIL**", None: "no verdict"}
_METHOD = (
    "Intervals are at the 95% level: Student's t for a mean over seeds, Clopper and Pearson 1934 "
    "for a share of seeds. With a single seed a mean has no interval, so both ends repeat it. "
    "Seeds count from 0; a seed decides batches, first weights and evaluation. All figures of nets "
    "are from fresh sequences of the evaluation stream, never from training batches."
)


def write(findings: Sequence[Finding], quick: bool, folder: Path) -> None:
    """Write the report, its figures and curves as JSON, particulars and pictures.

    RunError if the folder cannot be written.
    """
    lines = finite([finding.line() for finding in findings])
    run = {**_particulars(), "quick": quick}
    pictures = {finding.preset.name: finding.outcome.picture for finding in findings}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / CLAIMS, _json(lines))
        _write(folder / RUN, _json(run))
        _write(folder / FILE, to_json(pictures))
        draw(folder)
        _write(folder / REPORT, markdown(lines, run))
    except OSError as error:
        raise RunError(
            f"The report could not be written into {folder}: {error.strerror}; choose another "
            "folder with --to."
        ) from None


def draw(folder: Path) -> None:
    """Draw the pictures of a report anew, from its claims.json and pictures.json."""
    from sandbox.claims.drawing import claim_figure

    lines = json.loads((folder / CLAIMS).read_text(encoding="utf-8"))
    passed = {line["claim"]: line["passed"] for line in lines}
    for name, picture in load(folder / FILE).items():
        figure = claim_figure(preset(name), passed[name], picture)
        atomic.write_bytes(folder / f"{name}.svg", figure.svg())


def markdown(lines: Sequence[Line], run: Mapping[str, Any]) -> str:
    """The report from what claims.json and run.json have."""
    parts = [
        "# Published claims, measured",
        _introduction(lines, run),
        table(lines),
        *map(_evidence, lines),
        "## How it was measured",
        _METHOD,
        "\n".join(f"- {name}: {value}" for name, value in run.items()),
    ]
    return "\n\n".join(parts) + "\n"


def table(lines: Sequence[Line]) -> str:
    """One row a claim."""
    ours = "the paper's figure", "ours, 95% interval", "verdict"
    return _rows(("#", "claim", "source", "protocol", *ours), map(_row, lines))


def _introduction(lines: Sequence[Line], run: Mapping[str, Any]) -> str:
    passed = sum(line["passed"] is True for line in lines)
    failed = sum(line["passed"] is False for line in lines)
    words = f"{len(lines)} claims: {passed} pass, {failed} fail"
    if left := len(lines) - passed - failed:
        words += f", {left} without a verdict"
    if run.get("quick"):
        words += ". This is the quick form: budgets are far below the claims' own"
    return words + ". Written by `python3 main.py reproduce`."


def _row(line: Line) -> tuple[str, ...]:
    claim = preset(line["claim"])
    asked = [figure for figure in line["figures"] if figure["asks"]]
    return (
        str(claim.number),
        f"[{claim.title}](#{claim.name})",
        claim.source,
        claim.protocol,
        "<br>".join(f"{figure['name']}: {_number(figure['paper'])}" for figure in asked),
        "<br>".join(f"{_number(figure['measured'])} {_interval(figure)}" for figure in asked),
        VERDICTS[line["passed"]],
    )


def _evidence(line: Line) -> str:
    claim = preset(line["claim"])
    facts = [
        f"- **The source says**: {claim.says}",
        f"- **Measured**: {claim.protocol}",
        f"- **Passes when**: {claim.passes_when}",
        f"- **Verdict**: {VERDICTS[line['passed']]}; {line['seeds']} seeds (0 to "
        f"{line['seeds'] - 1}), {line['seconds']:,.0f} s of measuring, all seeds one by one",
        *(f"- {note}" for note in line["notes"]),
    ]
    head = f'<a id="{claim.name}"></a>\n\n## {claim.number}. {claim.title}'
    drawn = f"![{claim.title}]({claim.name}.svg)"
    return "\n\n".join([head, "\n".join(facts), drawn, _figures(line)])


def _figures(line: Line) -> str:
    head = ("figure", "paper or limit", "ours", "95% interval", "asked", "each seed")
    rows = [
        (
            figure["name"],
            _number(figure["paper"]),
            _number(figure["measured"]),
            _interval(figure),
            _asked(figure),
            ", ".join(map(_number, figure["by_seed"])),
        )
        for figure in line["figures"]
    ]
    return _rows(head, rows)


def _rows(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    """A table in Markdown."""
    every = (head, ("---",) * len(head), *rows)
    return "\n".join("| " + " | ".join(cells) + " |" for cells in every)


def _interval(figure: Mapping[str, Any]) -> str:
    return "[" + ", ".join(map(_number, figure["interval"])) + "]"


def _number(value: float | None) -> str:
    """A figure in a few digits; JSON has none for what is not finite."""
    return "–" if value is None else f"{value:.4g}"


def _asked(figure: Mapping[str, Any]) -> str:
    if figure["met"] is None:
        return "–"
    met = "met" if figure["met"] else "not met"
    return f"{figure['asks']}: {met}" if figure["asks"] else met


def _particulars() -> dict[str, str | int]:
    """Date (UTC), processor, system and versions; no hosts, people or folders."""
    return {
        "date": datetime.now(UTC).strftime("%Y-%m-%d"),
        "processor": _processor(),
        "cores": os.cpu_count() or 1,
        "system": f"{platform.system()} {platform.machine()}",
        "sandbox": sandbox.__version__,
        "code": code_version(),
        "python": platform.python_version(),
        **{name: version(name) for name in ("numpy", "llvmlite", "torch") if find_spec(name)},
    }


def _processor() -> str:
    """The model as the processor calls itself."""
    with suppress(OSError), open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
        for name, _, value in (line.partition(":") for line in lines):
            if name.strip() == "model name":
                return value.strip()
    return platform.processor() or "unknown"  # not Linux


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    atomic.write_bytes(path, text.encode())
