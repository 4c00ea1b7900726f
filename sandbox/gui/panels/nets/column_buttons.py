"""The buttons at the right end of a head's last line: which layer is shown, and the equations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.panels.shared.panel import small_button
from sandbox.gui.widgets.controls import QuietComboBox

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from sandbox.gui.panels.nets.column_geometry import Geometry

EQUATIONS_TIP = "Show the equations of this cell; above the heatmaps they would take too much room."
BRIEF, WHOLE = "f(x)", "equations"
BESIDE, HIGH = 4, 17  # pixels between buttons, and of the one for equations


class LayerChooser(QuietComboBox):
    """Which layer a column shows; the top one is listed first.  Hidden where there is only one."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("layer_chooser")
        fit(self, width=96, height=20)
        self.setToolTip(
            "Which layer's gates, states and gradient are shown; the top one gives the answer."
        )
        self.hide()

    def show_layer(self, layer: int, layers: int, whose: str) -> None:
        """Show this layer of `layers`; whose: the contestant's title."""
        if self.count() != layers:
            self.clear()
            self.addItems([f"layer {number} of {layers}" for number in range(layers, 0, -1)])
        self.setCurrentIndex(layers - layer)
        self.setAccessibleName(f"{whose} layer shown")
        self.setVisible(layers > 1)


class HeadButtons:
    """Both, as children of a column; each is hidden where there is nothing to choose or to show."""

    def __init__(self, column: QWidget) -> None:
        self.chooser = LayerChooser(column)
        self.equations = small_button("equations", WHOLE, "Equations", EQUATIONS_TIP)
        self.equations.setParent(column)
        self.equations.hide()

    def show_layer(self, layer: int, layers: int, whose: str) -> None:
        """Show this layer of `layers`; whose: the contestant's title."""
        self.chooser.show_layer(layer, layers, whose)
        self.equations.setAccessibleName(f"Equations of {whose}")

    def place(self, geometry: Geometry, folded: bool) -> None:
        """Put them in their places; folded: the equations are not above the heatmaps."""
        self.equations.setVisible(folded)
        if folded:
            self.equations.setText(BRIEF if geometry.tall_head else WHOLE)
            self.equations.resize(self.equations.sizeHint().width(), px(HIGH))
        right, bottom = geometry.head.right(), geometry.head.bottom()
        for button in self._shown:
            button.move(right - button.width(), bottom - button.height())
            right -= button.width() + BESIDE

    @property
    def width(self) -> int:
        """The pixels that they take."""
        return sum(button.width() + BESIDE for button in self._shown)

    @property
    def _shown(self) -> list[QWidget]:
        """Those that are there, from the right."""
        return [each for each in (self.chooser, self.equations) if not each.isHidden()]
