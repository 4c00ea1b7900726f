"""The initial weights of a net.

"default" is PyTorch's: every weight and bias U(-1/√H, 1/√H) (torch.nn.RNN, LSTM, Linear),
with one bias vector instead of torch's two.  Recurrent weights may be orthogonal (Saxe et al.
2014) or the identity (Le et al. 2015) instead, gate by gate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sandbox.engine.cells import CELLS, layer_name, layer_parameters, layout
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from sandbox.experiment import AnyContestant
    from sandbox.tasks.base import Task


def initial_vector(
    contestant: AnyContestant, task: Task, seed: int, place: int
) -> NDArray[np.float32]:
    """Theta (P,) of a contestant; `place` is its position in the experiment."""
    cell, hidden = CELLS[contestant.cell], contestant.hidden
    rng = stream(seed, Purpose.INITIALISATION, place)
    parts = layout(cell, task.inputs.size, hidden, len(task.outputs), contestant.layers)
    theta: NDArray[np.float32] = rng.uniform(-1, 1, parts.size).astype(np.float32)
    theta /= np.float32(np.sqrt(hidden))
    views = parts.views(theta)
    for layer in range(contestant.layers):
        own = {name: views[layer_name(name, layer)] for name in layer_parameters(cell)}
        set_recurrent(own, getattr(contestant, "recurrent_init", "default"), rng)
        longest = getattr(contestant, "chrono_max", None) or task.dependency
        _set_memory(own["b"], contestant, longest, rng)
    return theta


def set_recurrent(
    own: Mapping[str, NDArray[np.float32]], kind: str, rng: np.random.Generator
) -> None:
    """Set a layer's W_h (H, G·H) gate by gate; "irnn" is Le et al. 2015, section 4."""
    if kind == "default":
        return
    hidden = own["W_h"].shape[0]
    for gate in range(own["W_h"].shape[1] // hidden):
        block = np.eye(hidden) if kind in ("identity", "irnn") else orthogonal(hidden, rng)
        own["W_h"][:, gate * hidden : (gate + 1) * hidden] = block
    if kind == "irnn":
        own["W_x"][:] = rng.normal(0, 0.001, own["W_x"].shape)
        own["b"][:] = 0


def orthogonal(hidden: int, rng: np.random.Generator) -> NDArray[np.float64]:
    """A random orthogonal matrix (H, H)."""
    q, r = np.linalg.qr(rng.standard_normal((hidden, hidden)))
    return np.asarray(q * np.sign(np.diag(r)))


def memory_bias(contestant: AnyContestant) -> Any:
    """The bias with which its memory begins: a number or "chrono"; None if it has no such field."""
    return getattr(contestant, "forget_bias", getattr(contestant, "update_bias", None))


def _set_memory(
    bias: NDArray[np.float32], contestant: AnyContestant, longest: int, rng: np.random.Generator
) -> None:
    """Set the bias (G·H,) of the memory gates; chrono is Tallec & Ollivier 2018, eq. 16."""
    cell, H = CELLS[contestant.cell], contestant.hidden
    wanted = memory_bias(contestant)
    if wanted is None:
        return
    chrono = wanted == "chrono"
    value = np.log(rng.uniform(1, max(longest - 1, 1), H)) if chrono else np.full(H, wanted)
    for name, sign in cell.memory if chrono else cell.memory[:1]:
        place = cell.gates.index(name)
        bias[place * H : (place + 1) * H] = sign * value
