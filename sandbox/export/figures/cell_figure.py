"""The figure of a cell as textbooks draw it, with the numbers of one unit at one step."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from matplotlib.patches import Ellipse, Rectangle

from sandbox.cells.known import cell_named
from sandbox.drawing.cell_drawing import cell_drawing, nets
from sandbox.drawing.styles import PRINT
from sandbox.export.figures.paper import MARGIN, THIN, page, plain, print_style
from sandbox.insight.cell_moment import brief
from sandbox.validation import ExperimentError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sandbox.drawing.cell_drawing import CellDrawing, DrawnPart, DrawnWire
    from sandbox.export.figures.paper import Figure, Keywords
    from sandbox.export.figures.probe import Probe
    from sandbox.insight.cell_moment import Moment

TYPE, SMALLEST = 10.0, 5.0  # of the drawing's own size; and on paper, in points
ENDS = ("input", "join", "state in", "state out", "output")
FULL, THICK = 1.5, 2.6  # a value this large has a line so wide, in points
ABOVE, BELOW = "#b2182b", "#2166ac"  # zero


def cell_figure(
    probe: Probe,
    moment: Moment,
    key: str,
    unit: int,
    step: int,
    width_mm: int = 85,
    titled: bool = True,
) -> Figure:
    """The drawing of a net's cell with the numbers of a unit at a step, and its equations below.

    ExperimentError if there is no such net, the width is not 85 or 170, or the drawing could not
    be read in that width.
    """
    where = f"unit {unit + 1} at step {step + 1}"
    does = {name: words for name, _, words in moment.gates()}
    said = [
        f"{name} = {text}" + (f": {does[name]}" if name in does else "")
        for name, text in moment.equations()
    ]
    word = probe.labels[step] or ""
    return _on_paper(probe, key, width_mm, titled, where, "; ".join(said) + ".", moment, word)


def plain_cell_figure(probe: Probe, key: str, width_mm: int = 85, titled: bool = True) -> Figure:
    """The same without numbers: the drawing of a net's cell, and its equations as they are."""
    what, equations = "its cell", ""
    if key in probe.traces:
        equations = cell_named(probe.traces[key].cell).equations.replace("\n", "; ")
    return _on_paper(probe, key, width_mm, titled, what, equations)


def _on_paper(
    probe: Probe,
    key: str,
    width_mm: int,
    titled: bool,
    where: str,
    said: str,
    moment: Moment | None = None,
    word: str = "",
) -> Figure:
    if key not in probe.traces:
        raise ExperimentError("contestant", key, "one of " + ", ".join(probe.traces))
    cell = cell_named(probe.traces[key].cell)
    title = f"{probe.name(key)}: {where}. {probe.title}"
    drawing = cell_drawing(cell, moment is not None)
    with print_style():
        paper = page(width_mm)
        scale = min(paper.room / drawing.width, 1.0)
        if scale * TYPE < SMALLEST:
            raise ExperimentError("width", width_mm, f"170: the {cell.title} needs the whole page")
        paper.heading(title, probe.particulars, titled)
        paper.y += 4
        left = MARGIN + (paper.room - drawing.width * scale) / 2
        axes = paper.axes(left, drawing.width * scale, drawing.height * scale)
        axes.set(xlim=(0, drawing.width), ylim=(drawing.height, 0))
        axes.set_axis_off()
        _draw(axes, drawing, moment, word, scale)
        paper.y += drawing.height * scale + 6
        paper.notes([said])
        return paper.finished(title, probe.described(f"the cell of {key}, {where}"))


def _draw(axes: Axes, drawing: CellDrawing, moment: Moment | None, word: str, scale: float) -> None:
    for wires in nets(drawing.wires):
        for ground in (True, False):
            for wire in wires:
                width, color = line_look(_value(wire, moment))
                look: Keywords = {"color": color, "lw": width, "gid": "wire"}
                if ground:
                    look = {"color": PRINT.ground, "lw": width + 1.5}
                axes.plot(*zip(*wire.points, strict=True), solid_capstyle="butt", **look)
    for _, joint in drawing.joints:
        axes.plot(joint[:1], joint[1:], marker="o", ms=2.0, color=PRINT.text)
    size = TYPE * scale
    for part in drawing.parts:
        _draw_part(axes, part, size)
    for label in drawing.labels:
        part, box = drawing.parts[label.part], drawing.box(label)
        text = label.text
        if label.kind == "number" and moment is not None:
            value = moment.values[part.operations[-1]]
            text = brief(value) if math.isfinite(value) else ""
        elif part.kind == "input":
            text = f"x {word}".strip()
        right = label.align == "right"
        axes.text(
            box.right if right else box.left,
            box.top + box.height - 3,
            plain(text),
            fontsize=size,
            ha="right" if right else "left",
            color=PRINT.text if label.kind == "number" else PRINT.quiet,
            gid=label.kind,
        )


def _value(wire: DrawnWire, moment: Moment | None) -> float:
    """The value on a wire; NaN where it carries all units, or no numbers are wanted."""
    return math.nan if moment is None or wire.all_units else moment.values[wire.values[0]]


def _draw_part(axes: Axes, part: DrawnPart, size: float) -> None:
    box = part.box
    if part.kind in ENDS:
        axes.plot([part.x], [part.y], marker="o", ms=2.4, color=PRINT.text)
        return
    look: Keywords = {
        "facecolor": PRINT.ground,
        "edgecolor": PRINT.text,
        "linewidth": THIN,
        "zorder": 3,
    }
    if part.kind in ("times", "plus"):
        axes.add_patch(Ellipse((part.x, part.y), part.width, part.height, **look))
    else:
        axes.add_patch(Rectangle((box.left, box.top), box.width, box.height, **look))
    middle: Keywords = {"ha": "center", "va": "center_baseline", "zorder": 4}
    axes.text(part.x, part.y, plain(part.label), fontsize=size, **middle)


def line_look(value: float) -> tuple[float, str]:
    """Width in points and colour of a line by its value; quiet where it carries many numbers."""
    if not math.isfinite(value) or value == 0:
        return THIN + 0.2, PRINT.quiet
    share = min(abs(value) / FULL, 1.0)
    return THIN + (THICK - THIN) * share, ABOVE if value > 0 else BELOW
