"""What claims measure, where it can be known otherwise."""

from __future__ import annotations

import math

import numpy as np
import pytest

from sandbox.claims.measure import judged_training
from sandbox.claims.measure.baselines import constant_loss, measurable
from sandbox.claims.measure.claim import Measurement
from sandbox.claims.measure.exact_gradients import relative_error
from sandbox.claims.measure.flow import (
    DirectPath,
    GradientFlow,
    gradient_norms,
    orthogonal_with_ones,
    resting_lstm,
)
from sandbox.claims.measure.judged_training import train
from sandbox.claims.measure.memory import AddingClaim, CopyClaim
from sandbox.experiment import parse
from sandbox.tasks.base import Baseline


@pytest.mark.parametrize("name", ["adding", "copy", "reber", "counting", "recall"])
def test_that_a_baselines_formula_is_what_a_constant_predictor_scores(name: str) -> None:
    task = next(task for task in measurable() if task.name == name)
    # The standard error of 20,000 squared errors is 0.6%.
    assert constant_loss(task, 0, 20_000) == pytest.approx(task.baselines[0].loss, rel=0.03)


def test_that_every_built_in_task_with_a_baseline_is_measured() -> None:
    names = {task.name for task in measurable()}
    assert {"adding", "copy", "counting", "latch", "reber", "temporal_order"} <= names


def test_that_a_wrong_baseline_fails_the_claim() -> None:
    from sandbox.claims.measure.baselines import Baselines

    result = {"measured": {"adding": 1 / 6}, "formula": {"adding": 1 / 6}}
    wrong = {"measured": {"adding": 1 / 6}, "formula": {"adding": Baseline("", 0.16).loss}}
    claim = Baselines()
    assert claim.conclude([result] * 3, quick=False).passed is True
    assert claim.conclude([wrong] * 3, quick=False).passed is False
    assert claim.conclude([result], quick=True).passed is None


@pytest.mark.parametrize(("cell", "tokens"), [("lstm", True), ("lstm_no_forget", False)])
def test_that_gradients_agree_with_finite_differences(cell: str, tokens: bool) -> None:
    assert relative_error(cell, 1, tokens, seed=1) < 1e-7


def test_that_the_matrix_is_orthogonal_and_keeps_ones() -> None:
    matrix = orthogonal_with_ones(12, np.random.default_rng(0))
    np.testing.assert_allclose(matrix @ matrix.T, np.eye(12), atol=1e-12)
    np.testing.assert_allclose(np.ones(12) @ matrix, np.ones(12), atol=1e-12)
    assert np.abs(matrix - np.eye(12)).max() > 0.1


@pytest.mark.parametrize("radius", [0.8, 1.0, 1.1])
def test_that_the_gradient_shrinks_by_the_radius_at_each_step(radius: float) -> None:
    norms = gradient_norms(radius, seed=3)
    np.testing.assert_allclose(norms[1:] / norms[:-1], radius, rtol=1e-5)


def test_that_another_slope_fails_the_claim() -> None:
    claim = GradientFlow()
    result = claim.measure(0, False, Measurement())
    assert claim.conclude([result], quick=False).passed is True
    result["measured"]["ρ = 0.9"] *= 1.02
    assert claim.conclude([result], quick=False).passed is False


@pytest.mark.parametrize("bias", [0.0, 1.0, 3.0, 5.0])
def test_that_the_direct_path_is_the_gates_product(bias: float) -> None:
    trace = resting_lstm(bias)
    sigmoid = 1 / (1 + math.exp(-bias))
    back = trace.arrays["grad_cell"][:, 0].astype(np.float64)
    np.testing.assert_allclose(back[0] / back[-1], sigmoid**100, rtol=1e-4)


def test_that_the_direct_path_has_the_catalogues_figures() -> None:
    claim = DirectPath()
    outcome = claim.conclude([claim.measure(0, False, Measurement())], quick=False)
    assert outcome.passed is True
    assert {7.9e-31, 2.5e-14, 7.8e-3, 0.51} <= {figure.paper for figure in outcome.figures}


def curve(*losses: float) -> dict[str, list[list[float]]]:
    return {"fresh": [[loss, 0.0] for loss in losses]}


def adding(lstm: tuple[float, ...], rnn: tuple[float, ...]) -> dict[str, object]:
    scores = {"lstm": curve(*lstm), "rnn": curve(*rnn)}
    return {"steps": [1, 2], "scores": scores, "diverged": {"lstm": None, "rnn": None}}


def test_that_adding_passes_on_four_of_five_seeds_and_fails_where_the_rnn_learns() -> None:
    solved = adding((0.16, 0.009), (0.17, 0.16))
    unsolved = adding((0.16, 0.02), (0.11, 0.16))  # the RNN for a moment only
    learned = adding((0.16, 0.009), (0.17, 0.139))
    claim = AddingClaim()
    assert claim.conclude([solved] * 4 + [unsolved], quick=False).passed is True
    assert claim.conclude([solved] * 3 + [unsolved] * 2, quick=False).passed is False
    assert claim.conclude([solved] * 4 + [learned], quick=False).passed is False
    outcome = claim.conclude([solved] * 4 + [unsolved], quick=False)
    assert outcome.figures[0].measured == pytest.approx(0.8)
    assert outcome.figures[0].interval == pytest.approx((0.2836, 0.9949), abs=1e-4)


def test_that_copying_is_judged_at_its_step() -> None:
    baseline = 10 * math.log(8) / 120
    both = {
        "chrono": curve(1.0 * baseline, 0.94 * baseline, 0.5 * baseline),
        "bias_1": curve(1.1 * baseline, 1.005 * baseline, 0.9 * baseline),
    }
    nobody = {"chrono": None, "bias_1": None}
    result = {"steps": [2000, 4000, 12000], "scores": both, "diverged": nobody, "varied": {}}
    assert CopyClaim().conclude([result], quick=False).passed is True
    both["bias_1"] = curve(1.1 * baseline, 0.98 * baseline, 1.0 * baseline)
    assert CopyClaim().conclude([result], quick=False).passed is False


TINY = {
    "task": "adding",
    "params": {"length": 6},
    "contestants": [{"cell": "rnn", "hidden": 3}],
    "batch": 4,
    "steps": 200,
}


def test_that_a_training_that_was_cut_off_ends_as_if_it_had_not_been(
    tmp_path: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pathlib import Path

    file = Path(str(tmp_path)) / "state.npz"
    monkeypatch.setattr(judged_training, "KEEP_EVERY_S", 0.0)
    whole = train(parse(TINY), Measurement())

    class Cut(Measurement):
        def progress(self, share: float) -> None:
            if share > 0.5:
                raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        train(parse(TINY), Cut(file))
    assert file.exists()

    heard: list[float] = []

    class Rest(Measurement):
        def progress(self, share: float) -> None:
            heard.append(share)

    assert train(parse(TINY), Rest(file)) == whole
    assert heard[0] > 0.5
