"""The figure of a run's curves: loss, accuracy and gradient norm over steps or seconds."""

from __future__ import annotations

from string import ascii_lowercase
from typing import TYPE_CHECKING

from sandbox.drawing.smoothing import MEMORY
from sandbox.export.figures.drawing import Box
from sandbox.export.figures.frame import PlotFrame
from sandbox.export.figures.ink import NAME
from sandbox.export.figures.lines import METRICS, By, Lines, Metric, lines_of
from sandbox.export.figures.page import MARGIN, Entry, Page, description, page, task_title, together
from sandbox.export.figures.plots import plot_of
from sandbox.export.figures.record import RunCurves, curves_of
from sandbox.export.figures.signs import signs_of
from sandbox.export.figures.typeface import application
from sandbox.store.base import RunError, RunRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.experiment import Experiment
    from sandbox.export.figures.figure import Figure
    from sandbox.tasks.base import Task

GUTTER = 27.0  # left of a plot: its axis
RIGHT_EDGE = 10.0  # half a tick's words may stand beyond the frame
HEIGHTS = {85: 88.0, 170: 118.0}  # of a frame, by the figure's width in millimetres
APART = 7.0  # between plots under one another


def curves_figure(
    record: RunRecord | RunCurves,
    by: By = "step",
    log: bool = False,
    overlays: Sequence[RunRecord | RunCurves] = (),
    metrics: Sequence[Metric] = METRICS,
    width_mm: int = 170,
    titled: bool = True,
) -> Figure:
    """Curves of every contestant, replicates as thin lines with their mean.

    by: what runs along the axis; log: whether the loss's axis is logarithmic (the gradient
    norm's always is); overlays: other runs, drawn into the same plots; width_mm: 85 or 170.
    RunError where seconds are asked for and a run has no times.
    """
    runs = [
        each if isinstance(each, RunCurves) else curves_of(each) for each in (record, *overlays)
    ]
    for run in runs:
        if by == "seconds" and run.clock is None:
            raise RunError(f"Run {run.run} has no times; draw its curves by step instead.")
    with application():
        paper, lines = page(width_mm), Lines(lines_of(runs), by)
        title = task_title(runs[0].task)
        if titled:
            paper.heading(title, particulars(runs[0]))
        paper.legend([Entry(line.style, line.legend) for line in lines.all])
        notes = _draw_plots(paper, lines, runs[0], metrics, log)
        paper.notes([*notes, *_changes(runs[0]), _explained(lines, runs[0])])
    what = description(runs[0].run, runs[0].experiment, f"curves of {title}")
    return paper.finished(title, what)


def _draw_plots(
    paper: Page, lines: Lines, run: RunCurves, metrics: Sequence[Metric], log: bool
) -> list[str]:
    """Side by side on a page's width, under one another in a column; notes to be made."""
    side = paper.width_mm == max(HEIGHTS)
    slot = paper.room / len(metrics) if side else paper.room
    width, height = slot - GUTTER - RIGHT_EDGE, HEIGHTS[170 if side else 85]
    signs, bottom = signs_of(lines, width), paper.y
    notes: list[str] = []
    unnamed: list[str] = []
    for number, metric in enumerate(metrics):
        plot = plot_of(metric, run.task, run.experiment, lines.all, log)
        left = MARGIN + GUTTER + (number * slot if side else 0)
        frame = Box(left, paper.y + NAME * 1.5 + signs.height, width, height)
        paper.drawing.words(left, paper.y + NAME * 0.9, plot.name, NAME)
        drawn = PlotFrame(lines, plot, frame, paper.drawing, signs, len(metrics))
        bottom = drawn.draw(run.changes, named=side or metric == metrics[-1])
        notes, unnamed = notes + drawn.notes, unnamed + drawn.unnamed
        paper.y = paper.y if side else bottom + APART
    paper.y = bottom
    return [f"Lines at {'; '.join(unnamed)}.", *notes] if unnamed else notes


def _changes(run: RunCurves) -> list[str]:
    letters = zip(ascii_lowercase, run.changes, strict=False)
    return [f"{letter}: step {step:,}, {text}." for letter, (step, text) in letters]


def _explained(lines: Lines, run: RunCurves) -> str:
    """What thin lines, strong lines and signs are."""
    nets = [net for line in lines.all for net in line.nets]
    if not any(len(net.steps) for net in nets):
        return "No step has been trained yet."
    replicated = any(line.replicated for line in lines.all)
    thin = "each replicate, smoothed" if replicated else "each training batch"
    strong = f"smoothed, each step moving 1/{MEMORY} of the way to the new value"
    strong = f"their mean, {strong}" if replicated else strong
    parts = [f"Faint: {thin}. Strong: {strong}."]
    if not replicated and any(net.evaluations for net in nets):
        parts.append(_markers(run.task))
    if any(len(line.beyond) for line in lines.all if line.main):
        parts.append(f"Dotted: {run.task.generalisation}, not trained on.")
    if any(net.solved_at is not None for net in nets):
        parts.append(together("✓: solved."))
    if any(net.diverged_at is not None for net in nets):
        parts.append(together("×: diverged."))
    return " ".join(parts)


def _markers(task: Task) -> str:
    """What an evaluation looked at, and how it counted."""
    counts = "/".join(f"{n:,}" for n in dict.fromkeys(map(task.test_size, task.judged_on())))
    right = ", right where every step is" if task.whole_sequences else ""
    return f"Markers: {counts} fresh sequences{right}."


def particulars(run: RunCurves) -> str:
    """Which run it is, and what it was trained with."""
    each = run.experiment
    parts = [f"run {run.run}", f"experiment {each.digest}", f"{each.optimizer} {each.lr:g}"]
    parts += _also(each)
    parts += [f"batch {each.batch}", f"seed {each.seed}"]
    parts += [f"{each.replicates} replicates"] if each.replicates > 1 else []
    return ", ".join(map(together, parts))


def _also(each: Experiment) -> list[str]:
    """What decides the curves and is not as usual: schedule, clip by value, curriculum."""
    parts = [] if each.schedule == "constant" else [f"{each.schedule} schedule"]
    parts += [f"warm-up {each.warmup:,}"] if each.warmup else []
    parts += [f"clip {each.clip:g} by value"] if each.clip and each.clip_by == "value" else []
    gaps = {
        "range": "a range of gaps",
        "power_law": f"gaps by a power law of {each.gap_power:g}",
        "growing": f"a gap that grows at {each.grow_at:.0%}",
    }
    return [*parts, gaps[each.curriculum]] if each.curriculum in gaps else parts
