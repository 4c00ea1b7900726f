"""A run as a self-contained Jupyter notebook: task, training, and a look inside the nets."""

from __future__ import annotations

import base64
import inspect
import json
import textwrap
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.known import cell_named
from sandbox.export.optional import needed
from sandbox.export.pytorch import ASKING, INSIDE, TRAINING, code_of
from sandbox.export.pytorch_weights import starting_weights, torch_weights
from sandbox.export.recorded import first_step, npz, state_at
from sandbox.store.base import RunError, nets
from sandbox.tasks.preview import show
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.store.base import RunRecord

POINTS = 150  # of a curve
WIDTH = 96  # characters a line
LARGEST = 20_000_000  # bytes of weights in a notebook
STEPS = 200  # of training in the notebook
ABOUT = {
    "Settings": "Change what you like, then run everything below again.",
    "Sequences and batches": "Every batch depends only on the seed and its number, so these are "
    "exactly the batches that the run trained on.",
    "The nets": "A recurrent module and a linear readout; the first weights come from the run's "
    "own random numbers.",
    "Training": "Forward, loss, backward, clip, update.",
}


def notebook(record: RunRecord) -> bytes:
    """The run as an .ipynb file: task, curves, training, and gates from the weights.

    The notebook needs torch and numpy, and plots with matplotlib if it is installed.  RunError if
    nbformat is missing, the weights are too large for a notebook, or no script can be made.
    """
    nbformat = needed("nbformat", "A notebook")
    cells = [
        _cell(nbformat, kind, text, number)
        for number, (kind, text) in enumerate(Pages(record).cells())
    ]
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    about = {"kernelspec": kernel, "language_info": {"name": "python"}}
    book = nbformat.v4.new_notebook(cells=cells, metadata=about)
    return str(nbformat.writes(book)).encode()


@dataclass(frozen=True)
class Pages:
    """The notebook's cells, in order."""

    record: RunRecord

    def cells(self) -> Iterator[tuple[str, str]]:
        """(kind, text): "markdown", "code", or "hidden" for code that only holds numbers."""
        yield "markdown", self._title()
        uses, roots = (TRAINING, ASKING, INSIDE), ("train", "load", "ask", "look")
        _, imports, sections = code_of(self.record, uses, roots)
        yield "code", imports
        for title, code in sections.items():
            yield "markdown", f"## {title}\n\n{ABOUT.get(title, '')}".strip()
            yield "code", code
        yield from self._curves()
        yield from self._anew()
        yield from self._looking()

    def _title(self) -> str:
        record, task = self.record, task_of(self.record.begun)
        names = ", ".join(cell_named(one.cell).title for one in record.begun.contestants)
        examples = textwrap.indent(show(task, record.begun.seed, 3), "    ")
        lines = [
            f"# {names}: {task.title}",
            f"Run {record.info.run} of Sequence Sandbox, after {record.info.step:,} steps.",
            f"**The task.** {task.explanation}",
            examples,
            f"**Solved** means {task.criterion.text}. {self._results()}",
        ]
        origin = record.info.origin
        if origin is not None:
            lines.append(f"The run was forked from run {origin.parent} after step {origin.step:,}.")
        return "\n\n".join(lines)

    def _results(self) -> str:
        said = []
        for key, result in self.record.info.cells.items():
            at = result.get("solved_at")
            said.append(f"{key} " + ("did not" if at is None else f"did at step {at:,}"))
        return f"In this run, {', '.join(said)}." if said else ""

    def _curves(self) -> Iterator[tuple[str, str]]:
        baseline = task_of(self.record.begun).baselines[0]
        rows = (
            f"    {json.dumps(key)}: (\n{_wrapped(steps)},\n{_wrapped(losses)},\n    ),\n"
            for key, (steps, losses) in self.thinned().items()
        )
        yield "hidden", f"RUN = {{  # steps and losses, thinned\n{''.join(rows)}}}"
        yield "markdown", _CURVES.format(baseline=baseline.label)
        yield "code", inspect.getsource(curves).rstrip()
        yield "code", f"BASELINE = {baseline.loss!r}\ncurves(RUN, BASELINE)"

    def thinned(self) -> dict[str, tuple[list[int], list[float]]]:
        """Steps and losses of every net by key, thinned to POINTS, first and last included."""
        found = {}
        for key, (steps, (loss, _, _)) in self.record.curves.items():
            places = np.unique(np.linspace(0, len(steps) - 1, POINTS).astype(int))
            losses = [float(f"{value:.4g}") for value in loss[places]]
            found[key] = (steps[places].tolist(), losses)
        return found

    def _anew(self) -> Iterator[tuple[str, str]]:
        first, last = first_step(self.record), self.record.info.step
        start = starting_weights(self.record)
        if start is not None:
            yield "hidden", _as_bytes(self.record, "START", start)
        yield "markdown", _SAME.format(steps=last - first)
        yield "code", _ANEW.format(steps=min(last, first + STEPS))

    def _looking(self) -> Iterator[tuple[str, str]]:
        yield "hidden", _as_bytes(self.record, "WEIGHTS", self._weights())
        yield "markdown", _ANSWERS.format(step=self.record.info.step)
        yield "code", "nets = load()\nask(nets)"
        yield "markdown", _INSIDE
        yield "code", "look(nets[NETS[-1].name], index=0)"

    def _weights(self) -> bytes:
        """The weights of each contestant's first replicate, as .npz: "lstm.readout.weight"."""
        state, task = state_at(self.record, self.record.info.step), task_of(self.record.begun)
        found: dict[str, Any] = {}
        for key, net in nets(self.record.begun).items():
            start = f"{net.contestant.name}."
            found = torch_weights(net, task, state[f"{key}/weights"], start) | found
        return npz(found)


_CURVES = """## The run's losses

The dotted line is the baseline, the loss of a model that {baseline}."""
_SAME = """## The same losses again

Here the nets are trained again from the start, for some of the run's {steps:,} steps.  The losses
agree with the run's to about six digits, until one falls steeply: training then magnifies
differences in rounding, as between any two machines."""
_ANSWERS = """## What they answer

With the weights after step {step:,}."""
_INSIDE = """## Gates and states

Gates and states of the top layer on one sequence, one unit per row.  Choose another net, or another
sequence by its `index`."""
_ANEW = """anew = {{}}
for rows in train({steps}):
    for row in rows:
        key = row.cell if REPLICATES == 1 else f"{{row.cell}}#{{row.seed - SEED}}"
        steps, losses = anew.setdefault(key, ([], []))
        steps.append(row.step)
        losses.append(row.loss)
for key, (steps, losses) in anew.items():
    run = dict(zip(*RUN[key], strict=True))
    pairs = [(step, loss) for step, loss in zip(steps, losses, strict=True) if step in run]
    apart = [step for step, loss in pairs if abs(loss - run[step]) > 0.001]
    until = f"until step {{apart[0]}}" if apart else "throughout"
    print(f"{{key}}: the run's losses to 0.001 {{until}}")
curves(anew, BASELINE)"""


def _cell(nbformat: Any, kind: str, text: str, number: int) -> Any:
    if kind == "markdown":
        return nbformat.v4.new_markdown_cell(text, id=f"cell-{number}")
    folded = {"jupyter": {"source_hidden": True}} if kind == "hidden" else {}
    return nbformat.v4.new_code_cell(text, id=f"cell-{number}", metadata=folded)


def _as_bytes(record: RunRecord, name: str, content: bytes) -> str:
    """Code that assigns a file's content, from base64 text."""
    if len(content) > LARGEST:
        size = len(content) / 1e6
        raise RunError(
            f"The weights of run {record.info.run} ({size:.0f} MB) are too large for a notebook; "
            "export it as .py instead, which keeps the weights in a file of their own."
        )
    lines = textwrap.wrap(base64.b64encode(content).decode(), WIDTH)
    text = "".join(f'    "{line}"\n' for line in lines)
    return f"import base64\n\n{name} = base64.b64decode(\n{text})"


def _wrapped(numbers: list[Any]) -> str:
    text = json.dumps(numbers)
    indent = " " * 8
    return textwrap.fill(text, WIDTH, initial_indent=indent, subsequent_indent=indent + " ")


# -- what a notebook draws, or prints without matplotlib: it contains these functions ----


def heatmap(title: str, values: NDArray[Any], words: list[str]) -> None:
    """Draw values (T, H) with steps from left to right; as text without matplotlib."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        shades = ((values.T - values.min()) / max(np.ptp(values), 1e-12) * 4.99).astype(int)
        rows = ("".join(" ░▒▓█"[shade] for shade in row) for row in shades)
        print(f"{title} ({values.min():.2f} to {values.max():.2f})", *rows, sep="\n")
        return
    _, axes = plt.subplots(figsize=(min(0.35 * len(values) + 2, 14), 2.5))
    signed, largest = values.min() < 0, abs(values).max()
    colours = {"cmap": "RdBu_r", "vmin": -largest, "vmax": largest} if signed else {"vmin": 0}
    picture = axes.imshow(values.T, aspect="auto", **colours)
    axes.set(title=title, ylabel="unit")
    if words:
        axes.set_xticks(range(len(words)), words, rotation=90)
    plt.colorbar(picture)
    plt.show()


def curves(lines: dict[str, tuple[list[int], list[float]]], baseline: float) -> None:
    """Plot losses, as (steps, losses) by name; print them without matplotlib."""
    try:
        import matplotlib.pyplot as plt
    except ImportError:
        for name, (steps, losses) in lines.items():
            print(f"{name}: {losses[0]:.4f} at step {steps[0]} to {losses[-1]:.4f} at {steps[-1]}")
        return
    for name, (steps, losses) in lines.items():
        plt.plot(steps, losses, label=name)
    plt.axhline(baseline, color="grey", linestyle=":", label="without the memory")
    plt.xlabel("step")
    plt.ylabel("loss")
    plt.legend()
    plt.show()
