"""The main window: it puts the parts together and connects them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QPoint, QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QMainWindow,
)

from sandbox.gui.forms.contestants_dock import ContestantsPart
from sandbox.gui.forms.task_dock import TaskPart
from sandbox.gui.forms.training_dock import TrainingPart
from sandbox.gui.look.marks import app_icon
from sandbox.gui.look.theme import CHOICES, Painted, Theme
from sandbox.gui.own.open_data import OwnData
from sandbox.gui.own.own_cells import OwnCells
from sandbox.gui.own.task_files import IN_USE, OwnTasks
from sandbox.gui.session.autosave import Autosave
from sandbox.gui.session.edits import Edits
from sandbox.gui.session.library import Library
from sandbox.gui.session.preferences import Preferences
from sandbox.gui.session.session import EXAMPLES, Session
from sandbox.gui.widgets.actions import Menus, make_actions
from sandbox.gui.widgets.fields import NumberField
from sandbox.gui.widgets.focus import MOST_STOPS, Focus, covered
from sandbox.gui.widgets.offer import Offer
from sandbox.gui.widgets.status_line import StatusLine
from sandbox.gui.window import scene
from sandbox.gui.window.appearance import Appearance
from sandbox.gui.window.claim_links import ClaimLinks
from sandbox.gui.window.commands import Commands
from sandbox.gui.window.dropping import Dropping
from sandbox.gui.window.errors_links import ErrorsLinks
from sandbox.gui.window.figure_links import FigureLinks
from sandbox.gui.window.guide_links import GuideLinks
from sandbox.gui.window.history_links import HistoryLinks
from sandbox.gui.window.insight_links import InsightLinks
from sandbox.gui.window.layout import Layout, tool_bar
from sandbox.gui.window.probe_links import ProbeLinks
from sandbox.gui.window.recent import Recent
from sandbox.gui.window.run_bar import RunBar
from sandbox.gui.window.stage import Stage
from sandbox.gui.window.time_bar import TimeBar
from sandbox.gui.window.toast import Toast
from sandbox.gui.window.torch_links import TorchLinks
from sandbox.run.messages import Phase, Status

if TYPE_CHECKING:
    from collections.abc import Callable

    from PySide6.QtGui import QCloseEvent, QKeyEvent

    from sandbox.drawing.styles import Palette
    from sandbox.experiment import Experiment

FIRST_SIZE = QSize(1440, 900)  # smaller on a smaller screen
UNFINISHED = "unfinished"  # the run that was training when the window was closed
SWITCHES = {
    "log_loss": False,
    "by_time": False,
    "generalisation": True,
    "relative": True,
    "gradient_history": False,
    "equations": True,
    "answers": False,
}  # of the View menu, with their first state


class MainWindow(QMainWindow):
    """All parts of the window; each talks to the session by itself."""

    painted = Signal()  # once, after the first paint

    def __init__(
        self, session: Session, theme: Theme | None = None, preferences: Preferences | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("main_window")
        self.setWindowTitle("Sequence Sandbox")
        self.setWindowIcon(app_icon())
        self.session, self.preferences = session, preferences or Preferences()
        self.theme = theme or Theme(
            self.preferences.text("theme"), self.preferences.pixels("type_size", 100), self
        )
        self._first_paint = True
        self.actions_by_name = actions = make_actions(self)
        self.stage = Stage(session, self)
        self.run_bar = RunBar(session, actions)
        self.time_bar = TimeBar(session, actions)
        self.status_line = StatusLine()
        self.library, self.offer = Library(session, self), Offer()
        self.library.unfinished = self.preferences.text(UNFINISHED)
        self.commands = Commands(self, session, actions, self.library)
        self.edits = Edits(session, actions, self.commands.say, self)
        self.recent = Recent(self.preferences, self.commands, self)
        self.own_data = OwnData(self, session, actions)
        self.own_tasks = OwnTasks(self, session, actions, self.preferences, self.offer)
        self.own_cells = OwnCells(self, session, self.preferences, self.theme)
        self.autosave = Autosave(session, self)
        self.history_links = HistoryLinks(
            self, session, actions, self.library, self.stage, self.offer, self.preferences
        )
        self.history_links.export_wanted.connect(self.commands.export)
        self.claim_links = ClaimLinks(self, session, actions, self.commands, self.offer, self.theme)
        self.figure_links = FigureLinks(self, session, actions, self.library, self.stage)
        self.errors_links = ErrorsLinks(self, session, actions, self.stage, self.figure_links)
        self.torch_links = TorchLinks(session, self.status_line.aside, self.preferences, self)
        self.insight_links = InsightLinks(
            self, session, actions, self.stage, self.edits, self.library, self.commands.say
        )
        self.guide_links = GuideLinks(session, self.stage, self.insight_links.views)
        self.figure_links.use(self.insight_links.figures, self.insight_links.named_figures)
        self.probe_links = ProbeLinks(self, session, self.stage.sentence, self.edits)
        self._build()
        self._connect()
        self._remember()
        self.set_palette(self.theme.palette)
        self._show_state()
        self.run_bar.take_focus()

    # Building -------------------------------------------------------------------------

    def _build(self) -> None:
        self.task_part = TaskPart(self.session)
        self.task_part.picker.serve(self.own_tasks)
        self.contestants_part = ContestantsPart(self.session)
        left: dict[str, TaskPart | ContestantsPart | TrainingPart] = {
            "task": self.task_part,
            "contestants": self.contestants_part,
            "training": TrainingPart(self.session),
        }
        self.resize(FIRST_SIZE.boundedTo(self.screen().availableSize()))
        self.addToolBar(tool_bar(self.run_bar))
        self.setStatusBar(self.status_line)
        self.layout_of_docks = Layout(
            self,
            left,
            self.stage,
            self.insight_links.views,
            self.insight_links.bar,
            self.time_bar,
            self.offer,
        )
        self.docks, self.splitter = self.layout_of_docks.docks, self.layout_of_docks.splitter
        self.toast = Toast(self.session, self.layout_of_docks.centre, self._above_axis)
        marks = self.actions_by_name["mark_before"], self.actions_by_name["mark_after"]
        self._focus = Focus(self, self.docks, marks)
        self.appearance = Appearance(
            self,
            self.theme,
            self.actions_by_name,
            self.layout_of_docks,
            self.run_bar,
            self.status_line.show_remark,
        )
        self._dropping = Dropping([self, *self.docks], self.commands, self)
        menus = Menus(self, self.actions_by_name, self.docks)
        menus.put_behind("open", self.recent.menu)
        menus.put_behind("reload_task", self.own_tasks.menu)
        self._parts: list[Painted] = [self.run_bar, *left.values(), self.stage, *self.docks, menus]
        self._parts += [self.status_line, self.time_bar, self.offer, self.toast, self.history_links]
        self._parts += [self.errors_links, self.torch_links, self.insight_links]

    def _connect(self) -> None:
        actions, session = self.actions_by_name, self.session
        curves, nets = self.stage.curves, self.stage.nets
        for name, act in (
            ("train", partial(self._after_typing, session.toggle)),
            ("step", partial(self._after_typing, session.step)),
            ("restart", partial(self._after_typing, session.restart)),
            ("new", session.new),
            ("defaults", session.reset_settings),
            ("mark_before", self.stage.mark_before),
            ("mark_after", self.stage.mark_after),
            ("pin", self.stage.pin_here),
            ("fold_docks", self.layout_of_docks.fold),
            ("reset_layout", self.layout_of_docks.reset),
            *((f"example_{n + 1}", partial(session.select_example, n)) for n in range(EXAMPLES)),
        ):
            actions[name].triggered.connect(act)
        for name, show, button in (
            ("log_loss", curves.set_log_loss, curves.log_button),
            ("by_time", curves.set_by_time, curves.time_button),
            ("generalisation", curves.set_generalisation, curves.beyond_button),
            ("relative", nets.set_relative, nets.relative_button),
            ("gradient_history", nets.set_over_training, nets.history_button),
        ):
            actions[name].toggled.connect(show)
            button.toggled.connect(actions[name].setChecked)
        actions["equations"].toggled.connect(nets.set_equations)
        actions["answers"].toggled.connect(self.layout_of_docks.answers.show)
        self.stage.answers.hide_wanted.connect(actions["answers"].toggle)
        curves.step_clicked.connect(session.look_back)
        self._focus.lost.connect(lambda: self.focusNextPrevChild(True))
        session.problem.connect(self._tell_refusal)
        session.remarked.connect(self.status_line.show_remark)
        for signal in (session.status_changed, session.looked_back, session.training_changed):
            signal.connect(self._show_state)
        session.run_opened.connect(self._show_state)
        session.beat.connect(self._show_state)
        session.experiment_changed.connect(self._show_title)
        session.example_changed.connect(self._show_example)
        self.stage.readout_changed.connect(self.status_line.show_readout)
        self.theme.changed.connect(self.set_palette)
        self.library.refused.connect(self.commands.say)
        self.commands.data_wanted.connect(self.own_data.open)
        self.task_part.data_wanted.connect(self.own_data.ask)
        self.commands.task_file_wanted.connect(self.own_tasks.open)
        self.own_tasks.filed.connect(self.commands.filed)
        self.contestants_part.own_cell_wanted.connect(self.own_cells.edit)
        self.commands.cell_file_wanted.connect(self.own_cells.open_file)
        self.own_cells.filed.connect(self.commands.filed)
        self.library.remarked.connect(self.offer.make)
        self.autosave.failed.connect(self.offer.make)
        session.run_opened.connect(self.offer.withdraw)

    def _above_axis(self) -> int:
        """Where the words of the time axis begin in the centre."""
        nets = self.stage.nets
        return nets.mapTo(self.layout_of_docks.centre, QPoint(0, nets.axis_top)).y()

    # Settings -------------------------------------------------------------------------

    def _remember(self) -> None:
        self.appearance.restore(self.preferences)
        for name, at_first in SWITCHES.items():
            self.actions_by_name[name].setChecked(self.preferences.flag(name, at_first))
        for choice in CHOICES:
            keep = partial(self.preferences.keep, "theme", choice)
            self.actions_by_name[f"theme_{choice}"].triggered.connect(keep)
        self.insight_links.views.show(self.preferences.text("view"))
        self._show_example(self.session.example)
        self._show_title()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Save the layout and the experiment, and ask the worker to end."""
        self.appearance.save(self.preferences)
        for name in SWITCHES:
            self.preferences.keep(name, self.actions_by_name[name].isChecked())
        self.preferences.keep("view", self.insight_links.views.shown)
        self.preferences.keep(UNFINISHED, self.session.run if self.session.feed.training else "")
        self.history_links.close()  # while notes can still be written
        for part in (
            self.insight_links,
            self.errors_links,
            self.figure_links,
            self.own_data,
            self.autosave,
            self.session,
            self.torch_links,
        ):
            part.close()
        super().closeEvent(event)

    # Commands -------------------------------------------------------------------------

    def _after_typing(self, act: Callable[[], None]) -> None:
        """Do it with what is being typed into a number field."""
        focused = QApplication.focusWidget()
        if isinstance(focused, NumberField):
            focused.commit()
        act()

    def focusNextPrevChild(self, next: bool) -> bool:
        """Tab goes only to controls that can be seen."""
        # Not by `nextInFocusChain`: PySide makes each widget a child of the one before it, and
        # the window could not be deleted.
        for _ in range(MOST_STOPS):
            if not super().focusNextPrevChild(next):
                return False
            focused = QApplication.focusWidget()
            if focused is None or not covered(focused):
                return True
        return False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter presses the focused control, since Space trains.  Escape unmarks, then leaves."""
        focused = QApplication.focusWidget()
        if event.key() == Qt.Key.Key_Escape:
            if self.stage.marked >= 0:  # a pin goes with it
                self.stage.mark(-1)
            else:
                self.appearance.leave()
        elif event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            super().keyPressEvent(event)
        elif isinstance(focused, QAbstractButton):
            focused.click()
        elif isinstance(focused, QComboBox):
            focused.showPopup()
        elif isinstance(focused, NumberField) and not focused.refused:
            self.stage.nets.setFocus(Qt.FocusReason.OtherFocusReason)

    # Display --------------------------------------------------------------------------

    def set_palette(self, palette: Palette) -> None:
        """Draw every part in these colours."""
        for part in self._parts:
            part.set_palette(palette)

    def _show_state(self) -> None:
        phase = self.session.feed.phase
        self.status_line.show_phase(scene.phase_in_words(self.session), phase is Phase.WARMING)
        self.status_line.show_news(*scene.news(self.session))

    def _tell_refusal(self, status: Status) -> None:
        if status.refused and status.report:
            self.own_tasks.tell(IN_USE, status.refused, status.report)
        elif status.refused and not self.edits.take_refusal(status):
            self.commands.say("This experiment cannot be run", status.refused)

    def _show_example(self, index: int) -> None:
        for number in range(EXAMPLES):
            self.actions_by_name[f"example_{number + 1}"].setChecked(number == index)

    def _show_title(self, old: Experiment | None = None, new: Experiment | None = None) -> None:
        self.setWindowTitle(f"{self.session.task.title} – Sequence Sandbox")

    def event(self, event: QEvent) -> bool:
        """Say when the first paint is done and whether the window can be seen."""
        handled = super().event(event)
        if event.type() == QEvent.Type.Paint and self._first_paint:
            self._first_paint = False
            QTimer.singleShot(0, self, self.painted.emit)  # cancelled if the window is gone
        elif event.type() in (QEvent.Type.WindowStateChange, QEvent.Type.Show, QEvent.Type.Hide):
            self.session.feed.watching = self.isVisible() and not self.isMinimized()
        return handled
