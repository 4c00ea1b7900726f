from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sandbox.drawing.smoothing import MEMORY, Smoothing, peaks, samples, visible


def test_that_smoothing_bit_by_bit_is_smoothing_at_once() -> None:
    values = np.random.default_rng(0).normal(size=5000)
    wanted = [values[0]]
    for value in values[1:]:
        wanted.append(wanted[-1] + (value - wanted[-1]) / MEMORY)
    smoothing, ends = Smoothing(), [0, 1, 2, 300, 301, 2600, 5000]
    got = [smoothing.extend(values[a:b]) for a, b in pairwise(ends)]
    np.testing.assert_allclose(np.concatenate(got), wanted, rtol=1e-9, atol=1e-12)


def test_that_smoothing_goes_on_from_a_value() -> None:
    values = np.random.default_rng(0).normal(size=200)
    whole = Smoothing().extend(values)
    np.testing.assert_allclose(Smoothing(whole[99]).extend(values[100:]), whole[100:])


@pytest.mark.parametrize("cut", range(6))
def test_that_smoothing_holds_what_is_no_number(cut: int) -> None:
    values, smoothing = np.array([1.0, 1.0, np.nan, np.inf, 1.0]), Smoothing()
    parts = smoothing.extend(values[:cut]), smoothing.extend(values[cut:])
    assert np.concatenate(parts) == pytest.approx(np.ones(5))


def test_that_thinning_keeps_every_peak_and_the_last_value() -> None:
    steps = np.arange(1.0, 10_001.0)
    values = np.zeros(10_000)
    values[[77, 5_000, 9_999]] = 5.0, -3.0, 2.0
    x, y = peaks(steps, values, values, slice(0, 10_000), 300)
    assert len(x) == len(y) <= 700
    assert {5.0, -3.0, 2.0} <= set(y)
    x, y = samples(steps, values, slice(0, 10_000), 300)
    assert (x[-1], y[-1]) == (10_000.0, 2.0)


def test_that_bins_are_drawn_from_their_lowest_to_their_highest_value() -> None:
    steps, low = np.arange(1.0, 101.0), np.arange(100.0)
    x, y = peaks(steps, low, low + 0.5, slice(0, 100), 300)
    assert (x[:4].tolist(), y[:4].tolist()) == ([1.0, 1.0, 2.0, 2.0], [0.0, 0.5, 1.0, 1.5])
    x, y = peaks(steps, low, low + 0.5, slice(0, 100), 10)
    assert y[:4].tolist() == [0.0, 9.5, 10.0, 19.5]
    assert (len(x), y[-1]) == (20, 99.5)


def test_that_only_what_is_in_view_is_thinned() -> None:
    steps = np.arange(1.0, 1001.0)
    part = visible(steps, 100.0, 200.0)
    x, _ = peaks(steps, steps, steps, part, 500)
    assert x[0] <= 100
    assert 200 <= x[-1] <= 202
