"""What each column is for, what is read of dates, and rows that are brought to an even step."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import Qt

from sandbox.gui.own import data_files
from sandbox.gui.own.data_columns import NAME, ROLE
from sandbox.gui.own.data_roles import FORECAST, KNOWN, READ, UNREAD, ColumnRoles, lost_in_words
from sandbox.reading import table_lines
from sandbox.tasks.registry import task_of
from tests.gui.own.test_data_table import choose
from tests.gui.own.test_open_data import dropped, refused, use, written

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.own.data_dialog import DataDialog
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

START = dt.datetime(2024, 3, 1)
HEAD = 'time,load,"temp, out",tariff\n'
ROWS = 600


def row(number: float) -> str:
    when = START + dt.timedelta(hours=number)
    n = int(number)
    return f"{when:%Y-%m-%d %H:%M},{n * n % 37}.5,{n % 23}.25,{3 + n // 6 % 4}\n"


EVEN = HEAD + "".join(map(row, range(ROWS)))
GAPS = HEAD + "".join(row(n) for n in (*range(100), *range(104, ROWS), ROWS - 1))


def roles(dialog: DataDialog) -> list[str]:
    """What the list says of each column."""
    columns = dialog.table.columns
    return [columns.item(at, ROLE).text() for at in range(columns.rowCount())]


def press(dialog: DataDialog, qtbot: QtBot, at: int, key: Qt.Key) -> None:
    """Press a key on a column of the list."""
    dialog.table.columns.setCurrentCell(at, NAME)
    qtbot.keyClick(dialog.table.columns, key)


def settle(dialog: DataDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not dialog.busy)


def bring(dialog: DataDialog, qtbot: QtBot) -> None:
    """Click the button beside the line about times."""
    qtbot.mouseClick(dialog.table.times.button, Qt.MouseButton.LeftButton)
    settle(dialog, qtbot)


def type_step(dialog: DataDialog, qtbot: QtBot, text: str) -> None:
    """Type a step in place of the one that is there."""
    box = dialog.table.guesses.controls["every"]
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, text)
    qtbot.keyClick(box, Qt.Key.Key_Return)


@pytest.fixture
def dialog(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> DataDialog:
    return dropped(window, qtbot, written(tmp_path / "load.csv", EVEN))


@pytest.fixture
def uneven(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> DataDialog:
    return dropped(window, qtbot, written(tmp_path / "gaps.csv", GAPS))


# Roles ---------------------------------------------------------------------------------------


def test_that_columns_get_their_roles_by_keys_and_become_the_task(
    desk: Desk, dialog: DataDialog, qtbot: QtBot
) -> None:
    assert roles(dialog) == ["forecast", "not read", "not read"]
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    press(dialog, qtbot, 2, Qt.Key.Key_K)
    assert roles(dialog) == ["forecast", "read", "known"]
    dialog.table.dates.boxes["weekday"].click()
    dialog.table.dates.boxes["hour"].click()
    use(dialog, qtbot)
    params = desk.session.experiment.params
    told = [params[name] for name in ("column", "inputs", "known", "calendar")]
    assert told == ["load", '"temp, out"', "tariff", "hour, weekday"]
    task = task_of(desk.session.experiment)
    names = ("value", "temp, out", "tariff", "hour sin", "hour cos", "weekday sin", "weekday cos")
    assert task.inputs.names == names


def test_that_looking_at_a_column_changes_no_role(dialog: DataDialog, qtbot: QtBot) -> None:
    for at in (2, 1):
        dialog.table.columns.setCurrentCell(at, NAME)
        assert roles(dialog) == ["forecast", "not read", "not read"]
    assert dialog.table.plot.said.text() == "temp, out, not read"
    assert "not this column" in dialog.table.plot.split.text()


def test_that_exactly_one_column_is_forecast(dialog: DataDialog, qtbot: QtBot) -> None:
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    press(dialog, qtbot, 1, Qt.Key.Key_F)
    assert roles(dialog) == ["not read", "forecast", "not read"]
    press(dialog, qtbot, 1, Qt.Key.Key_N)
    assert roles(dialog) == ["not read", "forecast", "not read"]
    assert "another role once another column is forecast" in refused(dialog)
    press(dialog, qtbot, 0, Qt.Key.Key_K)
    assert refused(dialog) == ""
    press(dialog, qtbot, 0, Qt.Key.Key_Delete)
    assert roles(dialog) == ["not read", "forecast", "not read"]


def test_that_a_click_on_a_role_opens_them_all(dialog: DataDialog, qtbot: QtBot) -> None:
    columns = dialog.table.columns
    cell = columns.visualItemRect(columns.item(1, ROLE)).center()
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    menu = columns._menu
    assert [each.isChecked() for each in menu.actions()] == [False, False, False, True]
    assert all(each.toolTip() for each in menu.actions())
    menu.actions()[2].trigger()
    menu.close()
    assert roles(dialog) == ["forecast", "known", "not read"]
    columns.setCurrentCell(0, NAME)
    qtbot.keyClick(columns, Qt.Key.Key_Space)
    enabled = [each.isEnabled() for each in columns._menu.actions()]
    columns._menu.close()
    assert enabled == [True, False, False, False]  # it is forecast


def test_that_a_double_click_forecasts_a_column(dialog: DataDialog, qtbot: QtBot) -> None:
    columns = dialog.table.columns
    cell = columns.visualItemRect(columns.item(2, NAME)).center()
    qtbot.mouseClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    qtbot.mouseDClick(columns.viewport(), Qt.MouseButton.LeftButton, pos=cell)
    assert roles(dialog) == ["not read", "not read", "forecast"]


def test_that_a_column_that_is_gone_loses_its_role_and_it_is_said(
    dialog: DataDialog, qtbot: QtBot
) -> None:
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    press(dialog, qtbot, 2, Qt.Key.Key_K)
    choose(dialog, qtbot, "header", "0")
    told = dialog._reason.text()
    assert "no longer among the columns" in told
    assert "temp, out" in told
    values = dialog._values["forecast"]
    assert (values["inputs"], values["known"]) == ("", "")
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    assert "no longer" not in dialog._reason.text()


def test_that_a_doubt_about_an_input_has_to_be_settled_too(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    text = "flow;level\n" + "".join(
        f"{3 + n * n % 26};{-200 if n in (20, 30) else 20 + n % 7},5\n" for n in range(300)
    )
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", text))
    assert dialog.use_button.isEnabled()
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    assert dialog.table.doubt.startswith("level is not sure yet")
    assert not dialog.use_button.isEnabled()
    press(dialog, qtbot, 1, Qt.Key.Key_N)
    assert dialog.use_button.isEnabled()


def test_that_the_roles_of_the_task_on_screen_are_shown_for_the_same_file(
    desk: Desk, window: MainWindow, dialog: DataDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    dialog.table.dates.boxes["hour"].click()
    use(dialog, qtbot)
    again = dropped(window, qtbot, tmp_path / "load.csv")
    assert roles(again) == ["forecast", "read", "not read"]
    assert again.table.dates.boxes["hour"].isChecked()
    other = dropped(window, qtbot, written(tmp_path / "more.csv", EVEN + row(ROWS)))
    assert roles(other) == ["forecast", "not read", "not read"]
    assert not other.table.dates.boxes["hour"].isChecked()


def test_that_an_input_is_told_with_what_scales_it(dialog: DataDialog, qtbot: QtBot) -> None:
    press(dialog, qtbot, 1, Qt.Key.Key_R)
    trained = [n % 23 + 0.25 for n in range(480)]
    told = dialog.table.plot.split.text()
    assert told == (
        f"training: first 480, mean {np.mean(trained):.4g}, deviation {np.std(trained):.4g}"
    )


ORDER = ("a", "b", "c", "d")


def test_that_roles_follow_the_order_of_the_columns() -> None:
    found = ColumnRoles("a").changed("d", READ, ORDER).changed("b", READ, ORDER)
    assert found == ColumnRoles("a", ("b", "d"))
    assert found.changed("b", FORECAST, ORDER) == ColumnRoles("b", ("d",))
    assert found.changed("d", KNOWN, ORDER).changed("b", UNREAD, ORDER) == ColumnRoles(
        "a", (), ("d",)
    )


def test_that_columns_by_number_are_those_of_the_file() -> None:
    assert ColumnRoles("2", ("4", "a"), ("1",)).resolved(("1", "b", "a", "x")) == ColumnRoles(
        "b", ("x", "a"), ("1",)
    )


@pytest.mark.parametrize(
    ("before", "words"),
    [
        (ColumnRoles("a", ("b",)), ""),
        (ColumnRoles("a", ("x",)), "x is no longer among the columns, so it is not read."),
        (
            ColumnRoles("a", ("x",), ("y",)),
            "x and y are no longer among the columns, so they are not read.",
        ),
        (ColumnRoles("x", ("b",)), "x is no longer among the columns: a is forecast now."),
    ],
)
def test_that_lost_roles_are_said(before: ColumnRoles, words: str) -> None:
    assert lost_in_words(before, before.among(ORDER)) == words


# The calendar --------------------------------------------------------------------------------


def test_that_boxes_are_disabled_with_the_reason(
    window: MainWindow, dialog: DataDialog, qtbot: QtBot, tmp_path: Path
) -> None:
    boxes = dialog.table.dates.boxes
    assert [box.isEnabled() for box in boxes.values()] == [True, True, False]  # of one month
    assert "the month is the same in every row" in boxes["month"].toolTip()
    boxes["hour"].click()
    choose(dialog, qtbot, "time", "none")
    assert not any(box.isEnabled() or box.isChecked() for box in boxes.values())
    assert "none of its columns holds dates" in boxes["hour"].toolTip()
    assert dialog.table.dates.note.text() == "not here"
    assert "Nothing is read of the dates" in dialog._reason.text()
    assert dialog._values["forecast"]["calendar"] == ""


# An even step --------------------------------------------------------------------------------


def test_that_uneven_rows_are_brought_to_their_usual_step_by_a_click_and_back(
    desk: Desk, uneven: DataDialog, qtbot: QtBot
) -> None:
    page = uneven.table
    assert page.times.button.text() == "Bring to 1 hour"
    assert page.times.words.text().endswith("a row every hour, 1 gap, 1 double")
    bring(uneven, qtbot)
    assert page.times.words.text().endswith(f"brought to 1 hour (mean): {ROWS} rows")
    assert page.plot.curve.marks.missing.tolist() == [100, 101, 102, 103]
    assert page.plot.curve.split.held_out == (ROWS - 4) // 5
    assert page.columns.item(0, 4).text() == f"{ROWS - 4}"
    bring(uneven, qtbot)
    assert page.recipe.every == ""
    assert page.times.words.text().endswith("1 gap, 1 double")
    bring(uneven, qtbot)
    page.form.edited.emit("missing", "interpolate")
    use(uneven, qtbot)
    assert desk.session.experiment.params["recipe"] == "'every=1 hour'"
    assert len(task_of(desk.session.experiment).series.table.values) == ROWS


def test_that_even_rows_and_rows_without_dates_offer_nothing(
    window: MainWindow, dialog: DataDialog, qtbot: QtBot
) -> None:
    assert dialog.table.times.button.isHidden()
    choose(dialog, qtbot, "time", "none")
    assert dialog.table.times.button.isHidden()


@pytest.mark.parametrize(
    ("typed", "words"),
    [
        ("nonsense", "a step such as 15 minutes"),
        ("0 hours", "a step such as 15 minutes"),
        ("1 second", "a longer step: 1 second would make"),
    ],
)
def test_that_a_wrong_step_is_refused_in_one_sentence_and_nothing_else_changes(
    uneven: DataDialog, qtbot: QtBot, typed: str, words: str
) -> None:
    page = uneven.table
    bring(uneven, qtbot)
    before = (page.recipe, page.times.words.text(), page.plot.curve.split, dict(uneven._values))
    type_step(uneven, qtbot, typed)
    qtbot.waitUntil(lambda: bool(refused(uneven)))
    settle(uneven, qtbot)
    assert refused(uneven).startswith(f"step of rows: '{typed}' was given; it takes {words}")
    assert refused(uneven).count(". ") == 0
    after = (page.recipe, page.times.words.text(), page.plot.curve.split, dict(uneven._values))
    assert after == before
    assert page.guesses.controls["every"].currentText() == "1 hour"
    assert uneven.use_button.isEnabled()


def test_that_a_table_without_dates_refuses_a_step(dialog: DataDialog, qtbot: QtBot) -> None:
    choose(dialog, qtbot, "time", "none")
    type_step(dialog, qtbot, "1 day")
    qtbot.waitUntil(lambda: bool(refused(dialog)))
    settle(dialog, qtbot)
    assert "nothing for this table, since none of its columns holds dates" in refused(dialog)
    assert dialog.table.recipe.every == ""
    assert dialog.use_button.isEnabled()


def test_that_the_rule_is_chosen_once_there_is_a_step(uneven: DataDialog, qtbot: QtBot) -> None:
    rule = uneven.table.guesses.controls["resample"]
    assert not rule.isEnabled()
    bring(uneven, qtbot)
    assert rule.isEnabled()
    choose(uneven, qtbot, "resample", "their sum")
    assert uneven.table.times.words.text().endswith(f"brought to 1 hour (sum): {ROWS} rows")
    high = uneven.table.plot.curve._values[ROWS - 1]
    assert high == 2 * ((ROWS - 1) ** 2 % 37 + 0.5)  # the last row comes twice


def test_that_a_large_table_is_brought_to_a_step_off_the_windows_thread(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, most in (("WHOLE", 10_000), ("HEAD", 5000), ("TAIL", 3000)):
        monkeypatch.setattr(table_lines, name, most)
    dialog = dropped(window, qtbot, written(tmp_path / "large.csv", GAPS))
    page = dialog.table
    assert len(page.shown.found.table.times.values) < ROWS - 3  # of its two ends
    shares: list[float] = []
    dialog._work.progressed.connect(shares.append)
    monkeypatch.setattr(data_files, "REPORT_EVERY_S", 0)
    bring(dialog, qtbot)
    assert page.times.words.text().endswith(f"brought to 1 hour (mean): {ROWS} rows")
    assert page.plot.curve.marks.missing.tolist() == [100, 101, 102, 103]
    assert shares
