"""Cells of one's own in the window: a new one, that of a contestant, one in a file."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QColor

from sandbox.cells.known import OWN, called, checked, free_name, usual_name
from sandbox.cells.nodes import EquationError
from sandbox.contestants import OwnContestant, with_cell
from sandbox.store.cell_files import example, text_in
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.contestants import AnyContestant
    from sandbox.experiment import Experiment
    from sandbox.gui.look.theme import Theme
    from sandbox.gui.own.cell_editor import CellEditor
    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.session.session import Session

DRAFT = "cell_draft"  # where the text of a new cell is kept until it is used
LONGEST_DRAFT = 100_000  # characters; a cell has far less


class OwnCells(QObject):
    """Opens the editor, keeps its drafts, and makes contestants of its texts."""

    filed = Signal(str)  # the path of a file that was opened

    def __init__(
        self, window: QWidget, session: Session, preferences: Preferences, theme: Theme
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._theme = window, session, theme
        self._preferences = preferences
        self._drafts: dict[str, str] = {}  # by what they were begun from
        self.editor: CellEditor | None = None

    def edit(self, name: str = "") -> None:
        """Edit the cell of the contestant of this name; "" begins a new one, or its draft."""
        if not name:
            self._show(self._preferences.text(DRAFT) or example())
            return
        contestant = self._session.experiment.contestant(name)
        if isinstance(contestant, OwnContestant):
            self._show(contestant.equations, f"{name}: {contestant.equations}", contestant)

    def open_file(self, path: str) -> None:
        """Show the text of a file in the editor; say why if it cannot be read."""
        from sandbox.gui.widgets.dialogs import Sentence

        try:
            text = text_in(path)
        except ExperimentError as error:
            Sentence("The cell was not opened", str(error), self._window).open()
            return
        self.filed.emit(path)
        if self.editor is not None:  # as an edit of what is there, so that it can be undone
            self.editor.replace(text)
        else:
            self._show(text, f"file: {text}")

    def _show(self, text: str, key: str = "", contestant: AnyContestant | None = None) -> None:
        """Open the editor with a text or its draft; key: of the draft, "" for a new cell's."""
        from sandbox.gui.own.cell_editor import CellEditor

        if self.editor is not None:
            self.editor.raise_()
            return
        one = contestant or self._session.experiment.contestants[-1]
        sizes = self._session.task.inputs.size, one.hidden
        title = called(contestant.name, contestant.cell) if contestant else ""
        shown = self._drafts.get(key, text)
        self.editor = editor = CellEditor(shown, title, sizes, self._window)
        self._color()
        self._theme.changed.connect(self._color)
        editor.drafted.connect(partial(self._keep, key, text))
        editor.used.connect(partial(self._use, key, contestant))
        editor.finished.connect(self._forget)
        editor.open()

    def _color(self, *_: object) -> None:
        if self.editor is not None:
            self.editor.set_wrong(QColor(self._theme.palette.wrong))

    def _forget(self) -> None:
        self._theme.changed.disconnect(self._color)
        self.editor = None

    def _keep(self, key: str, first: str, text: str) -> None:
        """Keep what was typed, so that closing the editor loses nothing."""
        if key:
            self._drafts[key] = text
        elif text != first and len(text) <= LONGEST_DRAFT:
            self._preferences.keep(DRAFT, text)

    def _use(self, key: str, contestant: AnyContestant | None, text: str) -> None:
        """Add a contestant with this cell, or give it to the one that is edited."""
        editor = self.editor
        if editor is None:
            return
        change = partial(with_another, text=text)
        if contestant is not None:
            change = partial(with_other_cell, name=contestant.name, text=text)
        error = self._session.attempt(change)
        if error is not None:
            editor.refuse(error)
            return
        if key:
            self._drafts.pop(key, None)
        else:
            self._preferences.keep(DRAFT, "")
        editor.accept()


def with_another(experiment: Experiment, text: str) -> Experiment:
    """The experiment with one more contestant, with the cell in a text, of the last one's size."""
    last = experiment.contestants[-1]
    try:
        stem = usual_name(checked(text))
    except EquationError:
        stem = OWN  # `changed` says what is wrong
    name = free_name(stem, (each.name for each in experiment.contestants))
    sizes = {"hidden": last.hidden, "layers": last.layers}
    new = {"cell": OWN, "equations": text, "name": name, **sizes}
    return experiment.changed(contestants=[*experiment.contestants, new])


def with_other_cell(experiment: Experiment, name: str, text: str) -> Experiment:
    """The experiment with a contestant's cell replaced by the one in a text."""
    contestants = [
        with_cell(each, text) if each.name == name else each for each in experiment.contestants
    ]
    return experiment.changed(contestants=contestants)
