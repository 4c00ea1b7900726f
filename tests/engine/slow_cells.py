"""Every cell's equations again, for one sequence, in numpy: to compare the fast ones with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Arrays = dict[str, np.ndarray]


def sigmoid(x: np.ndarray) -> np.ndarray:
    return 1 / (1 + np.exp(-x))


def forward(
    cell: str, gates: tuple[str, ...], p: Mapping[str, np.ndarray], x: np.ndarray
) -> Arrays:
    """One layer over x (T, I): every gate and state (T, H)."""
    H = p["b"].size // len(gates)
    h, c = np.zeros(H), np.zeros(H)
    steps: list[Arrays] = []
    for x_t in x:

        def part(gate: str, x_t: np.ndarray = x_t, h: np.ndarray = h) -> np.ndarray:
            columns = slice(gates.index(gate) * H, (gates.index(gate) + 1) * H)
            total = x_t @ p["W_x"][:, columns] + p["b"][columns]
            return total + h @ p["W_h"][:, columns] if "W_h" in p else total

        if cell.startswith("lstm"):
            step = _lstm(cell, part, p, c)
        elif cell == "gru":
            step = _gru(part, p, h)
        else:
            step = _plain(cell, part, h)
        steps.append(step)
        h, c = step["hidden"], step.get("cell", c)
    return {name: np.stack([step[name] for step in steps]) for name in steps[0]}


def _lstm(
    cell: str, part: Callable[[str], np.ndarray], p: Mapping[str, np.ndarray], c: np.ndarray
) -> Arrays:
    eyes = cell == "lstm_peephole"
    one = np.ones_like(c)
    i = one if cell == "lstm_no_input" else sigmoid(part("input") + (p["p_i"] * c if eyes else 0))
    if cell == "lstm_coupled":
        f = one - i
    elif cell == "lstm_no_forget":
        f = one
    else:
        f = sigmoid(part("forget") + (p["p_f"] * c if eyes else 0))
    g = part("candidate") if cell == "lstm_linear" else np.tanh(part("candidate"))
    c = f * c + i * g
    if cell == "lstm_no_output":
        o = one
    else:
        o = sigmoid(part("output") + (p["p_o"] * c if eyes else 0))
    return {
        "input": i,
        "forget": f,
        "candidate": g,
        "output": o,
        "cell": c,
        "hidden": o * np.tanh(c),
    }


def _gru(part: Callable[[str], np.ndarray], p: Mapping[str, np.ndarray], h: np.ndarray) -> Arrays:
    H = h.size
    r, z = sigmoid(part("reset")), sigmoid(part("update"))
    recurrent = h @ p["W_h"][:, 2 * H :]
    n = np.tanh(part("candidate") - recurrent + r * (recurrent + p["b_h"]))
    return {"reset": r, "update": z, "candidate": n, "hidden": (1 - z) * n + z * h}


def _plain(cell: str, part: Callable[[str], np.ndarray], h: np.ndarray) -> Arrays:
    if cell == "rnn":
        return {"hidden": np.tanh(part("hidden"))}
    if cell == "rnn_relu":
        return {"hidden": np.maximum(0, part("hidden"))}
    n = part("candidate")
    if cell == "mingru":
        z = sigmoid(part("update"))
        return {"update": z, "candidate": n, "hidden": (1 - z) * h + z * n}
    i, f = sigmoid(part("input")), sigmoid(part("forget"))
    share_i, share_f = i / (f + i), f / (f + i)
    return {
        "input": share_i,
        "forget": share_f,
        "candidate": n,
        "hidden": share_f * h + share_i * n,
    }
