"""Below the gap: the fields of its curriculum, and a picture of the gaps trained on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.about import fields_of
from sandbox.drawing.styles import line_styles
from sandbox.experiment import Experiment
from sandbox.gui.forms.gaps_picture import Gaps, GapsPicture, Stand
from sandbox.gui.widgets.form import FormAcross
from sandbox.gui.widgets.parts import fill
from sandbox.run.words import title
from sandbox.tasks.curriculum import gaps, longest, lowest, probabilities

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.shown_run import ShownRun
    from sandbox.tasks.base import Task
    from sandbox.validation import ExperimentError

SHORTEST = "gap_from"  # the field whose limits are the task's


class FieldsAcross(FormAcross):
    """The fields of a curriculum side by side."""

    NUMBER_PX = 92


def varies(experiment: Experiment, task: Task) -> bool:
    """Whether more than one gap may be trained on."""
    return experiment.curriculum != "fixed" and task.gap_field is not None


class CurriculumPart(QWidget):
    """The fields of a curriculum and the picture; hidden while the gap is fixed."""

    edited = Signal(str, object)  # field of the experiment, value

    def __init__(self) -> None:
        super().__init__()
        self._form = FieldsAcross(Experiment, fields_of(Experiment, "curriculum"))
        self._form.edited.connect(self.edited)
        self.picture = GapsPicture()
        fill(QVBoxLayout(self), self._form, self.picture, spacing=4, margins=(0, 2, 0, 2))
        self.hide()

    def show_experiment(self, experiment: Experiment, task: Task) -> None:
        """Show the fields of the curriculum in force."""
        self.setVisible(varies(experiment, task))
        values = {name: getattr(experiment, name) for name in ("curriculum", *self._form.names)}
        self._form.show_values(values)
        self._form.hide_without_effect(values)
        if task.gap_field is not None:
            self._form.note(SHORTEST, f"{lowest(task):,} to {longest(task):,}")

    def show_gaps(self, experiment: Experiment, task: Task, shown: ShownRun) -> None:
        """Draw the gaps trained on, and how far a growing gap is for each net."""
        if self.isHidden() or not varies(experiment, task):
            return
        every = tuple(gaps(experiment, task).tolist())
        if experiment.curriculum != "growing":
            likely = probabilities(experiment, task).tolist()
            self.picture.show_gaps(Gaps(every, tuple(likely)))
            return
        styles, grown = line_styles(shown.cells, experiment.looks), shown.recording.gap_of
        stands = tuple(
            Stand(title(key, cell), styles[key], grown.get(key, every[0]))
            for key, cell in shown.cells.items()
        )
        self.picture.show_gaps(Gaps(every, (), stands))

    def refuse(self, name: str, error: ExperimentError) -> bool:
        """Say under a field why its value was refused; returns whether that field is on screen."""
        seen = name in self._form.names and not self._form.control(name).isHidden()
        if seen and not self.isHidden():
            self._form.refuse(name, error)
            return True
        return False

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self.picture.set_palette(palette)
