"""At most three findings in sentences, each with a link to where it can be seen."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.widgets.parts import fill, label
from sandbox.insight.findings import MOST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.insight.findings import Finding

PLACES = {
    "gradient": "in the gradient",
    "loss": "in the curves",
    "swap": "in the swaps",
    "cell": "in the cell",
}


class FindingsStrip(QWidget):
    """A line a finding; hidden while there is none."""

    wanted = Signal(object)  # the Finding whose place is to be shown

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("findings")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName("Findings")
        self._shown: tuple[Finding, ...] = ()
        self._most = MOST_SHOWN
        self._lines = [self._line(n) for n in range(MOST_SHOWN)]
        fill(QVBoxLayout(self), *self._lines, spacing=1, margins=(MARGIN, 4, 8, 5))
        self.hide()

    def _line(self, number: int) -> QLabel:
        line = label("", "text", wrap=True)
        line.setTextFormat(Qt.TextFormat.RichText)
        line.setTextInteractionFlags(Qt.TextInteractionFlag.TextBrowserInteraction)
        line.linkActivated.connect(lambda _: self.wanted.emit(self._shown[number]))
        return line

    @property
    def sentences(self) -> list[str]:
        """What is said."""
        return [each.text for each in self._shown]

    def show_findings(self, findings: Sequence[Finding]) -> None:
        """Say these."""
        if tuple(findings) == self._shown:
            return
        self._shown = tuple(findings)
        self._say()

    def show_most(self, most: int) -> None:
        """Say so many at most."""
        if most != self._most:
            self._most = most
            self._say()

    def _say(self) -> None:
        findings = self._shown[: self._most]
        for n, line in enumerate(self._lines):
            line.setVisible(n < len(findings))
            if n < len(findings):
                where = PLACES.get(findings[n].panel, "")
                link = f' <a href="see">{where}</a>' if where else ""
                line.setText(f"{escape(findings[n].text)}{link}")
        self.setVisible(bool(findings))
