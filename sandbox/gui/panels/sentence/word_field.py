"""A field over a word of the sentence, with the words of the task to choose from."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QCompleter, QLabel, QLineEdit, QWidget

from sandbox.gui.look.typeface import TEXT_PX, font, px, width_of
from sandbox.gui.widgets.parts import label, named

if TYPE_CHECKING:
    from collections.abc import Sequence

NARROWEST, ROOM = 48, 22  # pixels: of the field, and beside its text
WIDEST = 420  # of the sentence that says what is wrong


class WordField(QLineEdit):
    """Enter takes what was typed, Escape does not, Tab takes it and goes on to the next word."""

    taken = Signal(str)
    moved_on = Signal(str, int)  # what was typed, and by how many words to go on
    left = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._panel = parent
        self.setObjectName("text_field")
        named(self, "The word at this step", "Enter takes it, Tab goes on, Escape leaves it.")
        self._words: tuple[str, ...] = ()
        self._word = QRectF()  # that it stands over
        self._refusal: QLabel | None = None
        self.textEdited.connect(self._follow_text)
        self.hide()

    def begin(self, word: str, over: QRectF, words: Sequence[str]) -> None:
        """Stand over this word, all of it selected; words: those that can be chosen."""
        self._withdraw()
        self._offer(tuple(filter(None, words)))
        self._word = over
        self.setFont(font(TEXT_PX))
        self.setText(word)
        self._place()
        self.show()
        self.raise_()
        self.selectAll()
        self.setFocus(Qt.FocusReason.OtherFocusReason)

    def refuse(self, sentence: str) -> None:
        """Say under the field what is wrong with what was typed."""
        window = self.window()
        if self._refusal is None:
            self._refusal = label("", "refusal", wrap=True)
            self._refusal.setParent(window)
            self._refusal.setObjectName("word_refusal")
            self._refusal.setAutoFillBackground(True)
            self._refusal.setFrameShape(QLabel.Shape.Box)
            self._refusal.setMargin(4)
        told = self._refusal
        told.setText(sentence)
        width = min(px(WIDEST), told.fontMetrics().horizontalAdvance(sentence) + 24)
        told.resize(width, told.heightForWidth(width))
        under = self.mapTo(window, self.rect().bottomLeft())
        told.move(min(under.x(), window.width() - width - 4), under.y() + 3)
        told.show()
        told.raise_()
        self.setAccessibleDescription(sentence)

    @property
    def refusal(self) -> str:
        """The sentence under the field; "" for none."""
        return self._refusal.text() if self._refusal is not None else ""

    def finish(self) -> None:
        """Go away."""
        self._withdraw()
        if self.isVisible():
            self.hide()

    # -- keys ---------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Escape end here: to the panel and the window they mean other things."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.taken.emit(self.text())
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        """Tab would leave the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            onward = {Qt.Key.Key_Tab: 1, Qt.Key.Key_Backtab: -1}.get(Qt.Key(event.key()))
            if onward is not None:
                self.moved_on.emit(self.text(), onward)
                return True
        return super().event(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Whoever goes elsewhere does not want the word; the list of words is not elsewhere."""
        super().focusOutEvent(event)
        away = (Qt.FocusReason.PopupFocusReason, Qt.FocusReason.ActiveWindowFocusReason)
        if event.reason() not in away:
            self.left.emit()

    # -- looks --------------------------------------------------------------------------

    def _offer(self, words: tuple[str, ...]) -> None:
        if words == self._words:
            return
        self._words = words
        completer = QCompleter(sorted(set(words), key=str.lower), self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchStartsWith)
        completer.setModelSorting(QCompleter.ModelSorting.CaseInsensitivelySortedModel)
        self.setCompleter(completer)

    def _follow_text(self) -> None:
        self._withdraw()
        self._place()

    def _place(self) -> None:
        """Over the word, as wide as what is typed, inside the panel."""
        least = max(px(NARROWEST), round(self._word.width()) + 8)
        width = max(least, round(width_of(self.text(), TEXT_PX)) + px(ROOM))
        height = max(round(self._word.height()) + 4, px(22))
        top = round(self._word.center().y() - height / 2)
        left = min(round(self._word.left()) - 4, self._panel.width() - width - 2)
        top = min(max(top, 0), self._panel.height() - height)
        self.setGeometry(QRect(max(left, 2), top, width, height))

    def _withdraw(self) -> None:
        if self._refusal is not None:
            self._refusal.setText("")
            self._refusal.hide()
            self.setAccessibleDescription("")
