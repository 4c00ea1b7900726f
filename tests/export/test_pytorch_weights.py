"""Weights in files, read back by torch and held to the flat vector that they came from."""

from __future__ import annotations

import io

import numpy as np
import pytest
import torch
from safetensors.numpy import load, save
from safetensors.torch import load as load_in_torch

from sandbox.cells.known import CELLS
from sandbox.export.pytorch_weights import starting_weights, torch_weights, weights
from sandbox.store.base import nets
from sandbox.tasks.registry import task_of
from tests.export.records import forked, trained
from tests.export.test_pytorch import experiment


def test_that_safetensors_numpy_writer_still_needs_contiguous_arrays() -> None:
    """What `torch_weights` guards against: the bytes of a transpose in their old order."""
    matrix = np.arange(6, dtype=np.float32).reshape(2, 3)
    assert not np.array_equal(load(save({"a": matrix.T}))["a"], matrix.T)
    assert np.array_equal(load(save({"a": np.ascontiguousarray(matrix.T)}))["a"], matrix.T)


def test_that_matrices_are_written_in_the_order_that_torch_reads() -> None:
    """Hidden states of torch.nn.LSTM with the weights of the file are the equations' own."""
    record = trained(experiment("adding", contestants=[{"cell": "lstm"}], steps=5))
    read = load_in_torch(weights(record))
    x = torch.linspace(-1, 1, 14).reshape(7, 1, 2)
    own = {
        name.removeprefix("lstm.recurrent."): w for name, w in read.items() if "recurrent" in name
    }
    module = torch.nn.LSTM(2, 6)
    module.load_state_dict(own)
    hidden, cell = torch.zeros(1, 6), torch.zeros(1, 6)
    with torch.no_grad():
        for step, expected in zip(x, module(x)[0], strict=True):
            sums = step @ own["weight_ih_l0"].T + hidden @ own["weight_hh_l0"].T + own["bias_ih_l0"]
            i, f, g, o = sums.chunk(4, 1)
            cell = f.sigmoid() * cell + i.sigmoid() * g.tanh()
            hidden = o.sigmoid() * cell.tanh()
            torch.testing.assert_close(hidden, expected)


@pytest.mark.parametrize("cell", CELLS)
def test_that_every_number_of_a_net_is_in_its_file_once(cell: str) -> None:
    record = trained(experiment(contestants=[{"cell": cell, "layers": 2}], steps=2))
    (net,) = nets(record.begun).values()
    layout = net.layout(task_of(record.begun))
    numbered = np.arange(1, layout.size + 1, dtype=np.float32)
    found = torch_weights(net, task_of(record.begun), numbered)
    assert all(array.flags.c_contiguous for array in found.values())
    every = np.concatenate([array.ravel() for array in found.values()])
    assert sorted(every[every > 0].tolist()) == numbered.tolist()  # torch's second biases are 0


def test_that_a_fork_starts_with_its_optimisers_means_under_torchs_names() -> None:
    whole = experiment(contestants=[{"cell": "gru"}], steps=40)
    start = starting_weights(forked(trained(whole, 40), 30, whole, 35))
    assert start is not None
    saved = np.load(io.BytesIO(start))
    assert saved["gru/7/count"] == 30
    for kind in ("weight", "exp_avg", "exp_avg_sq"):
        assert saved[f"gru/7/{kind}/recurrent.bias_hh_l0"].shape == (18,)
        assert saved[f"gru/7/{kind}/readout.weight"].any()
