"""Who carries the cue, on paper: three bars a unit, chance, and the units that flip answers."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from matplotlib.patches import Rectangle

from sandbox.export.figures.carriers_figure import carriers_figure
from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.insight.carriers import Carriers
from sandbox.insight.linear_readout import Told
from sandbox.insight.unit_sets import Carrying
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import EIGHT, TWO, all_words, assert_words_on_paper, probe

if TYPE_CHECKING:
    from sandbox.export.figures.paper import Figure

SET = Carrying((1, 4), flips=0.96, others=0.1, tried=61, pairs=48)


def measures(units: int = 8, **changed: Any) -> Carriers:
    random = np.random.default_rng(0)
    swap, lesion = random.uniform(0, 0.1, units), random.uniform(-0.02, 0.5, units)
    told = {
        state: Told(random.uniform(0.2, 1, units), whole=1.0, chance=0.25, noise=0.05)
        for state in ("hidden", "cell")
    }
    return replace(Carriers(31, 1, 48, swap, lesion, told, 1.0, SET), **changed)


def bars(figure: Figure, name: str) -> dict[int, tuple[float, Any]]:
    """Height and colour by unit."""
    found = {}
    for axes in figure.canvas.axes:
        for each in axes.patches:
            if isinstance(each, Rectangle) and each.get_gid() == name:
                unit = round(each.get_x() + each.get_width() / 2) - 1
                found[unit] = each.get_height(), each.get_facecolor()
    return found


def test_that_each_unit_has_a_bar_for_each_measure() -> None:
    found = measures()
    figure = carriers_figure(probe(gap=3), found, "lstm")
    for name, measure in (("swap", "swap"), ("lesion", "lesion"), ("readout", "tells")):
        heights = [bars(figure, name)[unit][0] for unit in range(8)]
        np.testing.assert_allclose(heights, found.measure(measure))


def test_that_units_that_flip_answers_together_are_darker_and_counted() -> None:
    figure = carriers_figure(probe(gap=3), measures(), "lstm")
    colours = {unit: colour for unit, (_, colour) in bars(figure, "swap").items()}
    dark = {unit for unit, colour in colours.items() if colour == colours[1]}
    assert dark == {1, 4}
    assert sum(colours[1][:3]) < sum(colours[0][:3])
    said = "The 2 darker units, swapped together, flip 96% of 48 answers."
    assert said in all_words(figure)


def test_that_chance_is_drawn_where_the_readout_is() -> None:
    figure = carriers_figure(probe(gap=3), measures(), "lstm")
    levels = [
        float(np.asarray(line.get_ydata())[0])
        for axes in figure.canvas.axes
        for line in axes.lines
        if line.get_gid() == "chance"
    ]
    assert levels == [0.25]
    assert "by guessing" in all_words(figure)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"set": None}, "Not even all units together flip its answers."),
        ({"set": replace(SET, units=(3,))}, "The darker unit, swapped together, flips 96%"),
        ({"swap": np.full(8, np.nan), "set": None}, "answers all sequences alike"),
        ({"of_values": True}, "variance"),
    ],
)
def test_that_what_is_special_is_said(changed: dict[str, Any], said: str) -> None:
    figure = carriers_figure(probe(gap=3), measures(**changed), "lstm", 170)
    assert said in all_words(figure)
    assert "States are swapped and read at step 32" in all_words(figure)


def test_that_an_unknown_contestant_is_refused_and_files_are_made() -> None:
    given = probe(gap=3)
    with pytest.raises(ExperimentError, match="rnn, lstm"):
        carriers_figure(given, measures(), "gru")
    figure = carriers_figure(given, measures(), "lstm", titled=False)
    assert figure.svg().startswith(b"<?xml")
    assert figure.pdf().startswith(b"%PDF")
    assert figure.png(1).startswith(b"\x89PNG")
    assert "carriers of lstm after step 40" in figure.description
    assert "who carries the cue" not in all_words(figure)


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize("units", [1, 2, 8, 256])
def test_that_words_stay_on_the_paper(units: int, width: int) -> None:
    found = measures(units, set=replace(SET, units=(0,)))
    for cells, key in ((TWO, "rnn"), (EIGHT, "called_by_a_long_name_24")):
        figure = carriers_figure(probe(cells, gap=10), found, key, width)
        assert_words_on_paper(figure)
        assert len(figure.svg()) < 1_000_000
