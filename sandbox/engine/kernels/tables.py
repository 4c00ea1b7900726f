"""The tables through which Python and the kernels know a net: a word of eight bytes an entry.

A layer of a part of the batch has one, a part has one, and a call has one; their pointers lead to
numpy's arrays.  What the entries mean is said where `panels`, `workspace` and `calls` fill them.
"""

from __future__ import annotations

from sandbox.cells.nodes import MOST_FED, MOST_GATES

LEARN, EVALUATE, TRACE = 0, 1, 2  # what a call does with its batches
TOKENS, CHANNELS, BELOW = 0, 1, 2  # what a layer reads
CLASSES, VALUES, SYMBOLS = 0, 1, 2  # what targets are

LAYER = (
    *("gates", "blocks", "inputs", "hidden", "vectors", "forward", "backward"),
    *("W_x", "b", "W_h", "W_hT", "W_xT", "extras"),
    *("dW_x", "db", "dW_h", "dextras"),
    *("hs", "dhs", "da", "dax", "cs", "dcs", "kept", "carry", "cross", "held"),
    *(f"seen{n}" for n in range(MOST_FED)),
    *(f"fed{n}" for n in range(MOST_GATES)),
    *("at_W_x", "at_W_h", "at_b", "at_extras", "carried", "recurrent", "rows_of_W_x"),
)
PART = (
    *("batch", "first", "count", "rows", "after", "slots", "layers"),
    *("x", "W_o", "b_o", "W_oT", "dW_o", "db_o", "out", "loss", "hits"),
)
CALL = (
    *("mode", "batches", "steps", "size", "layers", "parts", "outputs", "wide"),
    *("reads", "inputs", "judged", "within", "x", "targets", "scored", "weight"),
    *("theta", "gradient", "m", "v", "parameters", "at_W_o", "at_b_o"),
    *("rates", "limit", "by_value", "optimizer", "measured"),
    # what the call itself keeps
    *("now", "until", "asked", "taken", "loss", "hits", "norms"),
    *("rate", "correction_1", "correction_2", "scale"),
    *("ticket", "done", "closed", "pause"),
    "part0",  # the parts' tables follow
)
