"""A net's dynamics on paper: ways, crosses, eigenvalues and words."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import numpy as np
import pytest

from sandbox.drawing.dynamics_shown import DynamicsShown
from sandbox.drawing.styles import PRINT
from sandbox.experiment import Experiment
from sandbox.export.figures.dynamics_figure import dynamics_figure
from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.insight.dynamics import dynamics
from sandbox.tasks.registry import complete
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import all_words, assert_words_on_paper, lines, texts
from tests.insight.nets import one_memory, recall_task, two_stable_points

TASK = recall_task()
EXPERIMENT = complete(Experiment(task="recall", params={"gap": 8, "symbols": 2}))


@cache
def shown(name: str = "two", followed: int = 200) -> DynamicsShown:
    subject = two_stable_points(TASK) if name == "two" else one_memory(TASK)
    found = dynamics(subject, followed=followed)
    assert found is not None
    return DynamicsShown(found, 300)


def drawn(given: DynamicsShown | None = None, width_mm: int = 85, **more: bool):
    return dynamics_figure(given or shown(), "RNN", "a-run", EXPERIMENT, TASK, width_mm, **more)


def test_that_points_stand_at_their_places_saddles_open() -> None:
    figure, given = drawn(), shown()
    calm, saddles = lines(figure, "calm"), lines(figure, "saddle")
    assert len(calm) == 2
    (saddle,) = saddles
    assert saddle.get_markerfacecolor() == PRINT.ground
    assert {line.get_markerfacecolor() for line in calm} == {PRINT.text}
    places = sorted(float(np.asarray(line.get_xdata())[0]) for line in [*calm, saddle])
    np.testing.assert_allclose(places, np.sort(given.points[:, 0]))


def test_that_eigenvalues_stand_around_the_unit_circle() -> None:
    figure, given = drawn(shown("memory")), shown("memory")
    dots = lines(figure, "eigenvalues", 1)
    assert len(dots) == len(given.found.points)
    values = given.found.points[0].eigenvalues
    np.testing.assert_allclose(np.asarray(dots[0].get_xdata()), values.real)
    (circle,) = figure.canvas.axes[1].patches
    assert circle.get_radius() == 1


def test_that_ways_are_those_of_some_sequences_of_every_answer() -> None:
    figure, given = drawn(), shown()
    ways = lines(figure, "way")
    assert len(ways) == len(given.few) == 8
    np.testing.assert_allclose(np.asarray(ways[3].get_ydata()), given.ways[3][:, 1])
    assert len({line.get_color() for line in ways}) == 2
    assert not lines(figure, "cloud")
    cloud = lines(drawn(with_cloud=True), "cloud")
    assert sum(len(np.asarray(line.get_xdata())) for line in cloud) == 200


@pytest.mark.parametrize("name", ["two", "memory"])
@pytest.mark.parametrize("width_mm", WIDTHS_MM)
def test_that_words_are_on_the_paper(name: str, width_mm: int) -> None:
    figure, given = drawn(shown(name), width_mm), shown(name)
    assert set(given.found.groups.names) <= set(texts(figure))
    assert given.found.verdict.text in all_words(figure)
    assert given.found.input in all_words(figure)
    assert "after 300 training steps" in all_words(figure)
    assert_words_on_paper(figure)
    assert figure.svg().startswith(b"<?xml")
    assert figure.pdf().startswith(b"%PDF")
    assert figure.png(1).startswith(b"\x89PNG")


def test_that_both_directions_have_one_scale() -> None:
    for width_mm in WIDTHS_MM:
        figure = drawn(width_mm=width_mm)
        axes = figure.canvas.axes[0]
        box = axes.get_position()
        wide = box.width * figure.canvas.get_figwidth() / np.diff(axes.get_xlim())[0]
        high = box.height * figure.canvas.get_figheight() / np.diff(axes.get_ylim())[0]
        assert wide == pytest.approx(high)


def test_that_points_alone_can_be_drawn() -> None:
    bare = replace(shown(), found=replace(shown().found, ways=None))
    figure = drawn(bare)
    assert not lines(figure, "way")
    assert "Dots" not in all_words(figure)


def test_that_another_width_is_refused() -> None:
    with pytest.raises(ExperimentError):
        drawn(width_mm=100)
