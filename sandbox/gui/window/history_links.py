"""Everything further, one key or menu away: history, curves of other runs, files and pictures."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QFileDialog, QWidget

from sandbox.gui.window import scene
from sandbox.gui.window.commands import ending_in
from sandbox.store.base import RunError

if TYPE_CHECKING:
    from sandbox.claims.presets import Preset
    from sandbox.drawing.styles import Palette
    from sandbox.experiment import Experiment
    from sandbox.gui.figures.copy_figure import FigureSource
    from sandbox.gui.history.history_window import HistoryWindow
    from sandbox.gui.session.library import Library
    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.window.main_window import MainWindow
    from sandbox.store.base import RunInfo, RunRecord, Store


class Further(QObject):
    """What the window shows beside itself; made when it is first asked for."""

    def __init__(self, window: MainWindow, actions: Actions) -> None:
        super().__init__(window)
        self._window, self._palette = window, window.theme.palette
        self._session: Session = window.session
        self._library: Library = window.library
        self._history: HistoryWindow | None = None
        self._beside: tuple[str, ...] = ()  # runs that were chosen to be drawn as well
        self._claim = ""  # what is said about the claim that was opened last
        self._parent = ""  # the run that the one on screen was forked from
        self._export = actions["export"]
        actions["history"].triggered.connect(self.show_history)
        actions["export"].triggered.connect(self.export_shown)
        actions["gallery"].triggered.connect(self.show_gallery)
        actions["picture"].triggered.connect(self.show_picture)
        self._session.run_opened.connect(self._follow)
        self._session.run_opened.connect(self._leave_parent)
        self._session.status_changed.connect(self._show_parent)
        self._session.run_opened.connect(self._show_exportable)
        self._session.status_changed.connect(self._show_exportable)
        self._session.beat.connect(self._show_exportable)
        self._session.training_changed.connect(self._follow)
        self._session.experiment_changed.connect(self._follow)
        self._session.experiment_changed.connect(self._end_claim)
        window.stage.curves.detail_wanted.connect(self._show_detail)
        stage = window.stage
        for panel in (stage.curves, stage.nets, stage.sentence, stage.answers):
            panel.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
            panel.customContextMenuRequested.connect(self._show_menu)
        window.installEventFilter(self)
        self._show_exportable()

    # History --------------------------------------------------------------------------

    def show_history(self) -> None:
        """The list of all runs."""
        if self._history is None:
            self._history = self._made_history()
        self._history.open()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        if self._history is not None:
            self._history.set_palette(palette)

    def close(self) -> None:
        """End what the history still has in hand."""
        if self._history is not None:
            self._history.close()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The history closes with the window, while notes can still be written."""
        if event.type() == QEvent.Type.Close:
            self.close()
        return False

    def _made_history(self) -> HistoryWindow:
        from sandbox.gui.history.history_window import HistoryWindow

        history = HistoryWindow(self._store, self._window.memory, self._window)
        history.set_palette(self._palette)
        history.open_requested.connect(self._library.open)
        history.export_requested.connect(self.export)
        history.overlays_changed.connect(self._overlay)
        history.axis_changed.connect(self._window.choose_axis)
        self._history = history
        self._follow()
        return history

    def _store(self) -> Store | None:
        return self._library.store

    def _follow(self, *_: object) -> None:
        if self._history is not None:
            session = self._session
            self._history.show_current(session.run, session.experiment, session.training)

    # Claims ---------------------------------------------------------------------------

    def show_gallery(self) -> None:
        """The claims that were published."""
        from sandbox.gui.gallery.gallery_window import GalleryWindow

        gallery = GalleryWindow(self._window, self._palette)
        gallery.opened.connect(self._open_claim)
        gallery.open()

    def _open_claim(self, preset: Preset) -> None:
        """Its experiment on screen, and above it what to watch for."""
        if self._window.commands.take(preset.experiment, f"claim {preset.number}"):
            self._claim = f"{preset.title}. {preset.watch}"
            self._window.offer.make(self._claim)

    def _end_claim(self, old: Experiment, new: Experiment) -> None:
        """What to watch for is about the claim's task; another seed or net leaves it there."""
        if old.task != new.task:
            self._window.offer.take_back(self._claim)

    # Curves of other runs -------------------------------------------------------------

    def _overlay(self, runs: tuple[str, ...]) -> None:
        overlays, before = self._window.stage.overlays, self._beside
        self._beside = runs
        for run in before:
            if run not in runs:
                overlays.hide(run)
        for run in runs:
            if run not in overlays:
                self._library.overlay(run, _label, self._lay_under)

    def _show_detail(self, run: str, first: int, last: int) -> None:
        self._library.detail(run, first, last, self._window.stage.curves.show_detail)

    def _lay_under(self, overlay: Overlay) -> None:
        if overlay.run not in (*self._beside, self._parent):
            return  # not wanted any more
        try:
            self._window.stage.overlays.show(overlay)
        except ValueError as full:
            if self._history is not None:
                self._history.hide_overlay(overlay.run, f"{str(full)[:1].upper()}{str(full)[1:]}.")

    def _leave_parent(self) -> None:
        """The parent of the run before is drawn no more, unless it was chosen."""
        origin = self._session.origin
        before = self._parent
        if origin is not None and origin.parent == before:
            return
        self._parent = ""
        if before and before not in self._beside:
            self._window.stage.overlays.hide(before)

    def _show_parent(self, *_: object) -> None:
        """A fork's curves begin where its parent's are left.

        Its first status says that the worker has left the parent, and all of that is kept.
        """
        origin = self._session.origin
        if origin is None or origin.parent == self._parent:
            return
        self._parent = origin.parent
        if origin.parent not in self._window.stage.overlays:
            self._library.overlay(origin.parent, _label, self._lay_under, wanted=False)

    # Files ----------------------------------------------------------------------------

    def _show_exportable(self, *_: object) -> None:
        """A run of which no step was taken is not kept, so there is nothing to be exported."""
        self._export.setEnabled(self._session.place.kept)

    def export_shown(self) -> None:
        """Choose a file for the run that is shown."""
        self.export(self._session.run)

    def export(self, run: str) -> None:
        """Choose a file for a run; its ending says what it is to be."""
        from sandbox.export.files import ENDINGS

        filters = [f"{what[:1].upper()}{what[1:]} (*{ending})" for ending, what in ENDINGS.items()]
        dialog = QFileDialog(self._window, "Export run", f"{run}.csv", ";;".join(filters))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.selectNameFilter(filters[list(ENDINGS).index(".csv")])
        dialog.setDefaultSuffix("csv")
        dialog.filterSelected.connect(lambda chosen: dialog.setDefaultSuffix(ending_in(chosen)))
        dialog.fileSelected.connect(lambda path: self._library.export(run, Path(path)))
        dialog.open()

    # Pictures -------------------------------------------------------------------------

    def show_picture(self) -> None:
        """What is on screen as a picture for print."""
        from sandbox.gui.figures.export_dialog import FigureDialog

        FigureDialog(self.figure_source(), "curves", self._window, self._session.say).open()

    def figure_source(self) -> FigureSource:
        """What is on screen, as far as pictures need it."""
        from sandbox.gui.figures.copy_figure import FigureSource

        session, stage = self._session, self._window.stage
        curves, times = scene.curves_view(session), session.recording.clock.times
        return FigureSource(
            session.run,
            session.experiment,
            curves,
            session.frame,
            session.example,
            log=stage.curves.loss_plot.log,
            relative=stage.nets.relative_button.isChecked(),
            layers=stage.nets.layers,
            clock=times if len(times) else None,
            record=self._whole_run() if curves.bin > 1 else None,
        )

    def _whole_run(self) -> RunRecord | None:
        """The run on screen with every step, as far as it is stored."""
        try:
            store = self._library.store
            return None if store is None else store.record(self._session.run)
        except RunError:
            return None

    def _show_menu(self, place: QPoint) -> None:
        from sandbox.gui.figures.export_dialog import figure_menu

        panel = self.sender()
        assert isinstance(panel, QWidget)
        menu = figure_menu(
            self._window, self.figure_source, self._name_of(panel), self._session.say
        )
        if panel is self._window.stage.answers:
            self._window.stage.answers.add_to(menu)
        menu.popup(panel.mapToGlobal(place))

    def _name_of(self, panel: QWidget) -> str:
        stage = self._window.stage
        if panel is stage.curves or self._session.frame is None:
            return "curves"
        if panel in (stage.sentence, stage.answers):
            return "sentence"
        under = stage.nets.under
        return f"gates:{under}" if under else "gradient"


def _label(info: RunInfo) -> str:
    """What a run is called beside its curves: when it was, and its gap."""
    when = datetime.fromisoformat(info.created).astimezone()
    gap = "" if info.gap is None else f", gap {info.gap:,}"
    return f"{when:%H:%M}{gap}"
