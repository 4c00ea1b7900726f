"""One step of every cell in torch, written by hand from its source, one equation a line.

What is made from a cell's equations is compared with these, so nothing here reads them.  A cell
that a person wrote has no other source than its equations: `reference_nodes` computes those.

x (B, G·H) is the step's projected input, x_t W_x + b; `past` holds the states (B, H) of the step
before, `p` the layer's parameters by name; `hold` gives a line the values that it is held at.  A
step returns its gates and states by name, each (B, H).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from torch import exp, relu, sigmoid, tanh
from torch.nn.functional import logsigmoid

from sandbox.engine.reference_nodes import Hold, HoldAt, Step, Tensors, step_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from sandbox.cells.cell import Cell


def free(step: int) -> Hold:
    """Nothing is held."""
    return lambda _, value: value


def unroll(
    cell: Cell, x: torch.Tensor, p: Tensors, hold: HoldAt = free, past: Tensors | None = None
) -> Iterator[Tensors]:
    """The steps of one layer, one after another; x (T, B, G·H).  past: None for states of zero."""
    step = STEPS[cell.name] if cell.name in STEPS else step_of(cell)
    units = x.shape[2] // len(cell.gates)
    if past is None:
        past = dict.fromkeys(cell.states, x.new_zeros(x.shape[1], units))
    for t, x_t in enumerate(x.unbind(0)):  # one node in the graph; x[t] would add T
        past = step(x_t, past, p, hold(t))
        yield past


def summed(x: torch.Tensor, past: Tensors, p: Tensors) -> torch.Tensor:
    """x_t W_x + b + h_{t-1} W_h, (B, G·H)."""
    return torch.addmm(x, past["hidden"], p["W_h"])


def rnn(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """A tanh layer, x (B, H) to h (B, H): h_t = tanh(x_t W_x + h_{t-1} W_h + b)."""
    return {"hidden": hold("hidden", tanh(summed(x, past, p)))}


def rnn_relu(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """A relu layer, x (B, H) to h (B, H)."""
    return {"hidden": hold("hidden", relu(summed(x, past, p)))}


def lstm(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """Input, forget and output gates around a cell state: x (B, 4H) to arrays (B, H)."""
    a_i, a_f, a_g, a_o = summed(x, past, p).chunk(4, 1)
    i = hold("input", sigmoid(a_i))
    f = hold("forget", sigmoid(a_f))
    g = hold("candidate", tanh(a_g))
    o = hold("output", sigmoid(a_o))
    c = hold("cell", f * past["cell"] + i * g)
    h = hold("hidden", o * tanh(c))
    return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


def lstm_peephole(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The gates also see the cell state: x (B, 4H), p_i, p_f and p_o (H,) to arrays (B, H)."""
    a_i, a_f, a_g, a_o = summed(x, past, p).chunk(4, 1)
    i = hold("input", sigmoid(a_i + p["p_i"] * past["cell"]))
    f = hold("forget", sigmoid(a_f + p["p_f"] * past["cell"]))
    g = hold("candidate", tanh(a_g))
    c = hold("cell", f * past["cell"] + i * g)
    o = hold("output", sigmoid(a_o + p["p_o"] * c))
    h = hold("hidden", o * tanh(c))
    return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


def lstm_coupled(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """It forgets as much as it writes, f = 1 - i: x (B, 3H) to arrays (B, H)."""
    a_i, a_g, a_o = summed(x, past, p).chunk(3, 1)
    i = hold("input", sigmoid(a_i))
    f = hold("forget", 1 - i)
    g = hold("candidate", tanh(a_g))
    o = hold("output", sigmoid(a_o))
    c = hold("cell", f * past["cell"] + i * g)
    h = hold("hidden", o * tanh(c))
    return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


def lstm_no_forget(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """No forget gate, so the cell state never decays: x (B, 3H) to arrays (B, H)."""
    a_i, a_g, a_o = summed(x, past, p).chunk(3, 1)
    i = hold("input", sigmoid(a_i))
    g = hold("candidate", tanh(a_g))
    o = hold("output", sigmoid(a_o))
    c = hold("cell", past["cell"] + i * g)
    h = hold("hidden", o * tanh(c))
    return {"input": i, "candidate": g, "output": o, "cell": c, "hidden": h}


def lstm_no_input(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The candidate is always added in full: x (B, 3H) to arrays (B, H)."""
    a_f, a_g, a_o = summed(x, past, p).chunk(3, 1)
    f = hold("forget", sigmoid(a_f))
    g = hold("candidate", tanh(a_g))
    o = hold("output", sigmoid(a_o))
    c = hold("cell", f * past["cell"] + g)
    h = hold("hidden", o * tanh(c))
    return {"forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


def lstm_no_output(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The cell state is always shown: x (B, 3H) to arrays (B, H)."""
    a_i, a_f, a_g = summed(x, past, p).chunk(3, 1)
    i = hold("input", sigmoid(a_i))
    f = hold("forget", sigmoid(a_f))
    g = hold("candidate", tanh(a_g))
    c = hold("cell", f * past["cell"] + i * g)
    return {"input": i, "forget": f, "candidate": g, "cell": c, "hidden": hold("hidden", tanh(c))}


def lstm_linear(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The candidate is not squashed: x (B, 4H) to arrays (B, H)."""
    a_i, a_f, a_g, a_o = summed(x, past, p).chunk(4, 1)
    i = hold("input", sigmoid(a_i))
    f = hold("forget", sigmoid(a_f))
    g = hold("candidate", a_g)
    o = hold("output", sigmoid(a_o))
    c = hold("cell", f * past["cell"] + i * g)
    h = hold("hidden", o * tanh(c))
    return {"input": i, "forget": f, "candidate": g, "output": o, "cell": c, "hidden": h}


def gru(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """A reset and an update gate, and one state: x (B, 3H), b_h (H,) to arrays (B, H)."""
    x_r, x_z, x_n = x.chunk(3, 1)
    h_r, h_z, h_n = (past["hidden"] @ p["W_h"]).chunk(3, 1)
    r = hold("reset", sigmoid(x_r + h_r))
    z = hold("update", sigmoid(x_z + h_z))
    n = hold("candidate", tanh(x_n + r * (h_n + p["b_h"])))
    h = hold("hidden", (1 - z) * n + z * past["hidden"])
    return {"reset": r, "update": z, "candidate": n, "hidden": h}


def mingru(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The gate does not see the state: x (B, 2H) to arrays (B, H)."""
    a_z, a_n = x.chunk(2, 1)
    z = hold("update", sigmoid(a_z))
    n = hold("candidate", a_n)
    h = hold("hidden", (1 - z) * past["hidden"] + z * n)
    return {"update": z, "candidate": n, "hidden": h}


def minlstm(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """Gates that sum to one, i / (f + i) and f / (f + i): x (B, 3H) to arrays (B, H)."""
    a_i, a_f, a_n = x.chunk(3, 1)
    ratio = logsigmoid(a_i) - logsigmoid(a_f)  # ln(i / f), also where both round to 0
    i = hold("input", sigmoid(ratio))
    f = hold("forget", sigmoid(-ratio))
    n = hold("candidate", a_n)
    h = hold("hidden", f * past["hidden"] + i * n)
    return {"input": i, "forget": f, "candidate": n, "hidden": h}


def gru_reset_before(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """The reset gate acts on the state before its weights: x (B, 3H) to arrays (B, H)."""
    x_r, x_z, x_n = x.chunk(3, 1)
    W_r, W_z, W_n = p["W_h"].chunk(3, 1)
    r = hold("reset", sigmoid(x_r + past["hidden"] @ W_r))
    z = hold("update", sigmoid(x_z + past["hidden"] @ W_z))
    n = hold("candidate", tanh(x_n + (r * past["hidden"]) @ W_n))
    h = hold("hidden", (1 - z) * n + z * past["hidden"])
    return {"reset": r, "update": z, "candidate": n, "hidden": h}


def mgu(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """One gate that resets and, where it is 1, replaces: x (B, 2H) to arrays (B, H)."""
    x_f, x_n = x.chunk(2, 1)
    W_f, W_n = p["W_h"].chunk(2, 1)
    f = hold("forget", sigmoid(x_f + past["hidden"] @ W_f))
    n = hold("candidate", tanh(x_n + (f * past["hidden"]) @ W_n))
    h = hold("hidden", (1 - f) * past["hidden"] + f * n)
    return {"forget": f, "candidate": n, "hidden": h}


def ugrnn(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """A plain layer behind one update gate, which keeps where it is 1: x (B, 2H) to (B, H)."""
    a_z, a_n = summed(x, past, p).chunk(2, 1)
    z = hold("update", sigmoid(a_z))
    n = hold("candidate", tanh(a_n))
    h = hold("hidden", z * past["hidden"] + (1 - z) * n)
    return {"update": z, "candidate": n, "hidden": h}


def indrnn(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """Each unit sees its own past alone, by one weight: x (B, H), u (H,) to h (B, H)."""
    return {"hidden": hold("hidden", relu(x + p["u"] * past["hidden"]))}


def leaky_rnn(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """A tanh layer that the state follows at a fixed rate: x (B, H) to h (B, H)."""
    rate = 0.2
    before = past["hidden"]
    return {"hidden": hold("hidden", before + rate * (tanh(summed(x, past, p)) - before))}


def slstm(x: torch.Tensor, past: Tensors, p: Tensors, hold: Hold) -> Tensors:
    """An exponential input gate, and states that keep it in range: x (B, 4H) to arrays (B, H).

    Beck et al. 2024, eqs. 8 to 17; the gates are the stabilised i' and f' of eqs. 16 and 17.  The
    normaliser may round to 0 as long as nothing has been written; what is shown is 0 then.
    """
    log_i, a_f, a_g, a_o = summed(x, past, p).chunk(4, 1)
    log_f = logsigmoid(a_f)
    m = hold("stabiliser", torch.maximum(log_f + past["stabiliser"], log_i))
    i = hold("input", exp(log_i - m))
    f = hold("forget", exp(log_f + past["stabiliser"] - m))
    g = hold("candidate", tanh(a_g))
    o = hold("output", sigmoid(a_o))
    c = hold("cell", f * past["cell"] + i * g)
    n = hold("normaliser", f * past["normaliser"] + i)
    h = hold("hidden", o * (c / n.clamp(min=1e-30)))
    gates = {"input": i, "forget": f, "candidate": g, "output": o}
    return {**gates, "cell": c, "normaliser": n, "stabiliser": m, "hidden": h}


STEPS: Mapping[str, Step] = {
    step.__name__: step
    for step in (
        *(rnn, rnn_relu, lstm, gru, lstm_peephole, lstm_coupled, lstm_no_forget, lstm_no_input),
        *(lstm_no_output, lstm_linear, mingru, minlstm, gru_reset_before, mgu, ugrnn, indrnn),
        *(leaky_rnn, slstm),
    )
}
