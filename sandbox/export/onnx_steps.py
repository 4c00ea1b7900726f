"""One step of the cells that are a Scan: their equations, one ONNX node per line.

x (B, G·H) is x_t W_x + b; h_past and c_past (B, H) are the previous states, h and c the next.
The letters are those of the cells' equations.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_SUM = """
    recurrent = MatMul (h_past, W_h)
    a = Add (x, recurrent)
"""
_MEMORY = """
    kept = Mul (f, c_past)
    written = Mul (i, g)
    c = Add (kept, written)
"""
_SHOWN = """
    tanh_c = Tanh (c)
    h = Mul (o, tanh_c)
"""
_MIXED = """
    kept = Mul (f, h_past)
    written = Mul (i, n)
    h = Add (kept, written)
"""
_PEEPHOLE = """
    a_i, a_f, a_g, a_o = Split <axis = 1> (a)
    seen_i = Mul (p_i, c_past)
    sum_i = Add (a_i, seen_i)
    i = Sigmoid (sum_i)
    seen_f = Mul (p_f, c_past)
    sum_f = Add (a_f, seen_f)
    f = Sigmoid (sum_f)
    g = Tanh (a_g)
"""
_PEEPHOLE_OUTPUT = """
    seen_o = Mul (p_o, c)
    sum_o = Add (a_o, seen_o)
    o = Sigmoid (sum_o)
"""
_REST = """
    one = Constant <value_float = 1.0> ()
    f = Sub (one, i)
"""
_ALWAYS_KEPT = """
    written = Mul (i, g)
    c = Add (c_past, written)
"""
_ALWAYS_WRITTEN = """
    kept = Mul (f, c_past)
    c = Add (kept, g)
"""
_MIN_GRU = """
    a_z, n = Split <axis = 1> (x)
    i = Sigmoid (a_z)
"""
_MIN_LSTM = """
    a_i, a_f, n = Split <axis = 1> (x)
    minus_a_i = Neg (a_i)
    minus_a_f = Neg (a_f)
    minus_ln_i = Softplus (minus_a_i)
    minus_ln_f = Softplus (minus_a_f)
    ratio = Sub (minus_ln_f, minus_ln_i)
    i = Sigmoid (ratio)
    minus_ratio = Neg (ratio)
    f = Sigmoid (minus_ratio)
"""


def _gates(letters: str) -> str:
    """The sums of these gates, and each gate of its own: the candidate "g", or "G" without tanh."""
    sums = ", ".join("g" if letter == "G" else f"a_{letter}" for letter in letters)
    kinds = {"g": "Tanh", "G": ""}
    nodes = {letter: kinds.get(letter, "Sigmoid") for letter in letters}
    rows = [f"    {letter} = {kind} (a_{letter})\n" for letter, kind in nodes.items() if kind]
    return f"\n    {sums} = Split <axis = 1> (a)\n" + "".join(rows)


STEPS: Mapping[str, str] = {
    "lstm_peephole": _SUM + _PEEPHOLE + _MEMORY + _PEEPHOLE_OUTPUT + _SHOWN,
    "lstm_coupled": _SUM + _gates("igo") + _REST + _MEMORY + _SHOWN,
    "lstm_no_forget": _SUM + _gates("igo") + _ALWAYS_KEPT + _SHOWN,
    "lstm_no_input": _SUM + _gates("fgo") + _ALWAYS_WRITTEN + _SHOWN,
    "lstm_no_output": _SUM + _gates("ifg") + _MEMORY + "    h = Tanh (c)\n",
    "lstm_linear": _SUM + _gates("ifGo") + _MEMORY + _SHOWN,
    "mingru": _MIN_GRU + _REST + _MIXED,
    "minlstm": _MIN_LSTM + _MIXED,
}
