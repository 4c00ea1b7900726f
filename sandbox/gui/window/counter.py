"""The large step counter, with pace and time beside it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandbox.gui.look.fitting import fit
from sandbox.gui.look.typeface import LARGE_PX, TEXT_PX, scale, width_of
from sandbox.run.control import FULL_SPEED
from sandbox.run.messages import Phase, Status

NEARLY = 0.8


class Counter(QWidget):
    """Step, steps a second and seconds, in columns of fixed width that do not dance."""

    def __init__(self) -> None:
        super().__init__()
        self.setAccessibleName("Progress")
        self._step = _figure(LARGE_PX + 4, "888,888", bold=True)
        self._pace = _figure(TEXT_PX + 2, "88,888")
        self._seconds = _figure(TEXT_PX + 2, "88,888.8")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(12)
        for label, caption in (
            (self._step, "step"),
            (self._pace, "steps a second"),
            (self._seconds, "seconds of training"),
        ):
            row.addLayout(_captioned(label, caption))
        self.show_status(None)

    def show_status(self, status: Status | None, wished: float = FULL_SPEED) -> None:
        """Show where the run is; the `wished` pace for as long as it is about kept."""
        step, pace, seconds = (
            (status.step, status.steps_per_s, status.seconds)
            if status
            else (
                0,
                0.0,
                0.0,
            )
        )
        if wished != FULL_SPEED and pace > NEARLY * wished:  # a block at once, then a rest
            pace = wished
        running = status is not None and status.phase is Phase.RUNNING
        self._step.setText(f"{step:,}")
        self._pace.setText(_pace(pace) if running else "–")
        self._seconds.setText(f"{seconds:,.1f}")
        self.setAccessibleDescription(
            f"step {step:,}, {self._pace.text()} steps a second, {seconds:,.1f} seconds"
        )


def _pace(steps_per_s: float) -> str:
    return f"{steps_per_s:,.0f}" if steps_per_s >= 10 else f"{steps_per_s:.1f}"


def _figure(pixels: int, widest: str, bold: bool = False) -> QLabel:
    label = QLabel()
    width = round(width_of(widest, pixels, bold=bold) / scale()) + 1
    fit(label, type=pixels, bold=bold, least_width=width, height=28)
    label.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
    label.setContentsMargins(0, 0, 0, (LARGE_PX + 4 - pixels) // 4)
    return label


def _captioned(label: QLabel, caption: str) -> QVBoxLayout:
    words = QLabel(caption)
    words.setProperty("role", "caption")
    words.setAlignment(Qt.AlignmentFlag.AlignRight)
    column = QVBoxLayout()
    column.setSpacing(0)
    column.addWidget(label)
    column.addWidget(words)
    return column
