"""One contestant: its name in its colour, its units and its start."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from sandbox.experiment import LstmContestant, RnnContestant
from sandbox.gui.form import FormAcross
from sandbox.gui.icons import icon
from sandbox.gui.info import InfoButton
from sandbox.gui.palette import DARK, LineStyle, Palette

if TYPE_CHECKING:
    from sandbox.validation import ExperimentError

FIELDS = {
    "rnn": ("hidden", "recurrent_init"),
    "lstm": ("hidden", "recurrent_init", "forget_bias"),
}
MODELS: dict[str, type[RnnContestant] | type[LstmContestant]] = {
    "rnn": RnnContestant,
    "lstm": LstmContestant,
}
TERM = {"rnn": "rnn", "lstm": "gate"}


class Card(QWidget):
    """Shows one contestant's fields, and says how a person wants them."""

    edited = Signal(str, str, object)  # contestant, field, value
    removed = Signal(str)

    def __init__(self, contestant: RnnContestant | LstmContestant, title: str) -> None:
        super().__init__()
        self.name, cell = contestant.name, contestant.cell
        self._form = FormAcross(MODELS[cell], FIELDS[cell], whose=title)
        self._form.edited.connect(self._edit)
        self._swatch, self._title = Swatch(), QLabel(title)
        self._title.setProperty("role", "heading")
        self._info = InfoButton(TERM[cell])
        self._remove = QToolButton()
        self._remove.setIconSize(QSize(14, 14))
        self._remove.setAccessibleName(f"Remove {title}")
        self._remove.setToolTip(f"Remove {title} from the run.")
        self._remove.clicked.connect(self._be_removed)
        self._lay_out()

    def show_contestant(self, contestant: RnnContestant | LstmContestant, alone: bool) -> None:
        """Show its values; the last one cannot be removed."""
        self._form.show_values(contestant.model_dump())
        self._remove.setEnabled(not alone)

    def refuse(self, field: str, error: ExperimentError) -> None:
        """Say under a field why its value was not taken."""
        self._form.refuse(field, error)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Its line as everywhere in the window, in these colours."""
        self._swatch.set_look(style, palette)
        self._form.set_palette(palette)
        self._info.set_palette(palette)
        self._remove.setIcon(icon("remove", palette.quiet, palette.hairline))

    def _edit(self, field: str, value: object) -> None:
        self.edited.emit(self.name, field, value)

    def _be_removed(self) -> None:
        self.removed.emit(self.name)

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._swatch)
        head.addWidget(self._title)
        head.addWidget(self._info)
        head.addStretch(1)
        head.addWidget(self._remove)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self._form)


class Swatch(QWidget):
    """A short piece of the contestant's line, with its dash and its marker."""

    def __init__(self) -> None:
        super().__init__()
        self._style: LineStyle | None = None
        self._palette = DARK
        self.setFixedSize(32, 16)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_look(self, style: LineStyle, palette: Palette) -> None:
        """Draw this style in these colours."""
        self._style, self._palette = style, palette
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The line through the middle, the marker on it."""
        if self._style is None:
            return
        color = QColor(self._style.color(self._palette))
        painter = QPainter(self)
        painter.setPen(QPen(color, 2, self._style.dash))
        painter.drawLine(0, 8, 32, 8)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        _draw_marker(painter, self._style.marker)
        painter.end()


def _draw_marker(painter: QPainter, marker: str) -> None:
    if marker == "o":
        painter.drawEllipse(QPointF(16, 8), 4, 4)
    elif marker == "s":
        painter.drawRect(12, 4, 8, 8)
    elif marker == "t":
        painter.drawPolygon([QPointF(11, 4), QPointF(21, 4), QPointF(16, 12)])
    else:
        painter.drawPolygon([QPointF(16, 3), QPointF(21, 8), QPointF(16, 13), QPointF(11, 8)])
