"""The training dock: the settings that all contestants share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.about import about, fields_of, live_fields
from sandbox.experiment import Experiment
from sandbox.gui.forms.rate_picture import RatePicture
from sandbox.gui.widgets.controls import Clip, ClipControl
from sandbox.gui.widgets.dock import column
from sandbox.gui.widgets.form import Form
from sandbox.gui.widgets.parts import fill, label

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.session import Session
    from sandbox.run.messages import Status

GROUPS = ("rate", "training")  # the picture of the learning rate stands between them


class TrainingPart(QWidget):
    """The settings that all contestants share; every edit goes to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        ways, clip = about(Experiment, "clip_by").words, about(Experiment, "clip")
        tip = f"{Experiment.model_fields['clip'].description}."
        made = {"clip": ClipControl(clip.label, tip, ways, clip.none)}
        self._rate, self._rest = (
            Form(Experiment, fields_of(Experiment, group), made=made) for group in GROUPS
        )
        self._forms = {name: form for form in (self._rate, self._rest) for name in form.names}
        for form in (self._rate, self._rest):
            form.edited.connect(self._edit)
        self.picture = RatePicture()
        self._lay_out()
        session.experiment_changed.connect(self._show)
        session.problem.connect(self._tell_refusal)
        session.beat.connect(self._show_step)
        session.run_opened.connect(self._show_step)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self.picture.set_palette(palette)

    def _show(self) -> None:
        experiment = self._session.experiment
        values: dict[str, Any] = {name: getattr(experiment, name) for name in self._forms}
        values["clip"] = Clip(experiment.clip_by, experiment.clip)
        for form in (self._rate, self._rest):
            form.show_values(values)
        self.picture.show_experiment(experiment)

    def _show_step(self) -> None:
        self.picture.show_step(self._session.shown.last_step)

    def _tell_refusal(self, status: Status) -> None:
        """Say under the field what only the worker can know, such as that there is no GPU."""
        field = (status.refused or "").partition(":")[0]
        if status.refused and field in self._forms:
            self._forms[field].say(field, status.refused)

    def _edit(self, name: str, value: object) -> None:
        fields = {name: value}
        if isinstance(value, Clip):
            fields = {"clip_by": value.by, "clip": value.limit}
        error = self._session.attempt(lambda experiment: experiment.changed(**fields))
        if error is not None:
            self._show()
            self._forms[name].refuse(name, error)

    def _lay_out(self) -> None:
        note = label(note_on_live_fields(), "note", wrap=True)
        fill(QVBoxLayout(self), column(self._rate, self.picture, self._rest, note, None))


def note_on_live_fields() -> str:
    """Which fields can change while the nets train."""
    live = live_fields(Experiment)
    *labels, last = (about(Experiment, n).label for n in Experiment.model_fields if n in live)
    names = f"{', '.join(labels)} and {last}".capitalize()
    return f"{names} can change while the nets train; the other fields start a new run."
