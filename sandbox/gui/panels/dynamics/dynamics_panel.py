"""Where states go: trajectories, fixed and slow points and their eigenvalues, net by net."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Slot
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QVBoxLayout, QWidget

from sandbox.drawing.dynamics_shown import PLANES, TITLE, group_colour
from sandbox.drawing.styles import DARK
from sandbox.gui.look.marks import write
from sandbox.gui.look.typeface import SMALL_PX, baseline, elided, fit, px, width_of
from sandbox.gui.panels.dynamics.dynamics_column import DynamicsColumn
from sandbox.gui.panels.dynamics.dynamics_geometry import MARGIN
from sandbox.gui.panels.dynamics.dynamics_view import DynamicsView, content_of
from sandbox.gui.panels.shared.panel import Columns, StepPanel, small_switch
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label

if TYPE_CHECKING:
    from PySide6.QtGui import QPaintEvent, QResizeEvent

    from sandbox.drawing.styles import Palette

HEAD_PX, LEGEND_PX = 24, 20
LEAST_AREA = 140  # of columns, which scroll
DOT, BETWEEN = 8, 12  # of the legend


class AnswersLegend(QWidget):
    """The colour of every answer, as far as there is room."""

    def __init__(self) -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._palette = DARK
        fit(self, height=LEGEND_PX)

    def show_names(self, names: tuple[str, ...], palette: Palette) -> None:
        """Show these from now on."""
        if (names, palette) != (self._names, self._palette):
            self._names, self._palette = names, palette
            self.setToolTip("Answers: " + ", ".join(names) if names else "")
            self.updateGeometry()
            self.update()

    def sizeHint(self) -> QSize:
        """Room for all names."""
        wide = sum(width_of(name, SMALL_PX) + px(DOT + 4 + BETWEEN) for name in self._names)
        return QSize(round(wide), px(LEGEND_PX))

    def minimumSizeHint(self) -> QSize:
        """A few pixels: what has no room is left out."""
        return QSize(px(40), px(LEGEND_PX))

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dot and a name each."""
        painter, x = QPainter(self), 0.0
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        y = baseline(0, self.height())
        for n, name in enumerate(self._names):
            wide = px(DOT + 4) + width_of(name, SMALL_PX)
            if x + wide > self.width():
                write(painter, x, y, elided("…", self.width() - x, SMALL_PX), self._palette.quiet)
                break
            painter.setBrush(QColor(group_colour(self._names, n, self._palette)))
            painter.setPen(QColor(group_colour(self._names, n, self._palette)))
            painter.drawEllipse(round(x), (self.height() - px(DOT)) // 2, px(DOT), px(DOT))
            x = write(painter, x + px(DOT + 4), y, name, self._palette.text) + px(BETWEEN)
        painter.end()


class DynamicsHead(QWidget):
    """A title and its (i), the components that are drawn, and a switch."""

    def __init__(self) -> None:
        super().__init__()
        fit(self, height=HEAD_PX + 4)
        title = label(TITLE.upper(), "title")
        self._info = InfoButton("dynamics")
        self._info.make_small()
        self.planes = QButtonGroup(self)
        for n, (one, other) in enumerate(PLANES):
            words = f"{one + 1} · {other + 1}"
            tip = f"Draw principal component {one + 1} across and {other + 1} up"
            name = f"Components {one + 1} and {other + 1}"
            button = small_switch(f"dynamics_plane_{n}", words, name, tip, checked=not n)
            self.planes.addButton(button, n)
        tip = (
            "Show 2,000 fresh sequences as dots, where they are at the marked step, or without "
            "one at the question"
        )
        self.cloud = small_switch("dynamics_cloud", "2,000 sequences", "Fresh sequences", tip)
        planes = fill(QHBoxLayout(), *self.planes.buttons(), spacing=2)
        caption = label("components", "caption")
        self.legend = AnswersLegend()
        parts = (title, self._info, caption, planes, self.cloud, self.legend)
        margins = (px(MARGIN), 2, px(MARGIN), 2)
        fill(QHBoxLayout(self), *parts, spacing=8, margins=margins, wide=self.legend)


class DynamicsPanel(StepPanel[DynamicsView]):
    """One column per contestant; a marked step is a dot on the sentence's way in all of them."""

    def __init__(self) -> None:
        super().__init__("dynamics_panel", "Where the nets' states go")
        self.head = DynamicsHead()
        self.head.planes.idToggled.connect(self._choose_plane)
        self.head.cloud.toggled.connect(self._redraw)
        self._columns = Columns(self._new_column)
        self.area = self._columns.area
        self.legend = self.head.legend
        margins = (1, 1, 1, 1)
        fill(QVBoxLayout(self), self.head, self.area, spacing=0, margins=margins, wide=self.area)
        self.set_palette(self._palette)

    def _new_column(self, parent: QWidget) -> DynamicsColumn:
        column = DynamicsColumn(parent)
        column.hovered.connect(self._hover)
        column.clicked.connect(self._pick)
        return column

    def column(self, key: str) -> DynamicsColumn:
        """The column of a contestant."""
        return self._columns[key]

    def minimumSizeHint(self) -> QSize:
        """The least in which columns can be read."""
        return QSize(200, px(HEAD_PX + LEAST_AREA))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """A column needs less height where it is wide."""
        super().resizeEvent(event)
        self._columns.relayout()

    @property
    def plane(self) -> int:
        """Which components are drawn: an index into PLANES."""
        return self.head.planes.checkedId()

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self._columns.relayout()
        self.updateGeometry()
        super().set_palette(palette)

    @Slot(int, bool)
    def _choose_plane(self, plane: int, checked: bool) -> None:
        if checked:
            self._redraw()

    def _draw(self, view: DynamicsView) -> None:
        self._columns.arrange(tuple(view.heads))
        make = partial(content_of, view, palette=self._palette, plane=self.plane)
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.heads[key].title}: where its states go")
            column.show_content(make(key, with_cloud=self.head.cloud.isChecked()))
        names = next((shown.found.groups.names for shown in view.shown.values()), ())
        self.legend.show_names(names, self._palette)
        self._show_mark()

    def _show_mark(self) -> None:
        step = self.marked if self.marked < self._length() else -1
        for column in self._columns.values():
            column.mark(step)

    def _length(self) -> int:
        return self._view.sequence.length if self._view is not None else 0

    def _in_words(self, view: DynamicsView) -> str:
        said = []
        for key, head in view.heads.items():
            shown = view.shown.get(key)
            if shown is None:
                said.append(f"{head.title}: {content_of(view, key, self._palette).waiting}")
            else:
                said.append(f"{head.title}: {shown.found.verdict.text} {shown.counts}.")
        return " ".join(said)
