"""The contestants dock: one card for each, and buttons to add one."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from sandbox.cells.known import OWN
from sandbox.contestants import MAX_CONTESTANTS
from sandbox.drawing.styles import DARK, Palette, line_styles
from sandbox.gui.forms.add_buttons import AddButtons
from sandbox.gui.forms.contestant_card import Card
from sandbox.gui.widgets.dock import Scrolled, column
from sandbox.gui.widgets.parts import fill
from sandbox.run.words import title
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from sandbox.experiment import Experiment
    from sandbox.gui.session.session import Session


class ContestantsPart(QWidget):
    """Scrolling cards above buttons that stay in place; every edit goes to the session."""

    own_cell_wanted = Signal(str)  # the contestant whose cell is to be edited; "" for a new one

    def __init__(self, session: Session) -> None:
        super().__init__()
        self._session, self._colors = session, DARK
        self._cards: dict[str, Card] = {}
        self._add_buttons = AddButtons()
        self._add_buttons.chosen.connect(self._add)
        self._cards_place = QVBoxLayout()
        self._revealing = QTimer(self, singleShot=True)  # until the layout has made room
        self._revealing.timeout.connect(self._reveal_last)
        self._lay_out()
        session.experiment_changed.connect(self._show)
        self._show()

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._colors = palette
        experiment = self._session.experiment
        cells = {each.name: each.cell for each in experiment.contestants}
        for name, style in line_styles(cells, experiment.looks).items():
            self._cards[name].set_look(style, palette)

    def _show(self) -> None:
        contestants = self._session.experiment.contestants
        cells = {name: card.cell for name, card in self._cards.items()}
        if [(c.name, c.cell) for c in contestants] != list(cells.items()):
            self._arrange_cards()
        for contestant in contestants:
            alone, longest = len(contestants) == 1, self._session.task.dependency
            self._cards[contestant.name].show_contestant(contestant, alone, longest)
        self._add_buttons.set_full(len(contestants) >= MAX_CONTESTANTS)

    def _arrange_cards(self) -> None:
        """Make a card for each contestant, in order; keep those of contestants that stay."""
        before = dict(self._cards)
        self._cards = {}
        for contestant in self._session.experiment.contestants:
            card = before.get(contestant.name)
            if card is None or card.cell != contestant.cell:
                card = Card(contestant, title(contestant.name, contestant.cell))
                card.edited.connect(self._edit)
                card.removed.connect(self._remove)
                card.cell_wanted.connect(self.own_cell_wanted)
            self._cards[contestant.name] = card
        for card in before.values():
            self._cards_place.removeWidget(card)
            if card not in self._cards.values():
                card.hide()
                card.deleteLater()
        for card in self._cards.values():
            self._cards_place.addWidget(card)
            card.show()  # at once, so that it can take the focus
        self.set_palette(self._colors)
        if before and len(self._cards) > len(before):
            self._revealing.start()

    def _edit(self, name: str, field: str, value: object) -> None:
        if field == "name":
            self._rename(name, str(value))
            return
        error = self._session.attempt(lambda e: e.with_contestant(name, **{field: value}))
        if error is not None:
            self._show()
            self._cards[name].refuse(field, error)

    def _rename(self, name: str, new: str) -> None:
        error = self._session.attempt(lambda experiment: renamed(experiment, name, new))
        if error is not None:
            self._cards[name].refuse("name", error)
        else:
            self._cards[new].more.setFocus()

    def _remove(self, name: str) -> None:
        self._session.attempt(
            lambda e: e.changed(contestants=[c for c in e.contestants if c.name != name])
        )

    def _add(self, cell: str) -> None:
        if cell == OWN:
            self.own_cell_wanted.emit("")
            return
        self._session.attempt(lambda experiment: with_another(experiment, cell))

    def _reveal_last(self) -> None:
        last = list(self._cards.values())[-1]
        self._area.ensureWidgetVisible(last, 0, last.height() // 2)

    def _lay_out(self) -> None:
        self._cards_place.setSpacing(8)
        margins = (12, 4, 2, 4)  # room for a scroll bar
        self._area = Scrolled(column(self._cards_place, None, margins=margins))
        fill(QVBoxLayout(self), self._area, self._add_buttons, spacing=0, wide=self._area)


def with_another(experiment: Experiment, cell: str) -> Experiment:
    """The experiment with one more contestant, named "lstm", "lstm2", …, of the last one's size."""
    contestants = experiment.contestants
    taken, last = {each.name for each in contestants}, contestants[-1]
    names = (cell if number == 1 else f"{cell}{number}" for number in count(1))
    name = next(name for name in names if name not in taken)
    new = {"cell": cell, "name": name, "hidden": last.hidden, "layers": last.layers}
    return experiment.changed(contestants=[*contestants, new])


def renamed(experiment: Experiment, name: str, new: str) -> Experiment:
    """The experiment with a contestant renamed; ExperimentError where the name is taken."""
    if any(contestant.name == new for contestant in experiment.contestants):
        raise ExperimentError("name", new, "a name that no other contestant has")
    contestants = [
        {**each.model_dump(), "name": new} if each.name == name else each
        for each in experiment.contestants
    ]
    return experiment.changed(contestants=contestants)
