"""The views of the panels and the words about the run, made from a session."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sandbox.drawing.errors_shown import UNTRAINED, ErrorsShown, NetShown
from sandbox.drawing.styles import line_styles
from sandbox.gui.panels.shared.views import CurveData, CurvesView, NetHead, NetsView
from sandbox.gui.session.recording import MORE_STEPS
from sandbox.run.differences import distinguish_contestants
from sandbox.run.messages import Phase
from sandbox.run.words import title, unsolved
from sandbox.tasks.base import Task
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gui.session.curvebuffer import CurveBuffer
    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.session import Session

NO_FORECASTS = "This task has nothing to forecast: only “Forecast a series” has."
ENOUGH_STEPS = 25  # fewer say nothing about where a net stands
LASTING_STEPS = 100  # for how long a loss is too high before that is said
FAR_BELOW, FAR_ABOVE = 0.1, 3.0  # an accuracy lower by it, a loss that many times as high


def sequence_view(session: Session) -> ShownSequence:
    """The sequence on screen: an example, or one of the person's own."""
    own = session.own
    remark = None if own is None else own.remark
    return ShownSequence(session.task, session.examples, session.index, remark=remark)


def nets_view(session: Session, sequence: ShownSequence, heads: Mapping[str, NetHead]) -> NetsView:
    """The latest frame, under these heads."""
    warming = session.feed.phase is Phase.WARMING
    waiting = _preparing(session, "preparing the engine", ";") if warming else ""
    frame = session.shown.frame
    if frame is not None and frame.probe is not session.examples:  # the next one is on its way
        index = session.example if frame.probe is session.drawn else 0
        sequence = ShownSequence(session.task, frame.probe, index)
    return operated(NetsView(sequence, heads, frame, waiting))


def operated(view: NetsView) -> NetsView:
    """The view with what is held in its nets, if anything is, and without it beside."""
    frame = view.frame
    if frame is None or not frame.cut:
        return view
    untouched = {key: frame.traces[key] for key in frame.cut}
    shown = replace(frame, traces={**frame.traces, **frame.cut})
    return replace(view, frame=shown, untouched=untouched)


def heads(session: Session) -> dict[str, NetHead]:
    """The head of every column at the step on screen; the first replicates come first."""
    cells, figures = session.shown.cells, session.shown.figures
    styles = line_styles(cells, session.experiment.looks)
    several = len(set(cells.values())) < len(cells)  # else there is nothing to tell apart
    which, made = distinguish_contestants(session.experiment) if several else {}, {}
    for key in sorted(cells, key=lambda key: int(key.partition("#")[2] or 0)):
        cell = cells[key]
        loss, accuracy = figures[key] or (None, None)
        called, words = title(key, cell), which.get(key.partition("#")[0], "")
        words = "" if words in called else words  # "LSTM bias 1" says it already
        status, tone = _standing(session, key, words)
        made[key] = NetHead(called, cell, styles[key], accuracy, loss, status, tone)
    return made


def curves_view(session: Session, overlays: tuple[Overlay, ...] = ()) -> CurvesView:
    """Everything measured so far, over curves of other runs; arrays are views."""
    cells, recording = session.shown.cells, session.shown.recording
    styles = line_styles(cells, session.experiment.looks)
    curves = {}
    for key, cell in cells.items():
        buffer = recording.curve(key)
        curves[key] = CurveData(
            key=key,
            cell=cell,
            title=title(key, cell),
            style=styles[key],
            steps=buffer.steps,
            loss=buffer.loss,
            accuracy=buffer.accuracy,
            grad_norm=buffer.grad_norm,
            bands=buffer.bands,
            evaluations=tuple(recording.tests.get(key, ())),
            solved_at=recording.solved_at.get(key),
            diverged_at=recording.diverged_at.get(key),
            generalisation=tuple(recording.generalisation.get(key, ())),
        )
    return CurvesView(
        session.task,
        curves,
        tuple(recording.changes),
        step_marked(session),
        recording.clock,
        tuple(overlay for overlay in overlays if overlay.run != session.run),
        session.run,
        max((recording.curve(key).bin for key in cells), default=1),
    )


def errors_shown(session: Session) -> ErrorsShown | None:
    """The latest errors by steps ahead of the run on screen; None while there are none."""
    shown = session.shown
    measured, recording = shown.measured, shown.recording
    if measured is None or measured.found is None:
        return None
    styles = line_styles(shown.cells, session.experiment.looks)
    nets = {}
    for key in measured.found.nets:
        diverged, step = recording.diverged_at.get(key), measured.step
        standing = "" if recording.smoothed(key, until=step) is not None else UNTRAINED
        if diverged is not None and diverged <= step:
            standing = f"diverged at step {diverged:,}"
        nets[key] = NetShown(title(key, shown.cells[key]), styles[key], standing)
    return ErrorsShown(measured.found, measured.step, nets)


def forecasts(task: Task) -> bool:
    """Whether the task has series to forecast several steps ahead."""
    return type(task).ahead is not Task.ahead


def no_errors(session: Session) -> str:
    """Why there are no errors by steps ahead, in a sentence."""
    measured, phase = session.shown.measured, session.feed.phase
    if not forecasts(session.task):
        return NO_FORECASTS
    if session.shown.refused or phase is Phase.FAILED:
        return session.shown.refused or "The run was stopped by an error."
    if measured is None:
        return "Preparing the engine …" if phase is Phase.WARMING else "Measuring …"
    if measured.steps == 1:
        return "Too few values are held out for a forecast: use a longer table, or a smaller gap."
    return (
        f"Too few values are held out to forecast {measured.steps:,} steps ahead: choose fewer, or "
        "use a longer table."
    )


def step_marked(session: Session) -> int | None:
    """The step on screen, to be marked in the curves while a person looks back."""
    return None if session.shown.looking is None else session.shown.step


def phase_in_words(session: Session) -> str:
    """The state of the run and what to do next, for the status line."""
    shown, phase = session.shown, session.feed.phase
    last = shown.last_step
    if shown.looking is not None:
        return (
            f"looking back at step {shown.looking:,} of {last:,}: Space resumes from the last step"
        )
    if shown.all_diverged:
        return f"every net diverged by step {last:,}: try a smaller learning rate, then Restart"
    if phase is Phase.WARMING:
        return _preparing(session, "warming up", ",")
    if phase is Phase.READY:
        return "untrained: press Space to train"
    if phase is Phase.RUNNING:
        begun = last > shown.first_step
        return f"{'training' if begun else 'preparing the first steps'}: Space pauses"
    if phase is Phase.PAUSED:
        return f"paused at step {last:,}: Space resumes"
    if phase is Phase.FINISHED:
        return f"finished: {last:,} steps, Space trains {MORE_STEPS:,} more"
    return shown.refused or "stopped by an error: Train starts again"


def train_words(session: Session) -> str:
    """What the large button does."""
    if session.feed.training:
        return "Pause"
    if session.shown.all_diverged or session.feed.phase is Phase.FAILED:
        return "Start again"
    return f"Train {MORE_STEPS:,} more" if session.feed.phase is Phase.FINISHED else "Train"


def news(session: Session) -> tuple[str, bool]:
    """The latest action or event, in a sentence, and whether it is bad."""
    if session.remark:
        return session.remark, False
    event = session.shown.recording.last_event
    return (event.text, event.kind in ("diverged", "note")) if event is not None else ("", False)


def _preparing(session: Session, otherwise: str, apart: str) -> str:
    """What is being prepared, as far as the worker has reported, and what follows if anything."""
    status = session.shown.status
    doing = (status.preparing if status is not None else "") or otherwise
    return f"{doing}{apart} training starts by itself" if session.feed.training else doing


def _standing(session: Session, key: str, which: str) -> tuple[str, str]:
    """The status of one net at the step on screen, in a few words, and its tone.

    which: what sets its contestant apart, "" if nothing.
    """
    shown, recording, step = session.shown, session.shown.recording, session.shown.step
    diverged, solved = recording.diverged_at.get(key), recording.solved_at.get(key)
    if diverged is not None and diverged <= step:
        return f"diverged at step {diverged:,}", "wrong"
    if solved is not None and solved <= step:
        lost = shown.looking is None and _has_lost(session.task, recording.curve(key), solved)
        why, limit = ", lost since" if lost else "", session.task.criterion
        if limit.metric == "loss" and not lost:  # else the share of right answers stands beside it
            why = f": mean loss below {limit.threshold:.3g}"
            units = session.task.in_units(limit.threshold)
            why += f" ({units})" if units else ""
        return f"solved at step {solved:,}{why}", "wrong" if lost else "right"
    if shown.looking is not None:
        return f"at step {step:,}" if step else "untrained", "quiet"
    if session.feed.phase is Phase.FAILED:
        return "stopped by an error", "wrong"
    if _is_far_worse(session.task, recording.curve(key)):
        return "loss far above guessing", "wrong"
    if session.feed.phase is Phase.FINISHED:
        last = recording.evaluated.get(key)
        why = unsolved(session.task, last.splits) if last and last.step == shown.last_step else ""
        return f"not solved: {why}" if why else f"not solved in {shown.last_step:,} steps", "quiet"
    state = "paused" if session.feed.phase is Phase.PAUSED else ""
    if not step and not len(recording.curve(key)):
        state = "untrained"
    return " · ".join(word for word in (which, state) if word), "quiet"


def _has_lost(task: Task, curve: CurveBuffer, solved_at: int) -> bool:
    """Whether the net is far from the criterion that it met at step `solved_at`."""
    if min(len(curve), curve.last - solved_at) < ENOUGH_STEPS:  # a fork's curve begins later
        return False
    loss, accuracy = curve.smoothed(since=solved_at) or (0.0, 1.0)
    if task.criterion.metric == "accuracy":
        return accuracy < task.criterion.threshold - FAR_BELOW
    return loss > task.criterion.threshold * FAR_ABOVE


def _is_far_worse(task: Task, curve: CurveBuffer) -> bool:
    """Whether the loss has long been far above the baseline and above the untrained net's."""
    if len(curve) < LASTING_STEPS:
        return False
    guessing = max(task.baselines[0].loss, float(curve.loss[0]))
    limit = max(1.5 * guessing, guessing + 0.3)
    lately = (curve.smoothed(), curve.smoothed(until=curve.last - LASTING_STEPS // 2))
    return all(both is not None and both[0] > limit for both in lately)
