"""The page on a text: its tokens before training, what is in doubt, and what is remembered."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QPushButton

from sandbox.gui.own.data_alphabet import HEADINGS, AlphabetTable
from sandbox.gui.own.data_text import TextPage
from tests.gui.controls import named
from tests.gui.own.test_open_data import dropped, refused, use, written

if TYPE_CHECKING:
    from pathlib import Path

    from pytestqt.qtbot import QtBot

    from sandbox.gui.own.data_dialog import DataDialog
    from sandbox.gui.window.main_window import MainWindow
    from tests.gui.conftest import Desk

ODD = "cafe\u0301 co\u00adop\u00a0là\r\n" * 40
POLISH = "Zażółć gęślą jaźń. Łódź i świat. " * 40


def rows(dialog: DataDialog) -> list[tuple[str, ...]]:
    """The cells of the table of tokens."""
    model = dialog.text.table.tokens
    places = range(model.rowCount())
    return [tuple(model.data(model.index(at, c)) for c in range(len(HEADINGS))) for at in places]


def summary(dialog: DataDialog) -> str:
    return named(dialog, "What the text is split into").text()


def choose(dialog: DataDialog, name: str, words: str, qtbot: QtBot) -> None:
    box: Any = named(dialog, name)
    box.setCurrentText(words)
    box.activated.emit(box.currentIndex())
    qtbot.waitUntil(lambda: not dialog.busy)


def click(dialog: DataDialog, words: str, qtbot: QtBot) -> None:
    (button,) = (
        each
        for each in dialog.text.questions.findChildren(QPushButton)
        if each.text() == words and each.isVisible()
    )
    button.click()
    qtbot.waitUntil(lambda: not dialog.busy)


def test_that_every_token_is_shown_as_a_person_reads_it(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "odd.txt", ODD))
    found = rows(dialog)
    assert found[0] == ("c", "80", "15.38%", "")
    assert ("⏎", "40", "7.69%", "U+000A line end") in found
    assert ("␣", "40", "7.69%", "U+0020 space") in found
    assert ("U+00A0", "40", "7.69%", "U+00A0 no-break space") in found
    assert ("é", "40", "7.69%", "U+00E9 latin small letter e with acute") in found
    assert summary(dialog) == (
        "520 characters, 11 different; 40 accents joined to the letter before; "
        "40 soft hyphens left out; 40 CRLF line ends, each read as one."
    )
    assert sum(int(count) for _, count, _, _ in found) == 520


def test_that_the_table_follows_level_form_and_vocabulary(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    dialog = dropped(window, qtbot, written(tmp_path / "odd.txt", ODD))
    choose(dialog, "normal form", "as it stands", qtbot)
    found = {row[0]: row[3] for row in rows(dialog)}
    assert found["e\u0301"] == "U+0065 latin small letter e + U+0301 combining acute accent"
    assert found["U+00AD"] == "U+00AD soft hyphen"
    choose(dialog, "level", "words", qtbot)
    assert [row[0] for row in rows(dialog)] == ["cafe\u0301", "coU+00ADop", "là"]
    dialog.text.form.edited.emit("vocabulary", 2)
    assert rows(dialog)[-1] == ("(other)", "40", "33.33%", "1 other: là")
    assert "of which the rarest (33.33% of the text) is read as (other)" in summary(dialog)


def test_that_an_encoding_in_doubt_is_settled_by_a_click_and_remembered(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.txt", b"c\xbdur \xe9t\xe9, 5 \xa4. " * 40)
    dialog = dropped(window, qtbot, path)
    choose(dialog, "encoding", "cp1252", qtbot)
    assert ("½", "40") in {row[:2] for row in rows(dialog)}
    choose(dialog, "encoding", "iso8859-15", qtbot)
    assert ("œ", "40") in {row[:2] for row in rows(dialog)}
    use(dialog, qtbot)
    assert desk.session.experiment.params["recipe"] == "encoding=iso8859-15"
    window.actions_by_name["undo"].trigger()
    again = dropped(window, qtbot, path)
    assert named(again, "encoding").currentText() == "iso8859-15"
    again.close()


def test_that_control_characters_are_asked_about_before_training(
    desk: Desk, window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.txt", "the bell\x07 rings, the rain falls. " * 40)
    dialog = dropped_in_doubt(window, qtbot, path)
    assert not dialog.use_button.isEnabled()
    assert "40 control characters (U+0007 bell)" in dialog.text.doubt + str(dialog.text._questions)
    click(dialog, "Leave them out", qtbot)
    assert dialog.use_button.isEnabled()
    assert not dialog.text.questions.isVisible()
    assert "40 control characters left out" in summary(dialog)
    assert "U+0007" not in {row[0] for row in rows(dialog)}
    use(dialog, qtbot)
    assert desk.session.experiment.params["recipe"] == "'controls=left out'"


def dropped_in_doubt(window: MainWindow, qtbot: QtBot, path: Path) -> DataDialog:
    from tests.gui.own.test_open_data import drop, of_files, shown

    drop(window, of_files(path))
    dialog = shown()
    qtbot.waitUntil(lambda: bool(dialog.text.doubt) and not dialog.busy)
    return dialog


def test_that_what_is_in_doubt_can_be_taken_as_it_is_read(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.txt", b"p\x8ele, est\x87. c\xf3mo. " * 40)
    dialog = dropped_in_doubt(window, qtbot, path)
    click(dialog, "Take it as it is read", qtbot)
    assert dialog.use_button.isEnabled()
    click(dialog, "Ask again", qtbot)
    assert not dialog.use_button.isEnabled()
    dialog.close()


def test_that_an_encoding_that_does_not_fit_is_refused_and_can_be_changed(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    path = written(tmp_path / "a.txt", POLISH.encode("cp1250"))
    dialog = dropped(window, qtbot, path)
    assert named(dialog, "encoding").currentText() == "cp1250 (guessed)"
    choose(dialog, "encoding", "utf-8", qtbot)
    assert "encoding: 'utf-8' was given" in refused(dialog)
    assert not dialog.use_button.isEnabled()
    assert rows(dialog) == []
    choose(dialog, "encoding", "guess", qtbot)
    assert "ź" in {row[0] for row in rows(dialog)}
    dialog.close()


def test_that_a_hundred_thousand_words_are_shown_at_once(
    window: MainWindow, qtbot: QtBot, tmp_path: Path
) -> None:
    words = " ".join(f"w{n} the" for n in range(100_000))
    dialog = dropped(window, qtbot, written(tmp_path / "a.txt", words))
    choose(dialog, "level", "words", qtbot)
    assert "200,000 words, 100,001 different, of which the 99,001 rarest" in summary(dialog)
    start = time.process_time()
    dialog.text.form.edited.emit("vocabulary", 5000)
    QApplication.processEvents()
    assert time.process_time() - start < 0.1
    assert dialog.text.table.tokens.rowCount() == 5001
    name = rows(dialog)[-1][3]
    assert name.startswith("95,001 others: w4999 w5000 ")
    assert name.endswith(" …")
    dialog.close()


def test_that_the_table_is_read_with_the_keyboard_and_has_tips(qtbot: QtBot) -> None:
    page = TextPage()
    qtbot.addWidget(page)
    table = page.findChildren(AlphabetTable)[0]
    assert table.accessibleName() == "Tokens of the text"
    model = table.tokens
    tips = [
        model.headerData(at, Qt.Orientation.Horizontal, Qt.ItemDataRole.ToolTipRole)
        for at in range(model.columnCount())
    ]
    assert tips == list(HEADINGS.values())
    assert model.rowCount() == 0
