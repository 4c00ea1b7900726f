"""The Why view: what carries the cue in every net, by swaps, lesions and readouts."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import QSize, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from sandbox.gui.look.typeface import fit, px
from sandbox.gui.panels.nets.column_geometry import MARGIN
from sandbox.gui.panels.sentence.sentence_panel import SentencePanel
from sandbox.gui.panels.shared.panel import Columns, StepPanel, small_button, small_switch
from sandbox.gui.panels.why.findings_strip import FindingsStrip
from sandbox.gui.panels.why.swap_form import SwapForm
from sandbox.gui.panels.why.why_column import WhyColumn, carried_in_words
from sandbox.gui.panels.why.why_content import ORDERS, WhyContent, WhyView
from sandbox.gui.widgets.controls import QuietComboBox
from sandbox.gui.widgets.info import InfoButton
from sandbox.gui.widgets.parts import fill, label
from sandbox.insight.findings import MOST_SHOWN
from sandbox.tasks.shown import ShownSequence

if TYPE_CHECKING:
    from PySide6.QtGui import QResizeEvent

    from sandbox.drawing.styles import Palette
    from sandbox.gui.session.pin import Pin

TITLE = "Which units carry the cue"
HEAD_PX = 24
LOW = 380  # pixels: a lower panel has room for two findings


class OtherSentence(SentencePanel):
    """The sentence whose states are swapped into the one above, in one line."""

    def __init__(self) -> None:
        super().__init__("other_sentence", "The sequence that is swapped in", lines=1, top=0)


class WhyPanel(StepPanel[WhyView]):
    """A column per contestant, the other sentence above them, and findings below."""

    log_wanted = Signal()

    def __init__(self) -> None:
        super().__init__("why_panel", TITLE)
        self.order = QuietComboBox()
        self.findings, self.form = FindingsStrip(), SwapForm()
        self.other = OtherSentence()
        self._build()
        self.set_palette(self._palette)

    def _build(self) -> None:
        self.order.setObjectName("layer_chooser")
        self.order.addItems(list(ORDERS.values()))
        self.order.setAccessibleName("Order of the units")
        self.order.setToolTip("Sort the units by what one of the three measures says of them")
        self.order.activated.connect(lambda _: self._reorder())
        log = small_button("findings_log", "all findings…", "All findings", "")
        log.setToolTip("List everything that was found in this run")
        log.clicked.connect(self.log_wanted)
        info = InfoButton("why")
        info.make_small()
        head = QWidget()
        fit(head, height=HEAD_PX)
        self._given = label("", "caption")
        parts: list[QWidget | None] = [label(TITLE.upper(), "title"), info, self._given, None]
        parts += [label("units", "caption"), self.order]
        tip = "Swap units of your own choice, and see whether the answer flips"
        swap = small_switch("swap_switch", "swap…", "A swap of your own", tip)
        swap.toggled.connect(self._show_form)
        fill(QHBoxLayout(head), *parts, swap, log, spacing=8, margins=(MARGIN, 2, 8, 0))
        self._columns = Columns(self._new_column)
        self.other.step_hovered.connect(self._hover)
        self.other.picked.connect(self.picked)
        self.other.step_hovered.connect(self._hover)
        self.other.picked.connect(self.picked)
        area = self._columns.area
        parts_below = (head, self.other, self.form, area, self.findings)
        fill(QVBoxLayout(self), *parts_below, spacing=0, margins=(1, 0, 1, 0), wide=area)

    def minimumSizeHint(self) -> QSize:
        """Low enough for a low window: what does not fit scrolls."""
        return QSize(0, self.other.height() + px(150))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Say less where the panel is low."""
        super().resizeEvent(event)
        self.findings.show_most(2 if self.height() < px(LOW) else MOST_SHOWN)

    def _new_column(self, parent: QWidget) -> WhyColumn:
        column = WhyColumn(parent)
        column.hovered.connect(lambda key, step, unit: self._hover(step))
        column.clicked.connect(self._clicked)
        return column

    def set_palette(self, palette: Palette) -> None:
        """Draw everything in these colours, and in the type size now in force."""
        self.other.set_palette(palette)
        self._columns.relayout()
        super().set_palette(palette)

    def show_view(self, view: WhyView) -> None:
        """Draw this; a hidden panel keeps it until it is shown."""
        order = list(ORDERS)[self.order.currentIndex()]
        super().show_view(replace(view, order=order))

    def _show_form(self, shown: bool) -> None:
        self.form.setVisible(shown)
        if shown:
            self.form.ask()

    def show_pin(self, pin: Pin | None) -> None:
        """Mark what is pinned, and propose to swap it."""
        super().show_pin(pin)
        if pin is not None:
            self.form.show_pin(pin.key, pin.unit, pin.step)

    def _reorder(self) -> None:
        if self._view is not None:
            self.show_view(self._view)

    def _draw(self, view: WhyView) -> None:
        self._columns.arrange(tuple(view.heads))
        self.form.show_nets(view.heads, view.sequence.asked_at + 1, view.sizes)
        self._show_other(view)
        for key, column in self._columns.items():
            column.setAccessibleName(f"{view.heads[key].title}: which units carry the cue")
            column.show_content(self._content_of(view, key))
        self._show_mark()

    def _show_other(self, view: WhyView) -> None:
        swaps = next((why.swaps for why in view.found.values() if why.swaps is not None), None)
        self.other.setVisible(swaps is not None)
        if swaps is not None:
            task, both = view.sequence.task, swaps.pair.both
            what = "the same with another cue" if swaps.pair.only_cue else "another sequence"
            self._given.setText(f"swapped in from {what}: {task.question(both, 1)}")
            shown = self.other._view
            if shown is None or shown.sequences is not both:
                self.other.show_view(ShownSequence(task, both, 1))
        else:
            self._given.setText("")

    def _content_of(self, view: WhyView, key: str) -> WhyContent:
        return WhyContent(
            key,
            view.heads[key],
            view.sequence,
            view.found.get(key),
            view.steps.get(key, 0),
            view.order,
            view.waiting,
            self._palette,
        )

    def _clicked(self, key: str, step: int, unit: int) -> None:
        self._pick(step, key, unit)

    def _show_mark(self) -> None:
        self.other.mark(self.marked)
        for key, column in self._columns.items():
            pin = self.pin
            unit = pin.unit if pin is not None and pin.key == key else -1
            column.mark(self.marked, unit)

    def _length(self) -> int:
        return self._view.sequence.length if self._view is not None else 0

    def _in_words(self, view: WhyView) -> str:
        said = []
        for key, head in view.heads.items():
            content = self._content_of(view, key)
            words = carried_in_words(content)
            said.append(f"{head.title}: {words or 'nothing to swap'}")
            if content.carriers is not None and content.states:
                order = content.carriers.ranked("swap")[:3]
                best = np.nan_to_num(content.carriers.swap[order])
                told = (f"unit {u + 1} {v:.0%}" for u, v in zip(order, best, strict=True))
                said.append("largest swaps: " + ", ".join(told))
        return ". ".join(said)
