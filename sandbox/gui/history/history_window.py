"""The history window: lists every stored run and its results."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from PySide6.QtCore import QByteArray, QSize, Qt
from PySide6.QtWidgets import QSplitter, QStackedWidget, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, Palette
from sandbox.gui.history.changes import Changes, StoreCalls
from sandbox.gui.history.comparison import Comparison
from sandbox.gui.history.details import Details
from sandbox.gui.history.history_actions import ContextMenu, make_actions
from sandbox.gui.history.history_columns import Column
from sandbox.gui.history.history_commands import HistoryCommands
from sandbox.gui.history.history_parts import BottomBar, EmptyPage, NoticeBar
from sandbox.gui.history.model import RunsModel
from sandbox.gui.history.query import Unclear
from sandbox.gui.history.runs_reader import RunsReader
from sandbox.gui.history.search_bar import SearchBar
from sandbox.gui.history.table import RunsTable
from sandbox.gui.look.marks import app_icon
from sandbox.gui.look.typeface import px
from sandbox.gui.widgets.parts import fill

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QHideEvent, QShowEvent

    from sandbox.experiment import Experiment
    from sandbox.gui.history.listing import Listing
    from sandbox.gui.history.query import Query
    from sandbox.gui.session.preferences import Preferences
    from sandbox.store.base import Usage
    from sandbox.store.runs import RunStore

FIRST_SIZE, LEAST_SIZE = QSize(1440, 720), QSize(640, 400)
COMPARISON_PX = 264
GEOMETRY, SPLIT, HEADS = "history/geometry", "history/split", "history/heads_2"


class HistoryWindow(QWidget):
    """Shows the runs of a store.

    What a person wants is said by `commands` (open, export), `model` (whose curves to draw) and
    `bottom` (over which axis).

    `store` gives the store, or None until there is one. It is called on another thread, which
    lives while the window is shown.
    """

    def __init__(
        self,
        store: Callable[[], RunStore | None],
        preferences: Preferences,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent, Qt.WindowType.Window)
        self.setObjectName("history_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setWindowTitle("History – Sequence Sandbox")
        self.setWindowIcon(app_icon())
        self.setMinimumSize(LEAST_SIZE)
        self._preferences = preferences
        self._calls = StoreCalls(store, self)
        self.changes = Changes(self._calls, self)
        self._been_here: set[str] = set()
        self._to_table = False
        self._refusal = ""
        self.model = RunsModel()
        self.table = RunsTable(self.model)
        self.actions_by_name = make_actions(self, self.table)
        self.search, self.notice = SearchBar(), NoticeBar()
        self.comparison = Comparison(self._calls)
        self.details = Details(self.comparison)
        self.empty = EmptyPage()
        self.bottom = BottomBar(self.actions_by_name)
        self.commands = HistoryCommands(
            self.actions_by_name, self.table, self.changes, self.comparison, self.notice.say
        )
        self.menu = ContextMenu(self.table, self.actions_by_name)
        self.reader = RunsReader(self._calls, self)
        self._lay_out()
        self._connect()
        self._remember()
        self.set_palette(DARK)
        self._show_chosen()

    # What the main window says ----------------------------------------------------------

    def open(self) -> None:
        """Show the window in front of the others, with the keyboard focus."""
        if self.isMinimized():
            self.showNormal()
        self.show()
        self.raise_()
        self.activateWindow()

    def show_current(self, run: str, experiment: Experiment, training: bool) -> None:
        """Note the current run, and whether it is training."""
        self._been_here.add(run)
        self.comparison.set_current(run, experiment)
        self.commands.task = experiment.task
        self.model.set_live(replace(self.model.live, here=run, training=training))
        self._show_chosen()

    def hide_overlay(self, run: str, sentence: str) -> None:
        """Untick a run whose curves cannot be drawn; the sentence says why."""
        self.model.show_beside(run, False)
        self.notice.say(sentence)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours, at the type size in force."""
        self.table.set_palette(palette)
        self.details.set_palette(palette)

    # Building -----------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._pages = QStackedWidget()
        self._pages.addWidget(self.empty)
        self._pages.addWidget(self.table)
        self._split = QSplitter(Qt.Orientation.Vertical, childrenCollapsible=False)
        self._split.setHandleWidth(1)
        self._split.addWidget(self._pages)
        self._split.addWidget(self.details)
        self._split.setStretchFactor(0, 1)
        self._pages.setMinimumHeight(120)
        self.details.setMinimumHeight(72)
        self._split.setSizes([480, 132])
        parts = self.search, self._split, self.notice, self.bottom
        fill(QVBoxLayout(self), *parts, spacing=0, wide=self._split)

    def _connect(self) -> None:
        model, table, changes = self.model, self.table, self.changes
        self.reader.listed.connect(self._take)
        self.reader.told_apart.connect(model.set_settings)
        self.reader.refused.connect(self._refuse)
        self.search.changed.connect(self._look_for)
        self.search.field.left_down.connect(self._go_to_table)
        self.empty.button.clicked.connect(self._mend_emptiness)
        model.shown_changed.connect(lambda runs: self.bottom.show_count(len(runs)))
        model.refused.connect(self.notice.say)
        table.chosen.connect(self._show_chosen)
        self.comparison.asked.connect(self._make_room_for_comparison)
        changes.deleted.connect(lambda runs: self._list(model.listing.without(runs)))
        changes.said.connect(self.notice.say)
        changes.begun.connect(self.reader.forget)
        changes.written.connect(self.reader.read)
        self.notice.undo_button.clicked.connect(changes.undo)
        self.bottom.disk.limit.activated.connect(self._set_budget)
        self.bottom.none_button.clicked.connect(self._hide_all)
        for name, act in (
            ("undo", changes.undo),
            ("search", self._go_to_search),
            ("refresh", self.reader.read),
            ("back", self._go_back),
            ("close", self.close),
        ):
            self.actions_by_name[name].triggered.connect(act)

    # What is kept ---------------------------------------------------------------------------

    def _remember(self) -> None:
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()))
        kept = self._preferences.text
        self.restoreGeometry(QByteArray.fromBase64(kept(GEOMETRY).encode()))
        self._split.restoreState(QByteArray.fromBase64(kept(SPLIT).encode()))
        self.table.set_heads(kept(HEADS))

    def _keep(self) -> None:
        keep = self._preferences.keep
        keep(GEOMETRY, self.saveGeometry().toBase64().toStdString())
        keep(SPLIT, self._split.saveState().toBase64().toStdString())
        keep(HEADS, self.table.heads())

    def showEvent(self, event: QShowEvent) -> None:
        """Read the runs."""
        super().showEvent(event)
        self.reader.read()
        if not event.spontaneous():
            self._to_table = True

    def hideEvent(self, event: QHideEvent) -> None:
        """Finish all changes and end the thread, unless the window is only minimised."""
        super().hideEvent(event)
        self.reader.stop()
        if not event.spontaneous():
            self.table.finish_note()
            self.comparison.forget()
            self._calls.close()
            self._keep()

    # Reading --------------------------------------------------------------------------------

    def _take(self, listing: Listing, usage: Usage) -> None:
        """Show the runs as they are now."""
        self.bottom.disk.show_usage(usage)
        self._refusal = ""
        self._list(listing)

    def _list(self, listing: Listing) -> None:
        elsewhere = listing.advancing(time.monotonic()) - self._been_here
        self.model.set_live(replace(self.model.live, elsewhere=elsewhere))
        if listing is not self.model.listing:
            self.search.offer(listing)
            self.model.set_listing(listing)
        self._show_page()
        self._show_chosen()
        if self._to_table and self.model.rows:  # once, when the runs are there
            self._to_table = False
            self._go_to_table()

    def _set_budget(self) -> None:
        size = self.bottom.disk.limit.currentData()

        def done(_: object) -> None:
            self.notice.say("The disk budget has been changed.")
            self.reader.read()

        self._calls.ask(lambda store: store.set_budget(size), done, self.notice.say, always=True)

    def _refuse(self, sentence: str) -> None:
        """Say that the store cannot be read; what was read before stays."""
        if self.model.listing.rows and sentence != self._refusal:  # once, not every 3 s
            self.notice.say(sentence)
        elif not self.model.listing.rows:
            self.empty.say("The runs cannot be read", sentence, "Try again")
            self._pages.setCurrentWidget(self.empty)
        self._refusal = sentence

    def _show_page(self) -> None:
        """Show the table, or say why it is empty."""
        listed, every = len(self.model.rows), len(self.model.listing.rows)
        self.search.show_count(listed, every)
        self.empty.say_why(every)
        self._pages.setCurrentWidget(self.table if listed else self.empty)

    def _mend_emptiness(self) -> None:
        if self.model.listing.rows:
            self.search.clear()
            self._go_to_table()
        else:
            self.reader.read()

    def _look_for(self, query: Query) -> None:
        try:
            self.model.set_query(query)
            self.search.refusal.say("")
        except Unclear as unclear:
            self.search.refusal.say(str(unclear))
        if self.model.listing.rows:  # else the page says why
            self._show_page()

    # What is chosen -------------------------------------------------------------------------

    def _show_chosen(self) -> None:
        """Describe the selected runs below the table and enable what can be done with them."""
        rows = self.table.chosen_runs()
        self.commands.enable(rows)
        if len(rows) == 2 and self.isVisible():
            self.comparison.compare(rows)
        elif len(rows) != 1 or not self.comparison.holds(rows[0]):
            self.comparison.forget()
            self.details.show_rows(rows, self.model.live)

    def _make_room_for_comparison(self) -> None:
        """Give the table of differences room for some rows, if it has less."""
        table, details = self._split.sizes()
        if details < px(COMPARISON_PX):
            self._split.setSizes([table + details - px(COMPARISON_PX), px(COMPARISON_PX)])
            self.table.scrollTo(self.table.currentIndex())

    def _go_back(self) -> None:
        """End a comparison, or else close the window."""
        if self.details.currentWidget() is self.comparison:
            self.commands.end_comparison()
            self.notice.hide()
            self._show_chosen()
        else:
            self.close()

    def _hide_all(self) -> None:
        """Draw only the current run; what was said about the others is over."""
        self.notice.hide()
        self.model.set_shown(())

    def _go_to_search(self) -> None:
        self.search.field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.search.field.selectAll()

    def _go_to_table(self) -> None:
        """Give the keyboard focus to the table, at its first run if none is current."""
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)
        if self.model.rows and not self.table.currentIndex().isValid():
            self.table.setCurrentIndex(self.model.index(0, Column.WHEN))
