"""The figure of one sequence: its words, the question, and every net's answer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.drawing.answer_text import answer_at
from sandbox.drawing.ribbon import lay_out, words_of
from sandbox.drawing.styles import PRINT
from sandbox.drawing.timeline import Timeline
from sandbox.export.figures.paper import (
    LEADING,
    MARGIN,
    NAME,
    SAMPLE,
    SMALL,
    TEXT,
    page,
    print_style,
    width_of,
)
from sandbox.tasks.base import Channels, Role
from sandbox.tasks.shown import unit_of_length

if TYPE_CHECKING:
    from sandbox.drawing.answer_text import AnswerText
    from sandbox.export.figures.paper import Figure, Keywords, Page
    from sandbox.export.figures.probe import Probe

WORD, SPACE = 8.0, 2.6  # points: the sentence's type, and between two words
MOST_LINES = 8
STRIP, STRIP_GAP = 22.0, 4.0  # points: of a channel
LEAST_BAR, MOST_BAR, BAR_HEIGHT = 16.0, 90.0, 5.0
ROW = NAME * 1.75
COLOURS = {Role.CUE: PRINT.cue, Role.FILLER: PRINT.quiet}


def sentence_figure(probe: Probe, width_mm: int = 170, titled: bool = True) -> Figure:
    """The sequence, the question with the right answer, and a row for every net.

    A row shows the answer, its probability, and a check or a cross.  ExperimentError for a width
    other than 85 or 170.
    """
    title = f"{probe.title}: what the nets answer"
    with print_style():
        paper = page(width_mm)
        paper.heading(title, probe.particulars, titled)
        if isinstance(probe.task.inputs, Channels):
            _draw_channels(paper, probe, probe.task.inputs)
        else:
            _draw_words(paper, probe)
        paper.y += 2
        paper.lines(probe.task.question(probe.sequences, probe.index), NAME, weight="bold")
        paper.y += 3
        _draw_answers(paper, probe)
        return paper.finished(title, probe.described("answers"))


def _draw_words(paper: Page, probe: Probe) -> None:
    """The words in order, without the middle if there are too many."""

    def measure(text: str, bold: bool) -> float:
        return width_of(text, WORD, bold)

    unit = unit_of_length(probe.task)
    ribbon = lay_out(words_of(probe), paper.room, MOST_LINES, SPACE, measure, unit)
    for piece in ribbon.pieces:
        x, baseline = MARGIN + piece.x, paper.y + WORD + piece.line * WORD * 1.5
        role = Role(int(probe.roles[piece.step])) if piece.step >= 0 else Role.FILLER
        look: Keywords = {"color": COLOURS.get(role, PRINT.text)}
        weight = "bold" if piece.bold else "normal"
        paper.words(x, baseline, piece.text, WORD, weight=weight, **look)
        if piece.bold:
            paper.line([x, x + piece.width], [baseline + 2] * 2, lw=0.7, **look)
    paper.y += ribbon.lines * WORD * 1.5


def _draw_channels(paper: Page, probe: Probe, inputs: Channels) -> None:
    """A strip of bars for each channel; the cue is dark."""
    values = np.asarray(probe.sequences.inputs[probe.index, : probe.length], np.float64)
    gutter = max(width_of(name, TEXT) for name in inputs.names) + 6
    timeline = Timeline(MARGIN + gutter, paper.width - 2 * MARGIN - gutter - 12, probe.length)
    cue = probe.roles == Role.CUE
    least = np.where(cue, 0.9, 0.2) * probe.length / timeline.width
    for channel, name in enumerate(inputs.names):
        paper.words(MARGIN, paper.y + STRIP / 2 + TEXT * 0.36, name, TEXT)
        axes = paper.axes(timeline.left, timeline.width, STRIP)
        axes.spines[:].set_visible(False)
        axes.set(xlim=(0, probe.length), ylim=(inputs.low, inputs.high), xticks=[], yticks=[])
        axes.set_facecolor("#f3f4f5")
        heights = np.clip(values[:, channel], inputs.low, inputs.high) - inputs.low
        for chosen, colour, opacity in ((~cue, PRINT.quiet, 0.45), (cue, PRINT.cue, 1.0)):
            look: Keywords = {
                "bottom": inputs.low,
                "color": colour,
                "alpha": opacity,
                "align": "edge",
            }
            steps = np.flatnonzero(chosen & (heights > 0))
            axes.bar(steps, heights[steps], np.maximum(0.8, least[steps]), lw=0, **look)
        for value, y in ((inputs.high, SMALL * 0.75), (inputs.low, STRIP)):
            x = timeline.right + 2
            paper.words(x, paper.y + y, f"{value:g}", SMALL, color=PRINT.quiet)
        paper.y += STRIP + STRIP_GAP
    bottom = f"{probe.length:,} time steps, from left to right; the cue is dark"
    paper.lines(bottom, SMALL, color=PRINT.quiet)


def _draw_answers(paper: Page, probe: Probe) -> None:
    answers = {key: answer_at(probe, trace.answers) for key, trace in probe.traces.items()}
    names = max(width_of(probe.name(key), NAME, bold=True) for key in answers)
    texts = max(width_of(answer.answer, NAME, bold=True) for answer in answers.values())
    for key, answer in answers.items():
        middle = paper.y + ROW / 2
        baseline, style = middle + NAME * 0.36, probe.styles[key]
        paper.sample(MARGIN, middle, style)
        x = MARGIN + SAMPLE + 5
        name: Keywords = {"color": style.color(PRINT), "weight": "bold"}
        paper.words(x, baseline, probe.name(key), NAME, **name)
        x += names + 8
        colour = PRINT.right if answer.right else PRINT.wrong
        paper.words(x, baseline, "✓" if answer.right else "×", NAME, color=colour, ha="center")
        paper.words(x + 6, baseline, answer.answer, NAME, weight="bold")
        _draw_verdict(paper, x + 6 + texts + 8, middle, answer)
        paper.y += ROW


def _draw_verdict(paper: Page, x: float, middle: float, answer: AnswerText) -> None:
    """The probability as a bar, if there is one, and the verdict in words."""
    room = paper.width - MARGIN - width_of(answer.verdict, SMALL)
    if answer.chance is not None:
        width = min(max(room - x - 6, LEAST_BAR), MOST_BAR)
        for share, colour in ((1.0, PRINT.hairline), (answer.chance, PRINT.quiet)):
            ends = [x, x + width * share]
            paper.line(ends, [middle] * 2, color=colour, lw=BAR_HEIGHT, solid_capstyle="butt")
        x += width + 6
    look: Keywords = {"size": SMALL, "color": PRINT.quiet}
    if x <= room:
        paper.words(x, middle + TEXT * 0.36, answer.verdict, **look)
    else:
        paper.y += SMALL * LEADING
        paper.words(paper.width - MARGIN, paper.y + ROW / 2, answer.verdict, ha="right", **look)
