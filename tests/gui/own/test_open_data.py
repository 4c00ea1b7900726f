"""Texts and tables of the user's own: dropped or opened, looked at, and made the task."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import numpy as np
import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtWidgets import (
    QApplication,
    QFileDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QPushButton,
)

from sandbox.gui.own import data_files
from sandbox.gui.own.data_columns import ColumnList
from sandbox.gui.own.data_curves import extremes_of, strokes_of
from sandbox.gui.own.data_dialog import DataDialog
from sandbox.gui.widgets.fields import Refusal
from sandbox.reading.data import adopt_file, kept
from sandbox.validation import ExperimentError
from tests.gui.controls import named, sentences, type_into
from tests.gui.window.test_dropping import drop, of_files

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.window.main_window import MainWindow
    from sandbox.reading.data import Report
    from tests.gui.conftest import Desk

TALE = "the rain fell on the old town, and the wind blew over the hills. " * 30
OF_A_FILE = (
    "column",
    "rows without a value",
    "how it is read",
    "columns read too",
    "columns known ahead",
    "calendar",
)
TABLE = "day,price,load,note\n" + "".join(
    f"{n},{n % 7 + n % 3},{5 + n * n % 26},ok\n" for n in range(400)
)


def written(path: Path, text: str | bytes) -> Path:
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def shown() -> DataDialog:
    """The dialog that is open."""
    (dialog,) = (
        widget
        for widget in QApplication.topLevelWidgets()
        if isinstance(widget, DataDialog) and widget.isVisible()
    )
    return dialog


def dropped(window: MainWindow, qtbot: QtBot, path: Path) -> DataDialog:
    """The dialog on that file, read to its end or refused."""
    drop(window, of_files(path))
    dialog = shown()
    wait_until_read(dialog, qtbot)
    return dialog


def wait_until_read(dialog: DataDialog, qtbot: QtBot) -> None:
    qtbot.waitUntil(
        lambda: dialog.use_button.isEnabled() or bool(refused(dialog) or dialog.table.doubt)
    )


def refused(dialog: DataDialog) -> str:
    """The sentence in the dialog that says what is wrong."""
    return " ".join(label.text() for label in dialog.findChildren(Refusal) if label.text())


def use(dialog: DataDialog, qtbot: QtBot) -> None:
    """Press the button, and wait for what comes of it."""
    gone: list[int] = []
    dialog.finished.connect(gone.append)
    qtbot.mouseClick(dialog.use_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(gone) or bool(refused(dialog)))


def retype(field: QLineEdit, qtbot: QtBot, text: str) -> None:
    field.setText(text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


# Texts ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".md", ".TXT"])
def test_that_a_dropped_text_becomes_the_task_and_can_be_taken_back(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    before = desk.session.experiment
    dialog = dropped(window, qtbot, written(tmp_path / f"tale{ending}", TALE))
    preview = dialog.findChildren(QPlainTextEdit)[0]
    assert TALE.startswith(preview.toPlainText())
    assert desk.session.experiment == before
    use(dialog, qtbot)
    after = desk.session.experiment
    assert after.task == "own"
    assert str(after.params["data"]).endswith(f"-tale{ending}")
    assert (after.params["level"], after.params["cues"]) == ("characters", "")
    window.actions_by_name["undo"].trigger()
    assert desk.session.experiment == before
    window.actions_by_name["redo"].trigger()
    assert desk.session.experiment == after


def test_that_the_fields_say_what_they_mean_for_a_file(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "tale.txt", TALE))
    words = {each.text() for each in dialog.findChildren(QLabel)}
    assert {"split into", "length of a sequence", "forecasts in a sequence"} <= words


def test_that_level_cues_length_and_vocabulary_are_chosen_before(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "tale.txt", TALE))
    level = named(dialog, "level")
    level.setCurrentText("words")
    level.activated.emit(level.currentIndex())
    wait_until_read(dialog, qtbot)
    retype(named(dialog, "cues"), qtbot, "the, on")
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    type_into(qtbot, named(dialog, "length"), "5")
    use(dialog, qtbot)
    params = dict(desk.session.experiment.params)
    del params["data"]
    assert params == {
        "level": "words",
        "normal_form": "C",
        "cues": "the, on",
        "length": 5,
        "vocabulary": 1000,
        "recipe": "",
    }


def test_that_a_refusal_leaves_the_dialog_and_everything_typed(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = desk.session.experiment
    dialog = dropped(window, qtbot, written(tmp_path / "tale.txt", TALE))
    dialog.activateWindow()
    qtbot.waitUntil(lambda: QApplication.activeWindow() is dialog)
    type_into(qtbot, named(dialog, "length"), "400")
    use(dialog, qtbot)
    assert "a longer text than tale.txt, which has 1,950 characters where 4,010" in refused(dialog)
    assert desk.session.experiment == before
    type_into(qtbot, named(dialog, "length"), "40")
    assert refused(dialog) == ""
    use(dialog, qtbot)
    assert desk.session.experiment.params["length"] == 40


def test_that_enter_takes_over_what_is_typed_and_presses_only_a_focused_button(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "tale.txt", TALE))
    retype(named(dialog, "cues"), qtbot, "e")
    assert dialog.use_button.isEnabled()  # nothing is under way
    dialog.use_button.setFocus()
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: desk.session.experiment.params.get("cues") == "e")


# Tables --------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [".tsv"])
def test_that_a_column_of_a_dropped_table_becomes_the_task(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    text = TABLE.replace(",", "\t") if ending == ".tsv" else TABLE
    dialog = dropped(window, qtbot, written(tmp_path / f"prices{ending}", text))
    columns = dialog.findChildren(ColumnList)[0]
    rows = [[columns.item(row, place).text() for place in range(8)] for row in range(2)]
    assert rows == [
        ["price", "forecast", "sure", "", "400", "", "0", "8"],
        ["load", "not read", "sure", "", "400", "", "5", "30"],
    ]
    columns.setFocus()
    qtbot.keyClick(columns, Qt.Key.Key_Down)
    qtbot.keyClick(columns, Qt.Key.Key_F)
    use(dialog, qtbot)
    experiment = desk.session.experiment
    assert (experiment.task, experiment.params["series"]) == ("forecast", "csv")
    assert experiment.params["column"] == "load"
    assert "price" not in str(experiment.params["data"]).partition("-")[0]


def test_that_missing_values_are_asked_about(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    text = TABLE.replace("\n7,1,", "\n7,,")
    dialog = dropped(window, qtbot, written(tmp_path / "prices.csv", text))
    use(dialog, qtbot)
    assert "no value in row 9" in refused(dialog)
    missing = named(dialog, "rows without a value")
    missing.setCurrentText("skip")
    missing.activated.emit(missing.currentIndex())
    use(dialog, qtbot)
    assert desk.session.experiment.params["missing"] == "skip"


@pytest.mark.parametrize("ending", [".txt", ".dat", ".md"])
def test_that_a_table_is_opened_as_one_whatever_it_is_called(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path, ending: str
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / f"numbers{ending}", TABLE))
    kind = named(dialog, "Read it as")
    assert kind.currentIndex() == (ending != ".md")
    if ending == ".md":
        kind.setCurrentIndex(1)
        kind.activated.emit(1)
        wait_until_read(dialog, qtbot)
    use(dialog, qtbot)
    assert desk.session.experiment.params["series"] == "csv"


def test_that_a_kind_that_a_person_chose_stays(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(window, of_files(written(tmp_path / "numbers.txt", TABLE)))
    kind = named(shown(), "Read it as")
    kind.activated.emit(0)  # before the file is copied
    wait_until_read(shown(), qtbot)
    assert kind.currentIndex() == 0


# Refusals and ends ---------------------------------------------------------------------------


REFUSED = [
    ("a.txt", b"", "data: 'a.txt' was given; it takes a file that is not empty"),
    ("a.txt", bytes(range(256)) * 8, "save it as UTF-8 and open it again, or settle how it is"),
    ("a.txt", b"\n", "length: 32 was given; it takes a smaller number, or a longer text"),
    ("a.csv", b"a,b\nx,y\nz,w\n", "a table with a column of numbers, and a.csv has"),
    ("a.csv", b"a\n" + b"5\n" * 300, "a column that changes, and this one is 5 in every row."),
    ("a.csv", b"a\n1\n2\n3\n", "it has 3 values, and 250 are needed"),
]


def test_that_a_file_that_will_not_do_is_told_in_one_sentence(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    before = desk.session.experiment
    for name, content, sentence in REFUSED:
        dialog = dropped(window, qtbot, written(tmp_path / name, content))
        if not refused(dialog):
            use(dialog, qtbot)
        assert sentence in refused(dialog)
        dialog.close()
        assert desk.session.experiment == before
        assert kept() == set()


def test_that_cancel_leaves_no_copy_unless_there_was_one(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path / "tale.txt", TALE)
    named(dropped(window, qtbot, path), "Cancel").click()
    assert kept() == set()
    use(dropped(window, qtbot, path), qtbot)
    assert len(kept()) == 1
    named(dropped(window, qtbot, path), "Cancel").click()
    assert len(kept()) == 1


def test_that_reading_shows_how_far_it_is_and_ends_with_the_dialog(
    desk: Desk,
    window: MainWindow,
    qtbot: QtBot,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    going, ended = threading.Event(), threading.Event()

    def slowly(path: str, report: Report) -> None:
        try:
            while not ended.wait(0.005):
                report(0.5)
                going.set()
        finally:
            ended.set()

    monkeypatch.setattr(data_files, "copied", slowly)
    drop(window, of_files(written(tmp_path / "tale.txt", TALE)))
    dialog = shown()
    bar = named(dialog, "How much of the file is read")
    qtbot.waitUntil(lambda: bar.value() == 500)
    assert not dialog.use_button.isEnabled()
    assert going.is_set()
    dialog.close()
    assert ended.wait(2)


def test_that_cancel_at_the_end_of_copying_leaves_no_copy(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    adopt, copied, go = data_files.adopt_file, *(threading.Event() for _ in range(2))

    def slowly(path: str, report: Report) -> str:
        data = adopt(path, report)
        copied.set()
        go.wait(5)
        return data

    monkeypatch.setattr(data_files, "adopt_file", slowly)
    drop(window, of_files(written(tmp_path / "tale.txt", TALE)))
    assert copied.wait(5)
    assert len(kept()) == 1
    shown().close()
    go.set()
    qtbot.waitUntil(lambda: not kept())


def test_that_a_level_may_be_chosen_while_the_text_is_read(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(window, of_files(written(tmp_path / "tale.txt", TALE)))
    dialog, level = shown(), named(shown(), "level")
    level.setCurrentText("words")
    level.activated.emit(level.currentIndex())
    wait_until_read(dialog, qtbot)
    summary = named(dialog, "What the text is split into")
    assert "480 words, 13 different" in summary.text()


def test_that_closing_the_window_ends_the_reading(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    drop(window, of_files(written(tmp_path / "tale.txt", TALE * 1000)))
    window.close()  # a thread that is left fails the test


# The task's form -----------------------------------------------------------------------------


def test_that_the_form_shows_the_files_name_and_asks_for_another(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    use(dropped(window, qtbot, written(tmp_path / "prices.csv", TABLE)), qtbot)
    field = named(window.task_part, "data")
    assert isinstance(field, QLineEdit)
    assert (field.text(), field.isReadOnly()) == ("prices.csv", True)
    button = named(window.task_part, "Choose data")
    assert isinstance(button, QPushButton)
    button.click()
    (dialog,) = window.findChildren(QFileDialog)
    dialog.close()


def test_that_parameters_without_effect_are_not_shown(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    desk.session.edit(desk.session.experiment.changed(task="forecast", params={}))

    def there() -> set[str]:
        names = ("series", "forecasts", "noise", "data", *OF_A_FILE)
        controls = {name: named(window.task_part, name).parentWidget() for name in names}
        return {name for name, control in controls.items() if not control.isHidden()}

    assert there() == {"series", "forecasts", "noise"}
    desk.session.edit(desk.session.experiment.changed(params={"series": "csv"}))
    assert there() == {"series", "forecasts", "data"}  # of the sample
    data = adopt_file(written(tmp_path / "prices.csv", TABLE))
    desk.session.edit(desk.session.experiment.changed(params={"series": "csv", "data": data}))
    assert there() == {"series", "forecasts", "data", *OF_A_FILE}


def test_that_a_refusal_stands_under_the_field_that_it_is_about(
    desk: Desk, window: MainWindow, qtbot: QtBot
) -> None:
    experiment = desk.session.experiment
    desk.session.edit(experiment.changed(task="own", params={"length": 400}))
    level = named(window.task_part, "level")
    level.setCurrentText("words")
    level.activated.emit(level.currentIndex())
    (told,) = (each for each in window.task_part.findChildren(Refusal) if each.text())
    assert told.text().startswith("length: 400 was given; it takes a smaller number")
    assert level.currentText() == "characters"
    retype(named(window.task_part, "cues"), qtbot, "zebra")
    assert desk.session.experiment.params["cues"] == ""


def test_that_a_missing_copy_is_told_with_the_file_to_open(
    desk: Desk, window: MainWindow, tmp_path: Path
) -> None:
    text = desk.session.experiment.changed(
        task="own", params={"data": "0123456789abcdef-tale.txt"}
    ).to_json()
    drop(window, of_files(written(tmp_path / "a.json", text)))
    (sentence,) = sentences()
    assert "open tale.txt again (File > Open data…" in sentence


def test_that_a_curve_keeps_every_peak_of_a_long_column_and_where_it_has_gaps() -> None:
    values = np.zeros(100_000)
    values[777], values[50_000] = 9, -4
    values[90_000:] = np.nan
    low, high, lacking = extremes_of(values, 120)
    assert len(low) == len(high) == 120
    assert (np.nanmax(high), np.nanmin(low)) == (9, -4)
    assert lacking.tolist() == [False] * 108 + [True] * 12
    assert np.isnan(low[lacking]).all()
    assert np.isnan(extremes_of(np.full(5, np.nan), 120).low).all()


def test_that_a_failed_question_is_told_by_its_sentence(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "tale.txt", TALE))
    dialog.refuse(ExperimentError("steps", 0, "another number"))
    assert refused(dialog) == "steps: 0 was given; it takes another number."
    assert dialog.use_button.isEnabled()
    dialog.close()


def test_that_a_curve_touches_both_ends_and_is_broken_where_values_are_missing() -> None:
    values = np.array([0.0, 4.0, np.nan, 2.0])
    strokes = strokes_of(extremes_of(values, 4), QRectF(10, 0, 40, 8))
    points = [[(point.x(), point.y()) for point in stroke] for stroke in strokes if stroke]
    assert points == [[(15, 8), (15, 8), (25, 0), (25, 0)], [(45, 4), (45, 4)]]
    assert strokes_of(extremes_of(np.full(5, np.nan), 5), QRectF(0, 0, 9, 9)) == []


@pytest.mark.parametrize(
    ("ending", "size", "loaded"), [("csv", 2, True), ("csv", 1, False), ("md", 2, False)]
)
def test_that_the_reader_of_large_tables_is_loaded_while_one_is_copied(
    home: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    ending: str,
    size: int,
    loaded: bool,
) -> None:
    text, names, done = TABLE.encode() * size, list[str](), threading.Event()

    def load(name: str) -> None:
        names.append(name)
        done.set()

    monkeypatch.setattr(data_files, "import_module", load)
    monkeypatch.setattr(data_files, "WHOLE", len(TABLE))
    data_files.copied(str(written(tmp_path / f"a.{ending}", text)), lambda done: None)
    assert done.wait(5 if loaded else 0.05) is loaded
    assert names == ["pandas"] * loaded
