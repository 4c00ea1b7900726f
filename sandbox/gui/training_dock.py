"""How the nets are trained: what holds for every contestant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sandbox.experiment import Experiment
from sandbox.gui.dock import column
from sandbox.gui.form import Form

if TYPE_CHECKING:
    from sandbox.gui.palette import Palette
    from sandbox.gui.session import Session
    from sandbox.run.messages import Status

FIELDS = ("lr", "clip", "optimizer", "batch", "steps", "replicates", "device")
NOTE = "Learning rate, clip and steps can change while the nets train; the others start a new run."


class TrainingPart(QWidget):
    """What holds for all contestants; every edit goes to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._form = Form(Experiment, FIELDS)
        self._form.edited.connect(self._edit)
        note = QLabel(NOTE)
        note.setWordWrap(True)
        note.setProperty("role", "note")
        content, layout = column(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        layout.addWidget(self._form)
        layout.addWidget(note)
        layout.addStretch(1)
        session.experiment_changed.connect(self._follow)
        session.problem.connect(self._tell_refusal)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._form.set_palette(palette)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._show()

    def _show(self) -> None:
        self._form.show_values({name: getattr(self._session.experiment, name) for name in FIELDS})

    def _tell_refusal(self, status: Status) -> None:
        """Say under the field what only the worker could tell, such as that there is no GPU."""
        field = (status.refused or "").partition(":")[0]
        if status.refused and field in FIELDS:
            self._form.say(field, status.refused)

    def _edit(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(**{name: value}))
        if error is not None:
            self._show()
            self._form.refuse(name, error)
