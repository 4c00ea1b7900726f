"""Below the table: everything about one run, how two runs differ, or the size of several."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from html import escape
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from sandbox.drawing.styles import DARK, Palette, line_styles
from sandbox.drawing.wording import loss_text, percent
from sandbox.gui.history import history_wording
from sandbox.gui.history.history_wording import State
from sandbox.gui.widgets.parts import fill, paragraph
from sandbox.run.words import counted
from sandbox.store.budget import in_units

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.gui.history.comparison import Comparison
    from sandbox.gui.history.history_wording import Live
    from sandbox.gui.history.listing import Entrant, Row

NOBODY = "Select a run to see its details, or two runs to see how they differ."


class Details(QStackedWidget):
    """One page for facts about runs, one for the comparison of two."""

    def __init__(self, comparison: Comparison) -> None:
        super().__init__()
        self.setObjectName("details")
        self.setAccessibleName("Selected runs")
        self._palette = DARK
        self._about: tuple[Sequence[Row], Live] | None = None
        self.words = paragraph(NOBODY)
        self.words.setAccessibleName("Selected runs")
        self.words.setTextFormat(Qt.TextFormat.RichText)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop)
        page = QWidget()
        page.setObjectName("details_page")
        fill(QVBoxLayout(page), self.words, None, margins=(12, 8, 12, 8))
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setAccessibleName("Selected runs")
        self._area.setWidget(page)
        self.comparison = comparison
        comparison.asked.connect(lambda: self.setCurrentWidget(comparison))
        self.addWidget(self._area)
        self.addWidget(comparison)

    def set_palette(self, palette: Palette) -> None:
        """Draw in these colours."""
        self._palette = palette
        if self._about is not None:
            self.show_rows(*self._about)

    def show_rows(self, rows: Sequence[Row], live: Live) -> None:
        """Describe one run, or the total of several."""
        self._about = rows, live
        if not rows:
            self.words.setText(self._quiet(NOBODY))
        elif len(rows) == 1:
            self.words.setText(self._run(rows[0], live))
        else:
            time = history_wording.duration(sum(row.info.seconds for row in rows))
            room = in_units(sum(row.info.size for row in rows))
            selected = f"<b>{counted(len(rows), 'run')} selected</b>"
            self.words.setText(f"{selected}<br>{time} of training, {room} on disk")
        self.setCurrentWidget(self._area)

    def _run(self, row: Row, live: Live) -> str:
        info, state = row.info, live.state(row)
        gap = "" if info.gap is None else f" · gap {info.gap:,}"
        lines = [f"<b>{escape(row.task or 'Run')}{gap}</b> {self._quiet(escape(info.run))}"]
        if state:
            bad = state in (State.INTERRUPTED, State.DAMAGED)
            color = self._palette.wrong if bad else self._palette.right
            lines.append(self._colored(escape(info.damage or state), color))
        if not info.damage or info.steps:
            taken = f"{info.step:,} of {counted(info.steps, 'step')}"
            time = history_wording.duration(info.seconds)
            lines.append(f"{taken} in {time} of training · seed {info.seed}")
        lines.append(self._quiet(_moments(row)))
        styles = line_styles({each.name: each.cell for each in row.entrants}, row.info.looks)
        for entrant in row.entrants:
            who = self._colored(escape(entrant.title), styles[entrant.name].color(self._palette))
            lines.append(f"<b>{who}</b> {escape(_results(entrant))}")
        if info.origin is not None:
            lines.append(f"Forked from {escape(info.origin.parent)} at step {info.origin.step:,}.")
        if info.note:
            lines.append(f"“{escape(info.note)}”")
        return "<br>".join(lines)

    def _quiet(self, words: str) -> str:
        return self._colored(words, self._palette.quiet)

    def _colored(self, words: str, color: str) -> str:
        return f'<span style="color: {color}">{words}</span>'


def _moments(row: Row) -> str:
    start = history_wording.in_full(row.moment)
    words = [f"started {start}" if row.moment else start]
    with suppress(ValueError):  # unknown for a damaged run
        words.append(f"saved {history_wording.in_full(datetime.fromisoformat(row.info.updated))}")
    if row.info.size:
        words.append(in_units(row.info.size))
    return history_wording.BETWEEN.join(words)


def _results(entrant: Entrant) -> str:
    """For example "solved at step 312 · accuracy 100%, loss 0.012 · 4,614 parameters"."""
    count = len(entrant.results)
    if count > 1:
        return _of_replicates(entrant, count)
    result = entrant.results[0]
    words = [f"solved at step {at:,}" for at in entrant.solved]
    words += [f"diverged at step {at:,}" for at in entrant.diverged]
    if entrant.accuracy is None:
        words += [] if entrant.diverged else ["not solved yet"]
    else:
        loss = loss_text(result.get("loss"))
        loss += f" ({entrant.in_units})" if entrant.in_units else ""
        words.append(f"accuracy {percent(entrant.accuracy)}, loss {loss} on fresh sequences")
        words += [f"not solved: {entrant.why}"] if entrant.why else []
    if result.get("parameters") is not None:
        words.append(counted(int(result["parameters"]), "parameter"))
    return history_wording.BETWEEN.join(words)


def _of_replicates(entrant: Entrant, count: int) -> str:
    words = [f"{count} replicates", f"{len(entrant.solved)} solved it"]
    if entrant.solved:
        words[-1] += " at step " + ", ".join(f"{at:,}" for at in entrant.solved)
    if entrant.diverged:
        words.append(f"{len(entrant.diverged)} diverged")
    if entrant.accuracy is not None:
        words.append(f"best accuracy {percent(entrant.accuracy)}")
    return history_wording.BETWEEN.join(words)
