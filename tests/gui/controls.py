"""Finding and using a window's controls as a person does: by name, focus and keys."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QDockWidget, QLabel, QWidget

from sandbox.gui.widgets.fields import NumberField, Refusal

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    import pytest
    from pytestqt.qtbot import QtBot


def named(window: QWidget, name: str) -> QWidget:
    """The control of that accessible name; one that is shown before one that is not."""
    found = [w for w in window.findChildren(QWidget) if w.accessibleName() == name]
    found.sort(key=lambda w: (isinstance(w, QDockWidget), not w.isVisible()))
    return found[0]


def focus(qtbot: QtBot, widget: QWidget) -> QWidget:
    widget.setFocus(Qt.FocusReason.OtherFocusReason)
    qtbot.waitUntil(lambda: QApplication.focusWidget() is widget)
    return widget


def type_into(qtbot: QtBot, field: QWidget, text: str) -> None:
    """The field's text replaced by this one, and Return."""
    assert isinstance(field, NumberField)
    focus(qtbot, field)
    field.selectAll()
    qtbot.keyClick(field, Qt.Key.Key_Delete)
    qtbot.keyClicks(field, text)
    qtbot.keyClick(field, Qt.Key.Key_Return)


def sentences() -> list[str]:
    """What is said in dialogs; closes them."""
    found = [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]
    said = [dialog.findChildren(QLabel)[-1].text() for dialog in found]
    for dialog in found:
        dialog.close()
    return said


def refusals(window: QWidget) -> list[str]:
    """The refusals that are shown."""
    labels = window.findChildren(Refusal)
    return [label.text() for label in labels if label.text() and not label.isHidden()]


def wait_for(condition: Callable[[], bool], patience_s: float = 10.0) -> None:
    """Let the window do what it has to until the condition holds."""
    end = time.monotonic() + patience_s
    while not condition():
        assert time.monotonic() < end, "it never came to that"
        QTest.qWait(1)


def noted(monkeypatch: pytest.MonkeyPatch, module: ModuleType) -> list[str]:
    """All text that a module writes from now on."""
    written: list[str] = []
    write = module.write

    def note(painter: object, x: float, y: float, text: str, *more: Any, **named: Any) -> float:
        written.append(text)
        return float(write(painter, x, y, text, *more, **named))

    monkeypatch.setattr(module, "write", note)
    return written
