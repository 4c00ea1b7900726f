"""The large step counter, with pace and time beside it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import LARGE_PX, TEXT_PX, fit, scale, width_of
from sandbox.gui.widgets.parts import fill, label
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase

if TYPE_CHECKING:
    from sandbox.gui.session.session import Session

NEARLY = 0.8  # of the wanted pace; below that the real one is shown
NONE = "–"


class Counter(QWidget):
    """The step on screen, steps a second and seconds, in columns of fixed width."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._done = session, False
        self.setAccessibleName("Progress")
        self._details: list[QLabel] = []
        self._step = _figure(LARGE_PX + 4, "888,888", bold=True)
        self._pace = _figure(TEXT_PX + 2, "88,888", bold=False)
        self._seconds = _figure(TEXT_PX + 2, "88,888.8", bold=False)
        self._of = _caption("of 8,888,888 steps")
        self._since = _caption("seconds of training")
        columns = []
        for figure, caption in (
            (self._step, self._of),
            (self._pace, _caption("steps a second")),
            (self._seconds, self._since),
        ):
            columns.append(fill(QVBoxLayout(), figure, caption, spacing=0))
            self._details += [figure, caption] if figure is not self._step else []
        fill(QHBoxLayout(self), *columns, spacing=12)
        for signal in (
            session.frame_arrived,
            session.status_changed,
            session.looked_back,
            session.run_opened,
            session.experiment_changed,
            session.training_changed,
        ):
            signal.connect(self.show_progress)
        session.beat.connect(self._show_pace)
        self.show_progress()

    def present(self, presenting: bool) -> None:
        """Show the step alone, or pace and time too."""
        for widget in self._details:
            widget.setHidden(presenting)

    def show_progress(self, *_: object) -> None:
        """Show the step that the panels show, and whether it was the last."""
        shown, session = self._session.shown, self._session
        done = session.feed.phase is Phase.FINISHED and shown.looking is None
        self._step.setText(f"{shown.step:,}")
        self._of.setText("finished" if done else f"of {session.experiment.steps:,} steps")
        if self._done != done:
            self._done = done
            self._of.setProperty("role", "done" if done else "caption")
            self._of.style().polish(self._of)
        self._seconds.setText(f"{shown.seconds:,.1f}")
        self._since.setText("seconds since the fork" if shown.origin else "seconds of training")
        self._show_pace()

    def _show_pace(self) -> None:
        """Show the pace; the wanted one while nearly kept, since a block's steps come together."""
        status, wanted = self._session.shown.status, self._session.feed.speed
        pace = status.steps_per_s if status is not None else 0.0
        if wanted != FULL_SPEED and pace > NEARLY * wanted:
            pace = wanted
        words = f"{pace:,.0f}" if pace >= 10 else f"{pace:.1f}"
        self._pace.setText(words if self._session.feed.phase is Phase.RUNNING else NONE)
        self.setAccessibleDescription(
            f"step {self._step.text()} {self._of.text()}, {self._pace.text()} steps a second, "
            f"{self._seconds.text()} {self._since.text()}"
        )


def _figure(pixels: int, widest: str, bold: bool) -> QLabel:
    made = QLabel()
    width = round(width_of(widest, pixels, bold=bold) / scale()) + 1
    fit(made, type=pixels, bold=bold, least_width=width, height=28)
    made.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    made.setContentsMargins(0, 0, 0, (LARGE_PX + 4 - pixels) // 4)
    return made


def _caption(words: str) -> QLabel:
    made = label(words, "caption")
    made.setAlignment(Qt.AlignmentFlag.AlignRight)
    return made
