"""The task: what has to be remembered, over how many steps, and three examples of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from sandbox.gui.dock import column
from sandbox.gui.examples import Examples
from sandbox.gui.form import CompactForm, Form
from sandbox.gui.gap import Gap
from sandbox.gui.info import InfoButton
from sandbox.gui.palette import DARK, Palette
from sandbox.gui.session import EXAMPLES, Session
from sandbox.gui.task_picker import TaskPicker
from sandbox.gui.term import Term
from sandbox.gui.views import SequenceView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.experiment import Experiment
    from sandbox.gui.theme import Painted


class TaskPart(QWidget):
    """Picker, gap, parameters and examples; every edit goes to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._shown_task = ""
        self._form: Form | None = None
        self._picker, self._gap, self._examples = TaskPicker(), Gap(), Examples(EXAMPLES)
        self._info = InfoButton("gap")
        self._summary = QLabel()
        self._summary.setWordWrap(True)
        self._summary.setProperty("role", "quiet")
        self._form_place = QVBoxLayout()
        self._lay_out()
        self._picker.picked.connect(self._pick_task)
        self._gap.dragged.connect(self._drag_gap)
        self._gap.let_go.connect(session.end_drag)
        self._gap.typed.connect(self._type_gap)
        self._examples.chosen.connect(session.select_example)
        session.experiment_changed.connect(self._follow)
        session.example_changed.connect(self._examples.choose)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        parts: list[Painted] = [self._gap, self._examples, self._info]
        for part in [*parts, *([self._form] if self._form else [])]:
            part.set_palette(palette)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._show()

    def _show(self) -> None:
        session, task = self._session, self._session.task
        if self._shown_task != task.name:
            self._show_task()
        values = session.experiment.params
        if task.gap_field is not None:
            self._gap.show_value(int(values[task.gap_field]))
        if self._form is not None:
            self._form.show_values(values)
        views = [SequenceView(task, session.examples, index) for index in range(EXAMPLES)]
        self._examples.show_views(views, session.example)

    def _show_task(self) -> None:
        task = self._session.task
        self._shown_task = task.name
        self._picker.show_task(task.name)
        self._summary.setText(task.summary)
        self._info.set_term(Term(f"What is “{task.title}”?", f"{task.explanation} {task.source}."))
        self._gap.show_field(
            task.gap_field or "gap",
            self._schemas().get(task.gap_field or ""),
            f"fixed: at most {task.dependency} steps",
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
            self._form = CompactForm(task.Params, names)
            self._form.edited.connect(self._edit_param)
            self._form.set_palette(self._colors)
            self._form_place.addWidget(self._form)

    def _schemas(self) -> Mapping[str, Mapping[str, Any]]:
        schemas: Mapping[str, Mapping[str, Any]]
        schemas = self._session.task.Params.model_json_schema()["properties"]
        return schemas

    def _pick_task(self, name: str) -> None:
        if name != self._session.experiment.task:
            self._session.attempt(lambda experiment: experiment.changed(task=name, params={}))

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
            self._gap.refuse(str(error))

    def _edit_param(self, name: str, value: object) -> None:
        error = self._session.attempt(lambda experiment: with_param(experiment, name, value))
        if error is not None and self._form is not None:
            self._form.show_values(self._session.experiment.params)
            self._form.refuse(name, error)

    def _lay_out(self) -> None:
        content, layout = column(6)
        margins = layout.contentsMargins()
        margins.setBottom(4)
        layout.setContentsMargins(margins)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        pick = QHBoxLayout()
        pick.setSpacing(4)
        pick.addWidget(self._picker, 1)
        pick.addWidget(self._info)
        layout.addLayout(pick)
        layout.addWidget(self._summary)
        layout.addWidget(self._gap)
        layout.addLayout(self._form_place)
        caption = QLabel("examples: the marked one is shown")
        caption.setProperty("role", "caption")
        examples = QVBoxLayout()
        examples.setSpacing(2)
        examples.addWidget(caption)
        examples.addWidget(self._examples)
        layout.addLayout(examples)
        layout.addStretch(1)


def with_param(experiment: Experiment, name: str, value: object) -> Experiment:
    """The experiment with another value of one of its task's parameters."""
    return experiment.changed(params={**experiment.params, name: value})
