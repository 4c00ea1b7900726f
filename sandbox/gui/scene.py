"""What the panels are shown, put together from a session."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.palette import line_styles
from sandbox.gui.session import MORE_STEPS, Session
from sandbox.gui.views import CurveData, CurvesView, NetHead, NetsView, SequenceView
from sandbox.run.messages import Phase
from sandbox.run.words import title

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAITING = {
    False: "warming up the engine; the first time takes about ten seconds",
    True: "warming up the engine; training starts by itself",
}


def sequence_view(session: Session) -> SequenceView:
    """The example on screen."""
    return SequenceView(session.task, session.examples, session.example)


def nets_view(session: Session, sequence: SequenceView, heads: Mapping[str, NetHead]) -> NetsView:
    """Pictures of the latest frame, under these heads."""
    waiting = _WAITING[session.training] if session.phase is Phase.WARMING else ""
    return NetsView(sequence, heads, session.frame, waiting)


def heads(session: Session) -> dict[str, NetHead]:
    """What stands over every contestant's column now."""
    cells = session.cells
    styles = line_styles(cells)
    made = {}
    for key, cell in cells.items():
        smoothed = session.recording.curve(key).smoothed()
        loss, accuracy = smoothed if smoothed is not None else (None, None)
        status, tone = _standing(session, key)
        made[key] = NetHead(title(key, cell), cell, styles[key], accuracy, loss, status, tone)
    return made


def curves_view(session: Session) -> CurvesView:
    """Everything measured so far; arrays are views, nothing is copied."""
    cells = session.cells
    styles = line_styles(cells)
    curves = {}
    for key, cell in cells.items():
        recording, buffer = session.recording, session.recording.curve(key)
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
        )
    return CurvesView(session.task, curves, tuple(session.recording.changes))


def phase_in_words(session: Session) -> str:
    """The run's state as the status bar says it."""
    step, phase = session.step_taken, session.phase
    if session.all_diverged:
        return f"every net diverged by step {step:,}: try a smaller learning rate, then Restart"
    if phase is Phase.WARMING:
        return "warming up, training starts by itself" if session.training else "warming up"
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
    """The last thing that happened in the run, in a sentence, and whether it is a bad thing."""
    event = session.recording.last_event
    return (event.text, event.kind in ("diverged", "note")) if event is not None else ("", False)


def _standing(session: Session, key: str) -> tuple[str, str]:
    """A few words about one contestant, and their tone."""
    recording, phase, step = session.recording, session.phase, session.step_taken
    if key in recording.diverged_at:
        return f"diverged at step {recording.diverged_at[key]:,}", "wrong"
    if key in recording.solved_at:
        return f"solved at step {recording.solved_at[key]:,}", "right"
    if phase is Phase.FAILED:
        return "stopped by an error", "wrong"
    if phase is Phase.FINISHED:
        return f"not solved in {step:,} steps", "quiet"
    if not step and not len(recording.curve(key)):
        return "untrained", "quiet"
    return ("paused", "quiet") if phase is Phase.PAUSED else ("", "quiet")
