"""The PyTorch path against finite differences, torch.nn, plain numpy and torch.optim."""

from __future__ import annotations

import math
import threading
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
import torch
from torch.nn import functional

from sandbox.cells.cell import layer_name, layer_parameters
from sandbox.cells.known import CELLS
from sandbox.engine.network import Network
from sandbox.engine.optimizer_constants import CODES
from sandbox.engine.reference import ReferenceNetwork
from sandbox.tasks.batches import block_of
from tests.engine.nets import double, legal_targets, random_sequences, random_theta
from tests.engine.slow_cells import forward
from tests.engine.twins import TorchTwin, torch_optimizer

if TYPE_CHECKING:
    from sandbox.tasks.base import Sequences

ALL = list(CELLS)
I, H, O = 3, 4, 2  # noqa: E741
on_cuda = pytest.mark.skipif(not torch.cuda.is_available(), reason="no CUDA device here")


def net_of(
    cell: str, dtype: Any = np.float32, layers: int = 1, seed: int = 0, **more: Any
) -> ReferenceNetwork:
    theta = random_theta(cell, I, H, O, dtype, seed=seed, layers=layers)
    return ReferenceNetwork(CELLS[cell], theta, I, H, O, layers=layers, **more)


def sequences_of(kind: str = "classes", N: int = 6, T: int = 7, seed: int = 1) -> Sequences:
    """Tokens with classes, channels with values, or tokens with legal symbols."""
    values = kind == "values"
    drawn = random_sequences(
        N, T, I, O, channels=values, regression=values, everywhere=True, seed=seed
    )
    return legal_targets(drawn, O) if kind == "legal" else drawn


def views(net: ReferenceNetwork) -> dict[str, np.ndarray]:
    return net.layout.views(net.vectors()["weights"])


# Gradients ------------------------------------------------------------------------------


@pytest.mark.parametrize("cell", ALL)
@pytest.mark.parametrize(("kind", "layers"), [("classes", 1), ("values", 1), ("legal", 2)])
def test_that_every_gradient_agrees_with_finite_differences(
    cell: str, kind: str, layers: int
) -> None:
    net, sequences = net_of(cell, np.float64, layers), double(sequences_of(kind, N=3, T=5))
    _, gradient = net.gradient(sequences)
    start, numeric, step = net.vectors(), np.zeros_like(gradient), 1e-5
    for n in range(gradient.size):
        losses = []
        for move in (step, -step):
            theta = start["weights"].copy()
            theta[n] += move
            net.load_vectors({**start, "weights": theta})
            losses.append(net.evaluate(sequences)[0])
        numeric[n] = (losses[0] - losses[1]) / (2 * step)
    assert np.abs(gradient - numeric).max() / np.abs(numeric).max() < 1e-6


@pytest.mark.parametrize("layers", [1, 2, 3])
@pytest.mark.parametrize("cell", ["rnn", "rnn_relu", "lstm", "gru"])
def test_that_torch_nn_gives_the_same_values_and_gradients(cell: str, layers: int) -> None:
    net, sequences = net_of(cell, np.float64, layers), double(sequences_of("values"))
    twin = TorchTwin(cell, net, (I, H, O, layers))
    hidden, _ = twin.module(torch.from_numpy(sequences.inputs))
    scored = torch.from_numpy(sequences.scored)
    answers = twin.readout(hidden)
    expected = functional.mse_loss(answers[scored], torch.from_numpy(sequences.targets)[scored])
    expected.backward()

    loss, gradient = net.gradient(sequences)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    np.testing.assert_allclose(gradient, twin.gradient(), rtol=1e-9, atol=1e-14)
    trace = net.trace(sequences)
    theirs = answers.detach().numpy().swapaxes(0, 1)
    np.testing.assert_allclose(trace.answers, theirs, rtol=1e-10, atol=1e-14)


# Traces ---------------------------------------------------------------------------------


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", ALL)
def test_that_every_picture_is_what_the_equations_say(cell: str, layers: int) -> None:
    net, sequences = net_of(cell, np.float64, layers, seed=4), double(sequences_of("values"))
    trace, p = net.trace(sequences), views(net)
    for b in range(len(sequences)):
        below = sequences.inputs[b]
        for layer in range(layers):
            prefix = "" if layer == layers - 1 else f"layer{layer + 1}."
            own = {name: p[layer_name(name, layer)] for name in layer_parameters(CELLS[cell])}
            expected = forward(cell, CELLS[cell].gates, own, below)
            for picture in CELLS[cell].pictures:
                np.testing.assert_allclose(
                    trace.arrays[prefix + picture.name][:, b],
                    expected[picture.name],
                    rtol=1e-9,
                    atol=1e-12,
                    err_msg=prefix + picture.name,
                )
            below = expected["hidden"]
        np.testing.assert_allclose(trace.answers[:, b], below @ p["W_o"] + p["b_o"], rtol=1e-9)


@pytest.mark.parametrize("cell", ALL)
def test_that_a_trace_has_every_picture_and_gradient_of_every_layer_and_no_more(cell: str) -> None:
    wanted = {picture.name for picture in CELLS[cell].pictures}
    wanted |= {f"grad_{state}" for state in CELLS[cell].states}
    trace = net_of(cell, layers=2).trace(sequences_of())
    assert set(trace.arrays) == wanted | {f"layer1.{name}" for name in wanted}
    assert {array.shape for array in trace.arrays.values()} == {(7, 6, H)}
    assert {array.dtype for array in trace.arrays.values()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("cell", ["lstm", "lstm_peephole", "lstm_no_forget", "lstm_linear"])
def test_that_gradients_of_states_add_up_to_those_of_the_biases(cell: str) -> None:
    """db_o = Σ dL/dh tanh(c) o (1 - o), and db_g = Σ dL/dc i g', in every layer."""
    net, sequences = net_of(cell, np.float64, 2), double(sequences_of().pick(0))
    arrays = net.trace(sequences).arrays
    found = net.layout.views(net.gradient(sequences)[1])
    for prefix, suffix in (("layer1.", ""), ("", ".2")):
        dh, dc, i, g, o, c = (
            arrays[prefix + name]
            for name in ("grad_hidden", "grad_cell", "input", "candidate", "output", "cell")
        )
        slope = 1 if cell == "lstm_linear" else 1 - g**2
        for gate, gradient in (
            ("output", dh * np.tanh(c) * o * (1 - o)),
            ("candidate", dc * i * slope),
        ):
            place = CELLS[cell].gates.index(gate)
            ours = found[f"b{suffix}"][place * H : (place + 1) * H]
            np.testing.assert_allclose(gradient.sum((0, 1)), ours, rtol=1e-9, atol=1e-15)


def test_that_a_sequence_without_a_question_has_no_loss_and_no_gradient() -> None:
    sequences = sequences_of()
    sequences.scored[2] = False
    trace = net_of("gru").trace(sequences)
    assert np.isnan(trace.loss).nonzero()[0].tolist() == [2]
    assert not trace.arrays["grad_hidden"][:, 2].any()
    assert np.isfinite(trace.arrays["grad_hidden"]).all()


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ALL)
def test_that_a_held_gate_is_held_and_others_still_act(cell: str, layers: int) -> None:
    net, sequences = net_of(cell, layers=layers), sequences_of()
    free = net.trace(sequences)
    for gate in CELLS[cell].holdable():
        prefixes = ("", "layer1.")[:layers]
        held = net.trace(sequences, {prefix + gate: 0.25 for prefix in prefixes})
        for prefix in prefixes:
            assert (held.arrays[prefix + gate] == 0.25).all()
        assert not np.array_equal(held.arrays["hidden"], free.arrays["hidden"])


def test_that_holding_the_input_gate_of_a_coupled_lstm_sets_its_forget_gate() -> None:
    trace = net_of("lstm_coupled").trace(sequences_of(), {"input": 0.25})
    assert (trace.arrays["forget"] == 0.75).all()


@pytest.mark.parametrize(
    ("cell", "gate", "words"),
    [
        ("rnn", "cell", "RNN has no cell to hold"),
        ("lstm_no_input", "input", "LSTM no input gate has no input to hold"),
        ("lstm_no_output", "output", "LSTM no output gate has no output to hold"),
        ("gru", "cell", "GRU has no cell to hold"),
    ],
)
def test_that_a_gate_that_is_not_there_cannot_be_held(cell: str, gate: str, words: str) -> None:
    with pytest.raises(ValueError, match=words):
        net_of(cell).trace(sequences_of(), {gate: 1.0})


def test_that_a_minlstm_keeps_its_shares_where_both_gates_round_to_nothing() -> None:
    net = net_of("minlstm")
    vectors = net.vectors()
    bias = net.layout.views(vectors["weights"])["b"]
    bias[: 2 * H] = -200
    net.load_vectors(vectors)
    arrays = net.trace(sequences_of()).arrays
    np.testing.assert_allclose(arrays["input"] + arrays["forget"], 1, rtol=1e-5)
    assert np.isfinite(arrays["grad_hidden"]).all()


# Losses ---------------------------------------------------------------------------------


def test_that_legal_symbols_are_judged_as_torch_does() -> None:
    net, sequences = net_of("lstm_peephole", np.float64), double(sequences_of("legal", N=40))
    trace = net.trace(sequences)
    logits = trace.arrays["hidden"] @ views(net)["W_o"] + views(net)["b_o"]
    legal, scored = np.swapaxes(sequences.targets, 0, 1), sequences.scored.T
    expected = functional.binary_cross_entropy_with_logits(
        torch.from_numpy(logits[scored]), torch.from_numpy(legal[scored].astype(np.float64))
    )
    right = [
        all(a > b for a in row[wanted == 1] for b in row[wanted == 0])
        for row, wanted in zip(logits[scored], legal[scored], strict=True)
    ]
    loss, accuracy = net.evaluate(sequences)
    assert loss == pytest.approx(expected.item(), rel=1e-12)
    assert accuracy == pytest.approx(np.mean(right))
    assert 0 < accuracy < 1
    np.testing.assert_allclose(trace.answers, 1 / (1 + np.exp(-logits)), rtol=1e-12)


@pytest.mark.parametrize("legal", [0, 1])
def test_that_where_all_or_no_symbols_are_legal_every_answer_is_right(legal: int) -> None:
    sequences = sequences_of("legal")
    sequences.targets[:] = legal
    assert net_of("rnn").evaluate(sequences)[1] == 1


@pytest.mark.parametrize("kind", ["classes", "values", "legal"])
def test_that_an_evaluation_is_the_mean_over_all_scored_steps(
    kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    net, sequences = net_of("gru", within=0.5), sequences_of(kind, N=11)
    whole = net.evaluate(sequences)
    monkeypatch.setattr("sandbox.engine.reference.MOST", 4)
    assert net.evaluate(sequences) == pytest.approx(whole, rel=1e-6)
    assert whole[0] == pytest.approx(net.gradient(sequences)[0], rel=1e-6)


def test_that_values_are_right_where_every_output_is_near() -> None:
    net, sequences = net_of("gru"), sequences_of("values", N=30)
    answers = np.swapaxes(net.trace(sequences).answers, 0, 1)
    near = (np.abs(answers - sequences.targets) < 0.7).all(axis=2)[sequences.scored]
    net.within = 0.7
    assert net.evaluate(sequences)[1] == pytest.approx(near.mean())


# Learning -------------------------------------------------------------------------------


@pytest.mark.parametrize("optimizer", list(CODES))
@pytest.mark.parametrize("limit", [0.05, math.inf])
def test_that_learning_agrees_with_torch_optim(optimizer: str, limit: float) -> None:
    net, sequences = net_of("lstm_coupled", np.float64), double(sequences_of("values", N=60))
    theta = torch.tensor(net.vectors()["weights"], requires_grad=True)
    oracle, norms = torch_optimizer(optimizer, theta, 0.01), []
    for n in range(10):
        twin = ReferenceNetwork(CELLS["lstm_coupled"], theta.detach().numpy(), I, H, O)
        theta.grad = torch.from_numpy(twin.gradient(sequences.pick(slice(6 * n, 6 * n + 6)))[1])
        norms.append(torch.nn.utils.clip_grad_norm_([theta], limit).item())
        oracle.step()
    block = block_of(sequences, 6)
    first = net.learn(block.part(0, 4), 0, 0.01, limit, CODES[optimizer])
    second = net.learn(block.part(4, 10), 4, 0.01, limit, CODES[optimizer])
    np.testing.assert_allclose(net.vectors()["weights"], theta.detach().numpy(), rtol=1e-9)
    np.testing.assert_allclose(np.concatenate([first[2], second[2]]), norms, rtol=1e-5)


@pytest.mark.parametrize("cell", ["rnn", "lstm"])
def test_that_it_learns_as_the_kernels_do(cell: str) -> None:
    theta, block = random_theta(cell, I, H, O), block_of(sequences_of(N=90), 6)
    kernels = Network(CELLS[cell], theta.copy(), I, H, O)
    ours = net_of(cell).learn(block, 0, 0.01, 1.0, CODES["adam"])
    theirs = kernels.learn(block, 0, 0.01, 1.0, CODES["adam"])
    np.testing.assert_allclose(ours, theirs, rtol=1e-3, atol=1e-5)


@pytest.mark.parametrize("kind", ["classes", "values", "legal"])
def test_that_a_batch_without_a_question_changes_nothing(kind: str) -> None:
    sequences = sequences_of(kind)
    sequences.scored[:] = False
    net = net_of("lstm_linear")
    before = net.vectors()["weights"]
    assert net.learn(block_of(sequences, 6), 0, 0.1, 1.0, CODES["sgd"]).tolist() == [[0], [0], [0]]
    np.testing.assert_array_equal(net.vectors()["weights"], before)
    assert np.isnan(net.trace(sequences).loss).all()
    assert net.evaluate(sequences) == (0, 0)


def test_that_a_step_that_is_not_finite_is_not_taken() -> None:
    sequences = sequences_of("values", N=30)
    sequences.inputs[18:] = np.inf
    net = net_of("rnn_relu")
    alike = net_of("rnn_relu")
    taken = net.learn(block_of(sequences, 6), 0, 0.01, 1.0, CODES["adam"])
    assert taken.shape == (3, 3)
    assert np.isfinite(taken).all()
    alike.learn(block_of(sequences, 6).part(0, 3), 0, 0.01, 1.0, CODES["adam"])
    for name, vector in alike.vectors().items():
        np.testing.assert_array_equal(net.vectors()[name], vector)


def test_that_nets_in_several_threads_learn_as_they_do_alone() -> None:
    block = block_of(sequences_of(N=120), 6)

    def learned(cell: str) -> np.ndarray:
        net = net_of(cell, layers=2)
        net.learn(block, 0, 0.01, 1.0, CODES["adam"])
        return net.vectors()["weights"]

    alone = {cell: learned(cell) for cell in ALL}
    together: dict[str, np.ndarray] = {}
    threads = [
        threading.Thread(target=lambda cell=cell: together.update({cell: learned(cell)}))
        for cell in ALL
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for cell in ALL:
        np.testing.assert_array_equal(alone[cell], together[cell])


def test_that_vectors_are_copies() -> None:
    net = net_of("gru")
    vectors = net.vectors()
    net.learn(block_of(sequences_of(), 6), 0, 0.1, 1.0, CODES["adam"])
    changed = net.vectors()
    assert not any(np.array_equal(vectors[name], changed[name]) for name in ("weights", "m", "v"))
    net.load_vectors(vectors)
    vectors["weights"][:] = 0
    assert net.vectors()["weights"].any()


# On a GPU -------------------------------------------------------------------------------


@on_cuda
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", ALL)
def test_that_a_gpu_learns_what_the_processor_does(cell: str, layers: int) -> None:
    block = block_of(sequences_of(N=60), 6)
    here, there = net_of(cell, layers=layers), net_of(cell, layers=layers, device="cuda")
    ours = here.learn(block, 0, 0.01, 1.0, CODES["adam"])
    theirs = there.learn(block, 0, 0.01, 1.0, CODES["adam"])
    np.testing.assert_allclose(theirs, ours, rtol=1e-3, atol=1e-5)


@on_cuda
@pytest.mark.parametrize("kind", ["classes", "values", "legal"])
def test_that_a_gpu_traces_and_evaluates_what_the_processor_does(kind: str) -> None:
    sequences = sequences_of(kind)
    for cell in ALL:
        here, there = net_of(cell, layers=2), net_of(cell, layers=2, device="cuda")
        assert there.evaluate(sequences) == pytest.approx(here.evaluate(sequences), rel=1e-4)
        ours, theirs = here.trace(sequences), there.trace(sequences)
        assert set(ours.arrays) == set(theirs.arrays)
        for name, array in ours.arrays.items():
            np.testing.assert_allclose(theirs.arrays[name], array, rtol=1e-3, atol=1e-5)
        np.testing.assert_allclose(theirs.answers, ours.answers, rtol=1e-3, atol=1e-5)


@on_cuda
def test_that_vectors_go_from_a_gpu_to_the_processor_and_back() -> None:
    here, there = net_of("lstm_peephole", seed=1), net_of("lstm_peephole", device="cuda")
    there.learn(block_of(sequences_of(), 6), 0, 0.1, 1.0, CODES["adam"])
    here.load_vectors(there.vectors())
    for name, vector in there.vectors().items():
        np.testing.assert_array_equal(here.vectors()[name], vector)
