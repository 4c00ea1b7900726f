"""What is one key away: history, curves of other runs, export."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel

from sandbox.drawing.styles import DARK, LIGHT
from sandbox.gui.history.history_window import HistoryWindow
from sandbox.gui.session.overlays import MOST_OVERLAYS
from sandbox.run.messages import Phase
from sandbox.store.base import Origin
from tests.gui.conftest import open_window
from tests.gui.controls import wait_for
from tests.gui.fake_store import FakeStore, info, many
from tests.gui.live import PATIENCE_MS, live

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

CONTROL = Qt.KeyboardModifier.ControlModifier
PARENT, OTHER = "20260314-150926-fluent-abcdef", "20260313-150926-fluent-abcdef"


@pytest.fixture
def store() -> FakeStore:
    return FakeStore([info(OTHER), info(PARENT)])


@pytest.fixture
def shown(window: MainWindow, store: FakeStore) -> Iterator[MainWindow]:
    """A window with two stored runs, whose threads are ended, too."""
    window.library.use(store)
    answered(window)
    yield window
    window.library.close()
    window.history_links.close()


def answered(window: MainWindow) -> None:
    wait_for(lambda: not window.library._background.busy)


def press(qtbot: QtBot, key: Qt.Key) -> None:
    qtbot.keyClick(QApplication.focusWidget(), key, CONTROL)


def histories() -> list[HistoryWindow]:
    windows = QApplication.topLevelWidgets()
    return [w for w in windows if isinstance(w, HistoryWindow) and w.isVisible()]


def dialogs() -> list[QDialog]:
    windows = QApplication.topLevelWidgets()
    return [w for w in windows if isinstance(w, QDialog) and w.isVisible()]


def beside(window: MainWindow) -> list[str]:
    return [overlay.run for overlay in window.stage.overlays.shown]


def overlay(window: MainWindow, *runs: str) -> None:
    """Tick these, and only these, in the history."""
    window.history_links._overlay(runs)
    answered(window)


# History --------------------------------------------------------------------------------


def test_that_ctrl_h_opens_the_history_once(
    shown: MainWindow, store: FakeStore, qtbot: QtBot
) -> None:
    assert store.count("list") == 1  # not before it is asked for
    press(qtbot, Qt.Key.Key_H)
    (history,) = histories()
    qtbot.waitUntil(lambda: len(history.model.rows) == 2)
    shown.actions_by_name["history"].trigger()
    assert histories() == [history]


def test_that_closing_the_window_closes_the_history(shown: MainWindow) -> None:
    shown.history_links.show_history()
    shown.close()
    assert histories() == []


def test_that_a_run_opened_in_the_history_is_shown(desk: Desk, shown: MainWindow) -> None:
    shown.history_links.show_history()
    (history,) = histories()
    history.commands.open_wanted.emit(PARENT)
    answered(shown)
    assert desk.session.run == PARENT
    assert not desk.session.feed.training
    assert history.model.live.here == PARENT


def test_that_the_history_knows_what_trains(desk: Desk, shown: MainWindow) -> None:
    shown.history_links.show_history()
    (history,) = histories()
    desk.run_until(3)
    assert (history.model.live.here, history.model.live.training) == (desk.session.run, True)
    desk.session.edit(desk.session.experiment.changed(seed=2))
    assert history.model.live.here == desk.session.run


def test_that_the_history_works_without_a_store(window: MainWindow, qtbot: QtBot) -> None:
    window.history_links.show_history()
    (history,) = histories()
    with qtbot.waitSignal(history.reader.answered):
        history.reader.read()
    assert len(history.model.rows) == 0
    window.history_links.close()


def test_that_the_historys_axis_is_the_curves(shown: MainWindow) -> None:
    shown.history_links.show_history()
    histories()[0].bottom.axis_changed.emit("time")
    assert shown.actions_by_name["by_time"].isChecked()
    assert shown.stage.curves.time_button.isChecked()


# Curves of other runs -------------------------------------------------------------------


def test_that_runs_ticked_in_the_history_are_drawn_until_they_are_not(shown: MainWindow) -> None:
    overlay(shown, OTHER, PARENT)
    assert beside(shown) == [OTHER, PARENT]
    assert shown.stage.overlays.shown[0].last == 3000
    overlay(shown, PARENT)
    assert beside(shown) == [PARENT]
    overlay(shown)
    assert beside(shown) == []


def test_that_a_run_unticked_before_its_curves_are_there_is_not_drawn(shown: MainWindow) -> None:
    shown.history_links._overlay((PARENT,))
    shown.history_links._overlay(())
    answered(shown)
    assert beside(shown) == []


def test_that_a_run_too_many_is_told_in_the_history(desk: Desk, qtbot: QtBot) -> None:
    window = open_window(desk, qtbot)
    runs = [each.run for each in many(40) if not each.damage][: MOST_OVERLAYS + 1]
    window.library.use(FakeStore(each for each in many(40) if each.run in runs))
    window.history_links.show_history()
    (history,) = histories()
    overlay(window, *runs)
    assert beside(window) == runs[:-1]
    assert "hide one" in history.notice.words.text()
    window.library.close()
    window.history_links.close()
    window.close()


@pytest.mark.parametrize("how", ["damaged", "gone"])
def test_that_curves_that_cannot_be_read_are_told_in_one_sentence(
    shown: MainWindow, store: FakeStore, how: str
) -> None:
    if how == "damaged":
        store.change(PARENT, damage="Its curves are cut short.", created="")
    overlay(shown, PARENT if how == "damaged" else "another")
    (dialog,) = dialogs()
    assert dialog.findChildren(QLabel)[-1].text().endswith(".")
    assert beside(shown) == []
    dialog.close()


# A fork's parent ------------------------------------------------------------------------


def forked(desk: Desk, parent: str = PARENT) -> None:
    """A fork of a stored run, under way."""
    desk.session.open_stored("fork", desk.session.experiment, Origin(parent, 120))
    desk.tell(Phase.PAUSED, 300)


def test_that_a_forks_parent_is_drawn_under_it(desk: Desk, shown: MainWindow) -> None:
    forked(desk)
    answered(shown)
    assert beside(shown) == [PARENT]
    assert shown.stage.overlays.shown[0].label.count(":") == 2  # its time, to the second


def test_that_the_parent_is_asked_for_once_the_fork_is_there(desk: Desk, shown: MainWindow) -> None:
    desk.session.open_stored("fork", desk.session.experiment, Origin(PARENT, 120))
    answered(shown)
    assert beside(shown) == []
    desk.tell(Phase.PAUSED, 300)
    answered(shown)
    assert beside(shown) == [PARENT]


def test_that_the_parent_goes_with_its_fork(desk: Desk, shown: MainWindow) -> None:
    forked(desk)
    answered(shown)
    desk.session.edit(desk.session.experiment.changed(seed=5))
    assert desk.session.shown.origin is None
    assert beside(shown) == []


def test_that_a_parent_that_was_ticked_stays(desk: Desk, shown: MainWindow) -> None:
    overlay(shown, PARENT)
    forked(desk)
    answered(shown)
    desk.session.edit(desk.session.experiment.changed(seed=5))
    assert beside(shown) == [PARENT]


def test_that_ticking_another_run_leaves_the_parent(desk: Desk, shown: MainWindow) -> None:
    forked(desk)
    answered(shown)
    overlay(shown, OTHER)
    assert sorted(beside(shown)) == [OTHER, PARENT]


@pytest.mark.parametrize("how", ["damaged", "gone"])
def test_that_a_parent_that_cannot_be_read_is_told_in_passing(
    desk: Desk, shown: MainWindow, store: FakeStore, how: str
) -> None:
    store.change(PARENT, damage="Its curves are cut short.", created="")
    forked(desk, PARENT if how == "damaged" else "another")
    answered(shown)
    assert dialogs() == []
    assert "The curves were not drawn" in desk.session.remark
    desk.tell(Phase.RUNNING, 320)
    desk.session.beat.emit()
    answered(shown)
    assert beside(shown) == []


# Export ---------------------------------------------------------------------------------


def file_dialog(window: MainWindow) -> QFileDialog:
    (dialog,) = [d for d in window.findChildren(QFileDialog) if d.isVisible()]
    return dialog


def test_that_a_run_without_a_step_cannot_be_exported(
    desk: Desk, shown: MainWindow, qtbot: QtBot
) -> None:
    export = shown.actions_by_name["export"]
    assert not export.isEnabled()
    press(qtbot, Qt.Key.Key_E)
    assert dialogs() == []
    desk.run_until(1)
    assert export.isEnabled()
    desk.session.edit(desk.session.experiment.changed(seed=2))
    assert not export.isEnabled()
    desk.session.open_stored(PARENT, desk.session.experiment, None)
    assert export.isEnabled()


def test_that_ctrl_e_exports_the_run_shown_into_the_file_chosen(
    desk: Desk, shown: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    desk.session.open_stored(PARENT, desk.session.experiment, None)
    press(qtbot, Qt.Key.Key_E)
    dialog = file_dialog(shown)
    assert dialog.defaultSuffix() == "csv"
    dialog.filterSelected.emit(next(f for f in dialog.nameFilters() if ".json" in f))
    assert dialog.defaultSuffix() == "json"
    dialog.fileSelected.emit(str(tmp_path / "run.csv"))
    assert desk.session.remark == "exporting to run.csv …"
    answered(shown)
    assert (tmp_path / "run.csv").exists()
    assert desk.session.remark == f"exported to {tmp_path / 'run.csv'}"
    dialog.close()
    qtbot.waitUntil(lambda: not shown.findChildren(QFileDialog))


# Light and dark -------------------------------------------------------------------------


def ground_of(history: HistoryWindow) -> str:
    image = history.table.viewport().grab().toImage()
    return image.pixelColor(image.width() // 2, image.height() - 4).name()


@pytest.mark.parametrize(("theme", "palette"), [("light", LIGHT), ("dark", DARK)])
def test_that_the_history_is_as_light_or_dark_as_the_window(
    desk: Desk, qtbot: QtBot, theme: str, palette: object
) -> None:
    window = open_window(desk, qtbot, theme)
    window.history_links.show_history()
    (history,) = histories()
    assert ground_of(history) == palette.ground  # type: ignore[attr-defined]
    other = LIGHT if palette is DARK else DARK
    window.theme.choose(other.name)
    assert ground_of(history) == other.ground
    window.history_links.close()
    window.close()


# With the engine and the store ----------------------------------------------------------


def test_that_a_stored_run_is_exported_and_drawn_beside_another(
    qtbot: QtBot, tmp_path: Path
) -> None:
    with live(tmp_path, qtbot) as at:
        at.train_to(50)
        first = at.session.run
        at.session.restart()
        at.train_to(30)
        at.window.history_links._overlay((first,))
        overlays = at.window.stage.overlays
        qtbot.waitUntil(lambda: len(overlays.shown) == 1, timeout=PATIENCE_MS)
        assert overlays.shown[0].last == 50
        at.window.library.export(first, tmp_path / "first.csv")
        qtbot.waitUntil(lambda: "exported to" in at.session.remark, timeout=PATIENCE_MS)
        text = (tmp_path / "first.csv").read_text()
        assert "50" in text.splitlines()[-1]
        at.window.history_links.show_history()
        (history,) = histories()
        qtbot.waitUntil(lambda: len(history.model.rows) == 2, timeout=PATIENCE_MS)
