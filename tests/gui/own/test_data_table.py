"""The page on a table: rows beside what was read, questions, guesses, and what is remembered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from sandbox.gui.own.data_columns import CERTAIN, CURVE, NAME, SURE, UNSURE, telling_elision
from sandbox.gui.own.data_guesses import GUESSES
from sandbox.gui.own.data_questions import ACCEPT, ASK, Questions
from sandbox.gui.own.data_rows import FIRST
from sandbox.gui.own.data_table import mended
from sandbox.reading.doubts import Question
from sandbox.reading.recipe import Recipe
from tests.gui.controls import named
from tests.gui.own.test_open_data import (
    dropped,
    refused,
    retype,
    use,
    wait_until_read,
    written,
)

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.own.data_dialog import DataDialog
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

CLEAN = "date;flow;level\n" + "".join(
    f"{1700 + n};{n % 7 + n % 3},5;{n * n % 26}\n" for n in range(300)
)
FILLED = "flow;level\n" + "".join(
    f"{-200 if n in (20, 30) else 20 + n % 7},5;{3 + n * n % 26}\n" for n in range(300)
)


def choose(dialog: DataDialog, qtbot: QtBot, name: str, words: str) -> None:
    """Choose a guess by its words, and wait until it is read again."""
    box = dialog.table.guesses.controls[name]
    at = box.findText(words)
    box.setCurrentIndex(at)
    box.activated.emit(at)
    qtbot.waitUntil(lambda: not dialog.busy)


def guess(dialog: DataDialog, name: str) -> str:
    """What a control shows."""
    control = dialog.table.guesses.controls[name]
    return control.currentText() if hasattr(control, "currentText") else control.placeholderText()


def press(dialog: DataDialog, qtbot: QtBot, words: str) -> None:
    button = next(each for each in dialog.table.questions.buttons if each.text() == words)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: not dialog.busy)


def beside(dialog: DataDialog, row: int) -> list[str]:
    """A row as it stands, and what was taken from it."""
    model = dialog.table.rows.model
    cells = [model.index(row, column).data() for column in range(1, model.columnCount())]
    return [str(cell or "") for cell in cells]


def test_that_a_clean_table_is_shown_row_by_row_with_its_guesses(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    assert beside(dialog, 0) == ["date;flow;level", "names the columns", "", ""]
    assert beside(dialog, 1) == ["1700;0,5;0", "1700", "0.5", "0"]
    assert beside(dialog, dialog.table.rows.model.rowCount() - 1)[0].startswith("1999;")
    shown = {name: guess(dialog, name) for name in ("separator", "decimal", "header", "time")}
    assert shown == {
        "separator": "semicolon (guessed)",
        "decimal": "comma (guessed)",
        "header": "1 (guessed)",
        "time": "date (guessed)",
    }
    assert (
        dialog.table.times.words.text()
        == "date: 1700 to 1999, a row every year, no gaps, no doubles"
    )
    assert dialog.table.plot.split.text().startswith("training: first 240, mean ")
    assert dialog.table.plot.curve.split.held_out == 60
    assert dialog.use_button.isEnabled()


def test_that_a_question_is_settled_by_a_click_and_the_recipe_goes_into_the_task(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED))
    assert not dialog.use_button.isEnabled()
    assert dialog._reason.text().startswith("flow is not sure yet")
    assert dialog.table.columns.item(0, CERTAIN).text() == UNSURE
    assert dialog.table.columns.item(1, CERTAIN).text() == SURE
    dialog.table.columns.setCurrentCell(1, 0)
    assert not dialog.use_button.isEnabled()  # it is looked at, and flow is still forecast
    qtbot.keyClick(dialog.table.columns, Qt.Key.Key_F)
    assert dialog.use_button.isEnabled()  # level is sure
    dialog.table.columns.setCurrentCell(0, 0)
    qtbot.keyClick(dialog.table.columns, Qt.Key.Key_F)
    marks = dialog.table.plot.curve.marks
    assert (marks.fillings.tolist(), marks.missing.tolist()) == ([20, 30], [])
    high = dialog.table.questions.height()
    press(dialog, qtbot, "It is missing")
    assert dialog._reason.text() == ""
    assert dialog.table.questions.height() == high  # nothing jumps
    assert dialog.table.guesses.controls["missing"].text() == "-200.5"
    missing = named(dialog, "rows without a value")
    missing.setCurrentText("interpolate")
    missing.activated.emit(missing.currentIndex())
    use(dialog, qtbot)
    params = desk.session.experiment.params
    assert (params["recipe"], params["missing"]) == ("missing=-200.5", "interpolate")


def test_that_everything_can_be_taken_as_it_is_read_and_asked_again(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED))
    accept = dialog.table.questions.accept_button
    for words, can_be_used in ((ASK, True), (ACCEPT, False)):
        accept.click()
        qtbot.waitUntil(lambda: not dialog.busy)
        assert (accept.text(), dialog.use_button.isEnabled()) == (words, can_be_used)


def test_that_a_wrong_guess_is_corrected_by_hand_and_taken_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    text = "value\n" + "".join(f"{n % 9 + 1}.{n % 90 + 100}\n" for n in range(300))
    dialog = dropped(window, qtbot, written(tmp_path / "v.csv", text))
    choose(dialog, qtbot, "thousands", "point")
    assert beside(dialog, 1) == ["1.100", "1100"]
    assert guess(dialog, "thousands") == "point"
    assert dialog.use_button.isEnabled()
    choose(dialog, qtbot, "thousands", "none")
    assert beside(dialog, 1) == ["1.100", "1.1"]
    choose(dialog, qtbot, "thousands", "guess")
    assert guess(dialog, "thousands").endswith("(guessed)")
    retype(dialog.table.guesses.controls["skip_before"], qtbot, "many")
    assert "rows before: 'many' was given" in refused(dialog)
    assert guess(dialog, "skip_before") == "0 (guessed)"


def test_that_a_choice_by_which_nothing_can_be_read_is_told_and_can_be_taken_back(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    choose(dialog, qtbot, "separator", "bar")
    assert "a table with a column of numbers" in refused(dialog)
    assert not dialog.use_button.isEnabled()
    choose(dialog, qtbot, "separator", "guess")
    assert refused(dialog) == ""
    assert dialog.use_button.isEnabled()


def test_that_how_a_content_was_read_comes_back_with_it_under_any_name(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED))
    press(dialog, qtbot, "It is a value")
    use(dialog, qtbot)
    assert desk.session.experiment.params["recipe"] == "keep=-200.5"
    again = dropped(window, qtbot, written(tmp_path / "other.csv", FILLED))
    assert again.table.recipe == Recipe(keep="-200.5")
    assert again.use_button.isEnabled()
    other = dropped(window, qtbot, written(tmp_path / "more.csv", FILLED + "5,5;9\n"))
    assert other.table.recipe == Recipe()


def test_that_the_keyboard_alone_settles_a_question_and_uses_the_table(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED.replace("-200", "-2")))
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    reached: list[QWidget] = []
    for _ in range(60):
        focused = QApplication.focusWidget()
        if focused is not None and focused not in reached:
            reached.append(focused)
        qtbot.keyClick(focused or dialog, Qt.Key.Key_Tab)
    guesses, questions = dialog.table.guesses, dialog.table.questions
    for wanted in (*guesses.controls.values(), *questions.buttons, dialog.table.columns):
        assert wanted in reached or not wanted.isEnabled()
    assert all(each.accessibleName() for each in reached if each.isEnabled())
    first = questions.buttons[0]
    first.setFocus()
    qtbot.keyClick(first, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: not dialog.busy and dialog.use_button.isEnabled())
    assert QApplication.focusWidget() is not None  # the button is gone, the focus is not
    named(dialog, "rows without a value").setCurrentText("skip")
    named(dialog, "rows without a value").activated.emit(1)
    dialog.use_button.setFocus()
    qtbot.keyClick(dialog.use_button, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.session.experiment.task == "forecast")


def test_that_the_page_fits_a_small_screen(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED))
    assert dialog.frameGeometry().width() <= 1280
    assert dialog.frameGeometry().height() <= 690  # below a title bar
    assert set(GUESSES) == set(dialog.table.guesses.controls)
    assert dialog.table.rows.model.columnCount() == FIRST + 2


@pytest.mark.parametrize(
    ("recipe", "choices", "missing", "keep"),
    [
        (Recipe(missing="nd"), (("missing", "-200"),), "nd -200", ""),
        (Recipe(missing="nd -200"), (("keep", "-200"),), "nd", "-200"),
    ],
)
def test_that_a_mend_adds_to_what_was_settled_before(
    recipe: Recipe, choices: tuple[tuple[str, object], ...], missing: str, keep: str
) -> None:
    found = recipe.with_choices(mended(recipe, choices))
    assert (found.missing, found.keep) == (missing, keep)


def test_that_another_kind_and_back_shows_the_table_again(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    kind = named(dialog, "Read it as")
    for index in (0, 1):
        kind.setCurrentIndex(index)
        kind.activated.emit(index)
        wait_until_read(dialog, qtbot)
    assert beside(dialog, 1) == ["1700;0,5;0", "1700", "0.5", "0"]


def test_that_a_file_that_is_no_table_is_shown_as_it_stands(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    page = dialog.table
    choose(dialog, qtbot, "separator", "bar")
    assert refused(dialog)
    assert beside(dialog, 1) == ["1700;0,5;0", ""]
    assert (page.columns.rowCount(), page.times.words.text(), page.doubt) == (0, "", "")
    assert page.plot.said.text() == ""
    assert dialog._status.words.text() == ""  # no word of the reading before
    choose(dialog, qtbot, "separator", "guess")
    assert beside(dialog, 1) == ["1700;0,5;0", "1700", "0.5", "0"]


def test_that_a_refusal_moves_nothing(window: MainWindow, qtbot: QtBot, tmp_path: Path) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    page = dialog.table
    parts = (page.rows, page.columns, page.plot.curve, page.questions, page.form)
    before = [part.mapTo(dialog, part.rect().topLeft()) for part in parts]
    sizes = [part.size() for part in parts]
    choose(dialog, qtbot, "separator", "bar")
    qtbot.wait(20)
    assert [part.mapTo(dialog, part.rect().topLeft()) for part in parts] == before
    assert [part.size() for part in parts] == sizes


def test_that_every_choice_of_a_recipe_has_a_control(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    assert {*GUESSES, "accept"} == set(Recipe.model_fields)
    text = "'a,b',c\n" + "".join(f"'{n % 9},5',{n * n % 26}\n" for n in range(300))
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", text))
    assert guess(dialog, "quote") == "single (guessed)"
    choose(dialog, qtbot, "quote", "double")
    assert dialog.table.recipe.quote == '"'
    assert "'0" in beside(dialog, 1)[0]


def test_that_what_was_left_out_is_told_after_what_makes_a_column_unsure(qtbot: QtBot) -> None:
    questions = Questions()
    qtbot.addWidget(questions)
    asked = [Question("column", "d is left out.", ()), Question("missing", "b?", (), ("b",))]
    asked.append(Question("missing", "a?", (), ("a",)))
    questions.show_questions(asked, ("a note",), "a", accepted=False)
    words = [each.text() for each in questions._area.widget().findChildren(QLabel)]
    assert words == ["a?", "b?", "d is left out.", "A note."]


@pytest.mark.parametrize("percent", [100, 125, 150])
def test_that_heads_and_buttons_are_whole_at_any_type_size(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, percent: int
) -> None:
    window.theme.set_type_size(percent)
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", FILLED))
    head = dialog.table.columns.horizontalHeader()
    for place in range(head.count()):
        if not head.isSectionHidden(place):
            assert head.sectionSize(place) >= head.sectionSizeHint(place)
    for button in dialog.table.questions.buttons:
        assert button.height() >= button.sizeHint().height()
    room = window.size().expandedTo(dialog.screen().availableSize())
    assert dialog.width() <= room.width()
    assert dialog.height() <= room.height()


def test_that_the_page_uses_a_large_window(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    window.resize(1900, 1040)
    dialog = dropped(window, qtbot, written(tmp_path / "flow.csv", CLEAN))
    assert dialog.width() > 1400
    assert dialog.height() > 760


def test_that_names_take_the_room_that_curves_can_spare(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    names = [f"station_{k:03} (mm)" for k in range(30)]
    rows = "".join(",".join(str((n * k + k) % 97) for k in range(30)) + "\n" for n in range(300))
    dialog = dropped(window, qtbot, written(tmp_path / "wide.csv", ",".join(names) + "\n" + rows))
    columns = dialog.table.columns
    assert columns.columnWidth(NAME) >= columns.sizeHintForColumn(NAME)
    assert columns.columnWidth(CURVE) >= 80


def test_that_one_of_several_series_is_picked_by_a_click_and_another_by_its_guess(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    rows = [
        f"2024-{month:02d}-01,{station},{month}.{at}\n"
        for month in range(1, 13)
        for at, station in enumerate(("North Weir", "Old Bridge", "Mill", "Sluice"), 1)
    ]
    path = written(tmp_path / "levels.csv", "".join(["date,station,level\n", *rows]))
    dialog = dropped(window, qtbot, path)
    assert not dialog.use_button.isEnabled()
    press(dialog, qtbot, "Only Old Bridge")
    assert dialog.use_button.isEnabled()
    assert dialog.table.shown.found.table.columns[0].values.tolist() == [
        month + 0.2 for month in range(1, 13)
    ]
    assert dialog.table.plot.curve.marks.left_out.tolist() == []  # others are no faults
    choose(dialog, qtbot, "only", "station=Sluice")
    assert dialog.table.shown.found.table.columns[0].values.tolist() == [
        month + 0.4 for month in range(1, 13)
    ]


@pytest.mark.parametrize(
    ("name", "where"),
    [
        ("sensor number {} of the plant [kW]", Qt.TextElideMode.ElideRight),
        ("the sensor of the plant in the north with number {}", Qt.TextElideMode.ElideMiddle),
        ("the sensor of the plant, number {} in the north", Qt.TextElideMode.ElideLeft),
    ],
)
def test_that_long_names_are_shortened_where_they_are_alike(
    qapp: QApplication, name: str, where: Qt.TextElideMode
) -> None:
    metrics = QFontMetrics(qapp.font())
    names = [name.format(n) for n in range(10, 30)]
    width = metrics.horizontalAdvance(names[0]) * 3 // 5
    assert telling_elision(names, width, metrics) is where


def test_that_no_column_lies_behind_the_edge_of_the_list(
    window: MainWindow, tmp_path: Path, qtbot: QtBot
) -> None:
    names = [f"number {n} of the sensors in the plant" for n in range(40)]
    rows = [",".join(f"{r * r % (n + 9)}.5" for n in range(40)) for r in range(60)]
    dialog = dropped(
        window, qtbot, written(tmp_path / "a.csv", "\n".join([",".join(names), *rows]))
    )
    assert not dialog.table.columns.horizontalScrollBar().isVisible()
