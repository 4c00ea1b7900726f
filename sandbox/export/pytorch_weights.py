"""A run's weights as files, under the names of torch's own modules."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save

from sandbox.cells.cell import layer_name, layer_parameters
from sandbox.cells.known import cell_named
from sandbox.engine.checkpoint import NEVER, of_net
from sandbox.export.recorded import first_step, npz, state_at
from sandbox.export.standard_cells import torch_module
from sandbox.store.base import Net, nets
from sandbox.tasks.registry import task_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sandbox.store.base import RunRecord
    from sandbox.tasks.base import Task

NAMES = {"W_x": "weight_ih", "W_h": "weight_hh", "b": "bias_ih"}
# An optimiser's running means: torch's name, then ours.
MEANS: Mapping[str, Mapping[str, str]] = {
    "adam": {"exp_avg": "m", "exp_avg_sq": "v"},
    "rmsprop": {"square_avg": "v"},
    "momentum": {"momentum_buffer": "m"},
    "sgd": {},
}


def weights(record: RunRecord, step: int | None = None) -> bytes:
    """Every net's weights after `step`, by default the last, as safetensors.

    Names are the net's key and torch's: "lstm.recurrent.weight_ih_l0" (4·H, I),
    "lstm.readout.weight" (O, H), float32.  RunError if that step's weights are not kept.
    """
    at = record.info.step if step is None else step
    state, task = state_at(record, at), task_of(record.begun)
    tensors = dict[str, NDArray[np.float32]]()
    for key, net in nets(record.begun).items():
        tensors |= torch_weights(net, task, state[f"{key}/weights"], f"{key}.")
    return save(tensors, {"format": "pt", "run": record.info.run, "step": str(at)})


def starting_weights(record: RunRecord) -> bytes | None:
    """The weights that a fork starts from, as .npz; None for a run that began untrained.

    By name and seed: "lstm/0/weight/readout.weight"; the optimiser's running means under torch's
    names, "lstm/0/exp_avg/readout.weight", with their number of updates, "lstm/0/count".  With a
    growing gap also its "lstm/0/stage" and the accuracies of "lstm/0/recent" batches.  Nets that
    had already stopped are left out.  RunError if these weights are not kept.
    """
    first, e, found = first_step(record), record.begun, dict[str, NDArray[Any]]()
    if not first:
        return None
    state, task = state_at(record, first), task_of(e)
    for key, net in nets(e).items():
        own, place = of_net(state, key), f"{net.contestant.name}/{net.seed}"
        if own["diverged_at"] != NEVER:
            continue
        means = MEANS[net.contestant.optimizer or e.optimizer]
        for kind, vector in {"weight": "weights", **means}.items():
            found |= torch_weights(net, task, own[vector], f"{place}/{kind}/")
        found[f"{place}/count"] = np.array(own["updates"] - own["optimizer_began"])
        if e.curriculum == "growing":
            found |= {f"{place}/stage": own["stage"], f"{place}/recent": own["recent"][1]}
    return npz(found)


def torch_weights(
    net: Net, task: Task, theta: NDArray[np.float32], start: str = ""
) -> dict[str, NDArray[np.float32]]:
    """A flat weight vector (P,) by the names of a script's `SequenceNet`, matrices transposed.

    start: put before each name.  The arrays are contiguous, since safetensors' numpy writer ignores
    the strides of a transposed array.
    """
    cell, parts = (
        cell_named(net.contestant.cell),
        net.layout(task).views(np.asarray(theta, np.float32)),
    )
    found = {"readout.weight": parts["W_o"].T, "readout.bias": parts["b_o"]}
    for layer in range(net.contestant.layers):
        own = {name: parts[layer_name(name, layer)] for name in layer_parameters(cell)}
        if torch_module(cell.step):  # torch's second bias is zero, except for a GRU's candidate
            candidate = own.pop("b_h", own["b"][:0])
            own["bias_hh"] = np.pad(candidate, (len(own["b"]) - len(candidate), 0))
        found |= {f"recurrent.{NAMES.get(name, name)}_l{layer}": own[name].T for name in own}
    return {start + name: np.ascontiguousarray(found[name], np.float32) for name in found}
