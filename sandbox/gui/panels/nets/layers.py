"""Stacked layers: which one a column shows, and the chooser for it in the column's head."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal

from sandbox.engine.trace import Trace, layer_prefix
from sandbox.gui.widgets.controls import QuietComboBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

_LOWER = re.compile(r"layer(\d+)\.hidden")
CHOOSER_WIDTH, CHOOSER_HEIGHT = 96, 20


def layer_count(trace: Trace) -> int:
    """How many layers a trace holds; the top one has the plain names."""
    found = (_LOWER.fullmatch(name) for name in trace.arrays)
    return 1 + max((int(lower[1]) for lower in found if lower), default=0)


def of_layer(trace: Trace, layer: int) -> Trace:
    """One layer's arrays (1 is the bottom one) under their plain names; answers stay the net's."""
    layers = layer_count(trace)
    start = layer_prefix(min(layer, layers), layers)
    if not start:
        return trace
    arrays = {
        name.removeprefix(start): array
        for name, array in trace.arrays.items()
        if name.startswith(start)
    }
    return Trace(trace.cell, arrays, trace.answers, trace.loss)


class LayerChooser(QuietComboBox):
    """Says "layer 2 of 2", lists the top one first, and is hidden where there is only one."""

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
