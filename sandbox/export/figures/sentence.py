"""The figure of one sequence: its words, the question, and what every net answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.export.figures.answers import Answer, answer_of, percent
from sandbox.export.figures.drawing import Box
from sandbox.export.figures.ink import CUE, HAIRLINE, INK, LEADING, NAME, QUIET, SMALL, TEXT
from sandbox.export.figures.page import MARGIN, SAMPLE, Page, page, sample, verdict
from sandbox.export.figures.timeline import Timeline
from sandbox.export.figures.typeface import application, width_of
from sandbox.tasks.base import Channels, Role

if TYPE_CHECKING:
    from sandbox.export.figures.drawing import Drawing
    from sandbox.export.figures.figure import Figure
    from sandbox.export.figures.probe import Probe

WORD = 8.0  # points, the sentence's type
MOST_LINES = 8
STRIP, STRIP_GAP = 22.0, 4.0  # of a channel
LEAST_BAR, MOST_BAR, BAR_HEIGHT = 16.0, 90.0, 5.0
_SPACE = 2.6
_ROW = NAME * 1.75


def sentence_figure(probe: Probe, width_mm: int = 170, titled: bool = True) -> Figure:
    """The sequence, the question with the right answer, and a row for every contestant.

    Its answer, the probability that it gives it, and a check or a cross.
    """
    with application():
        paper = page(width_mm)
        title = f"{probe.title}: what the nets answer"
        if titled:
            paper.heading(title, probe.particulars)
            paper.y += 2
        if isinstance(probe.task.inputs, Channels):
            _draw_channels(paper, probe, probe.task.inputs)
        else:
            _draw_words(paper, probe)
        question = probe.task.question(probe.sequences, probe.index)
        paper.y = paper.drawing.lines(MARGIN, paper.y + 2, [question], NAME, INK, bold=True) + 3
        _draw_answers(paper, probe)
        return paper.finished(title, probe.described("answers"))


def _draw_words(paper: Page, probe: Probe) -> None:
    """Words as they are read, the middle left out where there are too many of them."""
    rows = _flow(probe, range(probe.length), paper.room)
    if len(rows) > MOST_LINES:
        half = MOST_LINES // 2
        head, tail = rows[: half + 1], _flow_back(probe, paper.room, half - 1)
        left_out = tail[0][0] - head[-1][-1] - 1
        _write_rows(paper, probe, head)
        text = f"… {left_out:,} more …"
        paper.drawing.words(MARGIN, paper.y + WORD, text, SMALL, QUIET)
        paper.y += WORD * 1.5
        rows = tail
    _write_rows(paper, probe, rows)


def _write_rows(paper: Page, probe: Probe, rows: list[list[int]]) -> None:
    for row in rows:
        x = MARGIN
        for step in row:
            role, text = Role(int(probe.roles[step])), probe.labels[step]
            bold = role in (Role.CUE, Role.QUERY)
            colour = {Role.CUE: CUE, Role.FILLER: QUIET}.get(role, INK)
            wide = width_of(text, WORD, bold)
            paper.drawing.words(x, paper.y + WORD, text, WORD, colour, bold=bold)
            if bold:
                under = Box(x, paper.y + WORD + 1.6, wide, 0.7)
                paper.drawing.fill(under, colour)
            x += wide + _SPACE
        paper.y += WORD * 1.5


def _flow(probe: Probe, steps: range, room: float) -> list[list[int]]:
    """Steps in lines that fit."""
    rows: list[list[int]] = []
    x = room
    for step in steps:
        bold = probe.roles[step] in (Role.CUE, Role.QUERY)
        wide = width_of(probe.labels[step], WORD, bold)
        if x + wide > room:
            rows.append([])
            x = 0.0
        rows[-1].append(step)
        x += wide + _SPACE
    return rows


def _flow_back(probe: Probe, room: float, lines: int) -> list[list[int]]:
    """The last steps, as many as fill so many lines."""
    first = probe.length - 1
    while first > 0 and len(_flow(probe, range(first - 1, probe.length), room)) <= lines:
        first -= 1
    return _flow(probe, range(first, probe.length), room)


def _draw_channels(paper: Page, probe: Probe, inputs: Channels) -> None:
    """A strip a channel, bars from its lowest value up, steps of the cue in its colour."""
    values = np.asarray(probe.sequences.inputs[probe.index, : probe.length], np.float64)
    gutter = max(width_of(name, TEXT) for name in inputs.names) + 6
    timeline = Timeline(MARGIN + gutter, paper.width - MARGIN - 12, probe.length)
    for channel, name in enumerate(inputs.names):
        strip = Box(timeline.left, paper.y, timeline.right - timeline.left, STRIP)
        middle = strip.top + STRIP / 2 + TEXT * 0.36
        paper.drawing.words(MARGIN, middle, name, TEXT)
        shares = (values[:, channel] - inputs.low) / (inputs.high - inputs.low)
        _draw_bars(paper.drawing, strip, np.clip(shares, 0, 1).tolist(), probe, timeline)
        for value, y in ((inputs.high, strip.top + SMALL * 0.75), (inputs.low, strip.bottom)):
            paper.drawing.words(strip.right + 2, y, f"{value:g}", SMALL, QUIET)
        paper.y += STRIP + STRIP_GAP
    bottom = f"{probe.length:,} time steps, from left to right; the cue's are dark"
    paper.paragraph(bottom)


def _draw_bars(
    drawing: Drawing, strip: Box, shares: list[float], probe: Probe, timeline: Timeline
) -> None:
    drawing.fill(strip, HAIRLINE, 0.35)
    gap = 0.2 * (timeline.edge(1) - timeline.edge(0))
    for step, share in enumerate(shares):
        cue, x = probe.roles[step] == Role.CUE, timeline.edge(step)
        wide = max(timeline.edge(step + 1) - x - gap, 0.9 if cue else 0.2)
        bar = Box(x, strip.bottom - share * strip.height, wide, share * strip.height)
        if share:
            drawing.fill(bar, CUE if cue else QUIET, 1.0 if cue else 0.45)


def _draw_answers(paper: Page, probe: Probe) -> None:
    answers = {key: answer_of(probe, key) for key in probe.traces}
    names = max(width_of(probe.name(key), NAME, bold=True) for key in answers)
    texts = max(width_of(answer.text, NAME, bold=True) for answer in answers.values())
    left = MARGIN + SAMPLE + 5
    for key, answer in answers.items():
        middle = paper.y + _ROW / 2
        sample(paper.drawing, MARGIN, middle, probe.styles[key])
        baseline, colour = middle + NAME * 0.36, probe.styles[key].colour
        paper.drawing.words(left, baseline, probe.name(key), NAME, colour, bold=True)
        x = left + names + 8
        verdict(paper.drawing, x, middle, answer.right)
        paper.drawing.words(x + 6, baseline, answer.text, NAME, bold=True)
        _draw_share(paper, x + 6 + texts + 8, middle, answer)
        paper.y += _ROW


def _draw_share(paper: Page, x: float, middle: float, answer: Answer) -> None:
    """The probability as a bar with its number; then what else is to be said, if it fits."""
    baseline, drawing = middle + TEXT * 0.36, paper.drawing
    if answer.share is not None:
        beside = width_of("100%", TEXT) + 10 + width_of(answer.note, SMALL)
        width = min(MOST_BAR, max(paper.width - MARGIN - x - beside, LEAST_BAR))
        bar = Box(x, middle - BAR_HEIGHT / 2, width, BAR_HEIGHT)
        drawing.fill(bar, HAIRLINE)
        drawing.fill(bar._replace(width=width * answer.share), QUIET)
        text = percent(answer.share)
        x = bar.right + 4
        drawing.words(x, baseline, text, TEXT)
        x += width_of("100%", TEXT) + 6
    if x + width_of(answer.note, SMALL) <= paper.width - MARGIN:
        drawing.words(x, baseline, answer.note, SMALL, QUIET)
    elif answer.note:
        paper.y += SMALL * LEADING
        end = paper.width - MARGIN
        drawing.words(end, paper.y + _ROW / 2, answer.note, SMALL, QUIET, anchor="end")
