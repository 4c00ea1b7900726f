"""What the panels are shown, put together from a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.drawing.styles import line_styles
from sandbox.gui.panels.shared.views import CurveData, CurvesView, NetHead, NetsView, SequenceView
from sandbox.gui.session.session import MORE_STEPS, Session
from sandbox.run.differences import distinguish_contestants
from sandbox.run.messages import Phase
from sandbox.run.words import title

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.gui.session.curvebuffer import CurveBuffer
    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.recording import Recording
    from sandbox.tasks.base import Task

ENOUGH_STEPS = 25  # fewer tell nothing of where a net stands
FAR_BELOW, FAR_ABOVE = 0.1, 3.0  # an accuracy lower by it, a loss that many times as high
_WAITING = {
    False: "preparing the engine; the first time ever takes about twenty seconds",
    True: "preparing the engine; training starts by itself",
}


def sequence_view(session: Session) -> SequenceView:
    """The example on screen."""
    return SequenceView(session.task, session.examples, session.example)


def nets_view(session: Session, sequence: SequenceView, heads: Mapping[str, NetHead]) -> NetsView:
    """Pictures of the latest frame, under these heads."""
    waiting = _waiting(session) if session.phase is Phase.WARMING else ""
    return NetsView(sequence, heads, session.frame, waiting)


def heads(session: Session) -> dict[str, NetHead]:
    """What stands over every column now; the first nets of all contestants side by side."""
    cells = session.cells
    styles = line_styles(cells, session.experiment.looks)
    made = {}
    for key in sorted(cells, key=_replicate):
        cell = cells[key]
        smoothed = session.recording.smoothed(key, until=session.drawn_step)
        loss, accuracy = smoothed if smoothed is not None else (None, None)
        status, tone = _standing(session, key)
        made[key] = NetHead(title(key, cell), cell, styles[key], accuracy, loss, status, tone)
    return made


def _replicate(key: str) -> int:
    return int(key.partition("#")[2] or 0)


def curves_view(session: Session, overlays: tuple[Overlay, ...] = ()) -> CurvesView:
    """Everything measured so far, over curves of other runs; arrays are views."""
    cells, recording = session.cells, session.recording
    styles = line_styles(cells, session.experiment.looks)
    curves = {}
    for key, cell in cells.items():
        buffer = recording.curve(key)
        curves[key] = CurveData(
            title=title(key, cell),
            style=styles[key],
            steps=buffer.steps,
            loss=buffer.loss,
            accuracy=buffer.accuracy,
            grad_norm=buffer.grad_norm,
            evaluations=tuple(recording.tests.get(key, ())),
            solved_at=recording.solved_at.get(key),
            diverged_at=recording.diverged_at.get(key),
            loss_band=buffer.loss_band,
            accuracy_band=buffer.accuracy_band,
            generalisation=tuple(recording.generalisation.get(key, ())),
        )
    return CurvesView(
        session.task,
        curves,
        tuple(recording.changes),
        session.drawn_step,
        recording.clock,
        tuple(overlay for overlay in overlays if overlay.run != session.run),
        session.run,
        max((recording.curve(key).bin for key in cells), default=1),
    )


def phase_in_words(session: Session) -> str:
    """The run's state as the status bar says it."""
    step, phase = session.step_taken, session.phase
    if session.looking is not None:
        return f"looking back at step {session.looking:,} of {step:,}: Space goes on from the last"
    if session.all_diverged:
        return f"every net diverged by step {step:,}: try a smaller learning rate, then Restart"
    if phase is Phase.WARMING:
        doing = _preparing(session) or "warming up"
        return f"{doing}, training starts by itself" if session.training else doing
    if phase is Phase.READY:
        return "untrained: press Space to train"
    if phase is Phase.RUNNING:
        return "training: Space pauses"
    if phase is Phase.PAUSED:
        return f"paused at step {step:,}: Space goes on"
    if phase is Phase.FINISHED:
        return f"all {step:,} steps are taken: Train adds {MORE_STEPS:,} more"
    return session.refused or "stopped by an error: Train starts again"


def news(session: Session) -> tuple[str, bool]:
    """The last thing that was done or happened, in a sentence, and whether it is a bad thing."""
    if session.remark:
        return session.remark, False
    event = session.recording.last_event
    return (event.text, event.kind in ("diverged", "note")) if event is not None else ("", False)


def _preparing(session: Session) -> str:
    """What the worker says takes the time, where it is not the kernels."""
    return session.status.preparing if session.status is not None else ""


def _waiting(session: Session) -> str:
    """What stands in place of pictures while there are none."""
    doing = _preparing(session)
    if not doing:
        return _WAITING[session.training]
    then = "training starts by itself" if session.training else "this takes a few seconds"
    return f"{doing}; {then}"


def _standing(session: Session, key: str) -> tuple[str, str]:
    """A few words about one contestant, and their tone."""
    recording, phase, step = session.recording, session.phase, session.step_taken
    if session.looking is not None:
        return _standing_then(recording, key, session.drawn_step or 0)
    if key in recording.diverged_at:
        return f"diverged at step {recording.diverged_at[key]:,}", "wrong"
    if key in recording.solved_at:
        at = recording.solved_at[key]
        lost = _has_lost(session.task, recording.curve(key), at)
        return f"solved at step {at:,}{', lost since' * lost}", "wrong" if lost else "right"
    if phase is Phase.FAILED:
        return "stopped by an error", "wrong"
    if _is_far_worse(session.task, recording.curve(key)):
        return "loss far above guessing", "wrong"
    if phase is Phase.FINISHED:
        return f"not solved in {step:,} steps", "quiet"
    which = distinguish_contestants(session.experiment).get(key.partition("#")[0], "")
    state = "paused" if phase is Phase.PAUSED else ""
    if not step and not len(recording.curve(key)):
        state = "untrained"
    return " · ".join(word for word in (which, state) if word), "quiet"


def _standing_then(recording: Recording, key: str, step: int) -> tuple[str, str]:
    """The same for a step that is looked back at."""
    for words, places, tone in (
        ("diverged", recording.diverged_at, "wrong"),
        ("solved", recording.solved_at, "right"),
    ):
        if key in places and places[key] <= step:
            return f"{words} at step {places[key]:,}", tone
    return f"at step {step:,}" if step else "untrained", "quiet"


def _has_lost(task: Task, curve: CurveBuffer, solved_at: int) -> bool:
    """Whether training since then went far from the criterion that was met."""
    if min(len(curve), curve.last - solved_at) < ENOUGH_STEPS:  # a fork's curve begins later
        return False
    loss, accuracy = curve.smoothed(since=solved_at) or (0.0, 1.0)
    if task.criterion.metric == "accuracy":
        return accuracy < task.criterion.threshold - FAR_BELOW
    return loss > task.criterion.threshold * FAR_ABOVE


def _is_far_worse(task: Task, curve: CurveBuffer) -> bool:
    """Whether the loss is clearly above that of a net which has learned nothing that lasts."""
    smoothed = curve.smoothed()
    if smoothed is None or len(curve) < ENOUGH_STEPS:
        return False
    guessing = task.baselines[0].loss
    return smoothed[0] > max(1.5 * guessing, guessing + 0.3)
