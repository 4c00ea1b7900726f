"""Errors by steps ahead: what is drawn, what is left out, and what is said."""

from __future__ import annotations

import numpy as np
import pytest

from sandbox.drawing.errors_shown import (
    UNTRAINED,
    ErrorsShown,
    NetShown,
    error_rows,
    error_text,
)
from sandbox.drawing.styles import DARK, line_styles
from sandbox.engine.errors_ahead import ErrorsAhead

STYLES = line_styles({"rnn": "rnn", "lstm": "lstm"})


def shown(
    rnn: list[float],
    lstm: list[float],
    step: int = 40,
    unit: str = "MW",
    standing: tuple[str, str] = ("", ""),
) -> ErrorsShown:
    nets = {"rnn": np.array(rnn), "lstm": np.array(lstm)}
    simple = {
        "the last value": np.full(len(rnn), 2.0),
        "the last season of 3": np.full(len(rnn), 3.0),
    }
    called = {
        key: NetShown(key.upper(), STYLES[key], words)
        for key, words in zip(("rnn", "lstm"), standing, strict=True)
    }
    return ErrorsShown(ErrorsAhead(nets, simple, unit, 1_234), step, called)


def test_that_what_is_not_finite_is_not_drawn_but_said() -> None:
    given = shown([1.0, np.nan, np.inf], [1.0, 1.5, 1.75])
    rnn, lstm, *_ = given.lines
    assert rnn.steps.tolist() == [1.0]
    assert rnn.errors.tolist() == [1.0]
    assert lstm.steps.tolist() == [1.0, 2.0, 3.0]
    assert [line.simple for line in given.lines] == [False, False, True, True]
    assert "From 2 steps ahead on, some of its forecasts are not finite." in given.sentences["rnn"]
    assert "not finite" not in given.sentences["lstm"]
    assert given.at(2) == (
        "2 steps ahead: RNN not finite, LSTM 1.50 MW, the last value 2.00 MW, "
        "the last season of 3 3.00 MW"
    )


def test_that_a_net_that_is_far_off_does_not_flatten_the_others() -> None:
    assert 3.0 <= shown([1.0], [1.0]).top <= 4.0
    assert 7.0 <= shown([1.0], [7.0]).top <= 8.0
    assert 9.0 <= shown([1e30], [1.0]).top <= 10.0  # three times the simple ones
    everywhere = shown([np.nan], [np.nan])
    assert 3.0 <= everywhere.top <= 4.0


def test_that_untrained_and_diverged_nets_are_shown_as_such() -> None:
    given = shown([1.0], [1.0], standing=(UNTRAINED, "diverged at step 30"))
    assert [line.title for line in given.lines[:2]] == [
        "RNN, untrained",
        "LSTM, diverged",
    ]
    assert given.sentences["rnn"] == "RNN is untrained."
    assert given.sentences["lstm"].startswith("LSTM diverged at step 30. LSTM is better than")


def test_that_simple_forecasts_are_quiet_and_told_apart() -> None:
    _, _, last, season = shown([1.0], [1.0]).lines
    assert last.style.color(DARK) == season.style.color(DARK) == DARK.quiet
    assert last.style.dash != season.style.dash


@pytest.mark.parametrize(
    ("step", "unit", "words"),
    [
        (0, "MW", "RMS error in MW of forecasts from 1,234 places"),
        (0, "", "RMS error of forecasts from 1,234 places"),
    ],
)
def test_that_unit_and_places_are_said(step: int, unit: str, words: str) -> None:
    given = shown([1.0], [1.0], step, unit)
    assert given.about.startswith(words)
    assert given.about.endswith("before training.")
    assert given.axis == ("RMS error, MW" if unit else "RMS error")


def test_that_the_training_step_is_said() -> None:
    assert shown([1.0], [1.0], 1).about.endswith("after 1 training step.")
    assert shown([1.0], [1.0], 1_200).about.endswith("after 1,200 training steps.")


def test_that_a_table_has_a_row_for_each_step_and_no_word_for_what_is_not_finite() -> None:
    heads, *rows = error_rows(shown([1.0, np.nan], [0.123456789, 1.0]))
    assert heads == [
        "steps ahead",
        "RNN (MW)",
        "LSTM (MW)",
        "the last value (MW)",
        "the last season of 3 (MW)",
    ]
    assert rows == [["1", "1", "0.123457", "2", "3"], ["2", "", "1", "2", "3"]]


def test_that_errors_have_three_digits() -> None:
    numbers = [3.214, 0.5, 123.4, 1_234.0, 0.00123, 123_456.0]
    assert [error_text(number, "") for number in numbers] == [
        "3.21",
        "0.500",
        "123",
        "1,234",
        "0.00123",
        "123,456",
    ]
    assert error_text(float("nan"), "MW") == "not finite"
