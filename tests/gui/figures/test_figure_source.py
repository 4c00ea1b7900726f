"""Figures of what is on screen: which there are, and what they are drawn from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from sandbox.drawing.styles import PRINT
from sandbox.gui.figures.figure_source import FigureSource, Wanted, figure_of
from sandbox.run.messages import Frame
from tests.export.figures.figure_data import all_words, lines, probe
from tests.gui.canned_frames import curves_view


@pytest.fixture
def source() -> FigureSource:
    given = probe(gap=8)
    frame = Frame(given.run, 40, given.sequences, given.traces)
    return FigureSource(given.run, given.experiment, curves_view(60, given.task), frame)


def test_that_every_figure_of_a_frame_is_offered(source: FigureSource) -> None:
    assert list(source.names) == ["curves", "gates:rnn", "gates:lstm", "gradient", "sentence"]
    titles = {figure_of(source, Wanted(name)).title for name in source.names}
    assert len(titles) == 5


def test_that_before_the_first_frame_there_are_curves_only(source: FigureSource) -> None:
    waiting = replace(source, frame=None)
    assert list(waiting.names) == ["curves"]
    assert figure_of(waiting, Wanted("curves")).svg()


def test_that_replicates_are_drawn_from_the_screen(source: FigureSource) -> None:
    view = source.curves
    twice = {f"lstm#{n}": view.curves["lstm"] for n in range(2)}
    figure = figure_of(replace(source, curves=replace(view, curves=twice)), Wanted("curves"))
    assert "mean of 2" in all_words(figure)


def test_that_contestants_look_as_on_screen(source: FigureSource) -> None:
    view, experiment = source.curves, source.experiment
    rnn, lstm = experiment.contestants
    given = (rnn.model_copy(update={"look": 5}), lstm.model_copy(update={"look": 6}))
    looking = replace(source, experiment=experiment.changed(contestants=given))
    figure = figure_of(looking, Wanted("curves"))
    drawn = [line.get_color() for line in lines(figure, "strong")]
    assert drawn == [PRINT.contestants[5], PRINT.contestants[6]]
    assert list(view.curves) == ["rnn", "lstm"]


def test_that_a_curve_of_generalisation_that_is_switched_off_is_not_drawn(
    source: FigureSource,
) -> None:
    view = source.curves
    measured = {
        key: replace(curve, generalisation=((20, 1.0, 0.3),)) for key, curve in view.curves.items()
    }
    for on in (True, False):
        curves = replace(view, curves=measured, generalisation=on)
        figure = figure_of(replace(source, curves=curves), Wanted("curves"))
        assert bool(lines(figure, "generalisation")) == on


def test_that_a_run_is_read_once(source: FigureSource) -> None:
    asked: list[int] = []
    reading = replace(source, read=lambda: asked.append(1))
    for _ in range(2):
        np.testing.assert_array_equal(
            reading.run_curves.series[0].steps, source.curves.curves["rnn"].steps
        )
    assert len(asked) == 1
