from __future__ import annotations

import numpy as np

from sandbox.drawing.gradients import (
    floor_label,
    gradient_heights,
    gradient_label,
    gradient_norms,
)
from tests.gui.canned_frames import sequence_view, trace


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
