"""The history window: every run that is kept, what is known of it, and what can be done to it."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from sandbox.gui.history import empty
from sandbox.gui.history.bottom_bar import BottomBar
from sandbox.gui.history.calls import Calls
from sandbox.gui.history.changes import Changes, Done
from sandbox.gui.history.columns import Column
from sandbox.gui.history.deeds import actions
from sandbox.gui.history.details import Details
from sandbox.gui.history.empty import EmptyPage
from sandbox.gui.history.listing import Listing, read
from sandbox.gui.history.look import style_sheet
from sandbox.gui.history.menu import ContextMenu
from sandbox.gui.history.model import RunsModel
from sandbox.gui.history.notice import Notice
from sandbox.gui.history.pair import Pair
from sandbox.gui.history.query import Unclear
from sandbox.gui.history.search_bar import SearchBar
from sandbox.gui.history.table import RunsTable
from sandbox.gui.history.wording import Live
from sandbox.gui.icons import app_icon
from sandbox.gui.palette import DARK, Palette
from sandbox.run.words import counted

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from sandbox.experiment import Experiment
    from sandbox.gui.history.query import Query
    from sandbox.gui.history.row import Row
    from sandbox.gui.memory import Memory
    from sandbox.store.base import Store

FIRST_SIZE, LEAST_SIZE = QSize(1280, 720), QSize(640, 400)
REFRESH_MS = 3000
REST = 15  # times as long as reading the list took, until it is read again
LIST = "list"
GEOMETRY, SPLIT, HEADS = "history/geometry", "history/split", "history/heads_1"


class HistoryWindow(QWidget):
    """Shows the runs of a store, and says which of them a person wants opened or drawn.

    `store` gives the store, or None while there is none; it is called on another thread, which
    lives while the window is shown.  Run ids are those of the store.
    """

    open_requested = Signal(str)
    export_requested = Signal(str)
    overlays_changed = Signal(object)  # tuple[str, ...]: at most MOST_SHOWN ids
    axis_changed = Signal(str)  # "step" or "time"

    def __init__(
        self,
        store: Callable[[], Store | None],
        memory: Memory | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("history_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("History – Sequence Sandbox")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(LEAST_SIZE)
        self._memory = memory
        self._calls = Calls(store, self)
        self._changes = Changes(self._calls, self)
        self._been_here: set[str] = set()
        self._read = self._to_table = False
        self._held: Listing | None = None  # while a note is written
        self._asked_at = 0.0
        self.model = RunsModel()
        self.table = RunsTable(self.model)
        self.actions_by_name = actions(self, self.table)
        self.search, self.notice, self.details = SearchBar(), Notice(), Details()
        self.pair = Pair(self._calls, self.details)
        self.empty = EmptyPage()
        self.bottom = BottomBar(self.actions_by_name)
        self.menu = ContextMenu(self.table, self.actions_by_name)
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.timeout.connect(self._refresh_if_seen)
        self._lay_out()
        self._connect()
        self._remember()
        self.set_palette(DARK)
        self._show_chosen()

    # What the main window says ----------------------------------------------------------

    def open(self) -> None:
        """Show the window, on top and with the keyboard."""
        self.show()
        self.raise_()
        self.activateWindow()

    def refresh(self) -> None:
        """Read the runs anew, where the window is seen; else it does so when it is shown."""
        if self.isVisible():
            self._asked_at = time.monotonic()
            self._refreshing.stop()
            known = self.model.listing
            self._calls.ask(LIST, lambda store: read(store, known), self._take, self._refuse)

    def show_current(self, run: str, experiment: Experiment, training: bool) -> None:
        """The run on screen, and whether it trains."""
        self._been_here.add(run)
        self.pair.set_current(run, experiment)
        self.model.set_live(replace(self.model.live, here=run, training=training))
        self._show_chosen()

    def hide_overlay(self, run: str, sentence: str = "") -> None:
        """That run is not drawn beside the live one after all; the sentence says why."""
        self.model.show_beside(run, False)
        if sentence:
            self.notice.say(sentence)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self.setStyleSheet(style_sheet(palette))
        self.table.set_palette(palette)
        self.details.set_palette(palette)

    # Building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self.search.setObjectName("search_bar")
        self.search.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        self._split = QSplitter(Qt.Orientation.Vertical)
        self._split.setHandleWidth(1)
        self._split.setChildrenCollapsible(False)
        self._split.addWidget(self._pages)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 1)
        self._pages.setMinimumHeight(120)
        self.details.setMinimumHeight(72)
        self._split.setSizes([480, 132])
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.search)
        column.addWidget(self._split, 1)
        column.addWidget(self.notice)
        column.addWidget(self.bottom)

    def _connect(self) -> None:
        model, table, changes = self.model, self.table, self._changes
        self.search.changed.connect(self._look_for)
        self.search.field.left_down.connect(self._go_to_table)
        self.empty.pressed.connect(self._mend_emptiness)
        model.noted.connect(self._note)
        model.shown_changed.connect(self._tell_shown)
        model.refused.connect(self.notice.say)
        table.chosen.connect(self._show_chosen)
        table.opened.connect(self.open_requested)
        table.star_clicked.connect(self._star_one)
        table.show_clicked.connect(self._show_one)
        table.edited.connect(self._take_held)
        changes.deleted.connect(self._drop)
        changes.said.connect(self.notice.say)
        changes.written.connect(self.refresh)
        self.notice.undo_wanted.connect(changes.undo)
        self.bottom.axis_changed.connect(self.axis_changed)
        self.bottom.none_wanted.connect(model.show_none)
        self.menu.sort_wanted.connect(table.sort_by)
        for name, act in (
            ("open", self._open),
            ("compare", self._compare),
            ("export", self._export),
            ("delete", self._delete),
            ("show", self._toggle_shown),
            ("star", self._toggle_stars),
            ("note", table.edit_note),
            ("parent", self._go_to_parent),
            ("copy", self._copy),
            ("undo", self._undo),
            ("search", self._go_to_search),
            ("refresh", self.refresh),
            ("close", self.close),
        ):
            self.actions_by_name[name].triggered.connect(act)

    # What is kept ---------------------------------------------------------------------------

    def _remember(self) -> None:
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()))
        if self._memory is not None:
            geometry, split = (_bytes(self._memory.text(key)) for key in (GEOMETRY, SPLIT))
            self.restoreGeometry(geometry)
            self._split.restoreState(split)
            self.table.set_heads(self._memory.text(HEADS))

    def _keep(self) -> None:
        if self._memory is not None:
            self._memory.keep(GEOMETRY, _text(self.saveGeometry()))
            self._memory.keep(SPLIT, _text(self._split.saveState()))
            self._memory.keep(HEADS, self.table.heads())

    def showEvent(self, event: QShowEvent) -> None:
        """Read the runs."""
        super().showEvent(event)
        self.refresh()
        if not event.spontaneous():
            self._to_table = True

    def hideEvent(self, event: QHideEvent) -> None:
        """Carry out what is to be changed, then end the thread; a minimised window only rests."""
        super().hideEvent(event)
        self._refreshing.stop()
        if not event.spontaneous():
            self.table.finish_note()
            self._calls.close()
            self._keep()

    # Reading --------------------------------------------------------------------------------

    def _refresh_if_seen(self) -> None:
        if self.isMinimized():
            self._refreshing.start(REFRESH_MS)
        else:
            self.refresh()

    def _take(self, listing: Listing) -> None:
        """The runs as they are now; while a note is written they wait."""
        took = time.monotonic() - self._asked_at
        self._refreshing.start(max(REFRESH_MS, round(1000 * took * REST)))
        self._read = True
        if self.table.editing:
            self._held = listing
        else:
            self._list(listing)

    def _take_held(self) -> None:
        if self._held is not None and not self.table.editing:
            held, self._held = self._held, None
            self._list(held)

    def _list(self, listing: Listing) -> None:
        live = self.model.live
        elsewhere = listing.advancing(time.monotonic()) - self._been_here
        self.model.set_live(Live(live.here, live.training, elsewhere))
        if listing is not self.model.listing:
            self.search.offer(listing)
            self.model.set_listing(listing)
        self._show_page()
        self._show_chosen()
        if self._to_table and self.model.rows:  # once, when the runs are there
            self._to_table = False
            self._go_to_table()

    def _refuse(self, sentence: str) -> None:
        """The store cannot be read: what was read before stays."""
        self._refreshing.start(REFRESH_MS)
        if self.model.listing.rows:
            self.notice.say(sentence)
        else:
            self.empty.say("The runs cannot be read", sentence, "Try again")
            self._pages.setCurrentWidget(self.empty)

    def _show_page(self) -> None:
        """The table, or in words why there is none."""
        listed, every = len(self.model.rows), len(self.model.listing.rows)
        self.search.show_count(listed, every)
        if not self._read:
            self.empty.say(*empty.READING)
        elif not every:
            self.empty.say(*empty.NO_RUNS)
        elif not listed:
            hidden = f"{counted(every, 'run')} {'is' if every == 1 else 'are'} kept, none like that"
            self.empty.say(empty.NO_MATCH, f"{hidden}.", "List every run")
        self._pages.setCurrentWidget(self.table if listed else self.empty)

    def _mend_emptiness(self) -> None:
        if self.model.listing.rows:
            self.search.clear()
            self._go_to_table()
        else:
            self.refresh()

    def _look_for(self, query: Query) -> None:
        self.table.finish_note()
        try:
            self.model.set_query(query)
        except Unclear as unclear:
            self.search.refuse(str(unclear))
        else:
            self.search.refuse("")
        self._show_page()

    # What is chosen -------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        """All about it below, and what can be done with it."""
        rows = self.table.chosen_runs()
        one = rows[0] if len(rows) == 1 else None
        here = self.model.live.here
        can = self.actions_by_name
        for name in ("delete", "show", "star", "copy"):
            can[name].setEnabled(bool(rows))
        for name in ("open", "export"):
            can[name].setEnabled(one is not None)
        can["note"].setEnabled(self.table.current_run() is not None)
        can["parent"].setEnabled(one is not None and one.info.origin is not None)
        can["compare"].setEnabled(
            len(rows) == 2 or (one is not None and bool(here) and one.run != here)
        )
        self.bottom.follow_actions()
        if len(rows) == 2:
            self.pair.compare(rows[1], rows[0])
        elif one is None or not self.pair.holds(one):
            self.pair.forget()
            self.details.show_rows(rows, self.model.live)

    def _chosen(self) -> list[Row]:
        return self.table.chosen_runs()

    def _open(self) -> None:
        for row in self._chosen()[:1]:
            self.open_requested.emit(row.run)

    def _export(self) -> None:
        for row in self._chosen()[:1]:
            self.export_requested.emit(row.run)

    def _compare(self) -> None:
        """Two chosen runs, or one and the run on screen; then the keyboard is at the table."""
        rows = self._chosen()
        if len(rows) == 1:
            self.pair.compare_with_current(rows[0])
        self.details.compared.table.setFocus(Qt.FocusReason.OtherFocusReason)

    def _delete(self) -> None:
        runs = [row.run for row in self._chosen()]
        if len(runs) > 1:
            self.notice.say(f"Deleting {counted(len(runs), 'run')} …")
        self._changes.delete(runs)

    def _drop(self, done: Done) -> None:
        self.model.set_listing(self.model.listing.without(set(done.runs)))
        self._show_page()
        self._show_chosen()

    def _toggle_shown(self) -> None:
        """Show all chosen runs, or none of them where all are shown."""
        runs = [row.run for row in self._chosen()]
        shown = not all(run in self.model.shown for run in runs)
        for run in runs:
            self.model.show_beside(run, shown)

    def _show_one(self, run: str) -> None:
        self.model.show_beside(run, run not in self.model.shown)

    def _tell_shown(self, runs: tuple[str, ...]) -> None:
        self.bottom.show_count(len(runs))
        self.overlays_changed.emit(runs)

    def _toggle_stars(self) -> None:
        """Star all chosen runs, or none of them where all are starred."""
        self._star(self._chosen())

    def _star_one(self, run: str) -> None:
        self._star([self.model.listing.by_run[run]])

    def _star(self, rows: list[Row]) -> None:
        star = not all(row.info.star for row in rows)
        changed = [row for row in rows if row.info.star != star]
        self._changes.star([row.run for row in changed], star)
        self.model.set_infos(*(replace(row.info, star=star) for row in changed))

    def _note(self, run: str, note: str) -> None:
        info = self.model.listing.by_run[run].info
        self._changes.note(info, note)
        self._held = None  # it was read before the note was written
        self.model.set_infos(replace(info, note=note))

    def _go_to_parent(self) -> None:
        origin = self._chosen()[0].info.origin
        if origin is not None and not self.table.choose(origin.parent):
            known = origin.parent in self.model.listing.by_run
            why = "is not among the runs that are listed" if known else "was deleted"
            self.notice.say(f"Run {origin.parent} {why}.")

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText("\n".join(row.run for row in self._chosen()))

    def _undo(self) -> None:
        self._changes.undo()

    def _go_to_search(self) -> None:
        self.search.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.field.selectAll()

    def _go_to_table(self) -> None:
        """The keyboard to the runs, at the first one where none is current."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, Column.WHEN))


def _text(data: QByteArray) -> str:
    return bytes(data.toBase64().data()).decode()


def _bytes(text: str) -> QByteArray:
    return QByteArray.fromBase64(text.encode())
