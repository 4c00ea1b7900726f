"""The stored runs: their history, an interrupted one, and curves under the live ones."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from sandbox.run.words import interrupted

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.drawing.styles import Palette
    from sandbox.gui.history.history_window import HistoryWindow
    from sandbox.gui.session.library import Library
    from sandbox.gui.session.overlays import Overlay
    from sandbox.gui.session.preferences import Preferences
    from sandbox.gui.session.session import Session
    from sandbox.gui.widgets.actions import Actions
    from sandbox.gui.widgets.offer import Offer
    from sandbox.gui.window.stage import Stage
    from sandbox.store.base import RunInfo


class HistoryLinks(QObject):
    """Opens the history when it is first asked for, and draws the runs that are chosen in it.

    A fork's parent is drawn, too.  Offers to resume a run that was interrupted.
    """

    export_wanted = Signal(str)  # a run

    def __init__(
        self,
        window: QWidget,
        session: Session,
        actions: Actions,
        library: Library,
        stage: Stage,
        offer: Offer,
        preferences: Preferences,
    ) -> None:
        super().__init__(window)
        self._window, self._session, self._library = window, session, library
        self._stage, self._offer, self._preferences = stage, offer, preferences
        self._by_time = actions["by_time"]
        actions["history"].triggered.connect(self.show_history)
        library.interrupted.connect(self._offer_to_go_on)
        session.training_changed.connect(self._withdraw_offer)
        self._palette: Palette | None = None
        self._history: HistoryWindow | None = None
        self._chosen: tuple[str, ...] = ()  # runs that are to be drawn, too
        self._parent = ""  # of the fork on screen
        session.run_opened.connect(self._leave_parent)
        session.status_changed.connect(self._show_parent)
        for signal in (session.run_opened, session.training_changed, session.experiment_changed):
            signal.connect(self._follow)
        stage.curves.detail_wanted.connect(partial(library.detail, show=stage.curves.show_detail))

    def show_history(self) -> None:
        """Open the list of all runs."""
        if self._history is None:
            self._history = self._new_history()
        self._history.open()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        if self._history is not None:
            self._history.set_palette(palette)

    def close(self) -> None:
        """Finish what the history is still doing."""
        if self._history is not None:
            self._history.close()

    def _new_history(self) -> HistoryWindow:
        from sandbox.gui.history.history_window import HistoryWindow

        history = HistoryWindow(lambda: self._library.store, self._preferences, self._window)
        if self._palette is not None:
            history.set_palette(self._palette)
        history.commands.open_wanted.connect(self._library.open)
        history.commands.export_wanted.connect(self.export_wanted)
        history.model.shown_changed.connect(self._overlay)
        history.bottom.axis_changed.connect(lambda axis: self._by_time.setChecked(axis == "time"))
        self._history = history
        self._follow()
        return history

    def _follow(self, *_: object) -> None:
        if self._history is not None:
            session = self._session
            self._history.show_current(session.run, session.experiment, session.feed.training)

    # An interrupted run -----------------------------------------------------------------

    def _offer_to_go_on(self, info: RunInfo) -> None:
        """Offer to resume an interrupted run, unless another one has started."""
        if self._session.shown.last_step or self._session.feed.training:
            return
        self._offer.make(
            interrupted(info),
            "Resume",
            partial(self._library.open, info.run, then_train=True),
            "Not now",
            partial(self._library.mark_closed, info.run),
        )

    def _withdraw_offer(self, training: bool) -> None:
        """Once another run trains, what was offered is found in the history."""
        if training:
            self._offer.withdraw()

    # Curves of other runs -------------------------------------------------------------

    def _overlay(self, runs: tuple[str, ...]) -> None:
        overlays, before = self._stage.overlays, self._chosen
        self._chosen = runs
        for run in before:
            if run not in runs:
                overlays.hide(run)
        for run in runs:
            if run not in overlays:
                self._library.overlay(run, self._lay_under)

    def _lay_under(self, overlay: Overlay) -> None:
        if overlay.run not in (*self._chosen, self._parent):
            return  # not wanted any more
        try:
            self._stage.overlays.show(overlay)
        except ValueError as full:
            if self._history is not None:
                self._history.hide_overlay(overlay.run, f"{str(full)[:1].upper()}{str(full)[1:]}.")

    def _leave_parent(self) -> None:
        """Hide the previous run's parent, unless it was chosen or is this run's parent, too."""
        origin, before = self._session.shown.origin, self._parent
        if origin is not None and origin.parent == before:
            return
        self._parent = ""
        if before and before not in self._chosen:
            self._stage.overlays.hide(before)

    def _show_parent(self, *_: object) -> None:
        """Draw the parent of a fork, whose curves begin where it left the parent's.

        The fork's first status says that the worker has left the parent, so all of it is stored.
        """
        origin = self._session.shown.origin
        if origin is None or origin.parent == self._parent:
            return
        self._parent = origin.parent
        if origin.parent not in self._stage.overlays:
            self._library.overlay(origin.parent, self._lay_under, wanted=False)
