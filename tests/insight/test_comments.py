"""Comments on pictures and curves: each where it is true, where it just is not, and on noise."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from sandbox.drawing.smoothing import Smoothing
from sandbox.engine.trace import Trace
from sandbox.insight import comments
from sandbox.insight.comments import (
    LossCurve,
    Seen,
    of_bias,
    of_chequerboard,
    of_input_gate,
    of_spike,
    spike_label,
)
from sandbox.tasks.base import Role
from tests.insight.nets import drawn_at_random, recall_task

if TYPE_CHECKING:
    from sandbox.insight.findings import Finding

STEPS, HIDDEN = 40, 16
ROLES = np.full(STEPS, Role.FILLER, np.uint8)
ROLES[[0, 1, 2]] = Role.CARRIER, Role.CUE, Role.CARRIER
ROLES[-1] = Role.QUERY
BASELINE = 1.8


def text(found: Finding | None) -> str:
    assert found is not None
    return found.text


def level(value: float | np.ndarray) -> np.ndarray:
    """A line of the cell that is the same in all units: (T, H)."""
    return np.tile(np.broadcast_to(value, (STEPS,))[:, None], (1, HIDDEN)).astype(np.float32)


def noise(seed: int = 0) -> np.random.Generator:
    return np.random.default_rng(seed)


def seen(kind: str, title: str = "LSTM", **lines: np.ndarray) -> Seen:
    """A net whose lines are these on the second of two sequences, and NaN on the first."""
    arrays = {
        name: np.stack([np.full_like(value, np.nan), value], axis=1)
        for name, value in lines.items()
    }
    trace = Trace(kind, arrays, np.zeros((STEPS, 2, 3), np.float32), np.zeros(2, np.float32))
    return Seen(kind, title, trace, ROLES, 1, "word")


# The input gate --------------------------------------------------------------------------


def gated(at_cue: float, late: float, sign: float = 1.0, cell: str = "lstm") -> Seen:
    gate = np.full(STEPS, at_cue)
    gate[STEPS // 2 :] = late
    return seen(cell, input=level(gate), candidate=level(0.8 * sign), cell=level(1.0))


def test_that_an_input_gate_that_opens_on_filler_is_told_with_what_it_writes() -> None:
    assert text(of_input_gate(gated(0.10, 0.33))) == (
        "The LSTM's input gate is wider open on later filler (0.33) than at the cue (0.10): "
        "what it adds there has the sign of what the cell holds."
    )
    assert text(of_input_gate(gated(0.10, 0.33, sign=-1))).endswith(
        ": filler is written into the memory as well."
    )


@pytest.mark.parametrize(
    ("at_cue", "late", "told"),
    [(0.40, 0.61, True), (0.40, 0.59, False), (0.02, 0.11, True), (0.02, 0.09, False)],
)
def test_that_a_gate_has_to_be_clearly_wider_open(at_cue: float, late: float, told: bool) -> None:
    assert (of_input_gate(gated(at_cue, late)) is not None) == told


def test_that_half_of_what_is_written_against_the_memory_is_no_agreement() -> None:
    mixed = gated(0.1, 0.4)
    candidate = np.array(mixed.trace.arrays["candidate"])
    candidate[:, :, ::2] *= -1
    arrays = {**mixed.trace.arrays, "candidate": candidate}
    found = of_input_gate(replace(mixed, trace=replace(mixed.trace, arrays=arrays)))
    assert found is not None
    assert found.evidence["same_sign"] == pytest.approx(0.5)
    assert "written into the memory" in found.text


def test_that_nothing_is_said_of_gates_at_random_or_of_other_input_gates() -> None:
    for seed in range(20):
        draw = noise(seed).random((3, STEPS, HIDDEN)).astype(np.float32)
        lines = dict(zip(("input", "candidate", "cell"), draw, strict=True))
        assert of_input_gate(seen("lstm", **lines)) is None
    assert of_input_gate(gated(0.1, 0.9, cell="slstm")) is None  # a weight, not a share
    assert of_input_gate(seen("gru", hidden=level(0.5))) is None


def test_that_a_sequence_without_a_cue_or_filler_says_nothing() -> None:
    open_gate = gated(0.1, 0.9)
    for role in (Role.CUE, Role.FILLER):
        roles = np.where(role == ROLES, Role.CARRIER, ROLES)
        assert of_input_gate(replace(open_gate, roles=roles)) is None


# The chequerboard ------------------------------------------------------------------------


def swinging(turns: float, size: float = 0.5) -> Seen:
    """States of which each has that cosine with the one before."""
    rng, states = noise(), [np.ones(HIDDEN) / np.sqrt(HIDDEN)]
    for _ in range(STEPS - 1):
        other = rng.normal(size=HIDDEN)
        other -= (other @ states[-1]) * states[-1]
        other /= np.linalg.norm(other)
        states.append(turns * states[-1] + np.sqrt(1 - turns**2) * other)
    scale = size * np.sqrt(HIDDEN)
    return seen("rnn", "RNN", hidden=(np.array(states) * scale).astype(np.float32))


def test_that_a_state_that_swings_is_told_with_its_cosine() -> None:
    assert text(of_chequerboard(swinging(-0.69))) == (
        "From word to word of filler the RNN's state turns into nearly its opposite (cosine "
        "−0.69): hence the chequerboard."
    )
    assert "into its opposite (cosine −0.99)" in text(of_chequerboard(swinging(-0.99)))


def test_that_a_state_that_turns_less_or_is_faint_is_not_told() -> None:
    assert of_chequerboard(swinging(-0.51)) is not None
    assert of_chequerboard(swinging(-0.49)) is None
    assert of_chequerboard(swinging(-0.9, size=0.02)) is None


def test_that_signs_at_random_make_no_chequerboard() -> None:
    for seed in range(20):
        signs = noise(seed).choice([-1.0, 1.0], (STEPS, HIDDEN)).astype(np.float32)
        assert of_chequerboard(seen("rnn", "RNN", hidden=signs)) is None


def test_that_an_untrained_net_gets_no_comment() -> None:
    task = recall_task(gap=20)
    sequences = task.draw(noise(), 3)
    for cell in ("rnn", "lstm", "gru"):
        subject = drawn_at_random(task, cell, hidden=12)
        theta = subject.net.theta * 0.3  # as small as weights are at first
        net = replace(
            subject, net=type(subject.net)(subject.net.cell, theta, task.inputs.size, 12, 2)
        )
        trace = net.net.trace(sequences)
        for index in range(3):
            view = Seen(cell, cell.upper(), trace, sequences.roles[index], index, "symbol")
            assert of_input_gate(view) is None
            assert of_chequerboard(view) is None


# The forget bias -------------------------------------------------------------------------


def keeping(share: float | np.ndarray, cell: str = "lstm") -> Seen:
    name = {"gru": "update"}.get(cell, "forget")
    return seen(cell, cell.upper(), **{name: level(0.5) * 0 + np.float32(share)})


def test_that_a_bias_of_0_that_fails_is_told_with_what_is_left_of_a_memory() -> None:
    shares = np.full(HIDDEN, 0.4)
    shares[5] = 0.5
    found = of_bias(keeping(shares), "forget bias", 0, trained=3000, remembers=False)
    assert text(found) == (
        "With forget bias 0 even the LSTM's best unit keeps only 0.50 of its memory a word: "
        "after 36 words 1e-11 is left."
    )
    assert found is not None
    assert found.evidence["unit"] == 5
    assert found.evidence["left"] == pytest.approx(0.5**36)
    assert "With update bias 0" in text(
        of_bias(keeping(0.5, "gru"), "update bias", 0, 3000, remembers=False)
    )


@pytest.mark.parametrize(
    ("share", "bias", "trained", "remembers"),
    [
        (0.5, 1, 3000, False),
        (0.5, "chrono", 3000, False),
        (0.5, None, 3000, False),
        (0.5, 0, 499, False),
        (0.5, 0, 3000, True),
        (0.89, 0, 3000, False),  # 0.89 ** 36 = 1.5%
    ],
)
def test_that_a_bias_is_not_told_where(
    share: float, bias: Any, trained: int, remembers: bool
) -> None:
    assert of_bias(keeping(0.87), "forget bias", 0, 500, remembers=False) is not None
    assert of_bias(keeping(share), "forget bias", bias, trained, remembers) is None


def test_that_the_best_unit_of_gates_at_random_decides() -> None:
    gates = noise().random((STEPS, HIDDEN)).astype(np.float32)
    found = of_bias(seen("lstm", forget=gates), "forget bias", 0, 3000, remembers=False)
    assert found is not None
    filler = gates[ROLES == Role.FILLER].astype(np.float64)
    assert found.evidence["kept"] == pytest.approx(np.exp(np.log(filler).mean(axis=0)).max())
    gates[:, 3] = 0.99
    assert of_bias(seen("lstm", forget=gates), "forget bias", 0, 3000, remembers=False) is None


# Spikes ----------------------------------------------------------------------------------


def curve(losses: np.ndarray, norms: np.ndarray | None = None) -> LossCurve:
    steps = np.arange(1, len(losses) + 1)
    norms = np.ones(len(losses)) if norms is None else norms
    return LossCurve("lstm", "LSTM", steps, losses, Smoothing().extend(losses), norms)


def learned(count: int = 600, spread: float = 0.01) -> np.ndarray:
    """A loss that falls from the baseline to 0.02 by step 200."""
    fall = np.clip(np.linspace(BASELINE, 3 * 0.02 - 2 * BASELINE, count), 0.02, None)
    return np.abs(fall + noise().normal(0, spread, count))


def spiked(height: float, length: int = 15, count: int = 600) -> np.ndarray:
    losses = learned(count)
    losses[400 : 400 + length] += height
    return losses


def test_that_a_spike_is_told_with_its_step_its_height_and_the_gradient() -> None:
    norms = np.ones(600)
    norms[400] = 41
    found = of_spike(curve(spiked(1.2), norms), BASELINE)
    said = text(found)
    assert said.startswith("At step 40")
    assert said.endswith("The gradient was 41 times its usual size.")
    assert found is not None
    assert found.evidence["step"] == pytest.approx(401, abs=2)
    assert found.evidence["to"] == pytest.approx(1.2 * (1 - 0.9**15), rel=0.1)
    assert 415 < found.evidence["back"] < 440
    assert spike_label(found) == f"spike {found.evidence['step']}: gradient ×41"


def test_that_a_gradient_of_usual_size_is_left_out() -> None:
    found = of_spike(curve(spiked(1.2)), BASELINE)
    assert found is not None
    assert "gradient" not in found.text
    assert spike_label(found) == f"spike {found.evidence['step']}"


def test_that_a_small_rise_or_one_that_stays_is_no_spike() -> None:
    rise = comments.HIGH * BASELINE / (1 - 0.9**15)
    assert of_spike(curve(spiked(1.15 * rise)), BASELINE) is not None
    assert of_spike(curve(spiked(0.9 * rise)), BASELINE) is None
    assert of_spike(curve(spiked(1.2, length=200)), BASELINE) is None  # lost, not a spike
    assert of_spike(curve(spiked(1.2)[:412]), BASELINE) is None  # not back yet


@pytest.mark.parametrize("spread", [0.02, 0.3, 1.0])
def test_that_noise_has_no_spike(spread: float) -> None:
    for seed in range(20):
        rng = noise(seed)
        for low in (BASELINE, 0.6 * BASELINE, 0.3):
            losses = np.abs(rng.normal(low, spread, 2000))
            assert of_spike(curve(losses), BASELINE) is None
    assert of_spike(curve(learned()), BASELINE) is None


def test_that_a_net_at_the_baseline_or_a_short_or_diverged_curve_has_no_spike() -> None:
    high = np.full(600, BASELINE)
    high[300:310] = 6
    assert of_spike(curve(high), BASELINE) is None
    assert of_spike(curve(learned(30)), BASELINE) is None
    broken = curve(spiked(1.2))
    smooth = broken.smooth.copy()
    smooth[-1] = np.nan
    assert of_spike(replace(broken, smooth=smooth), BASELINE) is None
