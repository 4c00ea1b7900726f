"""The history window, as a person uses it."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QItemSelectionModel, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QHeaderView,
    QLabel,
    QLineEdit,
    QWidget,
)

from sandbox.drawing.styles import DARK, LIGHT, Palette
from sandbox.experiment import Experiment
from sandbox.gui.history.cell_painter import CellPainter
from sandbox.gui.history.history_actions import TABLE_ACTIONS
from sandbox.gui.history.history_columns import HEADS, Column
from sandbox.gui.history.history_window import HistoryWindow
from sandbox.gui.history.table import RunsTable
from sandbox.gui.look.theme import Theme, selected_ground
from sandbox.gui.look.typeface import SMALL_PX, width_of
from sandbox.gui.session.overlays import MOST_OVERLAYS
from sandbox.gui.session.preferences import Preferences
from sandbox.store.base import Origin, RunError, RunInfo
from tests.gui.controls import focus, named
from tests.gui.fake_store import FakeStore, experiment_of, info, many, result
from tests.gui.look.test_theme import contrast, text_colors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pytestqt.qtbot import QtBot

Left, Return = Qt.MouseButton.LeftButton, Qt.Key.Key_Return
A, B, C, D = (f"20260314-1{n}0000-fluent-00000{n}" for n in range(4))
DAMAGE = "Run x cannot be read: its checkpoint is cut short; delete it."


def four() -> list[RunInfo]:
    """Oldest first: D is the newest."""
    return [
        info(A, created="2026-03-14T10:00:00+00:00", gap=10, seed=1),
        info(B, created="2026-03-14T11:00:00+00:00", gap=50, note="keeps it", star=True),
        info(C, created="2026-03-14T12:00:00+00:00", origin=Origin(A, 500)),
        RunInfo(D, damage=DAMAGE),
    ]


@pytest.fixture
def store() -> FakeStore:
    return FakeStore(four())


@pytest.fixture
def history(store: FakeStore, qtbot: QtBot) -> Iterator[HistoryWindow]:
    Theme("dark")
    made = HistoryWindow(lambda: store, Preferences())
    yield opened(made, qtbot, len(store.infos))
    shut(made)


def opened(made: HistoryWindow, qtbot: QtBot, runs: int) -> HistoryWindow:
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.open()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is made)
    qtbot.waitUntil(lambda: len(made.model.listing.rows) == runs)
    return made


def shut(made: HistoryWindow) -> None:
    made.close()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def listed(history: HistoryWindow) -> list[str]:
    return [row.run for row in history.model.rows]


def text(history: HistoryWindow, run: str, column: Column) -> str:
    place = history.model.places[run]
    return str(history.model.data(history.model.index(place, column)))


def choose(history: HistoryWindow, *runs: str) -> None:
    history.table.choose(runs[0])
    flags = QItemSelectionModel.SelectionFlag.Select | QItemSelectionModel.SelectionFlag.Rows
    for run in runs[1:]:
        place = history.model.places[run]
        history.table.selectionModel().select(history.model.index(place, 0), flags)


def chosen(history: HistoryWindow) -> list[str]:
    return [row.run for row in history.table.chosen_runs()]


def press(history: HistoryWindow, qtbot: QtBot, key: Qt.Key | str) -> None:
    qtbot.keyClick(focus(qtbot, history.table), key)


def click(history: HistoryWindow, qtbot: QtBot, run: str, column: Column) -> None:
    qtbot.mouseClick(history.table.viewport(), Left, pos=middle(history, run, column))


def double_click(history: HistoryWindow, qtbot: QtBot, run: str, column: Column) -> None:
    click(history, qtbot, run, column)
    qtbot.mouseDClick(history.table.viewport(), Left, pos=middle(history, run, column))


def middle(history: HistoryWindow, run: str, column: Column) -> QPoint:
    place = history.model.places[run]
    return history.table.visualRect(history.model.index(place, column)).center()


def note_field(history: HistoryWindow) -> QLineEdit:
    field = history.table.findChild(QLineEdit, "note_field")
    assert isinstance(field, QLineEdit)
    return field


def refresh(history: HistoryWindow, qtbot: QtBot) -> None:
    with qtbot.waitSignal(history.reader.answered):
        history.reader.read()


# Listing --------------------------------------------------------------------------------


def test_that_every_run_is_listed_newest_first_and_damaged_ones_with_their_sentence(
    history: HistoryWindow,
) -> None:
    assert listed(history) == [D, C, B, A]
    assert text(history, D, Column.RESULT) == DAMAGE
    assert text(history, A, Column.TASK) == "I speak fluent …"
    assert text(history, A, Column.RESULT) == "LSTM solved at 312 · RNN 17%"
    assert text(history, C, Column.PARENT) == text(history, A, Column.WHEN)
    assert history.search.count.text() == "4 runs"


def test_that_the_store_is_asked_on_another_thread_only(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    choose(history, A, B)
    qtbot.waitUntil(lambda: store.count("load") == 2)
    assert threading.current_thread().name not in store.threads
    assert all(name.startswith("history") for name in store.threads)


def test_that_the_thread_ends_when_the_window_is_closed_and_comes_back_with_it(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    def threads() -> list[str]:
        return [t.name for t in threading.enumerate() if t.name.startswith("history")]

    assert threads()
    history.close()
    assert not threads()
    store.infos.pop(A)
    history.open()
    qtbot.waitUntil(lambda: len(listed(history)) == 3)


def test_that_a_change_made_just_before_closing_is_carried_out(
    history: HistoryWindow, store: FakeStore
) -> None:
    history.commands.star([history.model.listing.by_run[A]])
    history.close()
    assert store.infos[A].star


def test_that_an_empty_store_says_so(qtbot: QtBot) -> None:
    store = FakeStore()
    made = HistoryWindow(lambda: store, Preferences())
    opened(made, qtbot, 0)
    qtbot.waitUntil(lambda: made.empty.heading.text() == "No runs yet")
    assert made.empty.isVisible()
    shut(made)


def test_that_a_store_that_cannot_be_read_says_why_and_is_read_when_it_can_be(
    qtbot: QtBot,
) -> None:
    store = FakeStore(four())
    store.failure = RunError("The runs are being used by a later version.")
    made = HistoryWindow(lambda: store, Preferences())
    opened(made, qtbot, 0)
    qtbot.waitUntil(lambda: "later version" in made.empty.sentence.text())
    store.failure = None
    qtbot.mouseClick(named(made, "Try again"), Left)
    qtbot.waitUntil(lambda: len(listed(made)) == 4)
    shut(made)


def test_that_a_store_that_cannot_be_read_any_more_says_so_once_and_keeps_the_list(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.failure = RunError("The runs cannot be read now.")
    refresh(history, qtbot)
    assert history.notice.words.text() == "The runs cannot be read now."
    history.notice.hide()
    refresh(history, qtbot)
    assert history.notice.isHidden()
    assert len(listed(history)) == 4
    store.failure = None


def test_that_no_store_yet_is_said_in_words(qtbot: QtBot) -> None:
    made = HistoryWindow(lambda: None, Preferences())
    opened(made, qtbot, 0)
    qtbot.waitUntil(lambda: "not open yet" in made.empty.sentence.text())
    shut(made)


def test_that_a_fault_of_ours_is_not_swallowed(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.failure = ZeroDivisionError("ours")
    with qtbot.captureExceptions() as faults:
        history.reader.read()
        qtbot.waitUntil(lambda: bool(faults))
    assert faults[0][0] is ZeroDivisionError
    store.failure = None


# Refreshing -----------------------------------------------------------------------------


def test_that_chosen_runs_and_the_scroll_position_survive_a_refresh(qtbot: QtBot) -> None:
    infos = many(300)
    store = FakeStore(infos)
    made = HistoryWindow(lambda: store, Preferences())
    opened(made, qtbot, 300)
    choose(made, infos[200].run, infos[198].run)
    made.table.verticalScrollBar().setValue(90)
    top = made.model.rows[90].run
    store.infos["new"] = info("new", created="2027-01-01T00:00:00+00:00")
    store.infos.pop(infos[-1].run)
    store.infos.pop(infos[-2].run)
    refresh(made, qtbot)
    assert listed(made)[0] == "new"
    assert chosen(made) == [infos[200].run, infos[198].run]
    assert made.model.rows[made.table.verticalScrollBar().value()].run == top
    shut(made)


def test_that_a_run_that_only_says_something_else_resets_nothing(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    with qtbot.assertNotEmitted(history.model.layoutChanged):
        store.change(A, step=3100)
        refresh(history, qtbot)
    assert text(history, A, Column.STEPS) == "3,100"


def test_that_an_answer_from_before_a_change_is_dropped(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.gate = threading.Event()
    asked = store.count("list")
    history.reader.read()
    qtbot.waitUntil(lambda: store.count("list") > asked)  # it waits, with A still unstarred
    history.commands.star([history.model.listing.by_run[A]])
    assert history.model.listing.by_run[A].info.star
    stars: list[bool] = []
    history.model.dataChanged.connect(
        lambda: stars.append(history.model.listing.by_run[A].info.star)
    )
    with qtbot.waitSignal(history.reader.answered):
        store.gate.set()
    assert store.count("list") == asked + 2
    assert False not in stars
    assert history.model.listing.by_run[A].info.star


def test_that_a_note_that_is_being_written_survives_a_refresh(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.table.choose(A)
    press(history, qtbot, Qt.Key.Key_F2)
    editor = note_field(history)
    qtbot.keyClicks(editor, "half of")
    store.infos["new"] = info("new", created="2027-01-01T00:00:00+00:00")
    refresh(history, qtbot)
    assert editor.isVisible()
    assert editor.text() == "half of"
    qtbot.keyClicks(editor, " it")
    qtbot.keyClick(editor, Return)
    qtbot.waitUntil(lambda: store.infos[A].note == "half of it")
    qtbot.waitUntil(lambda: listed(history)[0] == "new")
    assert text(history, A, Column.NOTE) == "half of it"


def test_that_a_run_that_takes_steps_elsewhere_is_called_so_but_not_the_one_here(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.show_current(B, experiment_of(store.infos[B]), True)
    for run in (A, B):
        store.change(run, step=3001, steps=9000)
    refresh(history, qtbot)
    assert text(history, A, Column.RESULT).startswith("training elsewhere · ")
    assert text(history, B, Column.RESULT).startswith("training here · ")
    history.show_current(B, experiment_of(store.infos[B]), False)
    assert "still" not in text(history, B, Column.RESULT)


# Looking for ----------------------------------------------------------------------------


def test_that_typing_narrows_the_list_and_clear_lists_everything(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    qtbot.keyClicks(focus(qtbot, history.search.field), "gap:50 keeps")
    assert listed(history) == [B]
    assert history.search.count.text() == "1 of 4 runs"
    qtbot.mouseClick(named(history, "Clear"), Left)
    assert listed(history) == [D, C, B, A]
    assert not named(history, "Clear").isEnabled()


def test_that_nothing_found_is_said_in_words_with_a_way_out(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    history.search.field.setText("zzz")
    assert history.empty.sentence.text() == "4 runs are stored."
    qtbot.mouseClick(named(history, "List every run"), Left)
    assert len(listed(history)) == 4


def test_that_what_cannot_be_looked_for_is_refused_and_changes_nothing(
    history: HistoryWindow,
) -> None:
    history.search.field.setText("gap:abc")
    assert "gap: takes a number" in history.search.refusal.text()
    assert len(listed(history)) == 4
    history.search.field.setText("gap:10")
    assert not history.search.refusal.text()
    assert listed(history) == [A]


def test_that_choices_narrow_the_list_and_stay_when_their_last_run_is_gone(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    box = named(history, "Gap")
    assert isinstance(box, QComboBox)
    assert [box.itemText(n) for n in range(box.count())] == [
        "any gap",
        "gap 10",
        "gap 20",
        "gap 50",
    ]
    box.setCurrentText("gap 50")
    assert listed(history) == [B]
    store.infos.pop(B)
    refresh(history, qtbot)
    assert listed(history) == []
    assert box.currentText() == "gap 50"
    history.search.clear()
    assert listed(history) == [D, C, A]


def test_that_starred_runs_and_results_can_be_chosen(history: HistoryWindow) -> None:
    starred = named(history, "Starred runs only")
    assert isinstance(starred, QAbstractButton)
    starred.click()
    assert listed(history) == [B]
    starred.click()
    box = named(history, "Result")
    assert isinstance(box, QComboBox)
    box.setCurrentText("damaged")
    assert listed(history) == [D]


def test_that_a_head_sorts_and_a_second_click_turns_it_round(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    header = history.table.horizontalHeader()
    place = QPoint(header.sectionViewportPosition(Column.GAP) + 10, 10)
    qtbot.mouseClick(header.viewport(), Left, pos=place)
    assert listed(history) == [A, C, B, D]
    qtbot.mouseClick(header.viewport(), Left, pos=place)
    assert listed(history) == [B, C, A, D]


def test_that_runs_can_be_sorted_by_the_keyboard_too(history: HistoryWindow) -> None:
    entries = {action.text(): action for action in history.menu.menu.actions()}
    by_gap = next(a for a in entries["Sort by"].menu().actions() if a.text() == "gap")
    by_gap.trigger()
    assert listed(history) == [A, C, B, D]


# Shown beside the live run --------------------------------------------------------------


def test_that_a_tick_and_space_say_which_runs_are_drawn(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    told: list[object] = []
    history.model.shown_changed.connect(told.append)
    choose(history, C)
    click(history, qtbot, A, Column.SHOW)
    assert told == [(A,)]
    assert chosen(history) == [C]  # a tick chooses nothing
    press(history, qtbot, Qt.Key.Key_Space)
    assert told[-1] == (A, C)
    click(history, qtbot, A, Column.SHOW)
    assert told[-1] == (C,)
    qtbot.mouseClick(named(history, "Hide all"), Left)
    assert told[-1] == ()


def test_that_no_more_than_eight_are_drawn_and_more_are_refused_in_a_sentence(
    qtbot: QtBot,
) -> None:
    infos = many(12)
    store = FakeStore(infos)
    made = HistoryWindow(lambda: store, Preferences())
    opened(made, qtbot, 12)
    made.table.selectAll()
    press(made, qtbot, Qt.Key.Key_Space)
    assert len(made.model.shown) == MOST_OVERLAYS
    assert "8 runs" in made.notice.words.text()
    shut(made)


def test_that_the_run_on_screen_is_not_drawn_beside_itself(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.model.show_beside(A, True)
    history.show_current(A, experiment_of(store.infos[A]), False)
    assert history.model.shown == ()
    click(history, qtbot, A, Column.SHOW)
    assert history.model.shown == ()
    assert "current run" in history.notice.words.text()


def test_that_a_run_that_is_deleted_is_not_drawn_any_more(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    history.model.show_beside(A, True)
    choose(history, A)
    with qtbot.waitSignal(history.model.shown_changed) as told:
        press(history, qtbot, Qt.Key.Key_Delete)
    assert told.args == [()]


def test_that_whoever_draws_can_say_why_a_run_cannot_be(history: HistoryWindow) -> None:
    history.model.show_beside(D, True)
    history.hide_overlay(D, DAMAGE)
    assert history.model.shown == ()
    assert history.notice.words.text() == DAMAGE


def test_that_the_axis_can_be_chosen(history: HistoryWindow, qtbot: QtBot) -> None:
    box = named(history, "Axis of the curves")
    assert isinstance(box, QComboBox)
    with qtbot.waitSignal(history.bottom.axis_changed) as told:
        box.setCurrentText("by time")
    assert told.args == ["time"]


# Comparing ------------------------------------------------------------------------------


def differences(history: HistoryWindow) -> list[tuple[str, ...]]:
    table = history.comparison.table
    return [
        tuple(item.text() for c in range(4) if (item := table.item(r, c)) is not None)
        for r in range(table.rowCount())
    ]


def test_that_two_chosen_runs_are_compared_the_older_one_first(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A, B)
    qtbot.waitUntil(lambda: bool(differences(history)))
    settings, results = differences(history)[:2], differences(history)[2:]
    assert settings == [("task", "gap", "10", "50"), ("training", "seed", "1", "0")]
    assert history.comparison.heading.text() == "2 differences in settings, 2 results"
    assert [where for where, *_ in results] == ["RNN", "LSTM"]
    table = history.comparison.table
    qtbot.waitUntil(lambda: table.viewport().height() >= 7 * table.rowHeight(0))
    assert all("312" in one and "312" in other for _, _, one, other in results[1:])
    qtbot.mouseClick(named(history, "Copy as text"), Left)
    copied = QGuiApplication.clipboard().text()
    assert copied.startswith("task · gap: 10 → 50\ntraining · seed: 1 → 0\n")
    qtbot.keyClick(history.comparison.table, "c", Qt.KeyboardModifier.ControlModifier)
    rows = QGuiApplication.clipboard().text().splitlines()
    assert rows[1] == "task\tgap\t10\t50"


def test_that_a_chosen_run_is_compared_with_the_one_on_screen_even_unkept(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.show_current("unkept", experiment_of(info("x", gap=50)), False)
    choose(history, A)
    press(history, qtbot, "c")
    qtbot.waitUntil(lambda: bool(differences(history)))
    assert ("task", "gap", "10", "50") in differences(history)
    head = history.comparison.table.horizontalHeaderItem(3)
    assert head is not None
    assert head.text() == "current run"
    choose(history, C)
    assert history.details.currentWidget() is not history.comparison


def test_that_compare_draws_the_curves_of_both_runs(history: HistoryWindow, qtbot: QtBot) -> None:
    choose(history, A, B)
    with qtbot.waitSignal(history.model.shown_changed):
        qtbot.mouseClick(named(history, "Compare"), Left)
    assert set(history.model.shown) == {A, B}
    assert "both" in history.notice.words.text()
    assert history.details.currentWidget() is history.comparison


def test_that_a_run_of_another_task_is_compared_but_not_drawn(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    history.show_current("now", Experiment(task="adding"), False)
    choose(history, A, B)
    qtbot.mouseClick(named(history, "Compare"), Left)
    assert history.model.shown == ()
    assert "task" in history.notice.words.text()
    qtbot.waitUntil(lambda: bool(differences(history)))


def test_that_hiding_all_curves_takes_back_what_was_said_of_them(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A, B)
    qtbot.mouseClick(named(history, "Compare"), Left)
    assert history.notice.isVisible()
    qtbot.mouseClick(named(history, "Hide all"), Left)
    assert history.model.shown == ()
    assert not history.notice.isVisible()


def test_that_escape_ends_a_comparison_and_hides_its_curves_before_it_closes(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A)
    press(history, qtbot, " ")
    assert history.model.shown == (A,)
    choose(history, A, B)
    qtbot.mouseClick(named(history, "Compare"), Left)
    assert set(history.model.shown) == {A, B}
    qtbot.keyClick(history, Qt.Key.Key_Escape)
    assert history.isVisible()
    assert history.model.shown == (A,)  # it was chosen before
    assert history.details.currentWidget() is not history.comparison
    qtbot.keyClick(history, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not history.isVisible())


def test_that_compare_draws_a_run_with_the_current_one(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    history.show_current(B, experiment_of(info(B, gap=50)), False)
    choose(history, A)
    press(history, qtbot, "c")
    assert history.model.shown == (A,)
    qtbot.waitUntil(lambda: ("task", "gap", "10", "50") in differences(history))
    assert "result" in {row[1] for row in differences(history)}


def test_that_runs_that_are_set_alike_say_so(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.change(B, gap=10, seed=1)
    choose(history, A, B)
    qtbot.waitUntil(lambda: history.comparison.heading.text().startswith("No difference"))
    assert "same settings" in history.comparison.words.text()


def test_that_a_damaged_run_cannot_be_compared_and_says_why(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A, D)
    qtbot.waitUntil(lambda: history.comparison.words.text() == DAMAGE)


def test_that_one_chosen_run_is_described_and_nothing_of_its_note_is_markup(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.change(C, note="<b>bold</b>")
    refresh(history, qtbot)
    choose(history, C)
    words = history.details.words.text()
    assert "&lt;b&gt;bold&lt;/b&gt;" in words
    for part in (C, "3,000 of 3,000 steps", f"{A} at step 500", "solved at step 312"):
        assert part in words
    history.table.selectAll()
    assert "4 runs selected" in history.details.words.text()


def test_that_rows_say_in_what_runs_of_a_task_differ(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    """A and B differ in gap and seed, A and C too; one of the two tells all three apart."""
    rows = (A, B, C)
    qtbot.waitUntil(lambda: all(text(history, run, Column.SETTINGS) for run in rows))
    told = {text(history, run, Column.SETTINGS) for run in rows}
    assert told == {"gap 10", "gap 50", "fork at 500: gap 20"}
    assert text(history, D, Column.SETTINGS) == ""
    history.table.sort_by(Column.SETTINGS)
    assert listed(history)[-1] == D


def test_that_the_table_grows_with_the_type(history: HistoryWindow) -> None:
    theme = Theme("dark")
    theme.changed.connect(history.set_palette)
    width, height = history.table.columnWidth(Column.TASK), history.table.rowHeight(0)
    theme.set_type_size(150)
    assert history.table.columnWidth(Column.TASK) == pytest.approx(1.5 * width, abs=1)
    assert history.table.rowHeight(0) == pytest.approx(1.5 * height, abs=1)
    theme.set_type_size(100)
    assert history.table.columnWidth(Column.TASK) == pytest.approx(width, abs=1)


# Closing and disk -----------------------------------------------------------------------


def test_that_escape_closes_the_window_from_anywhere(history: HistoryWindow, qtbot: QtBot) -> None:
    for name in ("Runs", "Axis of the curves", "Open", "Search runs"):
        qtbot.keyClick(focus(qtbot, named(history, name)), Qt.Key.Key_Escape)
        qtbot.waitUntil(lambda: not history.isVisible())
        history.open()
        qtbot.waitUntil(lambda: QApplication.activeWindow() is history)
        choose(history, A)


def test_that_escape_clears_the_search_before_it_closes(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    history.search.field.setText("keeps")
    field = focus(qtbot, history.search.field)
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    assert history.isVisible()
    assert history.search.field.text() == ""
    qtbot.keyClick(field, Qt.Key.Key_Escape)
    qtbot.waitUntil(lambda: not history.isVisible())


def test_that_the_disk_budget_is_shown_and_changed(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    """Three runs of 120,000 bytes; the damaged one has no size."""
    limit = history.bottom.disk.limit
    assert "360 kB" in history.bottom.disk.used.text()
    assert limit.currentText() == "2 GB"
    limit.setCurrentText("5 GB")
    limit.activated.emit(limit.currentIndex())
    qtbot.waitUntil(lambda: store.budget == 5_000_000_000)
    store.budget = 777_000_000  # set by somebody else
    refresh(history, qtbot)
    assert limit.currentText() == "777 MB"


# Deleting and writing -------------------------------------------------------------------


def test_that_runs_are_deleted_and_put_back(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    choose(history, A, B)
    press(history, qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(history) == [D, C])
    assert history.notice.words.text() == "2 runs deleted."
    assert set(store.bin) == {A, B}
    qtbot.mouseClick(history.notice.undo_button, Left)
    qtbot.waitUntil(lambda: listed(history) == [D, C, B, A])
    assert history.notice.words.text() == "2 runs restored."


def test_that_ctrl_z_undoes_one_change_after_the_other(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    before = dict(store.infos)
    choose(history, A)
    press(history, qtbot, "s")
    history.commands.note(B, "another one")
    choose(history, C)
    press(history, qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: C in store.bin)
    assert (store.infos[A].star, store.infos[B].note) == (True, "another one")
    qtbot.waitUntil(lambda: history.notice.words.text() == "1 run deleted.")
    left = []
    for _ in range(3):
        with qtbot.waitSignal(history.reader.answered):
            qtbot.keyClick(history.table, "z", Qt.KeyboardModifier.ControlModifier)
        left.append((C not in store.infos, store.infos[B].note, store.infos[A].star))
    again, old = "another one", "keeps it"
    assert left == [(False, again, True), (False, old, True), (False, old, False)]
    assert store.infos == before
    qtbot.keyClick(history.table, "z", Qt.KeyboardModifier.ControlModifier)
    assert history.notice.words.text() == "There is nothing to undo."


def test_that_a_run_that_is_trained_is_not_deleted_and_the_bar_says_why(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    store.trained = {A}
    choose(history, A, B)
    press(history, qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(history) == [D, C, A])
    sentence = f"Run {A} cannot be deleted while it is trained: pause it first."
    assert history.notice.words.text() == f"1 run deleted. {sentence}"


def test_that_the_next_run_is_chosen_after_a_deletion(history: HistoryWindow, qtbot: QtBot) -> None:
    choose(history, C)
    press(history, qtbot, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: listed(history) == [D, B, A])
    assert chosen(history) == [B]


def test_that_a_click_stars_and_a_note_is_written_in_its_place(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    click(history, qtbot, A, Column.STAR)
    qtbot.waitUntil(lambda: store.infos[A].star)
    click(history, qtbot, A, Column.STAR)
    qtbot.waitUntil(lambda: not store.infos[A].star)
    double_click(history, qtbot, A, Column.NOTE)
    editor = note_field(history)
    qtbot.keyClicks(editor, "s for star is a letter here")
    qtbot.keyClick(editor, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: store.infos[A].note == "s for star is a letter here")
    assert not store.infos[A].star


def test_that_a_run_moves_to_its_place_when_its_note_is_what_sorts_it(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.table.sort_by(Column.NOTE)
    assert listed(history) == [B, D, C, A]
    history.table.choose(A)
    press(history, qtbot, Qt.Key.Key_F2)
    editor = note_field(history)
    qtbot.keyClicks(editor, "a first")
    qtbot.keyClick(editor, Return)
    qtbot.waitUntil(lambda: listed(history) == [A, B, D, C])
    assert chosen(history) == [A]
    qtbot.waitUntil(lambda: history.table.findChild(QLineEdit, "note_field") is None)


def test_that_a_deletion_does_not_take_a_note_that_is_being_written(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    choose(history, A)
    history.commands.delete()
    history.table.choose(B)
    press(history, qtbot, Qt.Key.Key_F2)
    editor = note_field(history)
    with qtbot.waitSignal(history.reader.answered):
        qtbot.keyClicks(editor, "another")
    qtbot.keyClick(editor, Return)
    qtbot.waitUntil(lambda: store.infos[B].note == "another")
    qtbot.waitUntil(lambda: listed(history) == [D, C, B])


def test_that_the_field_of_a_note_goes_with_its_run(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.table.choose(A)
    press(history, qtbot, Qt.Key.Key_F2)
    qtbot.keyClicks(note_field(history), "too late")
    store.infos.pop(A)
    refresh(history, qtbot)
    qtbot.waitUntil(lambda: not any(f.isVisible() for f in history.table.findChildren(QLineEdit)))
    history.close()
    assert store.count("annotate") == 0


def test_that_columns_stay_as_they_are_while_nothing_is_found(history: HistoryWindow) -> None:
    history.table.setColumnWidth(Column.TASK, 211)
    history.table.setColumnHidden(Column.SIZE, True)
    for words in ("zzz", "gap:50", ""):
        history.search.field.setText(words)
        assert history.table.columnWidth(Column.TASK) == 211
        assert history.table.isColumnHidden(Column.SIZE)
        assert history.table.verticalHeader().count() == len(history.model.rows)


def test_that_two_runs_are_compared_again_when_the_window_comes_back(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A, B)
    history.close()
    history.show_current(C, experiment_of(info(C)), True)
    assert not any(t.name.startswith("history") for t in threading.enumerate())
    history.open()
    qtbot.waitUntil(lambda: ("task", "gap", "10", "50") in differences(history))


def test_that_escape_gives_a_note_up(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.table.choose(B)
    press(history, qtbot, Qt.Key.Key_F2)
    editor = note_field(history)
    assert editor.text() == "keeps it"
    qtbot.keyClicks(editor, "x")
    qtbot.keyClick(editor, Qt.Key.Key_Escape)
    assert store.count("annotate") == 0
    assert text(history, B, Column.NOTE) == "keeps it"


def test_that_a_note_that_cannot_be_written_says_why_and_is_as_before(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    history.table.choose(A)
    store.infos.pop(A)
    history.commands.note(A, "too late")
    qtbot.waitUntil(lambda: history.notice.words.text() == f"There is no run {A}.")
    qtbot.waitUntil(lambda: listed(history) == [D, C, B])


# Opening, exporting, copying ------------------------------------------------------------


def test_that_enter_and_a_double_click_open_a_run(history: HistoryWindow, qtbot: QtBot) -> None:
    opened_runs: list[str] = []
    history.commands.open_wanted.connect(opened_runs.append)
    choose(history, C)
    press(history, qtbot, Return)
    double_click(history, qtbot, A, Column.TASK)
    double_click(history, qtbot, B, Column.STAR)
    assert opened_runs == [C, A]


def test_that_a_button_a_menu_entry_and_a_key_do_the_same(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    exported: list[str] = []
    history.commands.export_wanted.connect(exported.append)
    choose(history, C)
    qtbot.mouseClick(named(history, "Export…"), Left)
    entry = next(a for a in history.menu.menu.actions() if a.text() == "Export…")
    entry.trigger()
    press(history, qtbot, "e")
    assert exported == [C, C, C]
    entries = {action.text() for action in history.menu.menu.actions()}
    assert {spec.text for spec in TABLE_ACTIONS if spec} < entries


def test_that_what_cannot_be_done_now_cannot_be_pressed(history: HistoryWindow) -> None:
    history.table.clearSelection()
    assert not any(named(history, name).isEnabled() for name in ("Open", "Export…", "Delete"))
    choose(history, A, B)
    assert not named(history, "Open").isEnabled()
    assert named(history, "Delete").isEnabled()
    assert named(history, "Compare").isEnabled()


def test_that_ids_are_copied_and_the_parent_is_found(
    history: HistoryWindow, store: FakeStore, qtbot: QtBot
) -> None:
    choose(history, C, B)
    qtbot.keyClick(focus(qtbot, history.table), Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QGuiApplication.clipboard().text() == f"{C}\n{B}"
    choose(history, C)
    history.actions_by_name["parent"].trigger()
    assert chosen(history) == [A]
    store.infos.pop(A)
    refresh(history, qtbot)
    choose(history, C)
    history.actions_by_name["parent"].trigger()
    assert history.notice.words.text() == f"Run {A} was deleted."


def test_that_the_menu_key_opens_the_menu_at_the_current_run(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, B)
    event = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, QPoint(5, 5), QPoint(5, 5))
    QApplication.sendEvent(history.table.viewport(), event)
    assert history.menu.menu.isVisible()
    history.menu.menu.close()


# Keyboard, names, look ------------------------------------------------------------------


def test_that_the_keyboard_goes_from_the_search_through_everything_and_back(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    choose(history, A)
    start = focus(qtbot, history.search.field)
    seen = [start]
    while True:
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
        focused = QApplication.focusWidget()
        assert focused is not None
        if focused is start or len(seen) > 60:
            break
        assert focused.isVisible()
        assert focused.accessibleName(), focused
        seen.append(focused)
    names = {each.accessibleName() for each in seen}
    assert {"Search runs", "Task", "Gap", "Cell", "Result", "Starred runs only", "Runs"} <= names
    assert {"Open", "Export…", "Delete", "Axis of the curves"} <= names


def test_that_down_goes_from_the_search_to_the_runs_and_ctrl_f_back(
    history: HistoryWindow, qtbot: QtBot
) -> None:
    qtbot.keyClick(focus(qtbot, history.search.field), Qt.Key.Key_Down)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is history.table)
    qtbot.keyClick(history.table, Qt.Key.Key_F, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is history.search.field)


def test_that_every_control_has_a_name_and_a_tip(history: HistoryWindow) -> None:
    for kind in (QAbstractButton, QComboBox, QLineEdit):
        for widget in history.findChildren(kind):
            if widget.objectName().startswith("qt_") or isinstance(
                widget.parent(), QComboBox | QLineEdit | QHeaderView | RunsTable
            ):
                continue  # parts that Qt makes of another control
            assert widget.accessibleName() or not widget.isVisible(), widget
            assert widget.toolTip() or not widget.isVisible(), widget.accessibleName()


def test_that_every_cell_says_itself_to_a_screen_reader(history: HistoryWindow) -> None:
    role = Qt.ItemDataRole.AccessibleTextRole
    for row in range(4):
        for column in Column:
            assert history.model.data(history.model.index(row, column), role)
    assert history.model.headerData(Column.STAR, Qt.Orientation.Horizontal, role) == "star"


@pytest.mark.parametrize("palette", [DARK, LIGHT], ids=["dark", "light"])
def test_that_every_text_can_be_read_on_a_chosen_run(palette: Palette) -> None:
    for color in text_colors(palette):
        assert contrast(color, selected_ground(palette)) >= 4.5, color


@pytest.mark.parametrize("size", [QSize(900, 500), QSize(1280, 720)])
def test_that_nothing_is_cut_off(history: HistoryWindow, qtbot: QtBot, size: QSize) -> None:
    history.resize(size)
    choose(history, A, B)
    history.notice.say("2 runs deleted.", undo=True)
    qtbot.waitUntil(lambda: bool(differences(history)))
    assert history.size() == size
    for kind in (QAbstractButton, QComboBox, QLabel):
        for widget in history.findChildren(kind):
            if widget.isVisible() and widget.window() is history and not _is_inner(widget):
                needed = widget.minimumSizeHint()
                assert widget.width() >= needed.width(), (widget, widget.accessibleName())
                assert widget.height() >= needed.height(), (widget, widget.accessibleName())
                inside = widget.mapTo(history, widget.rect().bottomRight())
                assert history.rect().contains(inside), widget.accessibleName()


def _is_inner(widget: QWidget) -> bool:
    return isinstance(widget.parent(), QComboBox | QLineEdit | RunsTable)


@pytest.mark.parametrize("column", [Column.CONTESTANTS, Column.RESULT])
def test_that_what_is_too_long_for_its_column_ends_in_an_ellipsis_and_has_a_tip(
    history: HistoryWindow,
    store: FakeStore,
    qtbot: QtBot,
    column: Column,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names = ("lstm_without_a_forget_gate", "rnn", "gru", "mingru", "lstm2")
    store.change(A, cells={name: result("lstm", 900) for name in names})
    refresh(history, qtbot)
    written: list[tuple[float, int, str]] = []
    monkeypatch.setattr(CellPainter, "_write", _noted(CellPainter._write, written))
    history.search.field.setText("seed:1")
    for width in (90, 140, 164, 250, 400, 1200):
        history.table.setColumnWidth(column, width)
        written.clear()
        history.table.viewport().repaint()
        assert written
        for needed, room, words in written:
            assert needed <= room, (width, words)
    place = history.model.index(0, column)
    tip = history.model.data(place, Qt.ItemDataRole.ToolTipRole)
    assert all(each.title in tip for each in history.model.rows[0].entrants)


def _noted(
    write: Callable[..., int], written: list[tuple[float, int, str]]
) -> Callable[[CellPainter, QPainter, QRect, str, str], int]:
    def noted(self: CellPainter, painter: QPainter, rect: QRect, words: str, color: str) -> int:
        written.append((width_of(words), rect.width(), words))
        return write(self, painter, rect, words, color)

    return noted


def test_that_the_heads_fit_their_columns(history: HistoryWindow) -> None:
    for column, head in HEADS.items():
        name = "★" if column == Column.STAR else head.name
        width = history.table.columnWidth(column)
        hidden = history.table.isColumnHidden(column)
        assert hidden or width >= width_of(name, SMALL_PX, bold=True) + 16, head.name


def test_that_both_palettes_are_drawn(history: HistoryWindow) -> None:
    colors = []
    for palette in (DARK, LIGHT):
        Theme(palette.name)
        history.set_palette(palette)
        image = history.grab().toImage()
        place = history.table.viewport().mapTo(history, QPoint(700, 200))
        colors.append(image.pixelColor(place).name())
    assert colors == [DARK.ground, LIGHT.ground]


def test_that_size_columns_and_split_are_remembered(qtbot: QtBot) -> None:
    store, preferences = FakeStore(four()), Preferences()
    first = opened(HistoryWindow(lambda: store, preferences), qtbot, 4)
    first.resize(760, 600)
    first.table.setColumnWidth(Column.TASK, 211)
    first.table.setColumnHidden(Column.SIZE, True)
    first.table.sort_by(Column.GAP)
    first.close()
    second = opened(HistoryWindow(lambda: store, preferences), qtbot, 4)
    assert second.size() == QSize(760, 600)
    assert second.table.columnWidth(Column.TASK) == 211
    assert second.table.isColumnHidden(Column.SIZE)
    assert listed(second) == [D, C, B, A]
    shut(second)
