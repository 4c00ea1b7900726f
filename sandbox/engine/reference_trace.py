"""What becomes of a pass through torch: the loss of its answers, and what a Trace shows of it.

The targets' type says which loss it is: whole numbers (n,) are classes, floats (n, O) values,
uint8 (n, O) the legal symbols.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from sandbox.engine.trace import layer_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.cells.cell import Cell
    from sandbox.engine.reference_nodes import Tensors

    Steps = list[Tensors]


def judged(
    answers: torch.Tensor, targets: torch.Tensor, within: float
) -> tuple[torch.Tensor, torch.Tensor]:
    """Loss (n,) and hit (n,) of each answer; values hit if every output errs by < `within`."""
    if targets.dtype.is_floating_point:
        errors = answers - targets.to(answers.dtype)
        return (errors**2).mean(1), (errors.abs() < within).all(1)
    if targets.dtype == torch.uint8:
        return _legal(answers, targets.bool())
    classes = targets.long()
    return functional.cross_entropy(answers, classes, reduction="none"), answers.argmax(
        1
    ) == classes


def _legal(answers: torch.Tensor, legal: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
    """A hit where every legal symbol's logit is above every illegal one's, if there are both."""
    loss = functional.binary_cross_entropy_with_logits(
        answers, legal.to(answers.dtype), reduction="none"
    )
    lowest = answers.masked_fill(~legal, torch.inf).amin(1)
    highest = answers.masked_fill(legal, -torch.inf).amax(1)
    return loss.mean(1), lowest > highest


def shown(answers: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """Answers (…, O) as probabilities of classes or of being legal; values as they are."""
    if targets.dtype.is_floating_point:
        return answers
    return answers.sigmoid() if targets.dtype == torch.uint8 else answers.softmax(-1)


def own_means(losses: torch.Tensor, scored: torch.Tensor) -> torch.Tensor:
    """Each sequence's mean loss (B,), 0 where it has none; losses (n,) of the scored (T, B)."""
    owners = scored.nonzero()[:, 1]
    sums = losses.new_zeros(scored.shape[1]).index_add(0, owners, losses)
    return sums / scored.sum(0).clamp(min=1)


def pictures(cell: Cell, layers: list[Steps]) -> dict[str, NDArray[Any]]:
    """Every picture of the cell, (T, B, H), by its name in a Trace."""
    return {
        prefix + picture.name: stacked([step[picture.name] for step in steps])
        for prefix, steps in _named(layers)
        for picture in cell.pictures
    }


def gradients(cell: Cell, layers: list[Steps], loss: torch.Tensor) -> dict[str, NDArray[Any]]:
    """dL/dstate at every step, all paths included, (T, B, H); 0 where L does not see it."""
    watched = {
        f"{prefix}grad_{name}": [step[name] for step in steps]
        for prefix, steps in _named(layers)
        for name in cell.states
    }
    flat = [state for states in watched.values() for state in states]
    found = iter(torch.autograd.grad(loss, flat, materialize_grads=True))
    return {name: stacked([next(found) for _ in states]) for name, states in watched.items()}


def stacked(steps: list[torch.Tensor]) -> NDArray[Any]:
    """Stack T arrays (B, H) into one (T, B, H)."""
    return as_numpy(torch.stack(steps))


def as_numpy(tensor: torch.Tensor) -> NDArray[Any]:
    """A numpy copy of a tensor on any device."""
    return np.array(tensor.detach().cpu().numpy())


def _named(layers: list[Steps]) -> Iterator[tuple[str, list[Tensors]]]:
    """Layers with the prefix of their names, which is "" for the top one."""
    for number, steps in enumerate(layers, 1):
        yield layer_prefix(number, len(layers)), steps
