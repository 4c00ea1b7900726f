"""Below the gap: what its range, law or growth is decided by, and what is trained on then."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.experiment import Experiment
from sandbox.gui.forms.gaps_picture import Gaps, GapsPicture, Stand
from sandbox.gui.widgets.form import FormAcross
from sandbox.run.words import title
from sandbox.tasks.curriculum import gaps, longest, lowest, probabilities

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.drawing.styles import LineStyle, Palette
    from sandbox.tasks.base import Task
    from sandbox.validation import ExperimentError

FIELDS: Mapping[str, tuple[str, ...]] = {
    "fixed": (),
    "range": ("gap_from",),
    "power_law": ("gap_from", "gap_power"),
    "growing": ("gap_from", "grow_by", "grow_at"),
}
SHORTEST = "shortest"
RANGES: Mapping[str, str] = {  # as short as three beside each other have to be
    "gap_power": "-5 to 5",
    "grow_by": "over 1, to 100",
    "grow_at": "over 0, to 1",
}


class FieldsAcross(FormAcross):
    """The fields of a curriculum beside each other."""

    WIDTHS: Mapping[str, int] = {"gap_from": 82, "gap_power": 82, "grow_by": 72, "grow_at": 72}
    CAPTIONS: Mapping[str, str] = {
        "gap_power": "power",
        "grow_by": "next gap ×",
        "grow_at": "at accuracy",
    }


def varies(experiment: Experiment, task: Task) -> bool:
    """Whether more than one gap may be trained on."""
    return experiment.curriculum != "fixed" and task.gap_field is not None


class CurriculumPart(QWidget):
    """Nothing at all for a fixed gap; else its fields and the picture."""

    edited = Signal(str, object)  # field of the experiment, value

    def __init__(self) -> None:
        super().__init__()
        self._forms: dict[str, FormAcross] = {}
        self.picture = GapsPicture()
        self._palette: Palette | None = None
        self._place = QVBoxLayout()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 2, 0, 2)
        column.setSpacing(4)
        column.addLayout(self._place)
        column.addWidget(self.picture)
        self.hide()

    def show_experiment(self, experiment: Experiment, task: Task) -> None:
        """Show the fields in force; they are made when they are first wanted."""
        choice = experiment.curriculum
        for name, form in self._forms.items():
            form.setVisible(name == choice)
        self.setVisible(varies(experiment, task))
        if self.isHidden():
            return
        if choice not in self._forms:
            self._make(choice)
        names = FIELDS[choice]
        self._forms[choice].show_values({name: getattr(experiment, name) for name in names})
        notes = {"gap_from": f"{lowest(task):,} to {longest(task):,}", **RANGES}
        for name in names:
            self._forms[choice].note(name, notes[name])

    def show_gaps(
        self,
        experiment: Experiment,
        task: Task,
        styles: Mapping[str, LineStyle],
        cells: Mapping[str, str],
        gap_of: Mapping[str, int],
    ) -> None:
        """Draw what is trained on; gap_of: what the gap has grown to, by net's key."""
        if self.isHidden() or not varies(experiment, task):
            return
        every = tuple(gaps(experiment, task).tolist())
        if experiment.curriculum != "growing":
            likely = probabilities(experiment, task).tolist()
            self.picture.show_gaps(Gaps(every, tuple(likely)))
            return
        stands = tuple(
            Stand(title(key, cell), styles[key], gap_of.get(key, every[0]))
            for key, cell in cells.items()
        )
        self.picture.show_gaps(Gaps(every, (), stands))

    def refuse(self, name: str, error: ExperimentError) -> bool:
        """Say under a field why its value was not taken; whether it has such a field on screen."""
        form = next((f for f in self._forms.values() if not f.isHidden()), None)
        if form is None or name not in form.names:
            return False
        form.refuse(name, error)
        return True

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        self.picture.set_palette(palette)
        for form in self._forms.values():
            form.set_palette(palette)

    def _make(self, choice: str) -> None:
        form = FieldsAcross(Experiment, FIELDS[choice], none=SHORTEST)
        form.edited.connect(self.edited)
        if self._palette is not None:
            form.set_palette(self._palette)
        self._forms[choice] = form
        self._place.addWidget(form)
        form.show()  # now, so that it can take the focus
