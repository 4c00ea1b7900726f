"""Figures of one sequence: heatmaps that are exact, gradients, and what the nets answer."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING
from xml.etree import ElementTree as Xml

import numpy as np
import pyqtgraph as pg
import pytest
from PySide6.QtGui import QImage
from sandbox.export.figures.answers import answer_of
from sandbox.export.figures.colourmaps import BLUE_WHITE_RED, NOT_A_NUMBER, VIRIDIS, colours_of
from sandbox.export.figures.drawing import Cells, Stroke, Words
from sandbox.export.figures.gates import gates_figure
from sandbox.export.figures.gradient import gradient_figure
from sandbox.export.figures.raster import shown
from sandbox.export.figures.sentence import sentence_figure

from sandbox.engine.cells import CELLS
from sandbox.engine.trace import Trace
from sandbox.export.figures import ink
from sandbox.validation import ExperimentError
from tests.export.figure_data import EIGHT, TWO, assert_words_on_paper, probe

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray
    from sandbox.export.figures.figure import Figure

    from sandbox.export.figures.probe import Probe

pytestmark = pytest.mark.usefixtures("qapp")
SVG, XLINK = "{http://www.w3.org/2000/svg}", "{http://www.w3.org/1999/xlink}"


def texts(figure: Figure) -> list[str]:
    return [each.text or "" for each in Xml.fromstring(figure.svg()).iter(f"{SVG}text")]


def pixels(image: QImage) -> NDArray[np.uint8]:
    image = image.convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def expected_colours(values: NDArray[np.floating], kind: str, limit: float) -> NDArray[np.uint8]:
    """By pyqtgraph's own tables, cell by cell."""
    name = "viridis" if kind == "gate" else "CET-D1A"
    table = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False)
    low, high = {"gate": (0, 1), "signed": (-1, 1), "cell": (-limit, limit)}[kind]
    made = np.empty((*values.shape, 3), np.uint8)
    for place, value in np.ndenumerate(values):
        share = min(max((float(value) - low) / (high - low), 0.0), 1.0)
        made[place] = table[int(share * 255 + 0.5)]
    return made


def test_that_the_colour_maps_are_the_published_ones() -> None:
    for name, table in (("viridis", VIRIDIS), ("CET-D1A", BLUE_WHITE_RED)):
        known = pg.colormap.get(name).getLookupTable(nPts=256, alpha=False)
        np.testing.assert_array_equal(table, known)


def test_that_what_is_no_number_has_a_colour_of_its_own() -> None:
    drawn = colours_of(np.array([np.nan, np.inf, -np.inf]), "signed")
    assert drawn[0].tolist() == list(NOT_A_NUMBER)
    assert drawn[1:].tolist() == [BLUE_WHITE_RED[255].tolist(), BLUE_WHITE_RED[0].tolist()]
    for table in (VIRIDIS, BLUE_WHITE_RED):
        assert list(NOT_A_NUMBER) not in table.tolist()


@pytest.mark.parametrize("scale", [1, 3])
@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "lstm_linear"])
def test_that_pixels_of_heatmaps_are_the_datas_colours(cell: str, scale: int) -> None:
    given = probe({cell: cell}, gap=10)
    figure = gates_figure(given, cell)
    image = pixels(figure.image(scale))
    pictures = CELLS[cell].pictures
    maps = [each for each in figure.items if isinstance(each, Cells)][::2]
    assert len(maps) == len(pictures)
    for drawn, picture in zip(maps, pictures, strict=True):
        values = given.traces[cell].arrays[picture.name][: given.length, 0].T
        limit = 3.0 if picture.name == "cell" else 5.0  # the values go to 4; tanh(3) is nearly 1
        wanted = expected_colours(values, picture.kind, limit)
        rows, columns = values.shape
        box, dots = drawn.box, 2 * scale
        y = (box.top + (np.arange(rows) + 0.5) / rows * box.height) * dots
        x = (box.left + (np.arange(columns) + 0.5) / columns * box.width) * dots
        found = image[y.astype(int)[:, None], x.astype(int)]
        inner = (slice(1, -1), slice(1, -1))  # the frame covers some of the outer ones
        difference = np.abs(found.astype(int) - wanted)[inner]
        assert difference.max() <= 6  # a value between two colours may be rounded either way


def test_that_the_svg_holds_every_cell() -> None:
    given = probe({"rnn": "rnn"}, gap=300)
    root = Xml.fromstring(gates_figure(given, "rnn").svg())
    href = next(root.iter(f"{SVG}image")).get(f"{XLINK}href", "")
    held = pixels(QImage.fromData(base64.b64decode(href.partition(",")[2])))
    values = given.traces["rnn"].arrays["hidden"][: given.length, 0].T
    rows, columns = values.shape
    high, wide = held.shape[0] // rows, held.shape[1] // columns
    assert held.shape == (rows * high, columns * wide, 3)
    blocks = held.reshape(rows, high, columns, wide, 3)
    assert (blocks == blocks[:, :1, :, :1]).all()
    wanted = expected_colours(values, "signed", 1.0)
    assert np.abs(blocks[:, 0, :, 0].astype(int) - wanted).max() <= 6


def test_that_a_cue_is_drawn_where_steps_are_narrower_than_pixels() -> None:
    places = shown(1000, 300, always=(1, 500, 999))
    assert {1, 500, 999} <= set(places.tolist())
    assert len(places) == 300
    assert (np.diff(places) >= 0).all()


@pytest.mark.parametrize("width", ink.WIDTHS_MM)
@pytest.mark.parametrize("gap", [0, 12, 300])
def test_that_heatmaps_name_pictures_ends_roles_and_words(gap: int, width: int) -> None:
    given = probe(task="fluent", gap=gap)
    written = texts(gates_figure(given, "lstm", width_mm=width))
    titles = {picture.title for picture in CELLS["lstm"].pictures}
    assert titles <= set(written)
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
    assert stacked.name("rnn") == "RNN"
    below = replace(stacked, layers={"rnn": 1})
    assert below.name("rnn") == "RNN layer 1"
    np.testing.assert_array_equal(below.values("rnn", "hidden"), -given.values("rnn", "hidden"))


def test_that_an_unknown_contestant_is_refused() -> None:
    with pytest.raises(ExperimentError, match="rnn, lstm"):
        gates_figure(probe(gap=3), "gru")


def test_that_gradients_stand_at_their_size() -> None:
    given = probe(gap=20)
    figure = gradient_figure(given)
    assert {"RNN", "LSTM", "time step, and what it reads"} <= set(texts(figure))
    lines = [e for e in figure.items if isinstance(e, Stroke) and e.width == ink.STRONG]
    lstm = lines[-1].points[:, 1]
    norms = np.linalg.norm(given.traces["lstm"].arrays["grad_hidden"][: given.length, 0], axis=1)
    slope, offset = np.polyfit(np.log10(norms), lstm, 1)
    assert slope < 0
    np.testing.assert_allclose(slope * np.log10(norms) + offset, lstm, atol=1e-3)


def test_that_a_gradient_that_has_gone_stands_on_the_floor() -> None:
    given = probe(gap=20)
    given.traces["lstm"].arrays["grad_hidden"].setflags(write=True)
    given.traces["lstm"].arrays["grad_hidden"][...] = 0
    written = texts(gradient_figure(given))
    assert "LSTM: none, its loss is 0" in written
    assert "less" in written  # the RNN's, more than 20 decades down


def test_that_a_gradient_that_is_no_number_is_told() -> None:
    given = probe(gap=5)
    given.traces["rnn"].arrays["grad_hidden"].setflags(write=True)
    given.traces["rnn"].arrays["grad_hidden"][:2] = np.nan
    assert "RNN: not a finite number" in texts(gradient_figure(given))


def test_that_a_relative_gradient_is_one_at_the_question() -> None:
    given = probe({"lstm": "lstm"}, gap=20)
    figure = gradient_figure(given, relative=True)
    assert any("relative to the question" in text for text in texts(figure))
    line = [e for e in figure.items if isinstance(e, Stroke) and e.width == ink.STRONG][-1]
    ends = [e for e in figure.items if isinstance(e, Words) and e.anchor == "end" and not e.angle]
    marks = {e.text: e.baseline for e in ends}
    tenth, one = marks["10⁻¹"], marks["1"]  # words of the axis at the left
    norms = np.linalg.norm(given.traces["lstm"].arrays["grad_hidden"][: given.length, 0], axis=1)
    decades = np.log10(norms / norms[given.asked_at])
    y = line.points[:, 1]
    np.testing.assert_allclose(y - y[given.asked_at], decades * (one - tenth), atol=1e-3)
    assert one - y[given.asked_at] == pytest.approx(0.36 * ink.TEXT)  # half a digit's height


def test_that_answers_are_named_with_their_probability() -> None:
    given = probe(gap=5)
    target = int(given.sequences.targets[0, given.asked_at])
    written = texts(sentence_figure(given))
    assert given.task.outputs[0] in written
    assert "70%" in written
    answer = answer_of(given, "lstm")
    assert (answer.text, answer.right) == (given.task.outputs[0], target == 0)
    assert answer.share == pytest.approx(0.7)


def test_that_a_wrong_answer_says_what_the_right_one_gets() -> None:
    given = next(p for p in (replace(probe(gap=5), index=n) for n in range(3)) if asks(p) != 0)
    assert not answer_of(given, "rnn").right
    assert f"{given.task.outputs[asks(given)]} gets 10%" in texts(sentence_figure(given))


def asks(given: Probe) -> int:
    return int(given.sequences.targets[given.index, given.asked_at])


def test_that_a_number_is_judged_by_how_near_it_is() -> None:
    given = probe(task="adding", length=20)
    target = float(given.sequences.targets[0, -1, 0])
    trace = given.traces["lstm"]
    trace.answers.setflags(write=True)
    trace.answers[...] = target + 0.03
    assert answer_of(given, "lstm").right
    trace.answers[...] = target + 0.05
    assert not answer_of(given, "lstm").right
    assert f"{target + 0.05:.2f}" in texts(sentence_figure(given))
    trace.answers[...] = np.nan
    assert answer_of(given, "lstm").text == "no answer"


FIGURES: dict[str, Callable[..., Figure]] = {
    "gates": lambda given, width: gates_figure(given, next(iter(given.traces)), width),
    "gradient": lambda given, width: gradient_figure(given, width_mm=width),
    "sentence": sentence_figure,
}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("width", ink.WIDTHS_MM)
@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"cells": {"lstm": "lstm"}, "gap": 0}, id="gap 0"),
        pytest.param({"cells": EIGHT, "gap": 10}, id="8 contestants"),
        pytest.param({"cells": TWO, "task": "fluent", "gap": 300}, id="gap 300"),
        pytest.param({"cells": TWO, "task": "adding", "length": 300}, id="adding"),
    ],
)
def test_that_words_stay_on_the_paper(given: dict[str, object], width: int, name: str) -> None:
    figure = FIGURES[name](probe(**given), width)
    assert_words_on_paper(figure)
    assert len(figure.svg()) < 1_000_000
    assert not figure.image(1).isNull()
