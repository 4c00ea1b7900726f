"""The views of the centre, one of which is shown, and the tabs that choose among them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QWidget

from sandbox.gui.widgets.parts import fill

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PySide6.QtGui import QAction

WATCH = "watch"
TITLES = {WATCH: "Watch", "cell": "Cell", "why": "Why", "dynamics": "Dynamics"}


class Pages(QStackedWidget):
    """A stack that asks for the room of the page on screen, not of the largest one."""

    def minimumSizeHint(self) -> QSize:
        """What the page on screen needs."""
        page = self.currentWidget()
        return page.minimumSizeHint().expandedTo(page.minimumSize()) if page else QSize()

    def sizeHint(self) -> QSize:
        """What the page on screen would like."""
        page = self.currentWidget()
        return page.sizeHint() if page else QSize()


class Views(QObject):
    """Shows one page at a time, by its tab, its action, or `show`."""

    changed = Signal(str)  # the name of the view that is shown now

    def __init__(self, pages: Mapping[str, QWidget], beside: QWidget) -> None:
        """pages: by a name of TITLES.  beside: what stands right of the tabs."""
        super().__init__()
        self.pages, self.bar, self.row = Pages(), QTabBar(expanding=False), QWidget()
        self.row.setObjectName("views")
        self.row.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.bar.setAccessibleName("Views of the nets")
        self.bar.setUsesScrollButtons(False)  # every name is to be seen
        self.bar.setElideMode(Qt.TextElideMode.ElideNone)
        self.bar.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._names = tuple(pages)
        for name, page in pages.items():
            self.pages.addWidget(page)
            self.bar.addTab(TITLES[name])
        fill(QHBoxLayout(self.row), self.bar, beside, spacing=12, margins=(0, 0, 8, 0), wide=beside)
        self._actions: dict[str, QAction] = {}
        self.bar.currentChanged.connect(self._turn)

    @property
    def shown(self) -> str:
        """The name of the view on screen."""
        return self._names[self.bar.currentIndex()]

    def use_actions(self, actions: Mapping[str, QAction]) -> None:
        """Let these actions, by view, show their views; they are checked with them."""
        self._actions = dict(actions)
        for n, name in enumerate(self._names):
            self.bar.setTabToolTip(n, actions[name].toolTip())
            actions[name].triggered.connect(lambda _=False, name=name: self.show(name))
        actions[self.shown].setChecked(True)

    def show(self, name: str) -> None:
        """Show this view; an unknown name is none of ours, and changes nothing."""
        if name in self._names:
            self.bar.setCurrentIndex(self._names.index(name))

    def _turn(self, index: int) -> None:
        self.pages.setCurrentIndex(index)
        self.pages.updateGeometry()
        name = self._names[index]
        if name in self._actions:
            self._actions[name].setChecked(True)
        self.changed.emit(name)
