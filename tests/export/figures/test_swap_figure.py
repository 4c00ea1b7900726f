"""Swaps between two sequences on paper: the effects themselves, and both sequences' words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.export.figures.swap_figure import swap_figure
from sandbox.insight.contrast import Pair, pair_of
from sandbox.insight.swaps import SwapMap
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import (
    EIGHT,
    TWO,
    all_words,
    assert_words_on_paper,
    probe,
    texts,
)

if TYPE_CHECKING:
    from sandbox.export.figures.paper import Figure
    from sandbox.export.figures.probe import Probe


def swaps_of(given: Probe, key: str = "lstm", most: float = 0.3) -> SwapMap:
    """Effects drawn at random, with the largest one given."""
    found = pair_of(given.task, given.sequences, given.index, given.sequences)
    pair = found or Pair(given.sequences.pick(np.array([0, 1])), False, given.asked_at)
    random, effects = np.random.default_rng(0), {}
    for state in ("hidden", "cell") if "lstm" in given.traces[key].cell else ("hidden",):
        effects[state] = random.uniform(-most, most, (pair.both.roles.shape[1], 8))
        effects[state][0, 0] = most
    return SwapMap(pair, effects, np.zeros((2, 2)))


def heatmaps(figure: Figure) -> list[Any]:
    return [each for one in figure.canvas.axes for each in one.get_images() if each.get_gid()]


def test_that_each_state_has_a_heatmap_of_its_effects() -> None:
    given = probe(gap=10)
    swaps = swaps_of(given)
    maps = heatmaps(swap_figure(given, swaps, "lstm"))
    assert [each.get_gid() for each in maps] == ["hidden", "cell"]
    for drawn in maps:
        np.testing.assert_array_equal(drawn.get_array(), swaps.effects[drawn.get_gid()].T)


@pytest.mark.parametrize(
    ("most", "ends"), [(0.3, ("−30%", "30%")), (1.4, ("−100%", "100%")), (0.001, ("−2%", "2%"))]
)
def test_that_colours_end_at_a_round_share(most: float, ends: tuple[str, str]) -> None:
    given = probe(gap=10)
    figure = swap_figure(given, swaps_of(given, most=most), "lstm")
    assert {"0%", *ends} <= set(texts(figure))
    limit = float(ends[1].rstrip("%")) / 100
    for drawn in heatmaps(figure):
        assert drawn.get_clim() == pytest.approx((-limit, limit))


def test_that_the_second_sequence_stands_below_where_it_differs() -> None:
    given = probe(task="fluent", gap=12)
    swaps = swaps_of(given)
    first, second = (given.task.labels(swaps.pair.both, n) for n in (0, 1))
    (cue,) = [n for n, (one, other) in enumerate(zip(first, second, strict=True)) if one != other]
    figure = swap_figure(given, swaps, "lstm")
    placed = {each.get_text(): each.get_position() for each in figure.canvas.texts}
    (x, above), (x_below, below) = placed[first[cue]], placed[second[cue]]
    assert x == pytest.approx(x_below)
    assert above < below  # points from the top
    assert placed["1"][1] < placed["2"][1]
    assert placed["2"][1] == pytest.approx(below, abs=10)
    assert texts(figure).count(first[-1]) == 1
    for n in (0, 1):
        assert f"{n + 1}: {given.task.question(swaps.pair.both, n)}" in all_words(figure)


def test_that_the_sequence_that_is_changed_is_the_pairs_first() -> None:
    given = replace(probe(task="fluent", gap=12), index=1)
    swaps = swaps_of(given)
    backwards = replace(swaps, pair=swaps.pair.back())
    one, other = (swap_figure(given, each, "lstm") for each in (swaps, backwards))
    first, second = (given.task.question(swaps.pair.both, n) for n in (0, 1))
    assert f"1: {first} 2: {second}" in all_words(one)
    assert f"1: {second} 2: {first}" in all_words(other)


def test_that_a_net_that_answers_both_alike_is_refused() -> None:
    given = probe(gap=3)
    swaps = swaps_of(given)
    alike = replace(swaps, effects={"hidden": np.full((5, 8), np.nan)})
    with pytest.raises(ExperimentError, match="a net that answers the two sequences differently"):
        swap_figure(given, alike, "lstm")
    with pytest.raises(ExperimentError, match="rnn, lstm"):
        swap_figure(given, swaps, "gru")


def test_that_all_three_kinds_of_file_are_made() -> None:
    given = probe(gap=3)
    figure = swap_figure(given, swaps_of(given), "lstm", titled=False)
    assert figure.svg().startswith(b"<?xml")
    assert figure.pdf().startswith(b"%PDF")
    assert figure.png(1).startswith(b"\x89PNG")
    assert "swaps of lstm after step 40" in figure.description
    assert "swaps between two sequences" not in all_words(figure)


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"cells": {"lstm": "lstm"}, "gap": 0}, id="gap 0"),
        pytest.param({"cells": EIGHT, "gap": 10}, id="8 contestants"),
        pytest.param({"cells": TWO, "task": "fluent", "gap": 300}, id="gap 300"),
        pytest.param({"cells": TWO, "task": "adding", "length": 300}, id="adding"),
        pytest.param({"cells": TWO, "task": "reber"}, id="reber"),
    ],
)
def test_that_words_stay_on_the_paper(given: dict[str, Any], width: int) -> None:
    shown = probe(**given)
    key = next(reversed(shown.traces))
    figure = swap_figure(shown, swaps_of(shown, key), key, width)
    assert_words_on_paper(figure)
    assert len(figure.svg()) < 1_000_000
