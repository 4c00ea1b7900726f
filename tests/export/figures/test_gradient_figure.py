"""The gradient through time on paper: values at their size, and what is left out is said."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.export.figures.gradient_figure import gradient_figure
from sandbox.export.figures.paper import WIDTHS_MM
from tests.export.figures.figure_data import (
    EIGHT,
    TWO,
    all_words,
    assert_words_on_paper,
    lines,
    probe,
    texts,
)


def heights(figure: object) -> np.ndarray:
    """The last net's curve, upwards."""
    return -np.asarray(lines(figure, "gradient")[-1].get_ydata())  # type: ignore[arg-type]


def norms_of(given: object) -> np.ndarray:
    trace = given.traces["lstm"]  # type: ignore[attr-defined]
    return np.linalg.norm(trace.arrays["grad_hidden"][: given.length, 0], axis=1)  # type: ignore[attr-defined]


def test_that_gradients_stand_at_their_size() -> None:
    given = probe(gap=20)
    figure = gradient_figure(given)
    assert {"RNN", "LSTM", "time step, and what it reads"} <= set(texts(figure))
    line, norms = heights(figure), norms_of(given)
    slope, offset = np.polyfit(np.log10(norms), line, 1)
    assert slope > 0
    np.testing.assert_allclose(slope * np.log10(norms) + offset, line, atol=1e-3)


def test_that_a_gradient_that_has_gone_lies_on_the_floor() -> None:
    given = probe(gap=20)
    given.traces["lstm"].arrays["grad_hidden"].setflags(write=True)
    given.traces["lstm"].arrays["grad_hidden"][...] = 0
    figure = gradient_figure(given)
    assert "LSTM: none, its loss is 0" in texts(figure)
    assert any(text.startswith("<1e-") for text in texts(figure))  # named, not "0"
    assert len(set(heights(figure))) == 1


def test_that_a_gradient_that_is_no_number_is_told() -> None:
    given = probe(gap=5)
    given.traces["rnn"].arrays["grad_hidden"].setflags(write=True)
    given.traces["rnn"].arrays["grad_hidden"][:2] = np.nan
    assert "RNN: not a finite number" in texts(gradient_figure(given))


def test_that_a_relative_gradient_is_one_at_the_question() -> None:
    given = probe({"lstm": "lstm"}, gap=20)
    figure = gradient_figure(given, relative=True)
    assert "relative to the question" in all_words(figure)
    axes, line, norms = figure.canvas.axes[0], heights(figure), norms_of(given)
    names = [each.get_text() for each in axes.get_yticklabels()]
    one = -axes.get_yticks()[names.index("1")]
    decades = np.log10(norms / norms[given.asked_at])
    seen = decades > -3.99  # the first one lies on the axis' end
    slope, offset = np.polyfit(decades[seen], line[seen], 1)
    np.testing.assert_allclose((slope * decades + offset)[seen], line[seen], atol=1e-3)
    assert line[given.asked_at] == pytest.approx(one)


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
    figure = gradient_figure(probe(**given), width_mm=width)  # type: ignore[arg-type]
    assert_words_on_paper(figure)
    assert len(figure.svg()) < 1_000_000
