"""How every cell's flat vector starts: torch's ranges, and biases that keep."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from sandbox.cells.cell import layer_name, layout
from sandbox.cells.known import CELLS
from sandbox.contestants import CONTESTANTS
from sandbox.engine.initialisation import initial_vector
from sandbox.experiment import parse
from sandbox.tasks.registry import complete, task_of

LONGEST = 40
CHRONO = {
    "lstm": {"forget": 1, "input": -1},
    "lstm_peephole": {"forget": 1, "input": -1},
    "lstm_coupled": {"input": -1},
    "lstm_no_input": {"forget": 1},
    "lstm_no_output": {"forget": 1, "input": -1},
    "lstm_linear": {"forget": 1, "input": -1},
    "gru": {"update": 1},
    "mingru": {"update": -1},
    "minlstm": {"forget": 1, "input": -1},
    "gru_reset_before": {"update": 1},
    "mgu": {"forget": -1},
    "ugrnn": {"update": 1},
    "slstm": {"forget": 1, "input": -1},
}


def start(cell: str, seed: int = 0, place: int = 0, **fields: Any) -> dict[str, np.ndarray]:
    """The parameters by name of a contestant on a task whose dependency is LONGEST.

    Cells start as torch's do, not as their sources', unless `fields` say so.
    """
    usual = {"recurrent_init": "default"} if CELLS[cell].start else {}
    contestant = {"cell": cell, "hidden": 64, **usual, **fields}
    experiment = complete(
        parse({"task": "recall", "params": {"gap": LONGEST - 1}, "contestants": [contestant]})
    )
    task, (made,) = task_of(experiment), experiment.contestants
    assert task.dependency == LONGEST
    parts = layout(CELLS[cell], task.inputs.size, made.hidden, len(task.outputs), made.layers)
    theta = initial_vector(made, task, seed, place)
    assert theta.dtype == np.float32
    assert theta.shape == (parts.size,)
    return parts.views(theta)


def gates(cell: str, views: dict[str, np.ndarray], layer: int = 0) -> dict[str, np.ndarray]:
    """The bias by gate."""
    bias = views[layer_name("b", layer)]
    return dict(zip(CELLS[cell].gates, np.split(bias, len(CELLS[cell].gates)), strict=True))


@pytest.mark.parametrize("layers", [1, 3])
@pytest.mark.parametrize("cell", list(CELLS))
def test_that_everything_else_is_uniform_as_in_torch(cell: str, layers: int) -> None:
    views, free = start(cell, layers=layers), dict[str, np.ndarray]()
    for layer in range(layers):
        biases = gates(cell, views, layer)
        free |= {
            f"{gate}{layer}": biases[gate] for gate in biases if gate not in CHRONO.get(cell, ())
        }
    free |= {name: array for name, array in views.items() if name.partition(".")[0] != "b"}
    bound = 1 / np.sqrt(64)
    for name, array in free.items():
        assert np.abs(array).max() <= bound, name
        assert np.abs(array).max() > 0.5 * bound or array.size < 16, name
    everything = np.concatenate([array.ravel() for array in free.values()])
    assert np.abs(everything).max() > 0.99 * bound
    assert abs(everything.std() - bound / np.sqrt(3)) < 0.03 * bound
    assert abs(everything.mean()) < 0.03 * bound


@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("cell", list(CHRONO))
def test_that_chrono_makes_every_layer_keep_for_up_to_the_longest_dependency(
    cell: str, layers: int
) -> None:
    views = start(cell, layers=layers, hidden=512)
    for layer in range(layers):
        biases = gates(cell, views, layer)
        kept = [sign * biases[gate].astype(np.float64) for gate, sign in CHRONO[cell].items()]
        times = np.exp(kept[0])
        assert times.min() >= 1
        assert times.max() <= LONGEST - 1
        assert abs(times.mean() - LONGEST / 2) < 2.5
        assert all(np.array_equal(kept[0], other) for other in kept)


@pytest.mark.parametrize("cell", list(CHRONO))
def test_that_chrono_keeps_for_up_to_a_time_that_is_asked_for(cell: str) -> None:
    biases = gates(cell, start(cell, hidden=512, chrono_max=1001), 0)
    gate, sign = next(iter(CHRONO[cell].items()))
    times = np.exp(sign * biases[gate].astype(np.float64))
    assert times.min() >= 1
    assert 990 < times.max() <= 1000
    assert abs(times.mean() - 501) < 30


def test_that_layers_are_drawn_apart() -> None:
    views = start("lstm", layers=2)
    assert not np.array_equal(views["b"][64:128], views["b.2"][64:128])
    assert not np.array_equal(views["W_h"], views["W_h.2"])


@pytest.mark.parametrize("value", [0, 2.5, -1])
@pytest.mark.parametrize("cell", list(CHRONO))
def test_that_a_number_pulls_one_gate_towards_keeping(cell: str, value: float) -> None:
    field = "update_bias" if "update" in CHRONO[cell] else "forget_bias"
    gate, sign = next(iter(CHRONO[cell].items()))
    views = start(cell, layers=2, **{field: value})
    for layer in range(2):
        biases = gates(cell, views, layer)
        assert (biases[gate] == np.float32(sign * value)).all()
        others = [bias for name, bias in biases.items() if name != gate]
        assert max(np.abs(bias).max() for bias in others) <= 1 / np.sqrt(64)


@pytest.mark.parametrize("cell", [name for name in CONTESTANTS if CELLS[name].recurrent])
def test_that_recurrent_weights_can_be_orthogonal_or_the_identity(cell: str) -> None:
    for kind in ("orthogonal", "identity"):
        views = start(cell, layers=2, recurrent_init=kind)
        for name in ("W_h", "W_h.2"):
            for block in np.split(views[name], len(CELLS[cell].gates), axis=1):
                assert np.abs(block @ block.T - np.eye(64)).max() < 1e-5
                assert np.array_equal(block, np.eye(64)) == (kind == "identity")


@pytest.mark.parametrize("layers", [1, 2])
def test_that_an_irnn_copies_its_state_and_hears_little(layers: int) -> None:
    views = start("rnn_relu", layers=layers, recurrent_init="irnn")
    for layer in range(layers):
        assert np.array_equal(views[layer_name("W_h", layer)], np.eye(64))
        assert not views[layer_name("b", layer)].any()
    spread = views["W_x"].std()
    assert 0.0008 < spread < 0.0012
    assert np.abs(views["W_o"]).max() > 0.1


def source(cell: str, layers: int = 2) -> dict[str, np.ndarray]:
    """How a cell starts unless another start is asked for."""
    own = CELLS[cell].start
    assert own is not None
    assert CONTESTANTS[cell](name=cell).model_dump()["recurrent_init"] == own.name
    return start(cell, layers=layers, recurrent_init=own.name)


def test_that_the_gru_of_2014_starts_small_and_orthogonal() -> None:
    views = source("gru_reset_before")
    for layer in ("", ".2"):
        assert 0.009 < views[f"W_x{layer}"].std() < 0.011
        for block in np.split(views[f"W_h{layer}"], 3, axis=1):
            assert np.abs(block @ block.T - np.eye(64)).max() < 1e-5
        assert views[f"b{layer}"][64:128].min() >= 0  # chrono: the update gate keeps


def test_that_an_indrnn_starts_with_weights_of_its_past_between_0_and_1() -> None:
    for layer in ("", ".2"):
        u = source("indrnn")[f"u{layer}"]
        assert (0 <= u.min()) & (u.min() < 0.1) & (0.9 < u.max()) & (u.max() <= 1)
        assert abs(u.mean() - 0.5) < 0.1


def test_that_a_leaky_rnn_starts_with_a_spectral_radius_of_one_and_a_half() -> None:
    views = source("leaky_rnn")
    for layer in ("", ".2"):
        radius = np.abs(np.linalg.eigvals(views[f"W_h{layer}"].astype(np.float64))).max()
        assert abs(radius - 1.5) < 1e-5
        assert not views[f"b{layer}"].any()


def test_that_an_slstm_starts_with_forget_gates_from_open_to_closed() -> None:
    views = source("slstm")
    for layer in ("", ".2"):
        b = np.split(views[f"b{layer}"], 4)
        assert not views[f"W_h{layer}"].any()
        assert not any(b[gate].any() for gate in (0, 2, 3))
        wanted = [5 - 12 * (unit / 63) ** 0.3 for unit in range(64)]
        assert np.abs(b[1] - wanted).max() < 1e-5
    with_bias = start("slstm", recurrent_init="xlstm", forget_bias=3)
    assert np.array_equal(with_bias["b"], views["b"])  # its source's biases stay


def test_that_initial_weights_depend_on_seed_and_place_only() -> None:
    one, again = start("gru", seed=5), start("gru", seed=5)
    assert all(np.array_equal(one[name], again[name]) for name in one)
    for other in (start("gru", seed=6), start("gru", seed=5, place=1)):
        assert not np.array_equal(one["W_x"], other["W_x"])
