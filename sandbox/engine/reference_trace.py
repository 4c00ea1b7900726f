"""A Trace's arrays from a pass through torch: pictures, and the gradient of every state."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sandbox.engine.trace import layer_prefix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sandbox.engine.cells import Cell
    from sandbox.engine.reference_cells import Tensors
    from sandbox.engine.reference_forward import Steps


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
    found: tuple[torch.Tensor | None, ...] = torch.autograd.grad(loss, flat, allow_unused=True)
    full = iter(
        torch.zeros_like(state) if gradient is None else gradient
        for state, gradient in zip(flat, found, strict=True)
    )
    return {name: stacked([next(full) for _ in states]) for name, states in watched.items()}


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
