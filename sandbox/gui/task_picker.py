"""The picker of tasks: each with its one sentence."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from sandbox.gui.controls import QuietComboBox
from sandbox.gui.theme import NOTE_PX
from sandbox.tasks.registry import tasks

NAME, SENTENCE = Qt.ItemDataRole.UserRole, Qt.ItemDataRole.UserRole + 1
Index = QModelIndex | QPersistentModelIndex


class TaskPicker(QuietComboBox):
    """All tasks of the registry, by title; the list shows their sentences too."""

    picked = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName("Task")
        self.setToolTip("What has to be remembered; each task has its own gap.")
        for name, task in tasks().items():
            self.addItem(task.title, name)
            self.setItemData(self.count() - 1, task.summary, SENTENCE)
            self.setItemData(
                self.count() - 1, task.summary, Qt.ItemDataRole.AccessibleDescriptionRole
            )
        self.setItemDelegate(TwoLines(self))
        self.activated.connect(self._pick)

    def show_task(self, name: str) -> None:
        """Show the task in force."""
        self.setCurrentIndex(self.findData(name))

    def showPopup(self) -> None:
        """Make the list wide enough for the sentences."""
        delegate = self.itemDelegate()
        option = QStyleOptionViewItem()
        widths = [
            delegate.sizeHint(option, self.model().index(row, 0)).width()
            for row in range(self.count())
        ]
        self.view().setMinimumWidth(max(widths) + 24)
        super().showPopup()

    def _pick(self, index: int) -> None:
        self.picked.emit(self.itemData(index))


class TwoLines(QStyledItemDelegate):
    """An item's title, and under it its sentence, smaller."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Draw both lines on the ground of the chosen, or of none."""
        rect, palette = option.rect, option.palette
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(rect, palette.mid())
        painter.setPen(palette.text().color())
        painter.setFont(option.font)
        top = QRect(rect.left() + 8, rect.top() + 4, rect.width() - 16, 18)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, index.data())
        if not chosen:
            painter.setPen(palette.placeholderText().color())
        painter.setFont(_small(option.font))
        painter.drawText(top.translated(0, 18), Qt.AlignmentFlag.AlignVCenter, index.data(SENTENCE))
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """Room for both lines."""
        width = QFontMetrics(_small(option.font)).horizontalAdvance(index.data(SENTENCE) or "")
        return QSize(width + 24, 46)


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(NOTE_PX)
    return small
