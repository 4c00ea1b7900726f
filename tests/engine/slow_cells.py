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
    if cell == "slstm":
        return _slstm(gates, p, x)
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
        elif cell in ("gru_reset_before", "mgu"):
            step = _reset_before(cell, part, h)
        else:
            step = _plain(cell, part, p, h)
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


def _reset_before(cell: str, part: Callable[..., np.ndarray], h: np.ndarray) -> Arrays:
    """The gate acts on the state before the product; a minimal gated unit has it only once."""
    if cell == "mgu":
        f = sigmoid(part("forget"))
        n = np.tanh(part("candidate", h=f * h))
        return {"forget": f, "seen": f * h, "candidate": n, "hidden": (1 - f) * h + f * n}
    r, z = sigmoid(part("reset")), sigmoid(part("update"))
    n = np.tanh(part("candidate", h=r * h))
    new = (1 - z) * n + z * h
    return {"reset": r, "update": z, "seen": r * h, "candidate": n, "hidden": new}


def _plain(
    cell: str, part: Callable[[str], np.ndarray], p: Mapping[str, np.ndarray], h: np.ndarray
) -> Arrays:
    if cell == "rnn":
        return {"hidden": np.tanh(part("hidden"))}
    if cell == "rnn_relu":
        return {"hidden": np.maximum(0, part("hidden"))}
    if cell == "indrnn":
        return {"hidden": np.maximum(0, part("hidden") + p["u"] * h)}
    if cell == "leaky_rnn":
        return {"hidden": 0.8 * h + 0.2 * np.tanh(part("hidden"))}
    n = part("candidate")
    if cell == "ugrnn":
        z, n = sigmoid(part("update")), np.tanh(n)
        return {"update": z, "candidate": n, "hidden": z * h + (1 - z) * n}
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


def _slstm(gates: tuple[str, ...], p: Mapping[str, np.ndarray], x: np.ndarray) -> Arrays:
    """Beck et al. 2024 without a stabiliser; afterwards its states are scaled as one would.

    The stabiliser of step t is the largest of what has been written since, ln i_s + Σ ln f after
    s, with a 1 = exp(0) before the first step.
    """
    H = p["b"].size // len(gates)
    W_x, W_h, b = (p[name] for name in ("W_x", "W_h", "b"))
    h, c, n = np.zeros(H), np.zeros(H), np.zeros(H)
    scale, written = np.zeros(H), [np.zeros(H)]
    steps: list[Arrays] = []
    for x_t in x:
        sums = np.split(x_t @ W_x + h @ W_h + b, len(gates))
        a = dict(zip(gates, sums, strict=True))
        i, f = np.exp(a["input"]), sigmoid(a["forget"])
        z, o = np.tanh(a["candidate"]), sigmoid(a["output"])
        c, n = f * c + i * z, f * n + i
        h = o * c / n
        written = [each + np.log(f) for each in written] + [a["input"]]
        before, scale = scale, np.max(written, axis=0)
        steps.append(
            {
                "input": i * np.exp(-scale),
                "forget": f * np.exp(before - scale),
                "candidate": z,
                "output": o,
                "cell": c * np.exp(-scale),
                "normaliser": n * np.exp(-scale),
                "stabiliser": scale,
                "hidden": h,
            }
        )
    return {name: np.stack([step[name] for step in steps]) for name in steps[0]}
