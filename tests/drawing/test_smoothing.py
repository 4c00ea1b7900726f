from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from sandbox.drawing.smoothing import MEMORY, Smoothing


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
