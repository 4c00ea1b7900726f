"""The report: a table of all claims, then the evidence for each, and a picture of each."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from sandbox.claims.particulars import particulars
from sandbox.claims.pictures import FILE, load, to_json
from sandbox.claims.presets import preset, presets
from sandbox.store import atomic
from sandbox.store.base import RunError
from sandbox.store.blobs import finite

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from sandbox.claims.campaign import Finding, Line
    from sandbox.claims.presets import Preset

REPORT, CLAIMS, RUN = "report.md", "claims.json", "run.json"
VERDICTS = {True: "pass", False: "**FAIL**", None: "no verdict"}
_HEAD = ("#", "claim", "source", "protocol", "the paper's figure", "ours, 95% interval", "verdict")
_MOST_DIGITS = 4


def write(findings: Sequence[Finding], quick: bool, folder: Path) -> None:
    """Write the report, its figures and curves as JSON, particulars and pictures.

    RunError if the folder cannot be written.
    """
    lines = finite([finding.line() for finding in findings])
    run = {**particulars(), "quick": quick}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        _write(folder / CLAIMS, _json(lines))
        _write(folder / RUN, _json(run))
        pictures = {finding.preset.name: finding.outcome.picture for finding in findings}
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
    known = {each.name: each for each in presets()}
    pairs = [(known[line["claim"]], line) for line in lines]
    parts = [
        "# Published claims, measured",
        _introduction(lines, run),
        table(lines),
        *(_evidence(each, line) for each, line in pairs),
        "## How it was measured\n\n" + _machine(run),
    ]
    return "\n\n".join(parts) + "\n"


def table(lines: Sequence[Line]) -> str:
    """One row a claim."""
    known = {each.name: each for each in presets()}
    rows = [_row(known[line["claim"]], line) for line in lines]
    return "\n".join(
        "| " + " | ".join(cells) + " |" for cells in (_HEAD, ("---",) * len(_HEAD), *rows)
    )


def number(value: float | None) -> str:
    """A figure in a few digits; JSON has none for what is not finite."""
    if value is None:
        return "–"
    return f"{value:.{_MOST_DIGITS}g}"


def _introduction(lines: Sequence[Line], run: Mapping[str, Any]) -> str:
    passed = sum(line["passed"] is True for line in lines)
    failed = sum(line["passed"] is False for line in lines)
    words = f"{len(lines)} claims: {passed} pass, {failed} fail"
    open_ = len(lines) - passed - failed
    words += f", {open_} without a verdict" if open_ else ""
    if run.get("quick"):
        words += ". This is the quick form: budgets are far below the claims' own"
    return words + ". Written by `python3 main.py reproduce`."


def _row(preset: Preset, line: Line) -> tuple[str, ...]:
    asked = [figure for figure in line["figures"] if figure["asks"]]
    papers = [f"{figure['name']}: {number(figure['paper'])}" for figure in asked]
    return (
        str(preset.number),
        f"[{preset.title}](#{preset.name})",
        preset.source,
        preset.protocol,
        "<br>".join(papers),
        "<br>".join(map(_measured, asked)),
        VERDICTS[line["passed"]],
    )


def _measured(figure: Mapping[str, Any]) -> str:
    low, high = figure["interval"]
    return f"{number(figure['measured'])} [{number(low)}, {number(high)}]"


def _evidence(preset: Preset, line: Line) -> str:
    facts = [
        f"- **The source says**: {preset.says}",
        f"- **Measured**: {preset.protocol}",
        f"- **Passes when**: {preset.passes_when}",
        f"- **Verdict**: {VERDICTS[line['passed']]}; {line['seeds']} seeds (0 to "
        f"{line['seeds'] - 1}), {line['seconds']:,.0f} s of measuring, all seeds one by one",
        *(f"- {note}" for note in line["notes"]),
    ]
    head = f'<a id="{preset.name}"></a>\n\n## {preset.number}. {preset.title}'
    drawn = f"![{preset.title}]({preset.name}.svg)"
    return "\n\n".join([head, "\n".join(facts), drawn, _figures(line)])


def _figures(line: Line) -> str:
    head = ("figure", "paper or limit", "ours", "95% interval", "asked", "each seed")
    rows = [
        (
            figure["name"],
            number(figure["paper"]),
            number(figure["measured"]),
            "[" + ", ".join(map(number, figure["interval"])) + "]",
            _asked(figure),
            ", ".join(map(number, figure["by_seed"])),
        )
        for figure in line["figures"]
    ]
    return "\n".join("| " + " | ".join(c) + " |" for c in (head, ("---",) * len(head), *rows))


def _asked(figure: Mapping[str, Any]) -> str:
    if figure["met"] is None:
        return "–"
    met = "met" if figure["met"] else "not met"
    return f"{figure['asks']}: {met}" if figure["asks"] else met


def _machine(run: Mapping[str, Any]) -> str:
    words = [
        "Intervals are at the 95% level: Student's t for a mean over seeds, Clopper and Pearson "
        "1934 for a share of seeds. With a single seed a mean has no interval, so both ends repeat "
        "it. Seeds count from 0; a seed decides batches, first weights and evaluation. All figures "
        "of nets are from fresh sequences of the evaluation stream, never from training batches.",
        "\n".join(f"- {name}: {value}" for name, value in run.items()),
    ]
    return "\n\n".join(words)


def _json(value: Any) -> str:
    return json.dumps(value, allow_nan=False, indent=1, ensure_ascii=False) + "\n"


def _write(path: Path, text: str) -> None:
    atomic.write_bytes(path, text.encode())
