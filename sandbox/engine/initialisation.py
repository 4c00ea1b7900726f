"""The initial weights of a net.

"default" is PyTorch's: every weight and bias U(-1/√H, 1/√H) (torch.nn.RNN, LSTM, Linear),
with one bias vector instead of torch's two.  Recurrent weights may be orthogonal (Saxe et al.
2014) or the identity (Le et al. 2015) instead, gate by gate; and a cell's file may say how its
source starts it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.cells.cell import layer_name, layer_parameters, layout
from sandbox.cells.known import cell_named
from sandbox.cells.starts import Rule
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from sandbox.contestants import AnyContestant
    from sandbox.tasks.base import Task


def initial_vector(
    contestant: AnyContestant, task: Task, seed: int, place: int
) -> NDArray[np.float32]:
    """Theta (P,) of a contestant; `place` is its position in the experiment."""
    cell, hidden = cell_named(contestant.cell), contestant.hidden
    rng = stream(seed, Purpose.INITIALISATION, place)
    parts = layout(cell, task.inputs.size, hidden, len(task.outputs), contestant.layers)
    theta: NDArray[np.float32] = rng.uniform(-1, 1, parts.size).astype(np.float32)
    theta /= np.float32(np.sqrt(hidden))
    views = parts.views(theta)
    rules = first_rules(contestant)
    for layer in range(contestant.layers):
        own = {name: views[layer_name(name, layer)] for name in layer_parameters(cell)}
        apply_rules(own, rules, cell.gates, rng)
        longest = getattr(contestant, "chrono_max", None) or task.dependency
        _set_memory(own["b"], contestant, longest, rng)
    return theta


def first_rules(contestant: AnyContestant) -> tuple[Rule, ...]:
    """What its `recurrent_init` means: rules, none for the default."""
    kind, start = (
        getattr(contestant, "recurrent_init", "default"),
        cell_named(contestant.cell).start,
    )
    if start and kind == start.name:
        return start.rules
    return () if kind == "default" else (Rule("W_h", "", kind),)


def apply_rules(
    own: Mapping[str, NDArray[np.float32]],
    rules: Iterable[tuple[str, str, str, tuple[float, ...]]],
    gates: Sequence[str],
    rng: np.random.Generator,
) -> None:
    """Start a layer's parameters by rules: parameter, gate or "" for all, kind and numbers.

    own: W_x (I, G·H), W_h (H, G·H), b (G·H,) and vectors (H,), by name.  gates: of the columns.
    """
    hidden = own["b"].size // len(gates)
    for parameter, gate, kind, numbers in rules:
        columns = range(len(gates)) if not gate else [gates.index(gate)]
        for place in columns if parameter in ("W_x", "W_h", "b") else [0]:
            block = own[parameter][..., place * hidden : (place + 1) * hidden]
            block[:] = first_values(kind, numbers, block.shape, rng)


def first_values(
    kind: str, numbers: Sequence[float], shape: tuple[int, ...], rng: np.random.Generator
) -> NDArray[np.float64]:
    """First values of this shape; with "radius" a matrix has that spectral radius."""
    if kind == "identity":
        return np.eye(shape[0])
    if kind == "orthogonal":
        return orthogonal(shape[0], rng)
    if kind == "radius":
        block = rng.standard_normal(shape)
        return np.asarray(block * (numbers[0] / np.abs(np.linalg.eigvals(block)).max()))
    if kind == "uniform":
        return rng.uniform(numbers[0], numbers[1], shape)
    if kind == "normal":
        return rng.normal(0, numbers[0], shape)
    if kind == "power":
        first, last, power = numbers
        return np.broadcast_to(
            first + (last - first) * np.linspace(0, 1, shape[-1]) ** power, shape
        )
    return np.full(shape, numbers[0])


def orthogonal(hidden: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A random orthogonal matrix (H, H)."""
    q, r = np.linalg.qr(rng.standard_normal((hidden, hidden)))
    return np.asarray(q * np.sign(np.diag(r)))


def memory_bias(contestant: AnyContestant) -> Any:
    """The bias with which its memory begins: a number or "chrono".

    None if it has no such field, or if its source's start sets its biases.
    """
    if any(rule.parameter == "b" for rule in first_rules(contestant)):
        return None
    return getattr(contestant, "forget_bias", getattr(contestant, "update_bias", None))


def _set_memory(
    bias: NDArray[np.float32], contestant: AnyContestant, longest: int, rng: np.random.Generator
) -> None:
    """Set the bias (G·H,) of the memory gates; chrono is Tallec & Ollivier 2018, eq. 16."""
    cell, H = cell_named(contestant.cell), contestant.hidden
    wanted = memory_bias(contestant)
    if wanted is None:
        return
    chrono = wanted == "chrono"
    value = np.log(rng.uniform(1, max(longest - 1, 1), H)) if chrono else np.full(H, wanted)
    for name, sign in cell.memory if chrono else cell.memory[:1]:
        place = cell.gates.index(name)
        bias[place * H : (place + 1) * H] = sign * value
