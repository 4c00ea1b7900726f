"""The figure of a run's curves: loss, accuracy and gradient norm over steps or seconds."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.about import about, settings_in_force
from sandbox.drawing.smoothing import MEMORY, peaks, samples
from sandbox.drawing.styles import BASELINE, GENERALISATION, PRINT
from sandbox.export.figures.axes_on_paper import across_ticks, name_levels, up_ticks
from sandbox.export.figures.curve_lines import (
    METRICS,
    By,
    Line,
    Metric,
    Plot,
    lines_of,
    plot_of,
    smooth,
)
from sandbox.export.figures.paper import (
    LEADING,
    MARGIN,
    MARKERS,
    NAME,
    SMALL,
    STRONG,
    TEXT,
    THIN,
    Page,
    description,
    line_look,
    page,
    print_style,
    task_title,
    together,
    wrap,
)
from sandbox.export.figures.run_curves import RunCurves, curves_of
from sandbox.store.base import RunError, RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from matplotlib.axes import Axes

    from sandbox.export.figures.paper import Figure, Keywords

MAIN_SETTINGS = ("optimizer", "lr", "batch", "seed")  # always in the caption
ACROSS = {"step": "training step", "seconds": "training time, s"}
COLUMNS = {"loss": 1, "accuracy": 2}  # in evaluations and generalisation curves
GUTTER, RIGHT_EDGE = 27.0, 10.0  # points beside a plot: its axis, and half a tick's label
HEIGHTS = {85: 88.0, 170: 118.0}  # points: of a plot, by the figure's width in millimetres
APART = 7.0  # points between stacked plots
MOST_POINTS = 30_000  # of all lines of a figure
FINEST = 0.4  # least points between two samples of a curve
FAINT, OF_A_REPLICATE = 0.28, 0.5  # opacity
FEW = 3  # lines; with more, the faint curves are fainter still
MARKER_PITCH = 9.0  # points between two markers
SIGN_HIGH, SIGN_WIDE, MOST_ROWS = 5.5, 6.5, 4  # points that a ✓ or × takes; rows of them


def curves_figure(
    record: RunRecord | RunCurves,
    by: By = "step",
    log: bool = False,
    overlays: Sequence[RunRecord | RunCurves] = (),
    metrics: Sequence[Metric] = METRICS,
    width_mm: int = 170,
    titled: bool = True,
) -> Figure:
    """Curves of every contestant; replicates are thin lines with their mean.

    by: the horizontal axis.  log: a logarithmic axis for the loss (the gradient norm always has
    one).  overlays: other runs, drawn in the same plots.  width_mm: 85 or 170.
    RunError if `by` is "seconds" and a run has no times, ExperimentError for another width.
    """
    runs = [
        each if isinstance(each, RunCurves) else curves_of(each) for each in (record, *overlays)
    ]
    for run in runs:
        if by == "seconds" and run.clock is None:
            raise RunError(f"Run {run.run} has no times; draw its curves by step instead.")
    with print_style():
        paper, lines = page(width_mm), lines_of(runs, by)
        title = task_title(runs[0].task)
        paper.heading(title, particulars(runs[0]), titled)
        paper.legend([(line.style, line.legend) for line in lines])
        plots = [plot_of(each, runs[0].task, runs[0].experiment, lines, log) for each in metrics]
        notes = _draw_plots(paper, lines, runs[0], plots)
        letters = zip(ascii_lowercase, runs[0].changes, strict=False)
        notes += [f"{letter}: step {step:,}, {text}." for letter, (step, text) in letters]
        paper.notes([*notes, _explained(lines, runs[0])])
        what = description(runs[0].run, runs[0].experiment, f"curves of {title}")
        return paper.finished(title, what)


def _draw_plots(
    paper: Page, lines: Sequence[Line], run: RunCurves, plots: Sequence[Plot]
) -> list[str]:
    """Draw the plots, side by side on a full page, stacked in a column; returns notes."""
    side = paper.width_mm == max(HEIGHTS)
    slot = paper.room / len(plots) if side else paper.room
    width, height = slot - GUTTER - RIGHT_EDGE, HEIGHTS[170 if side else 85]
    # each in the longest wording that fits on one line, or else wrapped
    names = [min((wrap(n, slot - GUTTER, NAME) for n in plot.names), key=len) for plot in plots]
    drawn = [_PlotDrawing(lines, plot, width, height, len(plots)) for plot in plots]
    bottom = paper.y
    for number, (plot, name) in enumerate(zip(drawn, names, strict=True)):
        left = MARGIN + GUTTER + (number * slot if side else 0)
        rows = max(map(len, names)) if side else len(name)
        for row, words in enumerate(name, rows - len(name)):
            paper.words(left, paper.y + NAME * (0.9 + row * LEADING), words, NAME)
        top = paper.y + NAME * (1.5 + (rows - 1) * LEADING) + plot.signs_height
        axes = paper.axes(left, width, height, top)
        plot.draw(axes, run.changes)
        bottom = top + height + TEXT + 4.5
        if side or number == len(plots) - 1:
            axes.set_xlabel(ACROSS[lines[0].by])
            bottom += NAME + 1.5
        paper.y = paper.y if side else bottom + APART
    paper.y = bottom
    unnamed = [name for plot in drawn for name in plot.unnamed]
    notes = [note for plot in drawn for note in plot.notes]
    return [f"Lines at {'; '.join(unnamed)}.", *notes] if unnamed else notes


class _PlotDrawing:
    """Draws one plot.  unnamed: levels whose names had no room.  notes: other remarks.

    width, height: in points.  plots: how many share the figure.
    """

    def __init__(
        self, lines: Sequence[Line], plot: Plot, width: float, height: float, plots: int
    ) -> None:
        self._lines, self._plot, self._size = lines, plot, (width, height)
        ends = (line.along(net.steps)[-1] for line in lines for net in line.nets if len(net.steps))
        self._last = float(max(ends, default=0.0)) or 1.0
        share = MOST_POINTS / (plots * sum(len(line.nets) + 1 for line in lines))
        self._buckets = int(min(width / FINEST, share / 2))
        self._name = "gradient norm" if plot.metric == "grad_norm" else plot.metric
        self._signs = _signs(lines, SIGN_WIDE * self._last / width)
        self.notes: list[str] = []
        self.unnamed: list[str] = []

    @property
    def signs_height(self) -> float:
        """The height of checks and crosses above the plot, in points."""
        return 1 + SIGN_HIGH * (1 + max((row for *_, row in self._signs), default=0))

    def draw(self, axes: Axes, changes: Sequence[tuple[int, str]]) -> None:
        """Draw everything in and around the plot."""
        plot, width = self._plot, self._size[0]
        axes.set_xlim(0.0, self._last)
        axes.set_yscale("log" if plot.log else "linear")
        axes.set_ylim(plot.low, plot.high)
        across_ticks(axes, width, whole=self._lines[0].by == "step")
        up_ticks(axes, self._size[1], share=plot.metric == "accuracy")
        for level in plot.levels:
            look: Keywords = {"color": PRINT.quiet, "lw": 0.9, "ls": (0, BASELINE.dash)}
            axes.axhline(level.value, **look, gid="level")
        self._draw_changes(axes, changes)
        lines = sorted(self._lines, key=lambda line: line.main)  # the run itself on top
        for draw in (self._draw_faint, self._draw_strong, self._draw_measured):
            for line in lines:
                draw(axes, line)
        self._draw_signs(axes)
        levels = {level.labels[0]: level.value for level in plot.levels}
        self.unnamed = [
            f"{self._name} {levels[label]:.3g}: {label}"
            for label in name_levels(axes, self._size, levels)
        ]
        if plot.cut:
            self.notes.append(f"Values of the {self._name} above {plot.high:g} are cut off.")

    def _draw_faint(self, axes: Axes, line: Line) -> None:
        """Every batch; for replicates, each one's smoothed curve, clearer than a cloud."""
        if not line.main and not line.replicated:
            return
        for net in (net for net in line.nets if len(net.steps)):
            x = line.along(net.steps)
            values = np.asarray(getattr(net, self._plot.metric), np.float64)
            whole = slice(0, len(x))
            if line.replicated:
                points = samples(x, smooth(values), whole, self._buckets)
                opacity = OF_A_REPLICATE
            else:
                known = np.where(np.isfinite(values), values, np.nan)
                points = peaks(x, known, known, whole, self._buckets)
                opacity = FAINT if len(self._lines) <= FEW else FAINT / 2
            look: Keywords = {"color": line.style.color(PRINT), "lw": THIN, "alpha": opacity}
            axes.plot(*points, **look, gid="faint", zorder=1.6)

    def _draw_strong(self, axes: Axes, line: Line) -> None:
        x, values = line.strong(self._plot.metric)
        points = samples(x, values, slice(0, len(x)), self._buckets) if len(x) else (x, values)
        look = line_look(line.style, lw=STRONG if line.main else 0.8, gid="strong")
        axes.plot(*points, **look)

    def _draw_measured(self, axes: Axes, line: Line) -> None:
        """Evaluations as markers, the generalisation curve as a line that ends in a marker."""
        column = COLUMNS.get(self._plot.metric)
        if column is None:
            return
        look: Keywords = {"color": line.style.color(PRINT), "marker": MARKERS[line.style.marker]}
        if line.main and len(line.further):
            x, y = line.along(line.further[:, 0]), line.further[:, column]
            dash: Keywords = {"ls": (0, GENERALISATION.dash), "lw": 0.9, "gid": "generalisation"}
            axes.plot(x, y, **look, **dash, markevery=[len(x) - 1], ms=2.6)
        if not line.replicated and line.nets[0].evaluations:
            tests = np.array(line.nets[0].evaluations, np.float64)
            places = line.along(tests[:, 0])
            slots = (places / self._last * self._size[0] // MARKER_PITCH).astype(int)
            last = np.diff(slots, append=-1) != 0  # the last one of every slot
            last &= (tests[:, column] >= self._plot.low) & (tests[:, column] <= self._plot.high)
            axes.plot(places[last], tests[last, column], ls="none", **look, clip_on=False)

    def _draw_signs(self, axes: Axes) -> None:
        """A check where a net solved the task, a cross where it diverged, above the plot."""
        for at, sign, line, row in self._signs:
            look = line_look(line.style, lw=0.5, alpha=0.8, zorder=1.5)
            if not line.replicated:
                axes.axvline(at, **look)
            colour, above = line.style.color(PRINT), (0, 1 + SIGN_HIGH * row)
            _write_at(axes, sign, (at, 1), above, color=colour, ha="center")

    def _draw_changes(self, axes: Axes, changes: Sequence[tuple[int, str]]) -> None:
        """Thin lines with letters, which the notes explain."""
        for letter, (step, _) in zip(ascii_lowercase, changes, strict=False):
            at = self._lines[0].at(step)
            axes.axvline(at, color=PRINT.quiet, lw=0.5, ls=(0, (2.0, 3.0)), zorder=1.5)
            _write_at(axes, letter, (at, 0), (1.5, 2), color=PRINT.quiet, fontsize=SMALL)


def _write_at(
    axes: Axes, text: str, place: tuple[float, float], offset: tuple[float, float], **look: Any
) -> None:
    """Text some points off a place: on the horizontal axis, and a share of the height."""
    look = {"xycoords": axes.get_xaxis_transform(), "textcoords": "offset points", **look}
    axes.annotate(text, place, offset, **look)


def _signs(lines: Sequence[Line], apart: float) -> list[tuple[float, str, Line, int]]:
    """Every ✓ and ×: its position on the axis, the sign, its line, and its row, 0 the lowest.

    apart: the length of axis that a sign takes.  A replicate's sign is left out if it would touch
    another replicate's; the legend counts them.
    """
    found = [
        (line.at(step), sign, line)
        for line in lines
        for net in line.nets
        for step, sign in ((net.solved_at, "✓"), (net.diverged_at, "×"))
        if step is not None
    ]
    ends: list[float] = []  # of each row
    last: dict[tuple[str, str], float] = {}
    signs = []
    for at, sign, line in sorted(found, key=lambda each: each[0]):
        if line.replicated and at < last.get((line.name, sign), -apart) + apart:
            continue
        last[line.name, sign] = at
        free = (row for row, end in enumerate(ends) if end + apart <= at)
        row = next(free, min(len(ends), MOST_ROWS - 1))
        ends[row : row + 1] = [at]
        signs.append((at, sign, line, row))
    return signs


def _explained(lines: Sequence[Line], run: RunCurves) -> str:
    """What faint lines, strong lines and signs mean."""
    nets = [net for line in lines for net in line.nets]
    if not any(len(net.steps) for net in nets):
        return "No step has been trained yet."
    replicated = any(line.replicated for line in lines)
    thin = "each replicate, smoothed" if replicated else "each training batch"
    strong = f"smoothed, each step moving 1/{MEMORY} of the way to the new value"
    parts = [f"Faint: {thin}. Strong: {'their mean, ' if replicated else ''}{strong}."]
    if not replicated and any(net.evaluations for net in nets):
        counts = "/".join(
            f"{n:,}" for n in dict.fromkeys(map(run.task.test_size, run.task.judged_on()))
        )
        right = ", right if every step is" if run.task.whole_sequences else ""
        parts.append(f"Markers: {counts} fresh sequences{right}.")
    if any(len(line.further) for line in lines if line.main):
        word = GENERALISATION.word.capitalize()
        beyond = run.task.split_title(run.task.generalisation or "")
        parts.append(f"{word}, marker at the end: {beyond}, not trained on.")
    if any(net.solved_at is not None for net in nets):
        parts.append(together("✓: solved."))
    if any(net.diverged_at is not None for net in nets):
        parts.append(together("×: diverged."))
    return " ".join(parts)


def particulars(run: RunCurves) -> str:
    """The run, its main settings and its unusual ones."""
    each, kind = run.experiment, type(run.experiment)
    main = [about(kind, n).say_briefly(getattr(each, n)) for n in MAIN_SETTINGS]
    unusual = [words for words in settings_in_force(each, unusual=True) if words not in main]
    parts = [f"run {run.run}", f"experiment {each.digest}", *main, *unusual]
    return ", ".join(map(together, parts))
