"""The task dock: which task, its gap and parameters, and three examples."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandbox.gui.forms.curriculum_part import CurriculumPart
from sandbox.gui.forms.examples import Examples
from sandbox.gui.forms.gap import Gap
from sandbox.gui.forms.task_picker import TaskPicker
from sandbox.gui.session.session import EXAMPLES, NO_EXAMPLE, Session
from sandbox.gui.widgets.controls import DataControl
from sandbox.gui.widgets.dock import column
from sandbox.gui.widgets.form import CompactForm
from sandbox.gui.widgets.info import InfoButton, Term
from sandbox.gui.widgets.parts import fill, label
from sandbox.tasks.registry import with_param
from sandbox.tasks.shown import ShownSequence
from sandbox.validation import schema_of

if TYPE_CHECKING:
    from sandbox.drawing.styles import Palette
    from sandbox.tasks.base import Task


class TaskPart(QWidget):
    """Shows the session's task and passes every edit to the session."""

    data_wanted = Signal()  # the user wants to choose a data file

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session = session
        self._shown_task: type[Task] | None = None  # a class; reloading makes a new one
        self._form = CompactForm(session.task.Params, ())
        self.picker, self._gap, self._examples = TaskPicker(), Gap(), Examples(EXAMPLES)
        self._curriculum = CurriculumPart()
        self._info = InfoButton("gap")
        self._summary = label(role="quiet", wrap=True)
        self._form_place = QVBoxLayout()
        self._lay_out()
        self.picker.picked.connect(session.pick_task)
        self._gap.dragged.connect(partial(self._set_gap, coalesce=True))
        self._gap.let_go.connect(session.drag.end)
        self._gap.typed.connect(self._set_gap)
        self._gap.curriculum_chosen.connect(self._edit_curriculum)
        self._curriculum.edited.connect(self._edit_curriculum)
        self._examples.chosen.connect(session.select_example)
        session.experiment_changed.connect(self._show)
        session.example_changed.connect(self._examples.choose)
        session.beat.connect(self._show_growth)
        session.run_opened.connect(self._show_gaps)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._curriculum.set_palette(palette)
        self._examples.set_palette(palette)

    def _show(self) -> None:
        session, task = self._session, self._session.task
        if self._shown_task is not type(task):
            self._show_task()
        values = session.experiment.params
        if task.gap_field is not None:
            self._gap.show_value(int(values[task.gap_field]))
        self._form.show_values(values)
        self._form.hide_without_effect(values)
        self._gap.show_curriculum(session.experiment.curriculum)
        self._curriculum.show_experiment(session.experiment, task)
        self._show_gaps()
        views = [ShownSequence(task, session.drawn, index) for index in range(EXAMPLES)]
        chosen = session.example if session.own is None else NO_EXAMPLE
        self._examples.show_views(views, chosen)

    def _show_growth(self) -> None:
        if self._session.experiment.curriculum == "growing" and self.isVisible():
            self._show_gaps()

    def _show_gaps(self) -> None:
        session = self._session
        self._curriculum.show_gaps(session.experiment, session.task, session.shown)

    def _show_task(self) -> None:
        task = self._session.task
        self._shown_task = type(task)
        self.picker.show_task(task.name)
        self._summary.setText(task.summary)
        self._info.set_term(Term(f"What is “{task.title}”?", f"{task.explanation} {task.source}."))
        self._gap.show_field(
            task.gap_field or "gap",
            schema_of(task.Params)["properties"].get(task.gap_field or ""),
            f"fixed: at most {task.dependency} steps",
            task.mixed_lengths,
        )
        self._form_place.removeWidget(self._form)
        self._form.hide()
        self._form.deleteLater()
        names = [name for name in task.Params.model_fields if name != task.gap_field]
        self._form = CompactForm(task.Params, names)
        for control in self._form.findChildren(DataControl):
            control.asked.connect(self.data_wanted)
        self._form.edited.connect(self._edit_param)
        self._form_place.addWidget(self._form)
        self._form.setVisible(bool(names))

    def _set_gap(self, value: object, coalesce: bool = False) -> None:
        field = self._session.task.gap_field
        if field is None:
            return
        error = self._session.attempt(lambda e: with_param(e, field, value), coalesce)
        if error is not None:
            self._gap.show_value(int(self._session.experiment.params[field]))
            if not self._curriculum.refuse(error.field, error):
                self._gap.refuse(str(error))

    def _edit_curriculum(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: experiment.changed(**{name: value}))
        if error is not None:
            self._show()
            if not self._curriculum.refuse(name, error):
                self._gap.refuse(str(error))

    def _edit_param(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: with_param(experiment, name, value))
        if error is not None:
            self._form.show_values(self._session.experiment.params)
            if error.field in (name, *self._form.names):
                self._form.refuse(error.field, error)
            else:  # of the gap, which is not in the form
                whole = error.field.removeprefix("data.")  # a choice of the recipe
                self._form.say(name, str(error).replace(error.field, whole, 1))

    def _lay_out(self) -> None:
        pick = fill(QHBoxLayout(), self.picker, self._info, spacing=4, wide=self.picker)
        caption = label("examples (the marked one is on screen)", "caption")
        examples = fill(QVBoxLayout(), caption, self._examples, spacing=2)
        rows = (pick, self._summary, self._gap, self._curriculum, self._form_place, examples)
        fill(QVBoxLayout(self), column(*rows, None, spacing=6, margins=(12, 4, 12, 4)))
