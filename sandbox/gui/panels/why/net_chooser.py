"""A list of the nets on screen, one of which is chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.cells.known import cell_named
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.parts import named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.cells.cell import Cell
    from sandbox.gui.panels.shared.views import NetHead


def small_choice(name: str, tip: str) -> QuietComboBox:
    """A list in small type."""
    combo = named(QuietComboBox(), name, tip)
    combo.setObjectName("layer_chooser")
    return combo


class NetChooser(QuietComboBox):
    """Keeps what was chosen while it is there; at first the first net with gates."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.setObjectName("layer_chooser")
        named(self, name, tip)
        self._cells: dict[str, str] = {}

    @property
    def key(self) -> str:
        """The chosen net; "" while there is none."""
        return self.currentData() or ""

    @property
    def cell(self) -> Cell:
        """The chosen net's cell."""
        return cell_named(self._cells[self.key])

    def show_nets(self, heads: Mapping[str, NetHead]) -> bool:
        """Offer these nets; returns whether they are others than before."""
        cells, chosen = {key: head.cell for key, head in heads.items()}, self.key
        if cells == self._cells:
            return False
        self._cells = cells
        self.clear()
        for key, head in heads.items():
            self.addItem(head.title, key)
        gated = [key for key, cell in cells.items() if len(cell_named(cell).gates) > 1]
        self.choose(chosen if chosen in cells else next(iter(gated or cells), ""))
        return True

    def choose(self, key: str) -> None:
        """Choose this net."""
        self.setCurrentIndex(self.findData(key))
