"""The task dock: which task, its gap and parameters, and three examples."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandbox.about import about
from sandbox.drawing.styles import DARK, Palette, line_styles
from sandbox.gui.forms.curriculum_part import CurriculumPart
from sandbox.gui.forms.examples import Examples
from sandbox.gui.forms.gap import Gap
from sandbox.gui.forms.task_picker import TaskPicker
from sandbox.gui.look.fitting import fit
from sandbox.gui.panels.shared.views import SequenceView
from sandbox.gui.session.session import EXAMPLES, Session
from sandbox.gui.widgets.controls import Control, DataControl
from sandbox.gui.widgets.dock import column
from sandbox.gui.widgets.explanations import Term
from sandbox.gui.widgets.form import CONTROL_PX, CompactForm, Form
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label
from sandbox.tasks.registry import with_param

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import Experiment
    from sandbox.gui.look.theme import Painted
    from sandbox.tasks.base import Task


class TaskPart(QWidget):
    """Shows the session's task and passes every edit to the session."""

    data_wanted = Signal()  # the user wants to choose a data file

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._shown_task: type[Task] | None = None  # a class; reloading makes a new one
        self._form: Form | None = None
        self._picker, self._gap, self._examples = TaskPicker(), Gap(), Examples(EXAMPLES)
        self._curriculum = CurriculumPart()
        self._info = InfoButton("gap")
        self._summary = label(role="quiet", wrap=True)
        self._form_place = QVBoxLayout()
        self._lay_out()
        self._picker.picked.connect(session.pick_task)
        self._gap.dragged.connect(self._drag_gap)
        self._gap.let_go.connect(session.drag.end)
        self._gap.typed.connect(self._type_gap)
        self._gap.curriculum_chosen.connect(self._choose_curriculum)
        self._curriculum.edited.connect(self._edit_curriculum)
        self._examples.chosen.connect(session.select_example)
        session.experiment_changed.connect(self._follow)
        session.example_changed.connect(self._examples.choose)
        session.beat.connect(self._show_growth)
        session.run_opened.connect(self._show_gaps)
        self._show()

    @property
    def picker(self) -> TaskPicker:
        """The list of tasks."""
        return self._picker

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        parts: list[Painted] = [self._gap, self._curriculum, self._examples, self._info]
        for part in [*parts, *([self._form] if self._form else [])]:
            part.set_palette(palette)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._show()

    def _show(self) -> None:
        session, task = self._session, self._session.task
        if self._shown_task is not type(task):
            self._show_task()
        values = session.experiment.params
        if task.gap_field is not None:
            self._gap.show_value(int(values[task.gap_field]))
        if self._form is not None:
            self._form.show_values(values)
            self._form.hide_rows(self._without_effect(values))
        self._gap.show_curriculum(session.experiment.curriculum)
        self._curriculum.show_experiment(session.experiment, task)
        self._show_gaps()
        views = [SequenceView(task, session.examples, index) for index in range(EXAMPLES)]
        self._examples.show_views(views, session.example)

    def _show_growth(self) -> None:
        if self._session.experiment.curriculum == "growing" and self.isVisible():
            self._show_gaps()

    def _show_gaps(self) -> None:
        """Show which gaps are trained on, and how far a growing gap is for each net."""
        session = self._session
        if self._curriculum.isHidden():
            return
        styles = line_styles(session.shown.cells, session.experiment.looks)
        grown = session.shown.recording.gap_of
        self._curriculum.show_gaps(
            session.experiment, session.task, styles, session.shown.cells, grown
        )

    def _show_task(self) -> None:
        task = self._session.task
        self._shown_task = type(task)
        self._picker.show_task(task.name)
        self._summary.setText(task.summary)
        self._info.set_term(Term(f"What is “{task.title}”?", f"{task.explanation} {task.source}."))
        self._gap.show_field(
            task.gap_field or "gap",
            self._schemas().get(task.gap_field or ""),
            f"fixed: at most {task.dependency} steps",
            task.mixed_lengths,
        )
        self._make_form()

    def _make_form(self) -> None:
        if self._form is not None:
            self._form_place.removeWidget(self._form)
            self._form.hide()
            self._form.deleteLater()
            self._form = None
        task = self._session.task
        names = [name for name in task.Params.model_fields if name != task.gap_field]
        if names:
            made = self._data_controls(names)
            self._form = CompactForm(task.Params, names, made=made)
            for control in made.values():
                fit(control, width=CONTROL_PX)
            self._form.edited.connect(self._edit_param)
            self._form.set_palette(self._colors)
            self._form_place.addWidget(self._form)

    def _data_controls(self, names: list[str]) -> dict[str, Control]:
        """Controls of fields that name a data file."""
        made: dict[str, Control] = {}
        kind = self._session.task.Params
        for name in names:
            told = about(kind, name)
            if told.shown_as == "data":
                control = DataControl(name, told.label, f"{kind.model_fields[name].description}.")
                control.asked.connect(self.data_wanted)
                made[name] = control
        return made

    def _without_effect(self, values: Mapping[str, Any]) -> list[str]:
        """The parameters that have no effect where the others have these values."""
        kind = self._session.task.Params
        return [name for name in kind.model_fields if not about(kind, name).has_effect(values)]

    def _schemas(self) -> Mapping[str, Mapping[str, Any]]:
        schemas: Mapping[str, Mapping[str, Any]]
        schemas = self._session.task.Params.model_json_schema()["properties"]
        return schemas

    def _drag_gap(self, value: int) -> None:
        self._set_gap(value, coalesce=True)

    def _type_gap(self, value: object) -> None:
        self._set_gap(value, coalesce=False)

    def _set_gap(self, value: object, coalesce: bool) -> None:
        field = self._session.task.gap_field
        if field is None:
            return
        error = self._session.attempt(lambda e: with_param(e, field, value), coalesce)
        if error is not None:
            self._gap.show_value(int(self._session.experiment.params[field]))
            if not self._curriculum.refuse(error.field, error):
                self._gap.refuse(str(error))

    def _choose_curriculum(self, name: str) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(curriculum=name))
        if error is not None:
            self._gap.show_curriculum(self._session.experiment.curriculum)
            self._gap.refuse(str(error))

    def _edit_curriculum(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(**{name: value}))
        if error is not None:
            self._show()
            self._curriculum.refuse(name, error)

    def _edit_param(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: with_param(experiment, name, value))
        if error is not None and self._form is not None:
            self._form.show_values(self._session.experiment.params)
            if error.field in (name, *self._form.names):
                self._form.refuse(error.field, error)
            else:  # of the gap, which is not in the form
                self._form.say(name, str(error))

    def _lay_out(self) -> None:
        pick = fill(QHBoxLayout(), self._picker, self._info, spacing=4, wide=self._picker)
        caption = label("examples (the marked one is on screen)", "caption")
        examples = fill(QVBoxLayout(), caption, self._examples, spacing=2)
        rows = (pick, self._summary, self._gap, self._curriculum, self._form_place, examples)
        fill(QVBoxLayout(self), column(*rows, None, spacing=6, margins=(12, 4, 12, 4)))
