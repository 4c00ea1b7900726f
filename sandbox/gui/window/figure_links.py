"""The window's way to figures for print: the dialog, and a menu in every panel."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from sandbox.gui.window import scene
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from sandbox.gui.figures.figure_source import FigureSource, FigureWork, Further
    from sandbox.gui.session.library import Library
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.window.stage import Stage
    from sandbox.store.base import RunRecord


class FigureLinks(QObject):
    """Asks for figures of what is on screen; everything is made when it is first asked for."""

    def __init__(
        self, window: QWidget, session: Session, actions: Actions, library: Library, stage: Stage
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._stage, self._library = window, session, stage, library
        self._work: FigureWork | None = None
        self._further: Callable[[], Mapping[str, Further]] = dict
        self._named: dict[QWidget, Callable[[], str]] = {}
        actions["picture"].triggered.connect(self.show_dialog)
        for panel in (stage.curves, stage.nets, stage.sentence, stage.answers):
            self._offer(panel)

    def use(
        self,
        further: Callable[[], Mapping[str, Further]],
        panels: Mapping[QWidget, Callable[[], str]],
    ) -> None:
        """Offer these figures too, and the named one in the menu of each of these panels."""
        self._further, self._named = further, dict(panels)
        for panel in panels:
            self._offer(panel)

    def _offer(self, panel: QWidget) -> None:
        panel.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        panel.customContextMenuRequested.connect(self._show_menu)

    @property
    def work(self) -> FigureWork:
        """The thread that reads and draws."""
        if self._work is None:
            from sandbox.gui.figures.figure_source import FigureWork

            self._work = FigureWork(self._window)
            self._work.said.connect(self._session.say)
            self._work.done.connect(self._session.acknowledge)
        return self._work

    def show_dialog(self, *_: object) -> None:
        """Open the dialog for figures of what is on screen."""
        self.show_figure("curves", self._window)

    def show_figure(self, name: str, parent: QWidget) -> None:
        """Open the dialog over `parent`, with this figure chosen."""
        from sandbox.gui.figures.figure_dialog import FigureDialog

        FigureDialog(self.source, self.work, name, parent).open()

    def menu(self, name: str) -> QMenu:
        """A menu for one figure, which deletes itself."""
        from sandbox.gui.figures.figure_dialog import FigureMenu

        return FigureMenu(self._window, self.source, self.work, name)

    def source(self) -> FigureSource:
        """A snapshot of what is on screen, for figures."""
        from sandbox.gui.figures.figure_source import FigureSource

        session, stage, run = self._session, self._stage, self._session.run
        curves, times = scene.curves_view(session), session.shown.recording.clock.times
        return FigureSource(
            run,
            session.experiment,
            curves,
            session.shown.frame,
            session.index,
            log=stage.curves.loss_plot.log,
            relative=stage.nets.relative_button.isChecked(),
            layers=dict(stage.nets.layers),
            clock=times if len(times) > 1 else None,
            read=(lambda: self._whole(run)) if curves.bin > 1 else None,
            errors=scene.errors_shown(session),
            further=self._further(),
        )

    def close(self) -> None:
        """Drop what is still being drawn."""
        if self._work is not None:
            self._work.close()

    def _whole(self, run: str) -> RunRecord | None:
        """The run with every step, as far as it is stored; not on the window's thread."""
        try:
            store = self._library.store
            return None if store is None else store.record(run)
        except RunError:
            return None

    def _show_menu(self, place: QPoint) -> None:
        panel = self.sender()
        assert isinstance(panel, QWidget)
        menu = self.menu(self._name_of(panel))
        if panel is self._stage.answers:
            self._stage.answers.add_to(menu)
        menu.popup(panel.mapToGlobal(place))

    def _name_of(self, panel: QWidget) -> str:
        stage = self._stage
        if panel is stage.curves or self._session.shown.frame is None:
            return "curves"
        if panel in self._named:
            return self._named[panel]() or "gradient"
        if panel in (stage.sentence, stage.answers):
            return "sentence"
        under = stage.nets.under
        return f"gates:{under}" if under else "gradient"
