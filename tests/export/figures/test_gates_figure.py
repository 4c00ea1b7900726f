"""Heatmaps of gates and states: exact, named, and with the cue where columns are narrow."""

from __future__ import annotations

import io
from dataclasses import replace

import matplotlib
import numpy as np
import pytest
from PIL import Image

from sandbox.cells.known import CELLS
from sandbox.engine.trace import Trace
from sandbox.export.figures.gates_figure import gates_figure
from sandbox.export.figures.heatmap_on_paper import NOT_A_NUMBER, colour_map
from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import EIGHT, TWO, assert_words_on_paper, probe, texts


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "lstm_linear"])
def test_that_heatmaps_hold_the_values_between_the_ends_of_their_kind(cell: str) -> None:
    given = probe({cell: cell}, gap=10)
    maps = heatmaps(given, cell)
    assert [each.get_gid() for each in maps] == [one.name for one in CELLS[cell].pictures]
    for drawn, picture in zip(maps, CELLS[cell].pictures, strict=True):
        values = given.traces[cell].arrays[picture.name][: given.length, 0].T
        np.testing.assert_array_equal(drawn.get_array(), values)
        limit = 3.0 if picture.name == "cell" else 5.0  # the values go to 4; tanh(3) is nearly 1
        ends = {"gate": (0, 1), "signed": (-1, 1), "cell": (-limit, limit)}[picture.kind]
        assert drawn.get_clim() == ends


def heatmaps(given: object, key: str) -> list[object]:
    axes = gates_figure(given, key).canvas.axes  # type: ignore[arg-type]
    return [each for one in axes for each in one.get_images() if each.get_gid()]


@pytest.mark.parametrize("scale", [1, 3])
def test_that_pixels_have_the_colours_of_the_published_maps(scale: int) -> None:
    given = probe({"gru": "gru"}, gap=10)
    figure = gates_figure(given, "gru")
    with Image.open(io.BytesIO(figure.png(scale))) as opened:
        image = np.asarray(opened.convert("RGB")).astype(int)
    for axes in figure.canvas.axes:
        for drawn in (each for each in axes.get_images() if each.get_gid()):
            values = np.asarray(drawn.get_array())
            gate = drawn.get_gid() != "candidate" and drawn.get_gid() != "hidden"
            table = matplotlib.colormaps["viridis" if gate else "RdBu_r"]
            low = 0 if gate else -1
            wanted = (table((values - low) / (1 - low))[..., :3] * 255).round().astype(int)
            rows, columns = values.shape
            box = axes.get_position()
            x = (box.x0 + (np.arange(columns) + 0.5) / columns * box.width) * image.shape[1]
            y = (1 - box.y1 + (np.arange(rows) + 0.5) / rows * box.height) * image.shape[0]
            found = image[y.astype(int)[:, None], x.astype(int)]
            inner = (slice(1, -1), slice(1, -1))  # the frame covers some of the outer ones
            assert np.abs(found - wanted)[inner].max() <= 2


def test_that_what_is_no_number_has_a_colour_of_its_own() -> None:
    for kind in ("gate", "signed"):
        table = colour_map(kind)  # type: ignore[arg-type]
        none = matplotlib.colors.to_rgba(NOT_A_NUMBER)
        assert tuple(table(np.ma.masked_invalid([np.nan]))[0]) == none
        assert none not in {tuple(each) for each in table(np.linspace(0, 1, 256))}


def test_that_a_cue_is_drawn_where_steps_are_narrower_than_pixels() -> None:
    given = probe({"rnn": "rnn"}, gap=1000)
    values = given.traces["rnn"].arrays["hidden"]
    values.setflags(write=True)
    values[: given.length, 0] = -1
    values[list(given.marked), 0] = 1
    with Image.open(io.BytesIO(gates_figure(given, "rnn").png(1))) as opened:
        image = np.asarray(opened.convert("RGB")).astype(int)
    red = tuple((np.array(matplotlib.colormaps["RdBu_r"](1.0)[:3]) * 255).round().astype(int))
    found = (abs(image - red) <= 2).all(axis=-1).sum(axis=0)
    left = np.flatnonzero(found[: image.shape[1] // 2] > 20)
    assert len(left), "the cue's column is lost"


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize("gap", [0, 12, 300])
def test_that_heatmaps_name_pictures_ends_roles_and_words(gap: int, width: int) -> None:
    given = probe(task="fluent", gap=gap)
    figure = gates_figure(given, "lstm", width_mm=width)
    written = texts(figure)
    assert {picture.title for picture in CELLS["lstm"].pictures} <= set(written)
    assert {"0", "1", "−1", "−3", "3", "cue", "question", "unit"} <= set(written)
    assert "time step, and what it reads" in written
    assert {given.labels[step] for step in given.marked} <= set(written)
    assert ("filler" in written) == (gap > 0)


def test_that_a_stacked_nets_lower_layer_can_be_shown() -> None:
    given = probe({"rnn": "rnn"}, gap=4)
    top = given.traces["rnn"]
    lower = {f"layer1.{name}": -array for name, array in top.arrays.items()}
    both = Trace("rnn", {**top.arrays, **lower}, top.answers, top.loss)
    stacked = replace(given, traces={"rnn": both})
    below = replace(stacked, layers={"rnn": 1})
    assert (stacked.name("rnn"), below.name("rnn")) == ("RNN", "RNN layer 1")
    above, under = heatmaps(stacked, "rnn"), heatmaps(below, "rnn")
    for one, other in zip(above, under, strict=True):
        np.testing.assert_array_equal(one.get_array(), -other.get_array())  # type: ignore[attr-defined]


def test_that_an_unknown_contestant_is_refused() -> None:
    with pytest.raises(ExperimentError, match="rnn, lstm"):
        gates_figure(probe(gap=3), "gru")


@pytest.mark.parametrize("width", WIDTHS_MM)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"cells": {"lstm": "lstm"}, "gap": 0}, id="gap 0"),
        pytest.param({"cells": EIGHT, "gap": 10}, id="8 contestants"),
        pytest.param({"cells": TWO, "task": "fluent", "gap": 300}, id="gap 300"),
        pytest.param({"cells": TWO, "task": "adding", "length": 300}, id="adding"),
    ],
)
def test_that_words_stay_on_the_paper(given: dict[str, object], width: int) -> None:
    shown = probe(**given)  # type: ignore[arg-type]
    figure = gates_figure(shown, next(iter(shown.traces)), width)
    assert_words_on_paper(figure)
    assert len(figure.svg()) < 1_000_000
