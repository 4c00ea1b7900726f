"""Lines of a net that are held: for some units, steps and sequences, in every kind of pass."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from sandbox.cells.known import CELLS
from sandbox.cells.surgery import SurgeryError, read_surgery
from sandbox.engine.holding import held_by, merged, steps_of
from sandbox.engine.network import Network
from sandbox.engine.reference import ReferenceNetwork
from sandbox.engine.trace import layer_prefix
from sandbox.tasks.batches import block_of
from tests.engine.nets import double, gradient_of, random_theta, sequences_of

pytestmark = pytest.mark.timeout(400)  # kernels may have to be compiled
drawn = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow], max_examples=8)


def both(cell: str, I: int, H: int, O: int, layers: int, surgery: str = ""):  # noqa: E741
    theta = random_theta(cell, I, H, O, np.float64, scale=2.0, layers=layers)
    holds = read_surgery(surgery)
    return (
        Network(CELLS[cell], theta.copy(), I, H, O, layers=layers, surgery=holds),
        ReferenceNetwork(CELLS[cell], theta, I, H, O, layers=layers, surgery=holds),
    )


def assert_equal(found: np.ndarray, expected: np.ndarray, what: str) -> None:
    np.testing.assert_allclose(found, expected, rtol=1e-9, atol=1e-11, err_msg=what)


@pytest.mark.parametrize("cell", list(CELLS))
@drawn
@given(
    layers=st.integers(1, 2),
    H=st.sampled_from([1, 5, 8, 9, 17]),
    B=st.integers(1, 5),
    share=st.sampled_from([0.1, 0.5, 1.0]),
    seed=st.integers(0, 10**6),
)
def test_that_any_units_steps_and_sequences_are_held_as_in_the_reference(
    cell: str, layers: int, H: int, B: int, share: float, seed: int
) -> None:
    T, rng = 7, np.random.default_rng(seed)
    ours, oracle = both(cell, 3, H, 2, layers)
    sequences = double(sequences_of("classes", B, T, 3, 2, "ends"))
    names = [
        layer_prefix(layer, layers) + name
        for layer in range(1, layers + 1)
        for name in CELLS[cell].holdable()
    ]
    held = {
        name: np.where(rng.random((T, B, H)) < share, rng.uniform(0.5, 1, (T, B, H)), np.nan)
        for name in rng.choice(names, rng.integers(1, 4))
    }
    found, expected = (net.trace(sequences, held) for net in (ours, oracle))
    for name, array in held.items():
        there = ~np.isnan(array)
        assert (found.arrays[name][there] == array[there]).all()
    for name, array in expected.arrays.items():
        assert_equal(found.arrays[name], array, name)
    assert_equal(found.answers, expected.answers, "answers")
    answers, _ = ours.follow(sequences, held)
    assert_equal(answers, expected.answers, "followed")


@pytest.mark.parametrize("cell", ["rnn", "lstm", "gru", "slstm"])
@pytest.mark.parametrize("layers", [1, 2])
def test_that_a_nets_surgery_is_held_in_training_evaluation_and_pictures(
    cell: str, layers: int
) -> None:
    surgery = "lesion[1,3]; hidden[5]@2-4=0.5; layer1.hidden[0]=0.25"
    ours, oracle = both(cell, 3, 9, 2, layers, surgery)
    sequences = double(sequences_of("classes", 50, 7, 3, 2, "ends"))
    loss, gradient = gradient_of(ours, sequences)
    expected_loss, expected = oracle.gradient(sequences)
    assert loss == pytest.approx(expected_loss, rel=1e-6)  # curves are float32
    assert_equal(gradient, expected, "gradient")
    assert ours.evaluate(sequences) == pytest.approx(oracle.evaluate(sequences), rel=1e-9)
    trace = ours.trace(sequences)
    assert (trace.arrays["hidden"][:, :, [1, 3]] == 0).all()
    assert (trace.arrays["hidden"][2:5, :, 5] == 0.5).all()
    below = trace.arrays["layer1.hidden" if layers > 1 else "hidden"]
    assert (below[:, :, 0] == 0.25).all()


def test_that_steps_are_held_where_a_pass_goes_on() -> None:
    ours, _ = both("lstm", 3, 9, 2, 1, "cell[2]@4-5=1")
    sequences = double(sequences_of("classes", 3, 7, 3, 2, "ends"))
    whole, _ = ours.follow(sequences)
    begun, past = ours.follow(sequences.steps(slice(0, 3)))
    rest, _ = ours.follow(sequences.steps(slice(3, 7)), past=past, start=3)
    np.testing.assert_array_equal(np.concatenate([begun, rest]), whole)


def test_that_a_held_evaluation_holds_all_sequences_alike() -> None:
    ours, oracle = both("gru", 3, 9, 2, 1)
    sequences = double(sequences_of("classes", 97, 7, 3, 2, "ends"))
    held = held_by(read_surgery("update[3]@2=1; lesion[0]"), CELLS["gru"], 1, 9, 7)
    found, plain = ours.evaluate(sequences, held), ours.evaluate(sequences)
    assert found == pytest.approx(oracle.evaluate(sequences, held), rel=1e-9)
    assert found[0] != plain[0]


def test_that_nothing_held_leaves_every_bit_of_a_forward_pass() -> None:
    ours, _ = both("lstm", 3, 17, 2, 2)
    sequences = double(sequences_of("classes", 5, 7, 3, 2, "ends"))
    free = {"cell": np.full((7, 1, 17), np.nan)}
    found, plain = ours.trace(sequences, free), ours.trace(sequences)
    np.testing.assert_array_equal(found.answers, plain.answers)
    for name, array in plain.arrays.items():
        if "grad_" in name:  # the order of roundings is another
            assert_equal(found.arrays[name], array, name)
        else:
            np.testing.assert_array_equal(found.arrays[name], array)


# Closed forms ---------------------------------------------------------------------------


def test_that_forget_one_and_input_zero_keep_the_cell_exactly() -> None:
    ours, _ = both("lstm", 3, 17, 2, 1)
    sequences = double(sequences_of("classes", 4, 9, 3, 2, "ends"))
    held = held_by(read_surgery("forget@3-8=1; input@3-8=0"), CELLS["lstm"], 1, 17, 9)
    cell = ours.trace(sequences, held).arrays["cell"]
    assert (cell[3:] == cell[2]).all()
    assert np.ptp(cell[:3], axis=0).max() > 0.1


def test_that_forget_zero_makes_the_answer_independent_of_all_before() -> None:
    ours, _ = both("lstm", 3, 17, 2, 1)
    sequences = double(sequences_of("classes", 4, 9, 3, 2, "ends"))
    changed = double(sequences_of("classes", 4, 9, 3, 2, "ends", seed=7))
    changed.inputs[:, 5:] = sequences.inputs[:, 5:]
    held = held_by(read_surgery("forget@5=0; hidden@4=0"), CELLS["lstm"], 1, 17, 9)
    one, other = (ours.trace(each, held).answers for each in (sequences, changed))
    np.testing.assert_array_equal(one[5:], other[5:])
    assert np.abs(one[:4] - other[:4]).max() > 0


def test_that_a_lesion_of_all_units_leaves_what_the_readouts_bias_says() -> None:
    ours, _ = both("gru", 3, 9, 4, 2)
    sequences = double(sequences_of("classes", 4, 9, 3, 4, "ends"))
    answers = ours.trace(sequences, held_by(read_surgery("lesion"), CELLS["gru"], 2, 9, 9)).answers
    bias = ours.layout.views(ours.theta)["b_o"]
    chances = np.exp(bias) / np.exp(bias).sum()
    np.testing.assert_allclose(answers, np.broadcast_to(chances, answers.shape), rtol=1e-12)


@pytest.mark.parametrize("cell", ["rnn", "lstm", "slstm", "gru_reset_before"])
def test_that_all_states_of_another_pass_give_its_answer_to_the_bit(cell: str) -> None:
    ours, _ = both(cell, 3, 9, 4, 2)
    pair = double(sequences_of("classes", 2, 9, 3, 4, "ends"))
    pair.inputs[:, 5:] = pair.inputs[:1, 5:]  # they differ before
    plain = ours.trace(pair)
    held = {}
    for prefix in ("", "layer1."):
        for state in CELLS[cell].states:
            array = np.full((9, 2, 9), np.nan)
            array[5, 0] = plain.arrays[prefix + state][5, 1]
            held[prefix + state] = array
    answers = ours.trace(pair, held).answers
    np.testing.assert_array_equal(answers[5:, 0], plain.answers[5:, 1])
    np.testing.assert_array_equal(answers[:, 1], plain.answers[:, 1])
    assert (plain.answers[8, 0] != plain.answers[8, 1]).all()


# What cannot be held --------------------------------------------------------------------


def test_that_a_line_the_net_lacks_is_refused() -> None:
    ours, oracle = both("rnn", 3, 9, 2, 1)
    sequences = double(sequences_of("classes", 2, 3, 3, 2, "ends"))
    for net in (ours, oracle):
        with pytest.raises(ValueError, match="RNN has no forget to hold"):
            net.trace(sequences, {"forget": 1.0})
    with pytest.raises(SurgeryError, match="units from 0 to 8"):
        held_by(read_surgery("hidden[9]=1"), CELLS["rnn"], 1, 9, 3)


def test_that_the_second_of_two_holds_counts_and_parts_keep_their_steps() -> None:
    held = held_by(read_surgery("hidden=1; hidden[2]@1=5"), CELLS["rnn"], 1, 3, 4)
    assert held["hidden"][:, 0].tolist() == [[1, 1, 1], [1, 1, 5], [1, 1, 1], [1, 1, 1]]
    both_held = merged({"a": np.array([[[1.0, np.nan]]])}, {"a": np.array([[[np.nan, 2.0]]])})
    assert np.asarray(both_held["a"]).ravel().tolist() == [1, 2]
    later = steps_of(held, slice(1, 2))["hidden"]
    assert np.asarray(later).ravel().tolist() == [1, 1, 5]


def test_that_a_block_of_one_batch_is_held_too() -> None:
    ours, _ = both("lstm", 3, 9, 2, 1, "lesion")
    sequences = double(sequences_of("classes", 8, 5, 3, 2, "ends"))
    before = ours.theta.copy()
    ours.learn(block_of(sequences, 8), 0, 0.1, np.inf, 3)
    moved = ours.layout.views(ours.theta - before)
    assert np.abs(moved["b_o"]).max() > 0
    assert all((moved[name] == 0).all() for name in ("W_x", "W_h", "W_o"))
