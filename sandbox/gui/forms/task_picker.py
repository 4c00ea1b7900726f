"""The list of tasks with a sentence about each; the user's own tasks come last."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QFont, QFontMetrics, QPainter, QStandardItemModel
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem

from sandbox.gui.look.typeface import SMALL_PX, px
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.parts import named
from sandbox.tasks.registry import built_in, own_tasks

if TYPE_CHECKING:
    from collections.abc import Callable

    from sandbox.gui.own.task_files import Closed, OwnTasks

NAME, SENTENCE, FILE = (Qt.ItemDataRole.UserRole + number for number in range(3))
DESCRIPTION = Qt.ItemDataRole.AccessibleDescriptionRole
OWN = "Your own tasks"
HEADING_PX, ITEM_PX = 26, 46
Index = QModelIndex | QPersistentModelIndex


class TaskPicker(QuietComboBox):
    """Every task by title, with its sentence in the open list.

    Below them are the user's own tasks, and task files that have to be opened first.
    """

    picked = Signal(str)
    file_picked = Signal(str)  # the path of a task file that is not opened

    def __init__(self) -> None:
        super().__init__()
        named(self, "Task", "Choose what the nets have to remember.")
        self._closed: Callable[[], tuple[Closed, ...]] = tuple
        self._shown = ""
        self._fill()
        self.setItemDelegate(TwoLines(self))
        self.activated.connect(self._pick)

    def serve(self, files: OwnTasks) -> None:
        """List the tasks of these files too, and open a file that is picked."""
        self._closed = files.closed
        files.changed.connect(self._fill)
        self.file_picked.connect(files.open)
        self._fill()

    def show_task(self, name: str) -> None:
        """Show the current task."""
        self._shown = name
        if self.findData(name, NAME) < 0:
            self._fill()
        self.setCurrentIndex(self.findData(name, NAME))

    def showPopup(self) -> None:
        """Look for new files, and make the list wide enough for the sentences."""
        self._fill()
        self.view().setMinimumWidth(self.view().sizeHintForColumn(0) + 24)
        super().showPopup()

    def _fill(self) -> None:
        self.blockSignals(True)
        self.clear()
        for name, task in built_in().items():
            self._add(task.title, task.summary, name)
        own, closed = own_tasks(), self._closed()
        if own or closed:
            self._add_heading(OWN)
        for name, task in own.items():
            self._add(task.title, task.summary, name)
        for each in closed:
            self._add(each.path.name, f"not opened: {each.why}", "", str(each.path))
        self.setCurrentIndex(self.findData(self._shown, NAME) if self._shown else 0)
        self.blockSignals(False)

    def _add(self, title: str, sentence: str, name: str, file: str = "") -> None:
        self.addItem(title, name)
        row = self.count() - 1
        self.setItemData(row, sentence, SENTENCE)
        self.setItemData(row, sentence, DESCRIPTION)
        self.setItemData(row, file, FILE)
        if file:
            self.setItemData(row, file, Qt.ItemDataRole.ToolTipRole)

    def _add_heading(self, words: str) -> None:
        """Add a line that cannot be chosen."""
        self.addItem(words, "")
        model = self.model()
        assert isinstance(model, QStandardItemModel)
        model.item(self.count() - 1).setFlags(Qt.ItemFlag.NoItemFlags)

    def _pick(self, index: int) -> None:
        name, file = self.itemData(index, NAME), self.itemData(index, FILE)
        if file:
            self.show_task(self._shown)  # not the current task until it is opened
            self.file_picked.emit(file)
        elif name:
            self.picked.emit(name)


class TwoLines(QStyledItemDelegate):
    """Paints a title with its sentence below; a heading is small and quiet."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        """Paint both lines."""
        rect, palette = option.rect, option.palette
        chosen = bool(option.state & QStyle.StateFlag.State_Selected)
        painter.save()
        if _is_heading(index):
            painter.setPen(palette.placeholderText().color())
            painter.setFont(_small(option.font))
            place = rect.adjusted(8, 0, -8, -3)
            painter.drawText(place, Qt.AlignmentFlag.AlignBottom, index.data())
            painter.restore()
            return
        if chosen:
            painter.fillRect(rect, palette.mid())
        painter.setPen(palette.text().color())
        painter.setFont(option.font)
        line = px(18)
        top = QRect(rect.left() + 8, rect.top() + px(4), rect.width() - 16, line)
        painter.drawText(top, Qt.AlignmentFlag.AlignVCenter, index.data())
        if not chosen:
            painter.setPen(palette.placeholderText().color())
        painter.setFont(_small(option.font))
        painter.drawText(
            top.translated(0, line), Qt.AlignmentFlag.AlignVCenter, index.data(SENTENCE)
        )
        painter.restore()

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        """The size of both lines."""
        if _is_heading(index):
            return QSize(0, px(HEADING_PX))
        width = QFontMetrics(_small(option.font)).horizontalAdvance(index.data(SENTENCE) or "")
        return QSize(width + px(24), px(ITEM_PX))


def _is_heading(index: Index) -> bool:
    return not index.flags() & Qt.ItemFlag.ItemIsEnabled


def _small(font: QFont) -> QFont:
    small = QFont(font)
    small.setPixelSize(px(SMALL_PX))
    return small
