"""The contestants: a card each, and buttons that add one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from sandbox.engine.cells import CELLS
from sandbox.experiment import MAX_CONTESTANTS, Experiment
from sandbox.gui.contestant_card import Card
from sandbox.gui.dock import column, rule
from sandbox.gui.icons import icon
from sandbox.gui.info import InfoButton
from sandbox.gui.naming import free_name
from sandbox.gui.palette import DARK, Palette, line_styles
from sandbox.run.words import title

if TYPE_CHECKING:
    from sandbox.gui.session import Session


class ContestantsPart(QWidget):
    """The cards; every edit goes to the session."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._cards: dict[str, Card] = {}
        self._rules: list[QWidget] = []
        self._add_buttons = {cell: self._add_button(cell) for cell in CELLS}
        self._info = InfoButton("contestants")
        self._full = QLabel(f"{MAX_CONTESTANTS} at most")
        self._full.setProperty("role", "note")
        self._cards_place = QVBoxLayout()
        self._lay_out()
        session.experiment_changed.connect(self._follow)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        self._info.set_palette(palette)
        for button in self._add_buttons.values():
            button.setIcon(icon("add", palette.text, palette.quiet))
        cells = {c.name: c.cell for c in self._session.experiment.contestants}
        for name, style in line_styles(dict(cells)).items():
            self._cards[name].set_look(style, palette)

    def _follow(self, old: Experiment, new: Experiment) -> None:
        self._show()

    def _show(self) -> None:
        contestants = self._session.experiment.contestants
        if [c.name for c in contestants] != list(self._cards):
            self._make_cards()
        for contestant in contestants:
            self._cards[contestant.name].show_contestant(contestant, len(contestants) == 1)
        full = len(contestants) >= MAX_CONTESTANTS
        self._full.setVisible(full)
        for button in self._add_buttons.values():
            button.setDisabled(full)

    def _make_cards(self) -> None:
        for widget in (*self._cards.values(), *self._rules):
            self._cards_place.removeWidget(widget)
            widget.hide()
            widget.deleteLater()
        self._cards, self._rules = {}, []
        for contestant in self._session.experiment.contestants:
            card = Card(contestant, title(contestant.name, contestant.cell))
            card.edited.connect(self._edit)
            card.removed.connect(self._remove)
            self._cards[contestant.name] = card
            self._rules.append(rule())
            self._cards_place.addWidget(card)
            self._cards_place.addWidget(self._rules[-1])
        self.set_palette(self._colors)

    def _edit(self, name: str, field: str, value: object) -> None:
        error = self._session.attempt(lambda e: e.with_contestant(name, **{field: value}))
        if error is not None:
            self._show()
            self._cards[name].refuse(field, error)

    def _remove(self, name: str) -> None:
        self._session.attempt(
            lambda e: e.changed(
                contestants=[c.model_dump() for c in e.contestants if c.name != name]
            )
        )

    def _add(self, cell: str) -> None:
        self._session.attempt(lambda experiment: with_another(experiment, cell))

    def _add_rnn(self) -> None:
        self._add("rnn")

    def _add_lstm(self) -> None:
        self._add("lstm")

    def _add_button(self, cell: str) -> QPushButton:
        kind = CELLS[cell].title
        button = QPushButton(kind)
        button.setAccessibleName(f"Add {kind}")
        button.setToolTip(f"Add another {kind} to the run, up to {MAX_CONTESTANTS} contestants.")
        button.clicked.connect({"rnn": self._add_rnn, "lstm": self._add_lstm}[cell])
        return button

    def _lay_out(self) -> None:
        content, layout = column(12)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(content)
        self._cards_place.setSpacing(12)
        layout.addLayout(self._cards_place)
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in self._add_buttons.values():
            row.addWidget(button)
        row.addWidget(self._info)
        row.addWidget(self._full)
        row.addStretch(1)
        layout.addLayout(row)
        layout.addStretch(1)


def with_another(experiment: Experiment, cell: str) -> Experiment:
    """The experiment with one more contestant, as wide as the last one."""
    contestants: list[dict[str, Any]] = [c.model_dump() for c in experiment.contestants]
    name = free_name(cell, (contestant["name"] for contestant in contestants))
    new = {"cell": cell, "name": name, "hidden": contestants[-1]["hidden"]}
    return experiment.changed(contestants=[*contestants, new])
