"""The window's way to errors by steps ahead."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from sandbox.drawing.styles import DARK
from sandbox.engine.errors_ahead import steps_to_forecast
from sandbox.gui.figures.figure_source import ERRORS, unwritable
from sandbox.gui.widgets.dialogs import Sentence
from sandbox.gui.window import scene

if TYPE_CHECKING:
    from PySide6.QtCore import QPoint
    from PySide6.QtWidgets import QWidget

    from sandbox.drawing.styles import Palette
    from sandbox.gui.panels.errors.errors_window import ErrorsWindow
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.window.figure_links import FigureLinks
    from sandbox.gui.window.stage import Stage


class ErrorsLinks(QObject):
    """Opens the window of errors by steps ahead, and keeps it at the training step on screen.

    The action is disabled where the task has nothing to forecast, and its tip says so.
    """

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        stage: Stage,
        figures: FigureLinks,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._figures = window, session, figures
        self._action, self._button = actions["errors_ahead"], stage.answers.head.errors
        self._tip = self._action.toolTip()
        self._palette = DARK
        self._chosen: int | None = None  # how many steps ahead a person wants
        self.errors: ErrorsWindow | None = None
        self._action.triggered.connect(self.show_errors)
        self._button.clicked.connect(self._action.trigger)
        session.experiment_changed.connect(self._follow_task)
        for signal in (session.errors_arrived, session.run_opened, session.status_changed):
            signal.connect(self._show)
        self._follow_task()

    def show_errors(self) -> None:
        """Open the window, or bring it to the front."""
        if self.errors is None:
            self.errors = self._new_window()
        self._show()
        self.errors.show()
        self.errors.raise_()
        self.errors.activateWindow()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        if self.errors is not None:
            self.errors.set_palette(palette)

    def close(self) -> None:
        """Close the window."""
        if self.errors is not None:
            self.errors.close()

    def _new_window(self) -> ErrorsWindow:
        from sandbox.gui.panels.errors.errors_window import ErrorsWindow

        made = ErrorsWindow(self._steps, self._window, self._palette)
        made.wanted.connect(self._session.feed.measure_ahead)
        made.chosen.connect(self._note_chosen)
        made.figure_wanted.connect(lambda: self._figures.show_figure(ERRORS, made))
        made.save_wanted.connect(self.save)
        made.finished.connect(self._forget)
        made.panel.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        made.panel.customContextMenuRequested.connect(self._show_menu)
        return made

    @property
    def _steps(self) -> int:
        return self._chosen or steps_to_forecast(self._session.task)

    def _note_chosen(self, steps: int) -> None:
        self._chosen = steps

    def _forget(self) -> None:
        self.errors = None

    def _follow_task(self, *_: object) -> None:
        able = scene.forecasts(self._session.task)
        self._action.setEnabled(able)
        self._action.setToolTip(self._tip if able else f"{self._tip} {scene.NO_FORECASTS}")
        self._button.setToolTip(self._action.toolTip())
        self._button.setVisible(able)
        if self.errors is not None:
            self.errors.set_steps(self._steps if able else self.errors.steps)
        self._show()

    def _show(self, *_: object) -> None:
        if self.errors is not None:
            shown = scene.errors_shown(self._session)
            waiting = "" if shown is not None else scene.no_errors(self._session)
            self.errors.show_errors(shown, waiting)

    def _show_menu(self, place: QPoint) -> None:
        if self.errors is not None and scene.errors_shown(self._session) is not None:
            self._figures.menu(ERRORS).popup(self.errors.panel.mapToGlobal(place))

    def save(self, path: str) -> None:
        """Write the table that is shown; say why if it cannot be written."""
        from sandbox.store.atomic import write_bytes

        if self.errors is None:
            return
        try:
            write_bytes(Path(path), self.errors.table().encode())
        except OSError as error:
            Sentence("The table was not saved", unwritable(Path(path), error), self.errors).open()
        else:
            self._session.acknowledge(f"saved to {path}")
