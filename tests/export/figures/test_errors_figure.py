"""Errors by steps ahead on paper: the numbers, the names, and what is left out."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.drawing.errors_shown import ErrorsShown, NetShown
from sandbox.drawing.styles import PRINT, line_styles
from sandbox.engine.errors_ahead import ErrorsAhead
from sandbox.experiment import Experiment
from sandbox.export.figures.errors_figure import errors_figure
from sandbox.export.figures.paper import WIDTHS_MM
from sandbox.tasks.registry import complete, task_of
from sandbox.validation import ExperimentError
from tests.export.figures.figure_data import all_words, assert_words_on_paper, lines, texts

EXPERIMENT = complete(Experiment(task="forecast", params={"gap": 8}))
STYLES = line_styles({"rnn": "rnn", "lstm": "lstm"})
RNN, LSTM = np.array([1.0, 2.0, np.nan, np.inf]), np.array([0.5, 1.0, 1.5, 2.0])


def given(steps: int = 4) -> ErrorsShown:
    simple = {"the last value": np.full(steps, 1.25)}
    found = ErrorsAhead({"rnn": RNN[:steps], "lstm": LSTM[:steps]}, simple, "MW", 200)
    nets = {key: NetShown(key.upper(), STYLES[key]) for key in STYLES}
    return ErrorsShown(found, 300, nets)


def drawn(width_mm: int = 85, steps: int = 4):
    return errors_figure(given(steps), "a-run", EXPERIMENT, task_of(EXPERIMENT), width_mm)


def test_that_errors_stand_at_their_size_and_nothing_else_is_drawn() -> None:
    rnn, lstm = lines(drawn(), "net")
    assert np.asarray(rnn.get_ydata()).tolist() == [1.0, 2.0]
    assert np.asarray(lstm.get_xdata()).tolist() == [1.0, 2.0, 3.0, 4.0]
    assert np.asarray(lstm.get_ydata()).tolist() == LSTM.tolist()
    (simple,) = lines(drawn(), "simple")
    assert simple.get_color() == PRINT.quiet


@pytest.mark.parametrize("width_mm", WIDTHS_MM)
def test_that_unit_step_and_sentences_are_on_the_paper(width_mm: int) -> None:
    figure = drawn(width_mm)
    assert {"RMS error, MW", "steps ahead", "RNN", "LSTM", "the last value"} <= set(texts(figure))
    assert "after 300 training steps" in all_words(figure)
    assert "LSTM is better than every simple forecast up to 2 steps ahead" in all_words(figure)
    assert_words_on_paper(figure)
    assert figure.svg().startswith(b"<?xml")
    assert figure.pdf().startswith(b"%PDF")


def test_that_one_step_ahead_is_a_point() -> None:
    assert all(line.get_marker() not in ("", "None") for line in lines(drawn(steps=1), "net"))


def test_that_another_width_is_refused() -> None:
    with pytest.raises(ExperimentError):
        drawn(100)
