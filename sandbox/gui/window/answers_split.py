"""Divides the height between nets and answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QSplitter

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from sandbox.gui.panels.answers.answers_panel import AnswersPanel
    from sandbox.gui.panels.nets.nets_panel import NetsPanel


class Stack(QSplitter):
    """A splitter that says when it has been resized."""

    resized = Signal()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Resize the panels, then say so."""
        super().resizeEvent(event)
        self.resized.emit()


class AnswersSplit(QObject):
    """Keeps the answers as high as a person made them, or lower where the nets need the room.

    In a smaller window the splitter alone would take everything from the nets.  meant: the height
    of the answers that a person chose, in pixels.
    """

    def __init__(self, splitter: Stack, nets: NetsPanel, panel: AnswersPanel) -> None:
        super().__init__(splitter)
        self._splitter, self._nets, self._panel = splitter, nets, panel
        self.meant = panel.sizeHint().height()
        self._wanted, self._allowed = False, True
        splitter.addWidget(panel)
        panel.hide()
        splitter.splitterMoved.connect(self._take_meant)
        splitter.resized.connect(self._share)

    def show(self, shown: bool) -> None:
        """Show or hide the answers; if there is room for both, the nets get what they need."""
        self._wanted = shown
        self._panel.setVisible(shown and self._allowed)
        self._share()

    def allow(self, allowed: bool) -> None:
        """Whether the view on screen has nets that answers can stand under."""
        self._allowed = allowed
        self.show(self._wanted)

    def _take_meant(self, *_: object) -> None:
        self.meant = self._splitter.sizes()[-1] or self.meant

    def _share(self) -> None:
        shown = not self._panel.isHidden()
        notice = self._splitter.y()  # the height of what stands above the splitter
        self._nets.lend(notice + (self._panel.minimumSizeHint().height() if shown else 0))
        if not self._panel.isVisible():
            return
        splitter, sizes = self._splitter, self._splitter.sizes()
        handles = (len(sizes) - 1) * splitter.handleWidth()
        both = splitter.height() - handles - sum(sizes[:-2])
        least = self._panel.minimumSizeHint().height()
        tall = max(min(self.meant, both - self._nets.needed), least)
        if tall != sizes[-1]:
            splitter.setSizes([*sizes[:-2], max(both - tall, 0), tall])
