"""What stands around every figure: title and particulars above, legend, notes below."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures.drawing import Disc, Drawing, Patch
from sandbox.export.figures.figure import Figure
from sandbox.export.figures.ink import (
    INK,
    LEADING,
    POINT_MM,
    QUIET,
    RIGHT,
    SMALL,
    STRONG,
    TEXT,
    TITLE,
    WIDTHS_MM,
    WRONG,
    Style,
)
from sandbox.export.figures.typeface import width_of, wrap
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sandbox.experiment import Experiment
    from sandbox.tasks.base import Task

MARGIN = 6.0  # points, around everything
SAMPLE = 20.0  # of a line in the legend
_NO_BREAK = "\N{NO-BREAK SPACE}"
_GAP = 12.0  # between entries of the legend
_CORNERS = {
    "square": ((-1, -1), (1, -1), (1, 1), (-1, 1)),
    "down": ((-1.2, -1), (1.2, -1), (0, 1.2)),
    "up": ((-1.2, 1), (1.2, 1), (0, -1.2)),
    "left": ((1, -1.2), (1, 1.2), (-1.2, 0)),
    "right": ((-1, -1.2), (-1, 1.2), (1.2, 0)),
    "diamond": ((-1.3, 0), (0, -1.3), (1.3, 0), (0, 1.3)),
    "pentagon": tuple(
        (1.25 * math.sin(0.4 * math.pi * n), -1.25 * math.cos(0.4 * math.pi * n)) for n in range(5)
    ),
}


@dataclass(frozen=True)
class Entry:
    """One line of a legend."""

    style: Style
    text: str


@dataclass
class Page:
    """A figure being laid out from top to bottom; y is where the next part begins."""

    width_mm: float
    drawing: Drawing
    y: float = MARGIN

    @property
    def width(self) -> float:
        """In points."""
        return self.width_mm / POINT_MM

    @property
    def room(self) -> float:
        """The width between the margins, in points."""
        return self.width - 2 * MARGIN

    def heading(self, title: str, particulars: str) -> None:
        """Title and particulars, as many lines as they take."""
        lines = wrap(title, self.room, TITLE, bold=True)
        self.y = self.drawing.lines(MARGIN, self.y, lines, TITLE, INK, bold=True)
        self.paragraph(particulars)
        self.y += 3

    def paragraph(self, text: str) -> None:
        """Quiet small words."""
        lines = wrap(text, self.room, SMALL)
        self.y = self.drawing.lines(MARGIN, self.y, lines, SMALL, QUIET, bold=False)

    def legend(self, entries: Sequence[Entry]) -> None:
        """Line samples with their names, in columns where names are short enough for that."""
        if not entries:
            return
        widest = max(SAMPLE + 4 + width_of(entry.text, TEXT) for entry in entries)
        columns = min(max(int((self.room + _GAP) // (widest + _GAP)), 1), len(entries))
        rows = -(-len(entries) // columns)
        columns = -(-len(entries) // rows)
        pitch = max(self.room / columns, widest + _GAP) if columns > 1 else self.room
        pitch = min(pitch, widest + 2 * _GAP)
        for number, entry in enumerate(entries):
            column, row = divmod(number, rows)
            lines = wrap(entry.text, self.room - SAMPLE - 4, TEXT)
            top = self.y + row * TEXT * 1.5
            x, middle = MARGIN + column * pitch, top + TEXT * 0.64
            sample(self.drawing, x, middle, entry.style)
            self.drawing.lines(x + SAMPLE + 4, top, lines, TEXT, INK, bold=False)
            self.y += (len(lines) - 1) * TEXT * LEADING if columns == 1 else 0
        self.y += rows * TEXT * 1.5 + 4

    def notes(self, texts: Sequence[str]) -> None:
        """Notes under the figure."""
        self.y += 4 if texts else 0
        for text in texts:
            self.paragraph(text)

    def finished(self, title: str, description: str) -> Figure:
        """The figure."""
        items = tuple(self.drawing.items)
        title, description = (text.replace(_NO_BREAK, " ") for text in (title, description))
        return Figure(self.width_mm, self.y + MARGIN, title, description, items)


def page(width_mm: float) -> Page:
    """An empty page; ExperimentError where no paper has such a column."""
    if width_mm not in WIDTHS_MM:
        raise ExperimentError("width", width_mm, "85 or 170, in millimetres")
    return Page(width_mm, Drawing())


def task_title(task: Task) -> str:
    """The task as a title, with its gap: "Recall a symbol, gap 50 symbols"."""
    if task.gap_field is None:
        return task.title
    field = task.Params.model_fields[task.gap_field]
    extra = field.json_schema_extra
    unit = extra.get("unit", "") if isinstance(extra, dict) else ""
    value = getattr(task.params, task.gap_field)
    gap = f"{task.gap_field.replace('_', ' ')} {value:,} {unit}".rstrip()
    return f"{task.title}, {together(gap)}"


def together(text: str) -> str:
    """Text that is not parted at a line's end."""
    return text.replace(" ", _NO_BREAK)


def description(run: str, experiment: Experiment, what: str) -> str:
    """What a file says of where its figure comes from."""
    return f"{what}; run {run}; experiment {experiment.digest}; made by Sequence Sandbox"


def sample(drawing: Drawing, x: float, y: float, style: Style) -> None:
    """A contestant's line with its marker, SAMPLE wide, its middle at y."""
    drawing.line([(x, y), (x + SAMPLE, y)], style.colour, STRONG, style.dash)
    marker(drawing, x + SAMPLE / 2, y, style)


def marker(drawing: Drawing, x: float, y: float, style: Style, size: float = 1.7) -> None:
    """A contestant's marker."""
    if style.marker == "circle":
        drawing.items.append(Disc(x, y, size * 1.1, style.colour))
        return
    corners = np.array(_CORNERS[style.marker]) * size + (x, y)
    drawing.items.append(Patch(corners, style.colour))


def verdict(drawing: Drawing, x: float, y: float, right: bool, colour: str = "") -> None:
    """A check or a cross, 5 points wide, its middle at (x, y): not by colour alone."""
    colour = colour or (RIGHT if right else WRONG)
    if right:
        points = [(x - 2.5, y), (x - 0.8, y + 2), (x + 2.5, y - 2.5)]
    else:
        apart = (math.nan, math.nan)
        points = [(x - 2, y - 2), (x + 2, y + 2), apart, (x - 2, y + 2), (x + 2, y - 2)]
    drawing.line(points, colour, 1.0)
