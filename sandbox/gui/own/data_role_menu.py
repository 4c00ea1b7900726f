"""The cell that says what a column is for, and the menu that opens on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRectF, Qt
from PySide6.QtGui import QAction, QActionGroup, QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QMenu, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sandbox.gui.look.typeface import px
from sandbox.gui.own.data_roles import FORECAST, ROLES, ColumnRole

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.drawing.styles import Palette

ARROW_PX, EDGE_PX = 8, 6
ONE_IS_FORECAST = "One column has to be forecast: choose another one for that first."


class RoleCells(QStyledItemDelegate):
    """Draws a small arrow behind the words, since a click opens a menu."""

    def __init__(self, parent: QWidget, colours: Callable[[], Palette]) -> None:
        super().__init__(parent)
        self._colours = colours

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        """Draw the words, and the arrow at the right."""
        super().paint(painter, option, index)
        side = px(ARROW_PX)
        area = QRectF(option.rect.right() - side - px(EDGE_PX), option.rect.top(), side, side / 2)
        area.moveTop(option.rect.center().y() - side / 4)
        corners = [area.topLeft(), QPointF(area.center().x(), area.bottom()), area.topRight()]
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(QColor(self._colours().quiet), 1.5))
        painter.drawPolyline(QPolygonF(corners))
        painter.restore()


def role_menu(
    parent: QWidget, name: str, now: ColumnRole, wished: Callable[[ColumnRole], None]
) -> QMenu:
    """A menu with every role of the column of this name; `now` is the one in force."""
    menu = QMenu(name, parent)
    menu.setToolTipsVisible(True)
    menu.setAccessibleName(f"What {name} is for")
    group = QActionGroup(menu)
    for role in ROLES:
        action = QAction(f"{role.wish}\t{role.key}", menu, checkable=True, checked=role is now)
        action.setToolTip(role.tip)
        if now is FORECAST and role is not FORECAST:
            action.setEnabled(False)
            action.setToolTip(ONE_IS_FORECAST)
        action.triggered.connect(lambda _=False, role=role: wished(role))
        group.addAction(action)
        menu.addAction(action)
    menu.aboutToHide.connect(menu.deleteLater)
    return menu


def role_of_key(key: int) -> ColumnRole | None:
    """The role that a key gives."""
    keys = {Qt.Key[f"Key_{role.key}"]: role for role in ROLES}
    keys |= {Qt.Key.Key_Delete: ROLES[-1], Qt.Key.Key_Backspace: ROLES[-1]}
    return keys.get(Qt.Key(key))
