"""The chooser in a column's head for the layer that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from sandbox.gui.widgets.controls import QuietComboBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

CHOOSER_WIDTH, CHOOSER_HEIGHT = 96, 20


class LayerChooser(QuietComboBox):
    """AnswerText "layer 2 of 2", lists the top one first, and is hidden where there is only one."""

    chosen = Signal(int)  # layer, 1 is the bottom one

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_chooser")
        self.setFixedSize(CHOOSER_WIDTH, CHOOSER_HEIGHT)
        self.setToolTip(
            "Which layer's gates, states and gradient are shown; the top one gives the answer."
        )
        self.activated.connect(self._choose)
        self.hide()

    def show_layer(self, layer: int, layers: int, whose: str) -> None:
        """This layer of so many, of the contestant called `whose`."""
        if self.count() != layers:
            self.clear()
            self.addItems([f"layer {number} of {layers}" for number in range(layers, 0, -1)])
        self.setCurrentIndex(layers - layer)
        self.setAccessibleName(f"{whose} layer shown")
        self.setVisible(layers > 1)

    def _choose(self, index: int) -> None:
        self.chosen.emit(self.count() - index)
