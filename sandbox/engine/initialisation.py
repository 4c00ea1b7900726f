"""How a net's flat vector starts.

"default" is PyTorch's: every weight and bias U(-1/√H, 1/√H) (torch.nn.RNN, LSTM, Linear),
with one bias vector where torch sums two.  Recurrent weights may be orthogonal (Saxe et al.
2014) or the identity (Le et al. 2015) instead, gate by gate.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sandbox.engine.cells import CELLS, layout
from sandbox.experiment import LstmContestant, RnnContestant
from sandbox.tasks.streams import Purpose, stream

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sandbox.tasks.base import Task


def initial_vector(
    contestant: RnnContestant | LstmContestant, task: Task, seed: int, place: int
) -> NDArray[np.float32]:
    """Theta (P,) of a contestant; `place` is its position in the experiment."""
    cell, hidden = CELLS[contestant.cell], contestant.hidden
    rng = stream(seed, Purpose.INITIALISATION, place)
    parts = layout(cell, task.inputs.size, hidden, len(task.outputs))
    theta: NDArray[np.float32] = rng.uniform(-1, 1, parts.size).astype(np.float32)
    theta /= np.float32(np.sqrt(hidden))
    views = parts.views(theta)
    if contestant.recurrent_init != "default":
        for gate in range(len(cell.gates)):
            block = _recurrent(contestant.recurrent_init, hidden, rng)
            views["W_h"][:, gate * hidden : (gate + 1) * hidden] = block
    if isinstance(contestant, LstmContestant):
        _set_forget_bias(views["b"], contestant, task.dependency, rng)
    return theta


def _recurrent(kind: str, hidden: int, rng: np.random.Generator) -> NDArray[np.float64]:
    if kind == "identity":
        return np.eye(hidden)
    q, r = np.linalg.qr(rng.standard_normal((hidden, hidden)))
    return np.asarray(q * np.sign(np.diag(r)))


def _set_forget_bias(
    bias: NDArray[np.float32], lstm: LstmContestant, longest: int, rng: np.random.Generator
) -> None:
    """Bias (4H,) in the gates' order; chrono is Tallec & Ollivier 2018, eq. 16."""
    H = lstm.hidden
    if lstm.forget_bias == "chrono":
        chrono = np.log(rng.uniform(1, max(longest - 1, 1), H))
        bias[:H], bias[H : 2 * H] = -chrono, chrono
    else:
        bias[H : 2 * H] = lstm.forget_bias
