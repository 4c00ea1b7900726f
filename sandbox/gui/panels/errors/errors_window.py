"""The window of errors by steps ahead: the plot, what it says, and how many steps ahead."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QEvent, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QWidget

from sandbox.drawing.errors_shown import TITLE, error_rows
from sandbox.engine.free_running import MOST
from sandbox.gui.look.typeface import fit, px, wrap
from sandbox.gui.panels.errors.errors_panel import ErrorsPanel, ErrorsView
from sandbox.gui.widgets.dialogs import Dialog, choose_file
from sandbox.gui.widgets.dock import Scrolled
from sandbox.gui.widgets.fields import NumberField, Refusal
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label, named, paragraph

if TYPE_CHECKING:
    from PySide6.QtGui import QHideEvent, QShowEvent

    from sandbox.drawing.errors_shown import ErrorsShown
    from sandbox.drawing.styles import Palette

WIDE, HIGH = 780, 560
LINE_PX, ABOUT_LINES = 17, 2
ERRORS_A_LINE, MOST_LINES = 4, 3  # of what is read out
STEPS_TIP = "Up to how many steps ahead the nets forecast, each fed its own forecasts."
POINT = "Point at the plot to read its errors."
TABLES = "Table (*.csv)"


class ErrorsWindow(Dialog):
    """Stays beside the main window.  It computes nothing: `wanted` says what is to be measured."""

    wanted = Signal(int)  # up to how many steps ahead; 0 while nobody can see it
    chosen = Signal(int)  # how many steps ahead a person wants
    figure_wanted = Signal()
    save_wanted = Signal(str)  # the path of a table

    def __init__(self, steps: int, parent: QWidget | None, palette: Palette) -> None:
        super().__init__(TITLE, parent)
        self.setObjectName("errors_window")
        self.steps, self._shown = steps, None  # type: tuple[int, ErrorsShown | None]
        self._told, self._lines = 0, 1
        self._about, self._sentences = paragraph("", "quiet"), paragraph("")
        self._read_out, self.refusal = paragraph(POINT, "quiet"), Refusal()
        for words in (self._about, self._read_out):
            words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        fit(self._about, least_height=LINE_PX * ABOUT_LINES)
        keeps_room = self.refusal.sizePolicy()
        keeps_room.setRetainSizeWhenHidden(True)  # the plot below stays where it is
        self.refusal.setSizePolicy(keeps_room)
        self.steps_field = named(NumberField(True, 1, MOST), "Steps ahead", STEPS_TIP)
        self.steps_field.show_value(steps)
        self.steps_field.committed.connect(self._choose)
        self.steps_field.settled.connect(self.refusal.say)
        self.panel = ErrorsPanel()
        self.panel.read_out.connect(self._read)
        self._lay_out()
        self.set_palette(palette)

    def _lay_out(self) -> None:
        name = label("Steps ahead")
        name.setBuddy(self.steps_field)
        beside = name, self.steps_field, InfoButton("errors_ahead"), self.refusal
        controls = fill(QHBoxLayout(), *beside, spacing=8, wide=self.refusal)
        self.column.addWidget(self._about)
        self.column.addLayout(controls)
        self.column.addWidget(self.panel, 1)
        self.column.addWidget(self._read_out)
        self._area = Scrolled(self._sentences)
        self.column.addWidget(self._area)
        tip = "Save the errors as a table, a row for each number of steps ahead."
        self.save_button = self.add_button("Save table…", tip, self._ask_where)
        tip = "Copy the errors as a table, for a spreadsheet."
        self.copy_button = self.add_button("Copy table", tip, self.copy)
        tip = "Save or copy a figure of this for print."
        self.figure_button = self.add_button("Figure…", tip, self.figure_wanted.emit)
        self.finish()
        self.resize(QSize(px(WIDE), px(HIGH)).boundedTo(self.screen().availableSize()))

    # -- what is shown ------------------------------------------------------------------

    def show_errors(self, shown: ErrorsShown | None, waiting: str = "") -> None:
        """Show these errors, or what stands there while there are none."""
        self._shown = shown
        self._about.setText(waiting if shown is None else shown.about)
        self._sentences.setText("" if shown is None else "\n".join(shown.sentences.values()))
        told = 0 if shown is None else len(shown.lines)
        self._lines = min(1 + told // ERRORS_A_LINE, MOST_LINES)
        fit(self._read_out, height=LINE_PX * self._lines)
        self.panel.show_view(ErrorsView(shown, waiting))
        for button in (self.save_button, self.copy_button, self.figure_button):
            button.setEnabled(shown is not None)

    def _read(self, words: str) -> None:
        """Write what is pointed at, as much as there is room for."""
        words = words or (POINT if self._shown is not None else "")
        rows = wrap(words, self._read_out.width(), self._lines)
        self._read_out.setText("\n".join(rows))
        self._read_out.setToolTip(words)

    def set_steps(self, steps: int) -> None:
        """Forecast so many steps ahead from now on."""
        self.steps = steps
        self.steps_field.show_value(steps)
        self.refusal.say()
        self._tell_wanted()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self.panel.set_palette(palette)

    def table(self, between: str = ",") -> str:
        """The errors as text, a line a row."""
        assert self._shown is not None
        made = io.StringIO()
        writer = csv.writer(made, delimiter=between, lineterminator="\n")
        writer.writerows(error_rows(self._shown))
        return made.getvalue()

    def copy(self) -> None:
        """Put the table on the clipboard."""
        QGuiApplication.clipboard().setText(self.table("\t"))
        self.copy_button.setText("Copied")

    def _ask_where(self) -> None:
        name = "errors-ahead.csv"
        choose_file(self, "Save table", TABLES, self.save_wanted.emit, name, save=True)

    def _choose(self, given: Any) -> None:
        if not isinstance(given, int) or not 1 <= given <= MOST:
            self.refusal.say(f"Steps ahead: {given} is not a whole number from 1 to {MOST}.")
            return
        self.set_steps(given)
        self.chosen.emit(given)

    # -- whether it can be seen ---------------------------------------------------------

    def _tell_wanted(self) -> None:
        seen = self.isVisible() and not self.isMinimized()
        wanted = self.steps if seen else 0
        if wanted != self._told:
            self._told = wanted
            self.wanted.emit(wanted)

    def changeEvent(self, event: QEvent) -> None:
        """A minimized window has nothing measured."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self._tell_wanted()

    def showEvent(self, event: QShowEvent) -> None:
        """Have errors measured."""
        super().showEvent(event)
        self._tell_wanted()

    def hideEvent(self, event: QHideEvent) -> None:
        """Have nothing measured."""
        super().hideEvent(event)
        self._tell_wanted()
