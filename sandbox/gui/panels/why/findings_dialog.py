"""Everything that was found in a run, with the training step at which it was first said."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sandbox.gui.widgets.dialogs import Dialog
from sandbox.gui.widgets.dock import Scrolled, column
from sandbox.gui.widgets.parts import paragraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PySide6.QtWidgets import QWidget

    from sandbox.insight.findings import Finding

NOTHING = "Nothing has been found yet. The Why view looks while it is open."


class FindingsDialog(Dialog):
    """The log of findings, the latest first."""

    def __init__(self, log: Sequence[tuple[int, Finding]], parent: QWidget | None) -> None:
        super().__init__("Findings of this run", parent)
        self.setObjectName("findings_dialog")
        rows = [paragraph(f"Step {step:,}: {each.text}", width=440) for step, each in log[::-1]]
        self.column.addWidget(Scrolled(column(*(rows or [paragraph(NOTHING, width=440)]))), 1)
        self.finish()
        self.resize(560, 420)
