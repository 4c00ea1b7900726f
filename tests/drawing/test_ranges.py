from __future__ import annotations

import numpy as np
import pytest

from sandbox.drawing.ranges import (
    COARSE,
    COLOURS,
    FINE,
    MOST_DECADES,
    PATIENCE,
    PatientRange,
    cell_limit,
    colour_index,
    decade_ticks,
    decades,
    floor_label,
    gradient_heights,
    gradient_label,
    gradient_norms,
    limit_of,
    limits,
    round_up,
    share_end,
)
from tests.gui.canned_frames import sequence_view, trace


def test_that_a_range_grows_at_once_and_shrinks_slowly() -> None:
    shown = PatientRange(0.0, 1.0)
    shown.update(0.0, 2.0)
    for _ in range(PATIENCE):
        shown.update(0.0, 0.5)
        assert (shown.low, shown.high) == (0.0, 2.0)
    shown.update(0.0, 0.5)
    assert (shown.low, shown.high) == (0.0, 0.5)


def test_that_a_range_waits_anew_after_all_of_it_was_needed() -> None:
    shown = PatientRange(-7, 0)
    shown.update(-7, 0)
    for _ in range(3 * PATIENCE):
        shown.update(-5, 0)
        shown.update(-7, 0)
    assert shown.low == -7


def test_that_the_lower_end_gives_way_where_a_range_would_be_too_wide() -> None:
    shown = PatientRange(-4, 0, MOST_DECADES)
    shown.update(-20, 0)
    shown.update(-19, 3)
    assert (shown.low, shown.high) == (3 - MOST_DECADES, 3)


def test_that_the_cells_limit_ends_where_the_net_reads_no_difference() -> None:
    assert cell_limit([np.full(100, 30.0)]) == 3.0
    assert np.tanh(3.0) > 0.99


def test_that_one_large_unit_does_not_fade_all_others() -> None:
    values = np.full(1000, 0.9)
    values[3] = 80.0
    assert limit_of([values]) == 1.0
    assert limit_of([np.full(100, 1.7)]) == 2.0


def test_that_decades_hold_all_values_above_zero() -> None:
    assert decades([np.array([3e-7, 0.2])]) == (-7, 0)
    assert decades([np.array([3e-5, 30.0])]) == (-5, 2)
    assert decades([np.array([0.0, np.nan, np.inf])]) is None
    assert decades([np.array([1e-40, 1.0])]) == (-MOST_DECADES, 0)


@pytest.mark.parametrize("height", [30.0, 100.0, 400.0])
def test_that_written_decades_keep_apart(height: float) -> None:
    exponents = decade_ticks(-17, 3, height, 14.0)
    pitch = height / 20
    gaps = np.diff(exponents) * pitch
    assert np.all(gaps >= 14.0)
    assert len(set(gaps.tolist())) <= 1


@pytest.mark.parametrize("mantissas", [FINE, COARSE])
def test_that_rounding_up_never_falls_below_and_stays_near(mantissas: tuple[float, ...]) -> None:
    for value in np.geomspace(1e-9, 1e9, 500).tolist():
        rounded = round_up(value, mantissas)
        assert value * (1 - 1e-8) <= rounded <= 1.7 * value


def test_that_an_axis_of_shares_ends_at_a_round_share_between_noise_and_all() -> None:
    found = [share_end(most) for most in (-1.0, 0.0, 0.019, 0.27, 0.97, 1.4)]
    assert found == pytest.approx([0.02, 0.02, 0.02, 0.3, 1.0, 1.0])


def test_that_colours_end_at_their_limits_and_tell_what_is_no_number() -> None:
    low, high = limits("cell", 2.0)
    places = colour_index(np.array([-9.0, -2.0, 2.0, np.nan, np.inf]), low, high)
    assert places.tolist() == [0, 0, COLOURS - 1, COLOURS, COLOURS - 1]


def test_that_gradients_beyond_the_axis_stay_inside_the_strip() -> None:
    y = gradient_heights(
        np.array([0.0, 1e-30, 1e-4, 1.0, 1e9, np.inf, np.nan]), (-4, 0), 10.0, 110.0, 8
    )
    assert y[0] == y[1] == 108.0
    assert y[2] == 102.0
    assert y[3] == y[4] == y[5] == 10.0
    assert np.isnan(y[6])


def test_that_the_norm_is_over_units_at_every_step_of_the_shown_sequence() -> None:
    view = sequence_view(9, padding=4)
    gradient = np.random.default_rng(0).normal(size=(13, 2, 5)).astype(np.float32)
    norms = gradient_norms(trace("rnn", view, 5, grad_hidden=gradient), view)
    wanted = [float(np.sqrt((gradient[t, 0].astype(float) ** 2).sum())) for t in range(9)]
    np.testing.assert_allclose(norms, wanted)
    relative = gradient_norms(trace("rnn", view, 5, grad_hidden=gradient), view, relative=True)
    assert relative[view.asked_at] == 1.0


def test_that_it_is_said_why_no_curve_is_seen() -> None:
    assert gradient_label("RNN", np.ones(3)) == "RNN"
    assert "loss is 0" in gradient_label("RNN", np.zeros(3))
    assert "finite" in gradient_label("RNN", np.array([1.0, np.nan]))


def test_that_the_floor_is_named_only_where_something_lies_on_it() -> None:
    assert floor_label([np.array([1e-3, 1.0])], -3) == ""
    assert floor_label([np.array([0.0, 1.0])], -3) == "<1e-3"
    assert floor_label([np.array([1e-9, 1.0])], -3) == "<1e-3"
