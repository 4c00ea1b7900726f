"""The gap as one slider with its value, for a presentation."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit
from sandbox.gui.widgets.parts import fill, label
from sandbox.tasks.registry import with_param

if TYPE_CHECKING:
    from sandbox.gui.session.session import Session

WIDE_PX = 150


class GapSlider(QWidget):
    """Sets the gap of the session's task; disabled for a task without one."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._slider, self._words = QSlider(Qt.Orientation.Horizontal), label(role="caption")
        fit(self._slider, width=WIDE_PX)
        self._slider.setAccessibleName("Gap")
        fill(QVBoxLayout(self), self._slider, self._words, spacing=0)
        self._slider.valueChanged.connect(self._set)
        self._slider.sliderReleased.connect(session.drag.end)
        session.experiment_changed.connect(self.show_gap)
        self.show_gap()

    def show_gap(self, *_: object) -> None:
        """Show the gap in force and its range."""
        task, experiment = self._session.task, self._session.experiment
        field = task.gap_field
        self._slider.setEnabled(field is not None)
        if field is None:
            self._words.setText(f"gap fixed: {task.dependency} steps")
            return
        schema = task.Params.model_json_schema()["properties"][field]
        value = int(experiment.params[field])
        with QSignalBlocker(self._slider):
            self._slider.setRange(int(schema["minimum"]), int(schema["maximum"]))
            self._slider.setValue(value)
        self._words.setText(f"{field} {value:,}")
        self._slider.setToolTip(f"{schema.get('description', field)}.")

    def _set(self, value: int) -> None:
        field = self._session.task.gap_field
        if field is not None:
            self._session.attempt(lambda e: with_param(e, field, value), coalesce=True)
