from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, QObject, QSize
from PySide6.QtGui import QResizeEvent, QShowEvent

from sandbox.gui.panels.answers.answers_panel import AnswersPanel
from sandbox.gui.panels.nets.nets_panel import NetsPanel
from sandbox.gui.window.appearance import Appearance
from sandbox.gui.window.toast import Toast

RESIZED = QResizeEvent(QSize(300, 300), QSize(200, 200))


@pytest.mark.parametrize("event", [RESIZED, QShowEvent()])
@pytest.mark.parametrize("kind", [Appearance, Toast, AnswersPanel, NetsPanel])
def test_that_a_filter_emptied_by_python_lets_events_pass(kind: type, event: QEvent) -> None:
    emptied = kind.__new__(kind)
    assert emptied.eventFilter(QObject(), event) is False
