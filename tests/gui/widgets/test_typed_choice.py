"""A text that is typed or chosen from a list."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from PySide6.QtCore import Qt

from sandbox.gui.widgets.typed_choice import TypedChoice

if TYPE_CHECKING:
    from pytestqt.qtbot import QtBot

STEPS = {"": "as it stands", "1 hour": "1 hour", "1 day": "1 day"}


@pytest.fixture
def box(qtbot: QtBot) -> TypedChoice:
    made = TypedChoice()
    qtbot.addWidget(made)
    made.show_choices(STEPS)
    made.show_value("", "as it stands")
    made.show()
    return made


def test_that_each_text_is_told_once_however_it_is_given(box: TypedChoice, qtbot: QtBot) -> None:
    told: list[str] = []
    box.committed.connect(told.append)
    box.setFocus()
    qtbot.keyClicks(box, "15 min")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    box.clearFocus()
    assert told == ["15 min"]
    box.setFocus()
    qtbot.keyClick(box, Qt.Key.Key_Down)
    assert told[1:] == ["1 hour"]
    box.lineEdit().setText("as it stands")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert told[2:] == [""]


def test_that_a_refused_text_goes_and_escape_takes_back_what_is_typed(
    box: TypedChoice, qtbot: QtBot
) -> None:
    box.show_value("1 day", "as it stands")
    box.committed.connect(lambda _: box.show_value("1 day", "as it stands"))
    box.setFocus()
    box.lineEdit().selectAll()
    qtbot.keyClicks(box, "nonsense")
    qtbot.keyClick(box, Qt.Key.Key_Return)
    assert box.currentText() == "1 day"
    qtbot.keyClicks(box, "7")
    assert box.currentText() != "1 day"
    qtbot.keyClick(box, Qt.Key.Key_Escape)
    assert box.currentText() == "1 day"
