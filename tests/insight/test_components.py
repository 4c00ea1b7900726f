"""Principal components, beside numpy's singular values."""

from __future__ import annotations

import numpy as np

from sandbox.insight.components import components

RNG = np.random.default_rng(0)
STATES = RNG.normal(size=(300, 6)) @ np.diag([5, 3, 2, 1, 0.5, 0.1]) @ RNG.normal(size=(6, 6)) + 7


def test_that_axes_and_shares_are_those_of_the_singular_values() -> None:
    found = components(STATES)
    _, sizes, axes = np.linalg.svd(STATES - STATES.mean(axis=0), full_matrices=False)
    np.testing.assert_allclose(np.abs((found.axes * axes[:3]).sum(axis=1)), 1, atol=1e-9)
    np.testing.assert_allclose(found.shares, (sizes**2 / (sizes**2).sum())[:3], rtol=1e-9)
    assert (found.axes.max(axis=1) == np.abs(found.axes).max(axis=1)).all()


def test_that_projections_have_the_variances_of_the_covariance() -> None:
    found = components(STATES.astype(np.float32))
    placed = found.project(STATES)
    np.testing.assert_allclose(placed.mean(axis=0), 0, atol=1e-5)
    values = np.linalg.eigvalsh(np.cov(STATES.T, bias=True))[::-1][:3]
    np.testing.assert_allclose(placed.var(axis=0), values, rtol=1e-5)
    np.testing.assert_allclose(found.project(STATES.reshape(3, 100, 6)), placed.reshape(3, 100, 3))


def test_that_the_states_of_one_unit_have_one_component() -> None:
    found = components(np.arange(5.0)[:, None])
    assert found.axes.tolist() == [[1.0]]
    assert found.shares.tolist() == [1.0]


def test_that_states_that_never_change_have_shares_of_zero() -> None:
    found = components(np.full((10, 4), 0.3))
    assert found.shares.tolist() == [0, 0, 0]
    np.testing.assert_allclose(found.project(np.full((2, 4), 0.3)), 0, atol=1e-12)
